"""A small convolutional network in PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from generator.dataset import Dataset
from generator.nets.classifier import classified
from generator.nets.cnn import network
from generator.nets.training import Schedule, Training, repeatable
from generator.nets.weights import packed
from generator.series import Setting, candidates, seeds, sizes
from generator.vocabulary import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    epochs: int = param(10, unit="1", at_least=1)
    batch_size: int = param(32, unit="images", at_least=1)
    learning_rate: float = param(0.001, unit="1", above=0)
    schedule: str = param("constant", unit="1", label="learning-rate schedule", choices=tuple(Schedule))
    dropout: float = param(0.2, unit="1", at_least=0, below=1)
    held_out_curve: bool = param(True, unit="1", recording=True)
    bfloat16: bool = param(True, unit="1")  # learn in bfloat16, where the processor can


ONE_CYCLE = {"epochs": 5, "batch_size": 64, "learning_rate": 0.003, "schedule": "one_cycle"}
#: Around values from the literature, in half of the article's epochs; `candidates` says how one of them is chosen.
CANDIDATES: tuple[Setting, ...] = (
    {},
    ONE_CYCLE,
    ONE_CYCLE | {"dropout": 0.4},
    ONE_CYCLE | {"learning_rate": 0.005},
    ONE_CYCLE | {"learning_rate": 0.005, "batch_size": 128},
)
TUNED = CANDIDATES[1]
NO_CURVE = {"held_out_curve": False}  # which no page draws of a series
#: Epochs by size: the fewer images, the more often each is met.
EPOCHS = {700: 40, 2_100: 25, 7_000: 12, 21_000: 7}

experiment = Experiment(
    title="Convolutional network",
    summary="Learns small filters that look at the image piece by piece",
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
    order=6,
    figures=("confusion", "mistakes", "learning_curve", "per_class", "reliability"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Adam on the cross-entropy for a fixed number of epochs; the weights are kept, for others to ask."""
    repeatable(seed)
    model = network(dataset.n_classes, params.dropout)
    training = Training(params.epochs, params.batch_size, params.learning_rate, Schedule(params.schedule))
    outcome = classified(model, dataset, training, seed, held_out_curve=params.held_out_curve, halved=params.bfloat16)
    return replace(outcome, arrays={**outcome.arrays, "state": packed(model)})
