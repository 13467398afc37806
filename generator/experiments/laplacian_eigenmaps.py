"""Laplacian eigenmaps: the slowest modes in which something would spread over a graph of nearest neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import eigsh

from generator.dataset import Dataset
from generator.vocabulary import Embedding, Experiment, Need, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    n_components: int = param(2, unit="1", at_least=1, at_most="n_pixels")
    n_neighbors: int = param(
        15,
        unit="1",
        label="number of neighbours",
        symbol="n_neighbors",
        at_least=1,
        below="n_train",
        at_most=100,  # so many have been found
    )


experiment = Experiment(
    title="Laplacian eigenmaps",
    summary="Places images that are joined in a graph of nearest neighbours near each other",
    section="maps",
    task="embedding",
    variants=(Variant("2d", "Two dimensions", needs=(Need("neighbours", "neighbours", "exact", counted=True),)),),
    order=5,
    deterministic=True,
    figures=("scatter", "digit_map"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Map the training images by the eigenvectors of the smallest eigenvalues but 0 of L y = λ D y.

    Belkin and Niyogi, Neural Computation 15 (2003), with edges of weight 1. Each axis has a mean square of 1 when every
    image counts by the number of its edges, D.
    """
    nearest = inputs["neighbours"].arrays["indices"][:, : params.n_neighbors]
    n, k = nearest.shape
    chosen = csr_array((np.ones(n * k), nearest.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    joined = chosen.maximum(chosen.T)  # an edge wherever either image is a neighbour of the other
    degrees = joined.sum(axis=1)  # (n,)
    # The largest eigenvalues of D^-1/2 W D^-1/2 are 1 less the smallest of D^-1 L, and found without a linear system.
    scale = diags_array(degrees**-0.5)
    start = np.random.default_rng(0).random(n)
    values, vectors = eigsh(scale @ joined @ scale, k=params.n_components + 1, which="LA", v0=start)
    slowest = (scale @ vectors)[:, ::-1][:, 1:] * degrees.sum() ** 0.5  # (n, d); the first is the same everywhere
    return Embedding(
        slowest.astype(np.float32),
        facts={"least_eigenvalue": float(1 - values[-2]), "graph_parts": int(connected_components(joined)[0])},
    )
