"""A small convolutional network in PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from generator.dataset import Dataset
from generator.experiment import Classification, Experiment, Outcome, Variant, param
from generator.nets.training import Schedule, Training, count_parameters, predict, train


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


def network(n_classes: int, dropout: float) -> nn.Sequential:
    """(n, 1, 28, 28) to scores (n, n_classes): two pooled convolutions of 32 filters 5x5, then two dense layers."""
    return nn.Sequential(
        nn.Conv2d(1, 32, kernel_size=5, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (n, 32, 14, 14)
        nn.Conv2d(32, 32, kernel_size=5, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (n, 32, 7, 7)
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 128),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(128, n_classes),
    )


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Train on the training images for a fixed number of epochs; the test images choose nothing."""
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    model = network(dataset.n_classes, params.dropout)
    training = Training(params.epochs, params.batch_size, params.learning_rate, Schedule(params.schedule))
    history = train(model, dataset.train, dataset.test, training, seed)
    probabilities = predict(model, dataset.test)
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=count_parameters(model),
        arrays={"history": history},
        facts={"epochs": params.epochs},
    )
