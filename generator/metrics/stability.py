"""How alike two maps of the same points are that differ in nothing but the seed."""

import numpy as np
from scipy.spatial import procrustes

from generator.metrics.embedding import neighbour_recalls, neighbours


def disparity(first: np.ndarray, second: np.ndarray) -> float:
    """Procrustes disparity: the sum of squared distances between two maps (n, d) once they fit as well as they can.

    In [0, 1], lower is better; 0 for the same shape, near 1 for points at random. Both are moved to the origin and
    scaled to a sum of squares of 1; then one is turned, mirrored and scaled to fit the other. This squared residual is
    SciPy's ``disparity``; it is no distance, whose square it is. Gower, Psychometrika 40 (1975).
    """
    return float(procrustes(first, second)[2])


def overlap(first: np.ndarray, second: np.ndarray, k: int) -> float:
    """Share of each point's ``k`` nearest on one map (n, d) that are among its ``k`` nearest on the other: the mean.

    In [0, 1], higher is better; k / (n - 1) by chance.
    """
    return float(neighbour_recalls(neighbours(first, k), neighbours(second, k)).mean())
