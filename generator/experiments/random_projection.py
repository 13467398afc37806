"""Random projection: the baseline of every embedding."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.vocabulary import Embedding, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    n_components: int = param(2, unit="1", at_least=1, at_most="n_pixels")
    shuffled: bool = param(False, unit="1")


experiment = Experiment(
    title="Random projection",
    summary="Projects the images on directions drawn at random",
    section="maps",
    task="embedding",
    variants=(
        Variant("2d", "Two dimensions"),
        Variant("shuffled", "Shuffled", {"shuffled": True}),
    ),
    order=4,
    figures=("scatter", "digit_map"),
    control=True,
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Multiply the training images by a Gaussian matrix, which keeps squared distances on average.

    Johnson and Lindenstrauss, Contemporary Mathematics 26 (1984): with enough components nearly every distance
    survives; two are nowhere near enough. ``shuffled`` deals the points out to the images by lot, so that the map
    knows nothing of them: what chance alone scores.
    """
    rng = np.random.default_rng(seed)
    pixels = dataset.train.flat()  # (n, 784)
    directions = rng.normal(0.0, params.n_components**-0.5, (pixels.shape[1], params.n_components))
    coordinates = pixels @ directions.astype(np.float32)
    return Embedding(rng.permutation(coordinates) if params.shuffled else coordinates)
