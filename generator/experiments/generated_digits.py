"""Which digits an autoencoder can paint: its paintings of the test images, read by the report's own CNN."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from generator.dataset import Dataset, Part
from generator.metrics.blocks import means
from generator.metrics.classification import accuracy, confusion
from generator.nets.cnn import network
from generator.nets.training import predict, repeatable
from generator.nets.weights import load
from generator.vocabulary import Classification, Embedding, Experiment, Need, Outcome, Study, Variant


@dataclass(frozen=True)
class Params:
    """Nothing to set."""


def of(autoencoder: str, title: str) -> Variant:
    """The paintings of one variant of the autoencoder."""
    needs = (Need("autoencoder", "autoencoder", autoencoder), Need("cnn", "cnn", "tuned"))
    return Variant(autoencoder, title, needs=needs)


experiment = Experiment(
    title="Generated digits",
    summary="Classifies the reconstructions of an autoencoder, digit by digit",
    section="maps",
    task="study",
    variants=(
        of("2d", "Two dimensions"),
        of("3d", "Three dimensions"),
        of("vae", "Variational, two dimensions"),
    ),
    order=7,
    figures=("generated_digits", "generated_confusion"),
    parent="autoencoder",
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """``confusion`` (c, c) int64: rows = digit shown to the autoencoder, columns = digit read from its painting.

    ``accuracy`` is the share read as the digit that was shown. The classifier's own, on the images themselves, is its
    ceiling, and flattered: its split pools all images, so that it has learned three quarters of these.
    """
    match inputs:
        case {"autoencoder": Embedding(arrays=made), "cnn": Classification(arrays=learned)}:
            paintings, state = made["reconstructions"], learned["state"]
        case _:
            raise TypeError(f"takes an autoencoder's and a classifier's outcome, not {sorted(inputs)}")
    repeatable(seed)
    reader = network(dataset.n_classes, dropout=0.0)
    load(reader, state)

    def read(part: Part) -> np.ndarray:
        return predict(reader, part).argmax(axis=1)

    labels = dataset.test.labels
    found = read(replace(dataset.test, images=paintings))  # (n_test,)
    score = accuracy(int((found == labels).sum()), len(labels))
    return Study(
        arrays={"confusion": confusion(labels, found, dataset.n_classes)},
        metrics=(msgspec.structs.replace(score, blocks=means(found == labels)),),
        facts={"originals_accuracy": float((read(dataset.test) == labels).mean())},
    )
