"""UMAP with umap-learn: a weighted graph of nearest neighbours, laid out in the plane."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.dataset import Dataset
from generator.layouts import umap
from generator.vocabulary import Embedding, Experiment, Need, Outcome, Study, Variant, param

SAMPLE = 10_000  # images of each map in a series
NEIGHBOURS = (5, 15, 50, 200)
DISTANCES = (0.0, 0.1, 0.99)
STARTS = ("random", "pca", "spectral")
SEEDS = 5


@dataclass(frozen=True)
class Params:
    n_neighbors: int = param(
        15, unit="1", label="number of neighbours", symbol="n_neighbors", at_least=2, below="n_train"
    )
    min_dist: float = param(0.1, unit="1", label="minimum distance", symbol="min_dist", at_least=0, at_most=1)
    epochs: int = param(200, unit="1", at_least=1)
    init: str = param("spectral", unit="1", label="initialisation", symbol="init", choices=STARTS)


def member(name: str, series: str, repeat: int = 0, **params: float | str) -> Variant:
    """One map of a series: of the sample, whose neighbours it finds itself."""
    return Variant(name, params=params, series=series, sample=SAMPLE, repeat=repeat)


experiment = Experiment(
    title="UMAP",
    summary="Lays out a weighted graph of nearest neighbours",
    section="maps",
    task="embedding",
    variants=(
        Variant("2d", "Two dimensions", needs=(Need("neighbours", "neighbours", "exact", counted=True),)),
        *(
            member(f"grid_{n}_{round(100 * distance)}", "grid", n_neighbors=n, min_dist=distance)
            for n in NEIGHBOURS
            for distance in DISTANCES
        ),
        *(member(f"start_{init}", "start", init=init) for init in STARTS),
        *(member(f"seed_{repeat}", "seed", repeat) for repeat in range(SEEDS)),
    ),
    order=3,
    figures=("scatter", "digit_map", "digit_map_dense", "digit_map_parts"),
)

warm_up = umap.warm_up


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Map the training images to the plane, by the same exact neighbours as t-SNE's: the two maps differ in nothing
    but what they do with them.
    """
    found = inputs.get("neighbours")
    return Embedding(
        coordinates=umap.lay_out(
            dataset.train.flat(),
            seed=seed,
            found=found.arrays if isinstance(found, Study) else None,
            n_neighbors=params.n_neighbors,
            min_dist=params.min_dist,
            epochs=params.epochs,
            init=params.init,
        )
    )
