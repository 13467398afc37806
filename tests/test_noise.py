"""Noise among the test images, and the embeddings that a network returns or is overheard with."""

import numpy as np
import pytest
import torch

from generator import sources
from generator.config import DataConfig
from generator.dataset import Dataset
from generator.experiments import cnn_embeddings, noisy_embeddings, noisy_maps
from generator.nets.embedder import Embedder, look_at, overhear, tensor
from generator.nets.training import count_parameters
from generator.vocabulary import Study


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return sources.load(DataConfig(source="digits")).split("official")


@pytest.fixture(scope="module")
def trained(digits: Dataset) -> Study:
    return cnn_embeddings.run(digits, cnn_embeddings.Params(epochs=3), 0, {})


@pytest.fixture(scope="module")
def embedded(digits: Dataset, trained: Study) -> Study:
    return noisy_embeddings.run(digits, noisy_embeddings.Params(noise="distinct"), 0, {"network": trained})


def test_as_published_no_image_after_the_256th_is_hit():
    places, noise = noisy_embeddings.draw_noise(10_000, 1_000, 19, distinct=False)
    assert places.shape == (1_000,)
    assert noise.shape == (1_000, 28, 28)
    assert places.max() <= 255
    assert len(np.unique(places)) <= 256
    assert (noise.min(), noise.max(), noise.dtype) == (0, 255, np.uint8)
    assert noise.mean() == pytest.approx(127.5, abs=0.5)


@pytest.mark.parametrize(("n", "expected"), [(10_000, 1_000), (360, 36), (60, 6)])
def test_distinct_noise_hits_as_many_images_as_there_are_draws(n: int, expected: int):
    places, _ = noisy_embeddings.draw_noise(n, 1_000, 19, distinct=True)
    assert len(np.unique(places)) == len(places) == expected
    assert places.max() < n


@pytest.mark.parametrize("noise", ["published", "distinct"])
def test_noise_is_the_eleventh_class_and_the_rest_stays(digits: Dataset, noise: str):
    made = noisy_embeddings.run(digits, noisy_embeddings.Params(weights="random", noise=noise), 0, {})
    labels = made.arrays["labels"]
    is_noise = labels == 10
    assert is_noise.sum() == made.facts["n_noise"] == len(made.arrays["noise_images"])
    assert made.facts["n_noise"] <= made.facts["n_draws"] == len(digits.test) // 10
    assert np.array_equal(labels[~is_noise], digits.test.labels[~is_noise])
    torch.manual_seed(0)
    network = Embedder(10)
    scores, embeddings = look_at(network, tensor(made.arrays["noise_images"]))
    assert np.allclose(embeddings, made.arrays["embeddings"][is_noise], atol=1e-5)
    assert np.array_equal(scores.argmax(axis=1), made.arrays["predicted"][is_noise])


def test_what_the_hook_hears_is_what_is_returned(digits: Dataset):
    torch.manual_seed(0)
    network = Embedder(10)
    images = tensor(digits.test.images)
    _, returned = look_at(network, images)
    assert returned.shape == (len(digits.test), 100)
    assert np.array_equal(overhear(network, images), returned)
    assert overhear(network, images, layer="classes").shape == (len(digits.test), 10)
    assert not network.embedding._forward_hooks


def test_the_network_has_the_articles_parameters():
    assert count_parameters(Embedder(10)) == 271_702


def test_pooling_before_the_relu_changes_nothing(digits: Dataset):
    torch.manual_seed(0)
    convolution, norm, pool, relu, _ = Embedder(10).features
    given = norm(convolution(tensor(digits.test.images[:5])))
    assert torch.equal(relu(pool(given)), pool(relu(given)))


def test_training_keeps_the_weights_of_its_lowest_held_out_loss(digits: Dataset, trained: Study):
    losses = trained.arrays["held_out_loss"]
    assert losses.shape == trained.arrays["train_accuracy"].shape == (3,)
    assert trained.facts["best_epoch"] == 1 + losses.argmin()
    assert (trained.facts["n_learned"], trained.facts["n_held_out"]) == (1_319, 119)
    (accuracy,) = trained.metrics
    assert accuracy.low < accuracy.value < accuracy.high
    assert accuracy.value > 0.8


def test_trained_embeddings_predict_as_the_trained_network_does(digits: Dataset, trained: Study, embedded: Study):
    digit = embedded.arrays["labels"] < 10
    right = (embedded.arrays["predicted"] == embedded.arrays["labels"])[digit].mean()
    assert right == pytest.approx(trained.metrics[0].value, abs=0.05)
    assert embedded.facts["hooked_difference"] == 0
    assert 0.1 < embedded.facts["noise_predicted_share"] <= 1
    assert embedded.facts["noise_predicted_as"] in digits.class_names


@pytest.mark.parametrize(("method", "d"), [("pca", 2), ("pca", 3), ("tsne", 2), ("tsne", 3)])
def test_maps_say_how_far_apart_the_noise_lies(digits: Dataset, embedded: Study, method: str, d: int):
    params = noisy_maps.Params(method=method, n_components=d, early_steps=50, steps=50)
    made = noisy_maps.run(digits, params, 0, {"embeddings": embedded})
    assert made.arrays["coordinates"].shape == (len(digits.test), d)
    assert {one.name for one in made.metrics} == {"noise_silhouette", "noise_purity"}
    for one in made.metrics:
        assert one.low <= one.value <= one.high
    assert (made.arrays["labels"] == embedded.arrays["labels"]).all()
    if method == "pca":
        ratios = made.arrays["explained_variance_ratio"]
        assert ratios.sum() == pytest.approx(1, abs=1e-5)
        assert made.facts["explained_variance"] == pytest.approx(float(ratios[:d].sum()), abs=1e-6)
