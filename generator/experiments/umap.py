"""UMAP with umap-learn: a weighted graph of nearest neighbours, laid out in the plane."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from umap import UMAP

from generator.dataset import Dataset
from generator.experiment import Embedding, Experiment, Outcome, Variant, param
from generator.neighbours import nearest


@dataclass(frozen=True)
class Params:
    n_neighbors: int = param(15, unit="neighbours")
    min_dist: float = param(0.1, unit="1")
    pca_components: int = param(50, unit="components")


experiment = Experiment(
    title="UMAP",
    summary="Lays out a weighted graph of nearest neighbours",
    section="maps",
    task="embedding",
    params=Params,
    variants={"2d": Variant("Two dimensions")},
    split="official",
    order=3,
    figures=("scatter", "digit_map"),
)


def warm_up() -> None:
    """Compile what ``run`` will call."""
    noise = np.random.default_rng(0).random((200, 20), np.float32)
    lay_out(noise, Params(), seed=0)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Map the training images to the plane. McInnes, Healy and Melville, arXiv:1802.03426 (2018).

    The neighbours are exact ones after PCA, the same as t-SNE's here, so that the two maps differ in nothing but what
    they do with them. umap-learn's own search is approximate, and takes a minute to compile.
    """
    pixels = dataset.train.flat()  # (n, 784)
    reduced = PCA(min(params.pca_components, len(pixels)), svd_solver="covariance_eigh").fit_transform(pixels)
    return Embedding(coordinates=lay_out(reduced, params, seed))


def lay_out(points: np.ndarray, params: Params, seed: int) -> np.ndarray:
    """Points (n, d) to the map (n, 2) float32."""
    indices, distances = nearest(points, params.n_neighbors - 1)
    # UMAP counts a point as the first of its own neighbours.
    itself = np.arange(len(points))[:, np.newaxis]
    neighbours = np.hstack([itself, indices]), np.hstack([np.zeros_like(itself, np.float32), distances])
    mapper = UMAP(
        n_neighbors=params.n_neighbors,
        min_dist=params.min_dist,
        precomputed_knn=neighbours,
        random_state=seed,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"precomputed_knn\[2\]", UserWarning)  # no new points will be mapped
        placed: np.ndarray = mapper.fit_transform(points)
    return placed.astype(np.float32)
