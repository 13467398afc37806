"""Softmax regression in NumPy alone: every line of the learning is here.

One weight image per class. The score of an image for a class is the sum of its pixels, each times that class's weight,
and a bias; softmax turns the scores into probabilities; learning moves the weights so that the true class becomes more
probable.
"""

from dataclasses import dataclass

import numpy as np


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


def one_epoch(
    model: Model,
    pixels: np.ndarray,
    labels: np.ndarray,
    *,
    batch_size: int,
    learning_rate: float,
    rng: np.random.Generator,
) -> Model:
    """The model after every image, (n, 784) with labels (n,), was met once, in a new random order, batch by batch."""
    order = rng.permutation(len(labels))
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        model = model.stepped(pixels[batch], labels[batch], learning_rate)
    return model


def judged(model: Model, pixels: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Cross-entropy and accuracy."""
    probabilities = model.probabilities(pixels)
    return cross_entropy(probabilities, labels), accuracy(probabilities, labels)


def split(order: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Cut a shuffled ``order`` (n,) in two, the rest and a share held out, rounded up.

    What scikit-learn's ``train_test_split`` makes of the same order.
    """
    n_held_out = int(np.ceil(share * len(order)))
    return order[n_held_out:], order[:n_held_out]


def folds(order: np.ndarray, n_folds: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cut a shuffled ``order`` (n,) into as many parts, alike to one element; each is held out once from all others.

    What scikit-learn's ``KFold`` makes of the same order.
    """
    parts = np.array_split(order, n_folds)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), part) for i, part in enumerate(parts)]
