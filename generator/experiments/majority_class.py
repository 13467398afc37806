"""The majority class: the floor under every classifier."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.vocabulary import Classification, Experiment, Outcome, Variant


@dataclass(frozen=True)
class Params:
    pass


experiment = Experiment(
    title="Majority class",
    summary="Always predicts the most frequent class",
    section="classifiers",
    task="classification",
    variants=(Variant("default", "Most frequent class", split="quarter"),),
    order=8,
    deterministic=True,
    figures=("confusion",),
    control=True,
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Predict the commonest training label, with the labels' shares as probabilities, whatever the image."""
    counts = np.bincount(dataset.train.labels, minlength=dataset.n_classes)
    shares = (counts / counts.sum()).astype(np.float32)  # (n_classes,)
    n_test = len(dataset.test)
    return Classification(
        predictions=np.full(n_test, counts.argmax(), np.uint8),
        probabilities=np.tile(shares, (n_test, 1)),
        n_parameters=0,
    )
