"""Which images all pages show, and how they are divided."""

from dataclasses import dataclass
from enum import StrEnum

from generator.record import Record, Results
from generator.report.rows import n_test


class Source(StrEnum):
    MNIST = "mnist"
    DIGITS = "digits"  # scikit-learn's, for a quick look


@dataclass(frozen=True)
class Division:
    """How many images are learned from, and how many are predicted."""

    n_train: int
    n_test: int


@dataclass(frozen=True)
class Data:
    source: Source
    compared: Division | None  # of the classifiers that are compared
    article: Division | None  # of the setting that divides the images as article A4 does
    tuning: Division | None  # of the training images, where settings are chosen


def data(results: Results) -> Data:
    return Data(
        source=Source(results.catalogue.data.name),
        compared=_division(results, "quarter", results.catalogue.data.n_images),
        article=_division(results, "fifth", results.catalogue.data.n_images),
        tuning=_tuning(results),
    )


def _division(results: Results, split: str, n_images: int) -> Division | None:
    """The first classifier's with this split that learned from all it could: all predict the same images."""
    tested = n_test(_first(results, split))
    return None if tested is None else Division(n_images - tested, tested)


def _tuning(results: Results) -> Division | None:
    compared = _division(results, "quarter", results.catalogue.data.n_images)
    return None if compared is None else _division(results, "tuning", compared.n_train)


def _first(results: Results, split: str) -> Record | None:
    return next(
        (one for one in results.records.values() if one.task.split == split and "predictions" in one.arrays), None
    )
