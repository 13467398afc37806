"""A small convolutional network in PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.experiment import Classification, Experiment, Outcome, Variant, param
from generator.nets.cnn import network
from generator.nets.training import Schedule, Training, count_parameters, predict, repeatable, train
from generator.nets.weights import packed


@dataclass(frozen=True)
class Params:
    epochs: int = param(10, unit="epochs")
    batch_size: int = param(32, unit="images")
    learning_rate: float = param(0.001, unit="1")
    schedule: str = param("constant", unit="1")
    dropout: float = param(0.2, unit="1")


experiment = Experiment(
    title="Convolutional network",
    summary="Learns small filters that look at the image piece by piece",
    section="classifiers",
    task="classification",
    params=Params,
    variants={
        "published": Variant("As published"),
        "best_practice": Variant(
            "One-cycle schedule",
            params={"epochs": 6, "batch_size": 128, "learning_rate": 0.004, "schedule": "one_cycle"},
        ),
    },
    split="quarter",
    order=3,
    figures=("confusion", "mistakes", "learning_curve"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Train on the training images for a fixed number of epochs; the test images choose nothing."""
    repeatable(seed)
    model = network(dataset.n_classes, params.dropout)
    training = Training(params.epochs, params.batch_size, params.learning_rate, Schedule(params.schedule))
    curves = train(model, dataset.train, dataset.test, training, seed)
    probabilities = predict(model, dataset.test)
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=count_parameters(model),
        arrays={**curves, "state": packed(model)},
        facts={"epochs": params.epochs, "loss": "nats"},
    )
