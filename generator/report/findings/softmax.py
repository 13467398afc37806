"""What becomes of softmax regression: when its training stops, what the article's way gives, what more epochs and
fewer images do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from generator.record import Results
from generator.report.findings.classifier import Fit, Mistake, fit, mistakes
from generator.report.findings.compare import Comparison, Measured, Order, Scored, compare, measured
from generator.report.findings.given import done, number

SLUG = "softmax_regression"
SOUND, PUBLISHED, ENDLESS = f"{SLUG}-sound", f"{SLUG}-published", f"{SLUG}-endless"
ALL, SOME, FEW = "cross_validation-all", "cross_validation-n_7000", "cross_validation-n_700"

#: A loss that ends higher than its least by less than this share may only be trembling: from epoch to epoch the loss
#: on the held-out images moves by about as much.
LOSS_RISE = 0.02


class Stop(StrEnum):
    """What ended the training."""

    PATIENCE = "patience"  # the validation accuracy had not risen for as long as it is waited for
    LIMIT = "limit"  # the last epoch that is allowed


class Overfitting(StrEnum):
    """What the epochs after the best one do to the accuracy."""

    SIGNIFICANT = "significant"  # higher on the training images, significantly lower on the held-out ones
    UNDECIDED = "undecided"  # higher on the training images, lower on the held-out ones, but not significantly
    NONE = "none"


class Turn(StrEnum):
    """When the loss on the held-out images is least, against the epoch in which their accuracy is highest."""

    CONFIDENT = "confident"  # before it, and then it rises: misclassifications become more confident before they
    # become more numerous
    EARLIER = "earlier"
    LATER = "later"
    TOGETHER = "together"


@dataclass(frozen=True)
class Published:
    """The article's way: the images that end the training are those that it is scored on."""

    scored: Scored
    epochs: int
    frequent: tuple[Mistake, ...]


@dataclass(frozen=True)
class Endless:
    """The same without early stopping."""

    epochs: int
    best_epoch: int  # with the highest accuracy on the held-out images
    best: float  # that accuracy
    last: float  # after the last epoch
    train_at_best: float
    train_last: float
    against: Comparison | None  # the best epoch first, the last second, on the same images
    overfitting: Overfitting
    turn: Turn
    loss_epoch: int  # with the least loss on the held-out images
    least_loss: float
    last_loss: float


@dataclass(frozen=True)
class Fold:
    """A cross-validation, after its last epoch."""

    task: str
    n_images: int
    train: float  # mean accuracy on the images that were learned from
    scored: Scored  # on those that were held out
    deviation: float  # over the folds
    points: float  # the same in percentage points
    fit: Fit


@dataclass(frozen=True)
class Folds:
    n_folds: int
    epochs: int
    rows: tuple[Fold, ...]  # in declared order; a choice of more images than there are is a choice of all: said once
    few: Fold | None
    some: Fold | None
    more: Comparison | None  # all images against some of them
    all: Fold | None


@dataclass(frozen=True)
class Softmax:
    epochs: int
    kept: int  # the epoch whose weights were kept
    waited: int  # epochs after it
    stop: Stop
    published: Published | None
    endless: Endless | None
    folds: Folds | None


def softmax(results: Results) -> Softmax | None:
    record = done(results, SOUND)
    if record is None:
        return None
    epochs, kept = int(record.facts["epochs"]), int(record.facts["best_epoch"])
    return Softmax(
        epochs=epochs,
        kept=kept,
        waited=epochs - kept,
        stop=Stop.PATIENCE if epochs - kept >= int(record.task.params["patience"]) else Stop.LIMIT,
        published=_published(results),
        endless=_endless(results),
        folds=_folds(results),
    )


def _published(results: Results) -> Published | None:
    found, epochs = measured(results, PUBLISHED, "accuracy"), number(results, PUBLISHED, "epochs")
    if found is None or epochs is None:
        return None
    wrong = mistakes(results, PUBLISHED)
    return Published(found.scored, int(epochs), wrong.frequent if wrong is not None else ())


def _endless(results: Results) -> Endless | None:
    record = done(results, ENDLESS)
    if record is None:
        return None
    train, held, loss = (
        np.asarray(results.array(ENDLESS, name)).astype(float)
        for name in ("train_accuracy", "held_out_accuracy", "held_out_loss")
    )
    top, low = int(held.argmax()), int(loss.argmin())
    against = _best_against_last(results)
    return Endless(
        epochs=len(held),
        best_epoch=top + 1,
        best=float(held[top]),
        last=float(held[-1]),
        train_at_best=float(train[top]),
        train_last=float(train[-1]),
        against=against,
        overfitting=_overfitting(train[-1] > train[top], against),
        turn=turn(low, top, loss),
        loss_epoch=low + 1,
        least_loss=float(loss[low]),
        last_loss=float(loss[-1]),
    )


def _best_against_last(results: Results) -> Comparison | None:
    """The predictions of the epoch with the highest accuracy against those of the last, on the same images."""
    record = results.records[ENDLESS]
    if "best_predictions" not in record.arrays:
        return None
    true = np.asarray(results.labels())[np.asarray(results.array(ENDLESS, "index"))]
    best, last = (np.asarray(results.array(ENDLESS, name)) == true for name in ("best_predictions", "predictions"))
    one, other = (
        Measured(Scored(ENDLESS, "accuracy", float(right.mean())), True, (ENDLESS,), right[None])
        for right in (best, last)
    )
    return compare(one, other)


def _overfitting(learns: bool, against: Comparison | None) -> Overfitting:
    if not learns or against is None or against.difference <= 0:
        return Overfitting.NONE
    return Overfitting.SIGNIFICANT if against.order is Order.FIRST else Overfitting.UNDECIDED


def turn(low: int, top: int, loss: Sequence[float] | np.ndarray) -> Turn:
    """``low``, ``top``: the places of the least loss and of the highest accuracy."""
    if low == top:
        return Turn.TOGETHER
    if low > top:
        return Turn.LATER
    return Turn.CONFIDENT if loss[-1] > (1 + LOSS_RISE) * loss[low] else Turn.EARLIER


def _folds(results: Results) -> Folds | None:
    known = {task: row for task in (ALL, SOME, FEW) if (row := _fold(results, task)) is not None}
    if not known:
        return None
    task = next(iter(known))
    facts = results.records[task].facts
    return Folds(
        n_folds=int(facts["n_folds"]),
        epochs=int(facts["epochs"]),
        rows=tuple({row.n_images: row for row in reversed(known.values())}.values())[::-1],
        few=known.get(FEW),
        some=known.get(SOME),
        more=_more(results, known.get(ALL), known.get(SOME)),
        all=known.get(ALL),
    )


def _more(results: Results, every: Fold | None, some: Fold | None) -> Comparison | None:
    """All images against some of them; ``None`` where there are no more."""
    if every is None or some is None or every.n_images <= some.n_images:
        return None
    first, second = measured(results, every.task, "accuracy"), measured(results, some.task, "accuracy")
    return None if first is None or second is None else compare(first, second)


def _fold(results: Results, task: str) -> Fold | None:
    found = measured(results, task, "accuracy")
    if found is None:
        return None
    facts = results.records[task].facts
    train = float(facts["train_accuracy"])
    return Fold(
        task=task,
        n_images=int(facts["n_images"]),
        train=train,
        scored=found.scored,
        deviation=(deviation := float(facts["standard_deviation"])),
        points=100 * deviation,
        fit=fit(train, found.scored),
    )
