"""Softmax regression in NumPy alone: every line of the learning is here.

One weight image per class. The score of an image for a class is the sum of its pixels, each times that class's weight;
softmax turns the scores into probabilities; learning moves the weights so that the true class becomes more probable.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.experiment import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    learning_rate: float = param(0.24, unit="1")
    batch_size: int = param(100, unit="images")
    max_epochs: int = param(1_000, unit="epochs")
    patience: int = param(10, unit="epochs")
    stop_on_test: bool = param(False, unit="1")


experiment = Experiment(
    title="Softmax regression",
    summary="Learns one weight image per digit by gradient descent, written out in NumPy",
    section="classifiers",
    task="classification",
    params=Params,
    variants={
        "sound": Variant("Scored on untouched images"),
        "published": Variant("As published", params={"stop_on_test": True}, split="fifth", compared=False),
    },
    split="quarter",
    order=1,
    figures=("confusion", "mistakes", "learning_curve", "weights"),
)


@dataclass(frozen=True)
class Model:
    """What is learned. Starts at zero: the problem is convex, so that there is no symmetry to break."""

    weights: np.ndarray  # (784, n_classes) float32
    bias: np.ndarray  # (n_classes,) float32

    @classmethod
    def zero(cls, n_pixels: int, n_classes: int) -> "Model":
        return cls(np.zeros((n_pixels, n_classes), np.float32), np.zeros(n_classes, np.float32))

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """(n, 784) to (n, n_classes)."""
        return softmax(pixels @ self.weights + self.bias)

    def stepped(self, pixels: np.ndarray, labels: np.ndarray, learning_rate: float) -> "Model":
        """The model after one step down the gradient of the mean cross-entropy of some images."""
        gradient, bias_gradient = cross_entropy_gradient(self, pixels, labels)
        rate = np.float32(learning_rate)
        return Model(self.weights - rate * gradient, self.bias - rate * bias_gradient)


def softmax(scores: np.ndarray) -> np.ndarray:
    """exp(score), divided by its sum over the classes: (n, n_classes) to the same, rows sum to 1.

    The greatest score of each row is taken off first: that cancels in the quotient and keeps exp from overflowing.
    """
    powers: np.ndarray = np.exp(scores - scores.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean of -log(probability of the true class), in nats; log(n_classes) for a model that knows nothing."""
    given = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(given, np.finfo(given.dtype).tiny)).mean())


def cross_entropy_gradient(model: Model, pixels: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of the mean cross-entropy by the weights (784, n_classes) and by the bias (n_classes,).

    Through softmax and logarithm the derivative by a score is simply probability - truth.
    """
    error = model.probabilities(pixels)  # (n, n_classes)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    return pixels.T @ error, error.sum(axis=0)


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Share of the images whose most probable class is the true one."""
    return float((probabilities.argmax(axis=1) == labels).mean())


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Mini-batch gradient descent with early stopping; the weights of the best epoch are kept.

    To stop on the test images, as published, makes their accuracy optimistic: it was chosen as the best of many. The
    sound way stops on a fifth of the training images, and the test images are seen once, at the end.
    """
    rng = np.random.default_rng(seed)
    pixels, labels = dataset.train.flat(), dataset.train.labels  # (n, 784), (n,)
    test_pixels = dataset.test.flat()
    if params.stop_on_test:
        held_out_pixels, held_out_labels = test_pixels, dataset.test.labels
    else:
        held_out, learned = np.split(rng.permutation(len(labels)), [len(labels) // 5])
        held_out_pixels, held_out_labels = pixels[held_out], labels[held_out]
        pixels, labels = pixels[learned], labels[learned]

    model = best = Model.zero(pixels.shape[1], dataset.n_classes)
    best_accuracy, best_epoch = -1.0, 0
    history: list[tuple[float, float, float]] = []  # the curves, epoch by epoch
    while len(history) < params.max_epochs and len(history) - best_epoch < params.patience:
        order = rng.permutation(len(labels))
        for start in range(0, len(order), params.batch_size):
            batch = order[start : start + params.batch_size]
            model = model.stepped(pixels[batch], labels[batch], params.learning_rate)
        fitted = model.probabilities(pixels)
        held_out_accuracy = accuracy(model.probabilities(held_out_pixels), held_out_labels)
        history.append((cross_entropy(fitted, labels), accuracy(fitted, labels), held_out_accuracy))
        if held_out_accuracy > best_accuracy:
            best, best_accuracy, best_epoch = model, held_out_accuracy, len(history)

    probabilities = best.probabilities(test_pixels)
    train_loss, train_accuracy, held_out_accuracies = np.array(history, np.float32).T  # (epochs,) each
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=best.weights.size + best.bias.size,
        arrays={
            "train_loss": train_loss,
            "train_accuracy": train_accuracy,
            "held_out_accuracy": held_out_accuracies,
            "weights": best.weights,
            "bias": best.bias,
        },
        facts={"best_epoch": best_epoch, "epochs": len(history), "loss": "nats"},
    )
