"""How t-SNE and UMAP are called here, for every experiment that lays points out with them."""

from collections.abc import Mapping

import numpy as np

from generator.neighbours import nearest


def neighbours(points: np.ndarray, k: int, found: Mapping[str, np.ndarray] | None) -> tuple[np.ndarray, np.ndarray]:
    """Each point's ``k`` exact nearest others, nearest first: positions (n, k) and Euclidean distances (n, k).

    ``points``: (n, D); ``found``: arrays ``indices`` and ``distances`` (n, K) of the same points, if somebody has
    already looked; asked again only when they do not reach far enough.
    """
    if found is not None and found["indices"].shape[1] >= k:
        return found["indices"][:, :k], found["distances"][:, :k]
    return nearest(points, k)
