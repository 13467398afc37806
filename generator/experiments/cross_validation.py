"""Cross-validation of softmax regression: how much the accuracy depends on which images are held out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.metric import Metric
from generator.metrics import intervals
from generator.softmax import Model, folds, judged, one_epoch
from generator.vocabulary import Experiment, Outcome, Study, Variant, param


@dataclass(frozen=True)
class Params:
    n_images: int = param(0, unit="1", zero="all", at_least=100)
    n_folds: int = param(5, unit="1", at_least=2, at_most=100)  # none without an image
    epochs: int = param(30, unit="1", at_least=1)
    learning_rate: float = param(0.24, unit="1", above=0)
    batch_size: int = param(100, unit="images", at_least=1)


experiment = Experiment(
    title="Cross-validation",
    summary="Learns softmax regression five times, each time with another fifth of the images held out",
    section="classifiers",
    task="study",
    variants=(
        Variant("all", "All images", split="fifth"),
        Variant("n_7000", "7,000 images", {"n_images": 7_000}, split="fifth"),
        Variant("n_700", "700 images", {"n_images": 700}, split="fifth"),
    ),
    order=1,
    figures=("cross_validation",),
    parent="softmax_regression",
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """Every image of the source is held out once, training and test part alike: nothing is chosen by the results.

    The interval is that of the mean over the folds, which are roughly independent: they share training images.
    """
    rng = np.random.default_rng(seed)
    pixels = np.concatenate([dataset.train.flat(), dataset.test.flat()])  # (n, 784)
    labels = np.concatenate([dataset.train.labels, dataset.test.labels])  # (n,)
    chosen = rng.permutation(len(labels))[: params.n_images or None]
    curves = np.empty((4, params.n_folds, params.epochs), np.float32)
    for fold, (learned, held_out) in enumerate(folds(chosen, params.n_folds)):
        seen, unseen = (pixels[learned], labels[learned]), (pixels[held_out], labels[held_out])
        model = Model.zero(pixels.shape[1], dataset.n_classes)
        for epoch in range(params.epochs):
            model = one_epoch(model, *seen, batch_size=params.batch_size, learning_rate=params.learning_rate, rng=rng)
            curves[:, fold, epoch] = *judged(model, *seen), *judged(model, *unseen)
    train_loss, train_accuracy, validation_loss, validation_accuracy = curves
    last = validation_accuracy[:, -1].astype(np.float64)  # (folds,)
    low, high = intervals.few(last)
    return Study(
        arrays={
            "train_loss": train_loss,
            "train_accuracy": train_accuracy,
            "validation_loss": validation_loss,
            "validation_accuracy": validation_accuracy,
        },
        metrics=(
            Metric(name="accuracy", value=float(last.mean()), better="higher", low=max(0.0, low), high=min(1.0, high)),
        ),
        facts={
            "n_images": len(chosen),
            "n_folds": params.n_folds,
            "epochs": params.epochs,
            "loss": "nats",
            "train_accuracy": float(train_accuracy[:, -1].mean()),
            "standard_deviation": float(last.std(ddof=1)),
        },
    )
