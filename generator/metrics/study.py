"""The scores of a study: its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.metrics import Scores

if TYPE_CHECKING:
    import numpy as np

    from generator.dataset import Dataset
    from generator.vocabulary import Study


def reference(dataset: "Dataset") -> "dict[str, np.ndarray]":
    """Nothing: what a study compares with, it brings itself."""
    return {}


def score(outcome: "Study", dataset: "Dataset", reference: "Mapping[str, np.ndarray]") -> Scores:
    """What the study found, as it stands."""
    return Scores(outcome.metrics)
