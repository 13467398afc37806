"""Exact nearest neighbours by blocked matrix products: what trees cannot do quickly in many dimensions."""

import numpy as np

#: Numbers held at once: 128 MiB of float32. Smaller blocks make slower products.
BLOCK_ELEMENTS = 1 << 25
#: Groups of points for every neighbour wanted: the more, the fewer candidates and the longer the search for the bound.
GROUPS = 20


def nearest(
    points: np.ndarray, k: int, queries: np.ndarray | None = None, among: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The ``k`` Euclidean nearest neighbours of some of the points among the others, nearest first.

    ``points``: (n, d) numbers; ``queries``: (m,) positions in ``points``, all of them by default; ``among``: positions
    of the points to choose from, in rising order, all of them by default and more than ``k`` in number. A point is not
    its own neighbour. Returns positions in ``points`` (m, k) int32 and distances (m, k) float32. Of equally near points
    the one with the lower position comes first.

    Squared distances are |a|² + |b|² - 2ab, from one matrix product per block of queries. Sorting them would take
    longer than computing them; so the points are dealt out to groups, and the k-th smallest of the groups' least
    distances bounds the distance of the k-th neighbour: hardly more than k points are as near as that.
    """
    centred = _centred(points)
    queries = np.arange(len(points)) if queries is None else queries
    among = np.arange(len(points)) if among is None else among
    chosen_from = centred if len(among) == len(points) else centred[among]  # (n', d)
    n = len(chosen_from)
    half_norms = np.einsum("ij,ij->i", chosen_from, chosen_from) / 2
    # The product's rounding may misplace a point by this much; the distances of candidates are taken anew.
    slack = 16 * np.finfo(np.float32).eps * half_norms.max()
    groups = min(n, GROUPS * k)
    indices = np.empty((len(queries), k), np.int32)
    distances = np.empty((len(queries), k), np.float32)
    step = max(1, BLOCK_ELEMENTS // n)
    for start in range(0, len(queries), step):
        rows = queries[start : start + step]
        # |b|²/2 - ab orders the points b as their distances from a do.
        order_by = centred[rows] @ chosen_from.T  # (rows, n')
        np.subtract(half_norms, order_by, out=order_by)
        itself = np.searchsorted(among, rows).clip(max=n - 1)
        there = among[itself] == rows
        order_by[there, itself[there]] = np.inf
        least = order_by[:, : n // groups * groups].reshape(len(rows), -1, groups).min(axis=1)  # (rows, groups)
        bounds = np.partition(least, k - 1, axis=1)[:, k - 1] + slack
        for place, (row, bound) in enumerate(zip(order_by, bounds, strict=True), start):
            candidates = np.flatnonzero(row <= bound)
            apart = chosen_from[candidates]
            apart -= centred[queries[place]]
            squared = np.einsum("ij,ij->i", apart, apart)
            first = np.argsort(squared, kind="stable")[:k]
            indices[place] = among[candidates[first]]
            distances[place] = np.sqrt(squared[first])
    return indices, distances


def _centred(points: np.ndarray) -> np.ndarray:
    """Points less their mean, (n, d') float32, without the columns in which they do not differ.

    Centred, since |a|² + |b|² - 2ab loses digits far from the origin.
    """
    kept = np.compress(np.ptp(points, axis=0) > 0, points, axis=1)  # in rows, which points[:, mask] would not give
    centred: np.ndarray = kept.astype(np.float32) - kept.mean(axis=0, dtype=np.float64).astype(np.float32)
    return centred
