"""Random projection: the floor under every map."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.experiment import Embedding, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    n_components: int = param(2, unit="components")


experiment = Experiment(
    title="Random projection",
    summary="Looks at the images from a direction drawn by lot",
    section="maps",
    task="embedding",
    params=Params,
    variants={"2d": Variant("Two dimensions")},
    split="official",
    order=4,
    figures=("scatter", "digit_map"),
    control=True,
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Multiply the training images by a Gaussian matrix, which keeps squared distances on average.

    Johnson and Lindenstrauss, Contemporary Mathematics 26 (1984): with enough components nearly every distance
    survives; two are nowhere near enough.
    """
    pixels = dataset.train.flat()  # (n, 784)
    deviation = params.n_components**-0.5
    directions = np.random.default_rng(seed).normal(0.0, deviation, (pixels.shape[1], params.n_components))
    return Embedding(coordinates=pixels @ directions.astype(np.float32))
