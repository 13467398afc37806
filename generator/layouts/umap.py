"""UMAP with umap-learn, on one core."""

import warnings
from collections.abc import Mapping

import numpy as np
from umap import UMAP

from generator.layouts import neighbours


def lay_out(
    points: np.ndarray,
    *,
    seed: int,
    found: Mapping[str, np.ndarray] | None = None,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    epochs: int | None = None,
    init: str = "spectral",
) -> np.ndarray:
    """Lay out ``points`` (n, D) float32 in the plane, (n, 2) float32, from exact neighbours (``found``, if any).

    McInnes, Healy and Melville, arXiv:1802.03426 (2018). ``init``: ``spectral`` (of UMAP's own graph), ``pca`` or
    ``random``; ``epochs``: passes over the graph, by default 500 for up to 10,000 points, 200 for more.
    umap-learn's own search for neighbours is approximate, and takes a minute to compile.
    """
    indices, distances = neighbours(points, n_neighbors - 1, found)
    # UMAP counts a point as the first of its own neighbours.
    itself = np.arange(len(points))[:, np.newaxis]
    mapper = UMAP(
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        n_epochs=epochs,
        init=init,
        precomputed_knn=(np.hstack([itself, indices]), np.hstack([np.zeros_like(itself, np.float32), distances])),
        random_state=seed,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"precomputed_knn\[2\]", UserWarning)  # no new points will be mapped
        placed: np.ndarray = mapper.fit_transform(points)
    return placed.astype(np.float32)


def warm_up() -> None:
    """Compile what ``lay_out`` will call."""
    lay_out(np.random.default_rng(0).random((200, 20), np.float32), seed=0)
