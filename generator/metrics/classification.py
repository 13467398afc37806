"""How good predicted classes are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from generator.metric import Metric
from generator.metrics import Scores, intervals

if TYPE_CHECKING:
    from generator.dataset import Dataset
    from generator.vocabulary import Classification


#: Of equal width, over the confidences from 0 to 1.
BINS = 15


def reference(dataset: "Dataset") -> "dict[str, np.ndarray]":
    """Nothing: the labels are all that scoring needs."""
    return {}


def score(outcome: "Classification", dataset: "Dataset", reference: "Mapping[str, np.ndarray]") -> Scores:
    """Accuracy and the confusion matrix; log loss and calibration where there are probabilities; on the test images."""
    labels = dataset.test.labels
    counts = confusion(labels, outcome.predictions, dataset.n_classes)
    metrics = [accuracy(int(np.trace(counts)), len(labels))]
    arrays = {"confusion": counts}
    if outcome.probabilities is not None:
        losses = log_losses(labels, outcome.probabilities)
        low, high = intervals.mean(losses)
        value = float(losses.mean())
        metrics.append(Metric(name="log_loss", value=value, better="lower", low=max(0.0, low), high=high, unit="nats"))
        arrays["reliability"] = reliability(labels, outcome.probabilities)
        metrics.append(Metric(name="calibration_error", value=calibration_error(arrays["reliability"]), better="lower"))
    return Scores(tuple(metrics), arrays)


def accuracy(right: int, n: int) -> Metric:
    """The share of ``n`` answers that is right, with Wilson's interval."""
    low, high = intervals.wilson(right, n)
    return Metric(name="accuracy", value=right / n, better="higher", low=low, high=high)


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


def reliability(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """How often a classifier is right when it is so sure: (BINS, 3) float64, a row for each bin of confidence.

    Columns: how many images, their mean confidence, the share of them that is right; 0, 0, 0 for an empty bin.
    Confidence is the greatest of an image's ``probabilities`` (n, n_classes), and bins are closed above: Guo et al.,
    "On calibration of modern neural networks", ICML 2017.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    counts, sure, correct = (np.bincount(place, weights, BINS) for weights in (None, confidence, right))
    filled = np.maximum(counts, 1)
    return np.stack([counts, sure / filled, correct / filled], axis=1)


def calibration_error(bins: np.ndarray) -> float:
    """Expected calibration error of ``reliability``'s bins, from 0 to 1, lower is better (ibid.): how far confidence is
    from the share right, mean over the images.
    """
    counts, confidence, right = bins.T
    return float((counts * np.abs(confidence - right)).sum() / counts.sum())
