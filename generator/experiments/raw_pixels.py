"""No embedding at all: the pixel values themselves, or nearly all they say, as the reference for every embedding."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from generator.dataset import Dataset
from generator.vocabulary import Embedding, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    pca_components: int = param(0, unit="1", label="principal components", zero="off", at_least=1, at_most="n_pixels")


experiment = Experiment(
    title="Raw pixels",
    summary="Leaves the images as they are: the reference for scores against distances between pixel values",
    section="maps",
    task="embedding",
    variants=(
        Variant("pixels", "784 pixel values"),
        Variant("pca_50", "50 principal components", {"pca_components": 50}),
    ),
    order=10,
    deterministic=True,
    figures=(),  # 784 numbers have no plane to be drawn on
    control=True,
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """The training images' grey levels, (n, 784) uint8, or their first principal components, (n, d) float32."""
    images = dataset.train.images
    if not params.pca_components:
        return Embedding(images.reshape(len(images), -1))
    pixels = dataset.train.flat()
    pca = PCA(min(params.pca_components, *pixels.shape), svd_solver="covariance_eigh").fit(pixels)
    coordinates: np.ndarray = pca.transform(pixels)
    return Embedding(
        coordinates.astype(np.float32), facts={"explained_variance": float(pca.explained_variance_ratio_.sum())}
    )
