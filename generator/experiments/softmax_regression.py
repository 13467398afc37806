"""Softmax regression, learned by the gradient descent that ``generator.softmax`` writes out in NumPy."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.phase import phase
from generator.series import seeds, sizes
from generator.softmax import Model, judged, one_epoch, split
from generator.vocabulary import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    learning_rate: float = param(0.24, unit="1", above=0)
    batch_size: int = param(100, unit="images", at_least=1)
    max_epochs: int = param(1_000, unit="1", label="maximum epochs", at_least=1)
    patience: int = param(10, unit="epochs", label="early-stopping patience", zero="off", at_least=1)
    stop_on_test: bool = param(False, unit="1", label="validation on the test images")


AS_PUBLISHED = {"stop_on_test": True}

experiment = Experiment(
    title="Softmax regression",
    summary="Learns one weight image per digit by gradient descent, written out in NumPy",
    section="classifiers",
    task="classification",
    variants=(
        Variant("sound", "Scored on untouched images", split="quarter"),
        Variant("published", "Article's settings", AS_PUBLISHED, split="fifth", compared=False),
        Variant("endless", "Early stopping off", {**AS_PUBLISHED, "patience": 0}, split="fifth", compared=False),
        *seeds(),
        *sizes(),
    ),
    order=1,
    figures=(
        "confusion",
        "mistakes",
        "learning_curve",
        "weights",
        "per_class",
        "reliability",
        "telling_mistake",
    ),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Mini-batch gradient descent with early stopping; the weights of the best epoch are kept, without it the last.

    To stop on the test images, as published, makes their accuracy optimistic: it was chosen as the best of many. The
    sound way stops on a fifth of the training images, and the test images are seen once, at the end.
    """
    rng = np.random.default_rng(seed)
    pixels, labels = dataset.train.flat(), dataset.train.labels  # (n, 784), (n,)
    test_pixels = dataset.test.flat()
    if params.stop_on_test:
        held_out_pixels, held_out_labels = test_pixels, dataset.test.labels
    else:
        learned, held_out = split(rng.permutation(len(labels)), 1 / 5)
        held_out_pixels, held_out_labels = pixels[held_out], labels[held_out]
        pixels, labels = pixels[learned], labels[learned]

    model = best = Model.zero(pixels.shape[1], dataset.n_classes)
    best_accuracy, best_epoch = -1.0, 0
    history: list[tuple[float, ...]] = []  # the curves, epoch by epoch
    patience = params.patience or params.max_epochs
    while len(history) < params.max_epochs and len(history) - best_epoch < patience:
        model = one_epoch(
            model, pixels, labels, batch_size=params.batch_size, learning_rate=params.learning_rate, rng=rng
        )
        held_out_loss, held_out_accuracy = judged(model, held_out_pixels, held_out_labels)
        history.append((*judged(model, pixels, labels), held_out_loss, held_out_accuracy))
        if held_out_accuracy > best_accuracy:
            best, best_accuracy, best_epoch = model, held_out_accuracy, len(history)

    kept = best if params.patience else model
    with phase("prediction"):
        probabilities = kept.probabilities(test_pixels)
    names = ("train_loss", "train_accuracy", "held_out_loss", "held_out_accuracy")
    arrays = dict(zip(names, np.array(history, np.float32).T, strict=True))  # (epochs,) each
    if not params.patience:
        # For the last epoch to be compared with it, image by image.
        arrays["best_predictions"] = best.probabilities(test_pixels).argmax(axis=1).astype(np.uint8)  # (n_test,)
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=kept.weights.size + kept.bias.size,
        arrays={**arrays, "weights": kept.weights, "bias": kept.bias},
        facts={"best_epoch": best_epoch, "epochs": len(history), "loss": "nats"},
    )
