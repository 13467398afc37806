"""The exact nearest neighbours of every training image, found once for all methods that start from them."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.dataset import Dataset
from generator.neighbours import nearest
from generator.vocabulary import Experiment, Outcome, Study, Variant, param


@dataclass(frozen=True)
class Params:
    k: int = param(100, unit="1", label="number of neighbours", symbol="k", at_least=1)


experiment = Experiment(
    title="Exact neighbours",
    summary="Finds the nearest neighbours of every image among the raw pixels",
    section="maps",
    task="study",
    variants=(Variant("exact", "Raw pixels"),),
    order=0,
    deterministic=True,
    figures=(),
    parent="tsne",
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """Compare every image with every other: Euclidean distance over grey levels in [0, 1]."""
    pixels = dataset.train.flat()  # (n, 784)
    indices, distances = nearest(pixels, min(params.k, len(pixels) - 1))
    return Study(
        {
            "indices": indices,  # (n, k) int32, positions among the training images, nearest first
            "distances": distances,  # (n, k) float32
        }
    )
