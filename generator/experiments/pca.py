"""Principal component analysis: the straight view that keeps the most variance."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from generator.dataset import Dataset
from generator.vocabulary import Embedding, Experiment, Outcome, Variant, param

SPECTRUM = 50  # components whose share of the variance is kept
PICTURED = 10  # components kept as images


@dataclass(frozen=True)
class Params:
    n_components: int = param(2, unit="1", at_least=1, at_most="n_pixels")


experiment = Experiment(
    title="PCA",
    summary="Turns the axes towards the directions in which the images differ most",
    section="maps",
    task="embedding",
    variants=(
        Variant("2d", "Two dimensions"),
        Variant("3d", "Three dimensions", {"n_components": 3}),
    ),
    order=1,
    figures=("scatter", "digit_map", "digit_map_dense", "components"),
    deterministic=True,
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Project the training images on their first components. Exact, so that ``seed`` changes nothing."""
    pixels = dataset.train.flat()  # (n, 784)
    kept = min(max(SPECTRUM, params.n_components), *pixels.shape)
    # Far more images than pixels: the 784 x 784 covariance holds all there is to know.
    pca = PCA(kept, svd_solver="covariance_eigh").fit(pixels)
    coordinates = pca.transform(pixels)[:, : params.n_components]  # (n, d)
    ratio = pca.explained_variance_ratio_[:SPECTRUM]  # (50,)
    height, width = dataset.train.images.shape[1:]
    return Embedding(
        coordinates=np.ascontiguousarray(coordinates, np.float32),
        arrays={
            "explained_variance_ratio": ratio.astype(np.float32),
            "components": pca.components_[:PICTURED].reshape(-1, height, width).astype(np.float32),
        },
        facts={"explained_variance": float(ratio[: params.n_components].sum())},
    )
