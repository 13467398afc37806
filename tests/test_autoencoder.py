"""Autoencoders: the layers they are made of, the networks, and what training does."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

from generator import sources
from generator.config import DataConfig
from generator.dataset import Dataset
from generator.experiments import autoencoder, generated_digits
from generator.experiments import cnn as classifier
from generator.experiments.autoencoder import (
    Autoencoder,
    Params,
    VariationalAutoencoder,
    against_prior,
    divergence,
    grey,
    traversal,
)
from generator.nets import cnn
from generator.nets.chain import Chain, arranged, batch_last
from generator.nets.training import count_parameters, predict
from generator.nets.weights import load, packed
from generator.vocabulary import Classification

#: Every layer of the network, and what it is given: channels, height, width.
LAYERS: tuple[tuple[Callable[[], nn.Module], tuple[int, ...]], ...] = (
    (lambda: nn.Conv2d(1, 16, 3, 3, 1), (1, 28, 28)),
    (lambda: nn.Conv2d(16, 32, 3, 2, 1), (16, 5, 5)),
    (lambda: nn.Conv2d(32, 64, 2), (32, 2, 2)),
    (lambda: nn.ConvTranspose2d(64, 32, 2), (64, 1, 1)),
    (lambda: nn.ConvTranspose2d(32, 16, 3, 2), (32, 2, 2)),
    (lambda: nn.ConvTranspose2d(16, 8, 5, 3, 1), (16, 5, 5)),
    (lambda: nn.ConvTranspose2d(8, 1, 2, 2, 1), (8, 15, 15)),
    (lambda: nn.Sequential(nn.ReLU(), nn.BatchNorm2d(16)), (16, 10, 10)),
    (lambda: nn.Sequential(nn.ReLU(), nn.BatchNorm2d(16), nn.MaxPool2d(2, 2)), (16, 10, 10)),
    (lambda: nn.Sequential(nn.ReLU(), nn.BatchNorm2d(32), nn.MaxPool2d(2, 1)), (32, 3, 3)),
    (lambda: nn.Sequential(nn.Conv2d(2, 3, 2), nn.ReLU(), nn.BatchNorm2d(3), nn.ConvTranspose2d(3, 2, 2)), (2, 4, 5)),
)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """200 digits to learn and 100 to test on."""
    images = sources.load(DataConfig(source="digits"))
    return dataclasses.replace(images, images=images.images[:300], labels=images.labels[:300], n_train=200).split(
        "official"
    )


@pytest.mark.parametrize("wanted", [False, True], ids=["parameters", "images_too"])
@pytest.mark.parametrize(("make", "shape"), LAYERS, ids=[str(make()) for make, _ in LAYERS])
def test_a_chain_is_pytorchs_own_layers_but_for_memory(
    make: Callable[[], nn.Module], shape: tuple[int, ...], wanted: bool
):
    """Same parameters from the same seed, same results, same gradients, same running statistics, batch after batch."""
    generator = torch.Generator().manual_seed(0)
    batches = [torch.randn(n, *shape, generator=generator) for n in (7, 5, 7)]

    def seen(arrange: Callable[[torch.Tensor], torch.Tensor], chained: bool) -> list[torch.Tensor]:
        torch.manual_seed(1)
        layer = make()
        layers = list(layer) if isinstance(layer, nn.Sequential) else [layer]
        layer = Chain(*layers) if chained else nn.Sequential(*layers)
        tensors = []
        for batch in batches:
            given = arrange(batch).detach().requires_grad_(wanted)
            result = layer.train()(given)
            told = [*layer.parameters(), *([given] if wanted else [])]
            if told:
                weighed = (result * torch.linspace(0, 1, result.numel()).view(result.shape)).sum()
                tensors += torch.autograd.grad(weighed, told)
            tensors.append(result.detach().clone())
            assert not chained or batch_last(result).is_contiguous()
            tensors.append(layer.eval()(given).detach().clone())
        return [*tensors, *layer.state_dict().values()]

    for own, pytorchs in zip(seen(arranged, True), seen(torch.clone, False), strict=True):
        assert own.shape == pytorchs.shape
        assert torch.allclose(own, pytorchs, rtol=1e-4, atol=1e-5 * max(1.0, float(pytorchs.abs().max())))


def test_a_chain_refuses_a_gradient_that_it_has_forgotten():
    chain = Chain(nn.Conv2d(1, 2, 3))
    first = chain(torch.zeros(2, 1, 4, 4)).sum()
    chain(torch.ones(2, 1, 4, 4))
    with pytest.raises(RuntimeError, match="called again"):
        first.backward()


def test_a_chain_leaves_what_it_is_given_alone():
    images = torch.full((2, 1, 4, 4), -1.0)
    Chain(nn.ReLU(), nn.BatchNorm2d(1))(images)
    assert (images == -1).all()


def test_a_chain_says_which_layer_it_does_not_know():
    with pytest.raises(ValueError, match="cannot go on with Tanh"):
        Chain(nn.Conv2d(1, 2, 3), nn.Tanh())(torch.zeros(2, 1, 4, 4))


@pytest.mark.parametrize("latent", [1, 2, 3, 32])
def test_every_stage_has_the_articles_shape(latent: int):
    network = Autoencoder(latent)
    encoder, decoder = network.encoder[0], network.decoder[3]
    assert isinstance(encoder, Chain)
    assert isinstance(decoder, Chain)
    seen: list[tuple[int, ...]] = []
    for layer in (*encoder, *decoder):
        if isinstance(layer, (nn.Conv2d, nn.MaxPool2d, nn.ConvTranspose2d)):
            layer.register_forward_hook(lambda _layer, _given, out: seen.append(tuple(out.shape[1:])))
    nn.Sequential(*decoder)(nn.Sequential(*encoder)(torch.rand(4, 1, 28, 28)))
    assert seen == [
        *((16, 10, 10), (16, 5, 5), (32, 3, 3), (32, 2, 2), (64, 1, 1)),
        *((32, 2, 2), (16, 5, 5), (8, 15, 15), (1, 28, 28)),
    ]
    codes = network.encode(arranged(torch.rand(4, 1, 28, 28)))
    assert codes.shape == (4, latent)
    assert codes.abs().max() <= 1
    assert network.decoder(codes).shape == (4, 1, 28, 28)


def test_as_many_parameters_as_the_articles_layers_have():
    """Weights and biases of seven convolutions and two dense layers; scale and shift of six normalised stages."""
    convolutions = 16 * 9 + 32 * 16 * 9 + 64 * 32 * 4 + 64 * 32 * 4 + 32 * 16 * 9 + 16 * 8 * 25 + 8 * 4
    biases = 16 + 32 + 64 + 32 + 16 + 8 + 1
    dense = (64 * 2 + 2) + (2 * 64 + 64)
    normalised = 2 * (16 + 32 + 64 + 32 + 16 + 8)
    assert count_parameters(Autoencoder(2)) == convolutions + biases + dense + normalised


def test_divergence_by_hand_and_against_pytorch():
    """One standard normal: 0. Mean 1: half a nat. Variance e: (e - 1 - 1) / 2."""
    mean, log_variance = torch.tensor([[0.0], [1.0], [0.0]]), torch.tensor([[0.0], [0.0], [1.0]])
    assert divergence(mean, log_variance).tolist() == pytest.approx([0, 0.5, (np.e - 2) / 2])
    mean, log_variance = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(0))
    theirs = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum(dim=1)
    assert torch.allclose(divergence(mean, log_variance), theirs, atol=1e-6)


def test_the_variational_loss_by_hand():
    """Codes that are one point each make the loss a squared error and the divergence of that point."""
    torch.manual_seed(0)
    network = VariationalAutoencoder(latent=1, decoder_variance=0.5).eval()
    with torch.no_grad():
        for head, value in ((network.code, 2.0), (network.log_variance, -40.0)):
            head.weight.zero_()
            head.bias.fill_(value)
        images = arranged(torch.zeros(3, 1, 28, 28))
        error = float(network.decoder(torch.full((3, 1), 2.0)).square().mean())
        expected = error + 2 * 0.5 / 784 * (4 + np.exp(-40) + 40 - 1) / 2
        assert float(network.loss(images)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("variational", [False, True])
def test_training_lowers_the_error_and_repeats_to_the_last_bit(dataset: Dataset, variational: bool):
    params = Params(epochs=8, batch_size=20, variational=variational)
    first, again = (autoencoder.run(dataset, params, 3, {}) for _ in range(2))
    for name in ("train_loss", "held_out_loss"):
        assert first.arrays[name].shape == (8,)
        assert first.arrays[name][-1] < 0.7 * first.arrays[name][0]
    assert first.facts["reconstruction_error_low"] < first.facts["reconstruction_error"]
    assert first.facts == again.facts
    assert np.array_equal(first.coordinates, again.coordinates)
    assert all(np.array_equal(first.arrays[name], again.arrays[name]) for name in first.arrays)
    other = autoencoder.run(dataset, params, 4, {})
    assert not np.array_equal(first.coordinates, other.coordinates)


def test_a_training_that_goes_on_ends_where_one_without_a_stop_does(dataset: Dataset):
    short = autoencoder.run(dataset, Params(epochs=2, batch_size=20, keep_paintings=False), 3, {})
    resumed = autoencoder.run(dataset, Params(epochs=5, batch_size=20), 3, {"start": short})
    at_once = autoencoder.run(dataset, Params(epochs=5, batch_size=20), 3, {})
    assert resumed.facts == at_once.facts
    assert resumed.arrays.keys() == at_once.arrays.keys()
    for name in resumed.arrays.keys() - {"checkpoint"}:
        assert np.array_equal(resumed.arrays[name], at_once.arrays[name]), name
    assert np.array_equal(resumed.coordinates, at_once.coordinates)


@pytest.mark.parametrize(
    "other",
    [Params(epochs=3, batch_size=20), Params(epochs=1, batch_size=20, learning_rate=0.001), Params(epochs=1, latent=3)],
    ids=["longer", "slower", "wider"],
)
def test_a_start_that_learned_otherwise_or_for_too_long_is_left_alone(dataset: Dataset, other: Params):
    start = autoencoder.run(dataset, other, 3, {})
    params = Params(epochs=2, batch_size=20)
    after, alone = (autoencoder.run(dataset, params, 3, inputs) for inputs in ({"start": start}, {}))
    assert np.array_equal(after.coordinates, alone.coordinates)


def test_reconstructions_come_from_the_kept_weights(dataset: Dataset):
    """Weights, loaded into a new network, paint what was recorded."""
    outcome = autoencoder.run(dataset, Params(epochs=2, batch_size=20), 0, {})
    network = Autoencoder(2).eval()
    load(network, outcome.arrays["state"])
    assert np.array_equal(packed(network), outcome.arrays["state"])
    with torch.no_grad():
        painted = network.decoder(network.encode(arranged(autoencoder.scaled(dataset.test))))
    assert np.array_equal(grey(painted), outcome.arrays["reconstructions"])
    error = float((painted - autoencoder.scaled(dataset.test)).square().mean())
    assert outcome.facts["reconstruction_error"] == pytest.approx(error, rel=1e-5)


def test_members_of_a_series_keep_only_what_a_page_shows_of_them(dataset: Dataset):
    continued = {need.variant for one in autoencoder.experiment.variants for need in one.needs}
    assert continued == {"latent_2", "latent_3"}
    for variant in autoencoder.experiment.variants:
        assert variant.params.get("keep_paintings", True) is not bool(variant.series)
        assert variant.params.get("held_out_curve", True) is (not variant.series or variant.name in continued)
    brief = autoencoder.run(dataset, Params(epochs=1, held_out_curve=False, keep_paintings=False), 0, {})
    assert brief.arrays.keys() == {"train_loss", "state", "checkpoint"}
    whole = autoencoder.run(dataset, Params(epochs=1), 0, {})
    assert np.array_equal(brief.coordinates, whole.coordinates)


#: Codes of 45 images, those of the second axis wider and elsewhere.
CODES = torch.stack([torch.linspace(-1, 1, 45), torch.linspace(10, 54, 45)], dim=1)


@pytest.mark.parametrize("network", [Autoencoder(2), VariationalAutoencoder(2, 0.1)], ids=["bounded", "variational"])
def test_a_traversal_is_laid_out_like_a_plot(network: Autoencoder):
    """The code (first, second) is painted at its column and, upwards, its row."""
    made = traversal(network.eval(), CODES)
    first, second = made["traversal_at"]
    assert len(first) == len(second) == made["traversal"].shape[0] == made["traversal"].shape[1]
    with torch.no_grad():
        right_but_one_and_lowest = network.decoder(torch.tensor([[first[-2], second[0]]]))
    assert np.array_equal(made["traversal"][-1, -2], grey(right_but_one_and_lowest)[0])


def test_bounded_codes_are_looked_at_from_bound_to_bound():
    assert Autoencoder(2).axes(CODES, 3).tolist() == [[-1, 0, 1], [-1, 0, 1]]


def test_unbounded_codes_are_looked_at_where_they_lie():
    """Three thirds of 45 codes each, 15 apart, and the median of each third."""
    axes = VariationalAutoencoder(2, 0.1).axes(CODES, 3)
    assert axes.shape == (2, 3)
    assert axes[1].tolist() == pytest.approx([10 + 44 / 6, 32, 54 - 44 / 6])


def test_every_variational_painting_stands_among_as_many_training_images(dataset: Dataset):
    """As many codes lie between two neighbouring values of an axis as between any other two."""
    outcome = autoencoder.run(dataset, Params(epochs=2, batch_size=20, variational=True), 0, {})
    for codes, at in zip(outcome.coordinates.T, outcome.arrays["traversal_at"], strict=True):
        between = np.histogram(codes, at)[0]
        assert between.min() >= len(codes) // 15 - 1
        assert between.max() <= len(codes) // 15 + 2


def test_codes_against_the_prior_by_hand():
    """One code of four is outside the disc of radius 2.45; a divergence is half the squared mean where v is 1."""
    mean = torch.tensor([[2.4, 0.0], [-2.4, 0.0], [0.0, 2.5], [0.0, 0.0]])
    facts = against_prior(mean, torch.zeros(4, 2))
    assert facts["outside_prior_95"] == 0.25
    assert facts["divergence_from_prior"] == pytest.approx((2 * 2.4**2 + 2.5**2) / 8)
    assert facts["code_deviation_1"] == pytest.approx(2.4 / np.sqrt(2))
    assert facts["code_deviation_2"] == pytest.approx(2.5 * np.sqrt(3) / 4)


def test_codes_from_the_prior_are_as_it_is():
    mean = torch.randn(20_000, 3, generator=torch.Generator().manual_seed(0))
    facts = against_prior(mean, torch.zeros(20_000, 3))
    assert facts["outside_prior_95"] == pytest.approx(0.05, abs=0.005)


def test_only_a_variational_training_says_how_its_codes_lie(dataset: Dataset):
    params = Params(epochs=1, batch_size=20, variational=True)
    outcome = autoencoder.run(dataset, params, 0, {})
    deviations = [outcome.facts["code_deviation_1"], outcome.facts["code_deviation_2"]]
    assert deviations == pytest.approx(outcome.coordinates.std(axis=0).tolist(), rel=1e-4)
    assert outcome.facts["divergence_from_prior"] > 0
    assert "outside_prior_95" not in autoencoder.run(dataset, Params(epochs=1, batch_size=20), 0, {}).facts


def test_black_and_white_are_told_by_their_signs():
    assert grey(torch.tensor([-1.0, 0.0, 1.0]).view(3, 1, 1, 1)).ravel().tolist() == [0, 128, 255]


def test_paintings_are_read_digit_by_digit(dataset: Dataset):
    """A reader that calls a bright image 1 and a dark one 0, and paintings that are all bright."""
    reader = cnn.network(10, dropout=0.0)
    with torch.no_grad():
        for parameter in reader.parameters():
            parameter.zero_()
        reader[-1].bias[1] = 1.0
    learned = Classification(np.zeros(1, np.uint8), 0, arrays={"state": packed(reader)})
    made = autoencoder.run(dataset, Params(epochs=1), 0, {})
    study = generated_digits.run(dataset, generated_digits.Params(), 0, {"autoencoder": made, "cnn": learned})
    confusion = study.arrays["confusion"]
    assert np.array_equal(confusion.sum(axis=1), np.bincount(dataset.test.labels, minlength=10))
    assert confusion[:, 1].sum() == len(dataset.test)
    (accuracy,) = study.metrics
    assert accuracy.value == (dataset.test.labels == 1).mean() == study.facts["originals_accuracy"]


def test_a_classifiers_kept_weights_predict_what_was_recorded(dataset: Dataset):
    outcome = classifier.run(dataset, classifier.Params(epochs=1), 0, {})
    reader = cnn.network(10, dropout=0.2)
    load(reader, outcome.arrays["state"])
    assert np.allclose(predict(reader, dataset.test), outcome.probabilities, atol=1e-6)
