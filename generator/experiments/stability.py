"""What a method's maps have in common when nothing but the seed changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from generator.dataset import Dataset
from generator.metric import Metric
from generator.metrics.extent import NEIGHBOURS
from generator.metrics.stability import disparity, overlap
from generator.vocabulary import Embedding, Experiment, Need, Outcome, Study, Variant

SEEDS = 5
METHODS = {"tsne": "t-SNE", "umap": "UMAP", "autoencoder": "Autoencoder"}


def maps_of(experiment: str) -> tuple[Need, ...]:
    """An experiment's maps under each of the seeds."""
    return tuple(Need(f"map_{i}", experiment, f"seed_{i}") for i in range(SEEDS))


@dataclass(frozen=True)
class Params:
    pass


experiment = Experiment(
    title="Stability",
    summary="Compares the embeddings of one method under five seeds, pair by pair",
    section="maps",
    task="study",
    variants=(
        *(Variant(method, title, needs=maps_of(method)) for method, title in METHODS.items()),
        # These begin at random places, and show the test images and noise: beside the others they are not compared.
        Variant(
            "noisy_tsne",
            "t-SNE of CNN feature vectors, random initialisation",
            compared=False,
            needs=maps_of("noisy_maps"),
        ),
    ),
    order=20,
    deterministic=True,
    figures=(),
    parent="tsne",
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """Mean over all pairs of maps; the interval of each score goes from the least pair to the greatest.

    ``procrustes`` is the Procrustes disparity, a squared residual; ``neighbour_overlap_15`` a share of neighbours.
    """
    # Studies keep their maps among their arrays.
    maps = [one.coordinates if isinstance(one, Embedding) else one.arrays["coordinates"] for one in inputs.values()]

    def over_pairs(
        name: str, better: Literal["higher", "lower"], compare: Callable[[np.ndarray, np.ndarray], float]
    ) -> Metric:
        values = [compare(first, second) for first, second in combinations(maps, 2)]
        mean = sum(values) / len(values)
        return Metric(name=name, value=mean, better=better, low=min(values), high=max(values))

    return Study(
        metrics=(
            over_pairs("procrustes", "lower", disparity),
            over_pairs(
                f"neighbour_overlap_{NEIGHBOURS}", "higher", lambda first, second: overlap(first, second, NEIGHBOURS)
            ),
        ),
        facts={"n_maps": len(maps)},
    )
