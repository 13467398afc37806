"""Pure functions from an outcome to its scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.metric import Metric

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Scores:
    """What is said of an outcome: numbers, and arrays to be kept beside it."""

    metrics: tuple[Metric, ...]
    arrays: "Mapping[str, np.ndarray]" = field(default_factory=dict)
