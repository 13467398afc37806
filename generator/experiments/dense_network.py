"""A multilayer perceptron in PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from generator.dataset import Dataset
from generator.nets.classifier import classified
from generator.nets.training import Schedule, Training, repeatable
from generator.series import Setting, candidates, seeds, sizes
from generator.vocabulary import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    hidden: int = param(128, unit="1", label="hidden units", at_least=1)
    epochs: int = param(20, unit="1", at_least=1)
    batch_size: int = param(32, unit="images", at_least=1)
    learning_rate: float = param(0.001, unit="1", above=0)
    schedule: str = param("constant", unit="1", label="learning-rate schedule", choices=tuple(Schedule))
    dropout: float = param(0.0, unit="1", at_least=0, below=1)
    held_out_curve: bool = param(True, unit="1", recording=True)


ONE_CYCLE = {"hidden": 512, "epochs": 12, "batch_size": 128, "learning_rate": 0.004, "schedule": "one_cycle"}
#: Around values from the literature; `candidates` says how one of them is chosen.
CANDIDATES: tuple[Setting, ...] = (
    {},
    ONE_CYCLE | {"dropout": 0.2},
    ONE_CYCLE | {"dropout": 0.3},
    ONE_CYCLE | {"dropout": 0.5},
    ONE_CYCLE | {"dropout": 0.3, "learning_rate": 0.002},
)
TUNED = CANDIDATES[1]
NO_CURVE = {"held_out_curve": False}  # which no page draws of a series
#: Epochs by size: the fewer images, the more often each is met.
EPOCHS = {700: 80, 2_100: 50, 7_000: 30, 21_000: 18}

experiment = Experiment(
    title="MLP (PyTorch)",
    summary="Puts one layer of learned features between pixels and digits, in PyTorch",
    section="classifiers",
    task="classification",
    variants=(
        Variant("published", "Article's settings", split="quarter"),
        Variant("tuned", "Tuned", TUNED, split="quarter"),
        *seeds(NO_CURVE),
        *seeds(TUNED | NO_CURVE, of="tuned"),
        *sizes(TUNED | NO_CURVE, EPOCHS),
        *candidates([one | NO_CURVE for one in CANDIDATES]),
    ),
    order=5,
    figures=("confusion", "mistakes", "learning_curve", "per_class", "reliability"),
)


def network(n_pixels: int, hidden: int, n_classes: int, dropout: float) -> nn.Sequential:
    """(n, 1, 28, 28) to scores (n, n_classes)."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(n_pixels, hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, n_classes),
    )


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Adam on the cross-entropy for a fixed number of epochs."""
    repeatable(seed)
    model = network(dataset.test.images[0].size, params.hidden, dataset.n_classes, params.dropout)
    training = Training(params.epochs, params.batch_size, params.learning_rate, Schedule(params.schedule))
    return classified(model, dataset, training, seed, held_out_curve=params.held_out_curve)
