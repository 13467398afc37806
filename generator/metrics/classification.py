"""How good predicted classes are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from generator.metric import Metric
from generator.metrics import Scores, intervals

if TYPE_CHECKING:
    from generator.dataset import Dataset
    from generator.experiment import Classification


def reference(dataset: "Dataset") -> "dict[str, np.ndarray]":
    """Nothing: the labels are all that scoring needs."""
    return {}


def score(outcome: "Classification", dataset: "Dataset", reference: "Mapping[str, np.ndarray]") -> Scores:
    """Accuracy, log loss where there are probabilities, and the confusion matrix, all on the test images."""
    labels = dataset.test.labels
    counts = confusion(labels, outcome.predictions, dataset.n_classes)
    correct, n = int(np.trace(counts)), len(labels)
    low, high = intervals.wilson(correct, n)
    metrics = [Metric(name="accuracy", value=correct / n, better="higher", low=low, high=high)]
    if outcome.probabilities is not None:
        losses = log_losses(labels, outcome.probabilities)
        low, high = intervals.mean(losses)
        value = float(losses.mean())
        metrics.append(Metric(name="log_loss", value=value, better="lower", low=max(0.0, low), high=high, unit="nats"))
    return Scores(tuple(metrics), {"confusion": counts})


def confusion(labels: np.ndarray, predictions: np.ndarray, n_classes: int) -> np.ndarray:
    """Confusion matrix (n_classes, n_classes) int64: rows = true class, columns = predicted, as in scikit-learn.

    ``labels`` and ``predictions``: (n,) integers below ``n_classes``.
    """
    if labels.shape != predictions.shape:
        raise ValueError(f"{predictions.shape} predictions for {labels.shape} labels")
    pairs = labels.astype(np.int64) * n_classes + predictions.astype(np.int64)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def log_losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Minus the natural logarithm of the probability given to each true class: (n,) float64, from 0, lower is better.

    ``probabilities``: (n, n_classes), rows sum to 1; clipped below at float32's epsilon, so that a zero costs about
    16 nat and not infinity. Their mean is the cross-entropy (Good, "Rational decisions", JRSS B 14, 1952).
    """
    given = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    losses: np.ndarray = -np.log(np.clip(given, np.finfo(np.float32).eps, 1.0))
    return losses
