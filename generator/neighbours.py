"""Exact nearest neighbours by blocked matrix products: what trees cannot do quickly in many dimensions."""

import numpy as np

#: Numbers held at once: 64 MiB of float32.
BLOCK_ELEMENTS = 1 << 24


def nearest(points: np.ndarray, k: int, queries: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The ``k`` Euclidean nearest neighbours of some of the points among all the others, nearest first.

    ``points``: (n, d) float; ``queries``: (m,) positions in ``points``, all of them by default; ``k < n``. A point is
    not its own neighbour. Returns positions (m, k) int64 and distances (m, k) float32. Of equally near points any may
    come first, but always the same ones.

    Squared distances are |a|² + |b|² - 2ab, from one matrix product per block of queries; the points are centred
    first, since the formula loses digits far from the origin, and the distances of the chosen are taken anew.
    """
    n = len(points)
    centred = np.asarray(points, np.float32) - np.mean(points, axis=0, dtype=np.float64).astype(np.float32)
    half_norms = np.einsum("ij,ij->i", centred, centred) / 2
    wanted = np.arange(n) if queries is None else queries
    indices = np.empty((len(wanted), k), np.int64)
    distances = np.empty((len(wanted), k), np.float32)
    step = max(1, BLOCK_ELEMENTS // max(n, k * points.shape[1]))
    for start in range(0, len(wanted), step):
        rows = wanted[start : start + step]
        # |b|²/2 - ab orders the points b as their distances from a do.
        order_by = centred[rows] @ centred.T  # (rows, n)
        np.subtract(half_norms, order_by, out=order_by)
        order_by[np.arange(len(rows)), rows] = np.inf
        chosen = np.argpartition(order_by, k - 1, axis=1)[:, :k]  # (rows, k)
        exact = np.linalg.norm(centred[chosen] - centred[rows, np.newaxis], axis=2)
        by_distance = np.argsort(exact, axis=1, kind="stable")
        indices[start : start + step] = np.take_along_axis(chosen, by_distance, axis=1)
        distances[start : start + step] = np.take_along_axis(exact, by_distance, axis=1)
    return indices, distances
