"""Disjoint parts of the images or pairs that a score is taken on: see ``Metric.blocks``."""

import numpy as np

PARTS = 20


def parts(n: int) -> list[slice]:
    """Cut n things into ``PARTS`` runs of nearly the same length, or into fewer of two at least."""
    count = max(1, min(PARTS, n // 2))
    return [slice(n * i // count, n * (i + 1) // count) for i in range(count)]


def means(values: np.ndarray) -> tuple[float, ...]:
    """The mean of ``values`` (n,) over each part."""
    return tuple(float(values[part].mean()) for part in parts(len(values)))
