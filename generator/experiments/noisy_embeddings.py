"""What a classifier makes of digits and of pure noise: the embeddings, from trained and from random weights."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.nets.embedder import Embedder, look_at, overhear, tensor
from generator.nets.training import repeatable
from generator.nets.weights import load
from generator.vocabulary import Experiment, Need, Outcome, Study, Variant, param


@dataclass(frozen=True)
class Params:
    weights: str = param("trained", unit="1", choices=("trained", "random"))
    noise: str = param("published", unit="1", choices=("published", "distinct"))
    draws: int = param(1_000, unit="1", label="noise draws", at_least=1)
    noise_seed: int = param(19, unit="1", at_least=0, below=2**32)


def of(weights: str, noise: str, title: str) -> Variant:
    """Random weights need no trained network."""
    needs = (Need("network", "cnn_embeddings", "trained"),) if weights == "trained" else ()
    return Variant(f"{weights}_{noise}", title, {"weights": weights, "noise": noise}, needs=needs)


experiment = Experiment(
    title="Feature vectors of digits and noise",
    summary="Replaces some test images by noise and records what the classifier predicts",
    section="maps",
    task="study",
    variants=(
        of("trained", "published", "Trained, article's noise"),
        of("trained", "distinct", "Trained, distinct noise"),
        of("random", "published", "Random weights, article's noise"),
        of("random", "distinct", "Random weights, distinct noise"),
    ),
    order=1,
    figures=("test_grid", "noise_predicted"),
    parent="cnn_embeddings",
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """Embed the test images, noise among them, in both ways there are, and predict their classes.

    Random weights are those the network starts from: PyTorch's own, with batch normalisation that changes nothing.
    """
    repeatable(seed)
    network = Embedder(dataset.n_classes)
    if params.weights == "trained":
        load(network, inputs["network"].arrays["state"])
    places, noise = draw_noise(len(dataset.test), params.draws, params.noise_seed, distinct=params.noise == "distinct")
    images, labels = dataset.test.images.copy(), dataset.test.labels.copy()
    images[places] = noise
    labels[places] = dataset.n_classes
    scores, embeddings = look_at(network, tensor(images))
    predicted = scores.argmax(axis=1).astype(np.uint8)
    hooked = overhear(network, tensor(images))
    is_noise = labels == dataset.n_classes
    counts = np.bincount(predicted[is_noise], minlength=dataset.n_classes)
    return Study(
        arrays={
            "embeddings": embeddings,  # (n_test, 100)
            "labels": labels,  # (n_test,), n_classes where there is noise
            "predicted": predicted,  # (n_test,)
            "noise_images": images[is_noise],  # (n_noise, 28, 28), in the order of the labels
        },
        facts={
            "weights": params.weights,
            "noise": params.noise,
            "n_draws": len(places),
            "n_noise": int(is_noise.sum()),
            "noise_predicted_as": dataset.class_names[counts.argmax()],
            "noise_predicted_share": float(counts.max() / counts.sum()),
            "hooked_difference": float(np.abs(embeddings - hooked).max()),
        },
    )


def draw_noise(n: int, draws: int, seed: int, *, distinct: bool) -> tuple[np.ndarray, np.ndarray]:
    """Which of ``n`` images become noise, (m,) int64, and the noise that each draw brings, (m, 28, 28) uint8, uniform.

    ``draws`` of them, but no more than a tenth of the images. Unless they are to be ``distinct`` they are drawn with
    replacement and cast to eight bits, as published: no image after the 256th can be hit, and many are hit more than
    once; what the last draw brings then stays.
    """
    rng = np.random.RandomState(seed)
    m = min(draws, n // 10)
    places = rng.permutation(n)[:m] if distinct else rng.randint(0, n, m).astype(np.uint8).astype(np.int64)
    return places, rng.randint(0, 256, (m, 28, 28)).astype(np.uint8)
