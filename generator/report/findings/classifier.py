"""What a classifier's page says of it: its accuracy over all its runs, what it gets wrong, how far its confidence can
be trusted, and how it does against other settings, other methods and with fewer training images.

Counts, recalls and confidences are those of one run, the method's main task, whose images the page shows.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from generator.record import Record, Results, TaskInfo
from generator.report.classifiers import n_train, sizes
from generator.report.findings.compare import Comparison, Measured, Order, Ranking, Scored, beyond, measured
from generator.report.findings.given import done
from generator.report.findings.tuning import Tuning, tuning
from generator.report.rows import ranking

#: An expected calibration error below one percentage point: accuracies of classifiers on these images differ by as
#: much, and readers know them to one decimal of a percentage.
WELL_CALIBRATED = 0.01
#: Confidence is said to be too high (too low) where at least this share of the calibration error is: three quarters, so
#: that what lies on that side is three times as much as on the other.
ONE_SIDED = 0.75
#: Mistakes that are named as the most frequent ones; of more that are equally frequent none stands out.
FREQUENT, TOO_MANY = 2, 4
#: The simpler method, or the same model learned in another way, that a method is set beside, by slug.
BESIDE = {
    "logistic_regression": "softmax_regression",
    "mlp": "logistic_regression",
    "dense_network": "mlp",
    "cnn": "logistic_regression",
}
TUNED = "tuned"
#: Probabilities are clipped here for the log loss (``generator.metrics.classification``), which would be infinite.
GREATEST_LOSS = -math.log(np.finfo(np.float32).eps)


class Runs(StrEnum):
    """How often a setting was trained."""

    REPEATED = "repeated"  # several times: the score is the mean over runs that differ by their seed alone
    SINGLE = "single"  # once, though another seed would give another result
    DETERMINISTIC = "deterministic"  # every seed gives the same result


class Ending(StrEnum):
    """What ended an optimisation."""

    CONVERGED = "converged"
    LIMIT = "limit"  # the last step that is allowed


class Fit(StrEnum):
    """The accuracy on the training images, against that on others."""

    OVERFITS = "overfits"  # above the 95 % interval of the other
    ALIKE = "alike"


class Trust(StrEnum):
    """How confidence and accuracy agree."""

    WELL = "well"  # the expected calibration error is small
    WELL_BUT_OVER = "well_but_over"  # small, and most of it is confidence that is too high
    WELL_BUT_UNDER = "well_but_under"  # too low
    OVER_CONFIDENT = "over_confident"  # confidence is the higher one nearly wherever the two differ
    UNDER_CONFIDENT = "under_confident"  # the lower one
    MIXED = "mixed"  # too high in some bins and too low in others
    UNDECIDED = "undecided"  # so few images that a perfectly calibrated classifier may show as large an error


class Lean(StrEnum):
    """On which side confidence misses the accuracy."""

    OVER = "over"  # most of the calibration error is confidence that is too high
    UNDER = "under"  # too low
    NEITHER = "neither"  # neither is most of it, or a perfectly calibrated classifier may show as large an error


@dataclass(frozen=True)
class Trained:
    """A setting that was trained, once or several times."""

    task: str
    scored: Scored
    runs: Runs
    n_train: int
    ending: Ending | None
    iterations: int | None


@dataclass(frozen=True)
class Mistake:
    true: str
    predicted: str
    count: int


@dataclass(frozen=True)
class Mistakes:
    wrong: int  # test images
    frequent: tuple[Mistake, ...]  # the most frequent ones; () where none stands out


@dataclass(frozen=True)
class Recalls:
    """The classes whose images are recognised least and most often."""

    hardest: tuple[str, ...]
    lowest: float
    easiest: tuple[str, ...]
    highest: float


@dataclass(frozen=True)
class Calibration:
    trust: Trust
    confidence: float  # mean over the test images
    accuracy: float  # of the same run
    points: float  # expected calibration error, in percentage points
    limit: float  # the same: below it a classifier is called well calibrated


@dataclass(frozen=True)
class Loss:
    """The log loss."""

    scored: Scored
    lower: tuple[str, ...]  # other methods, not tuned, that have a significantly lower one
    greatest: float  # what one image costs whose true class is given no probability
    uniform: float  # what equal probabilities for all classes cost


@dataclass(frozen=True)
class Curve:
    """A training whose accuracy on the test images was followed; it chose nothing."""

    epochs: int
    train: float  # accuracy in the last epoch
    test: float
    best_epoch: int  # with the highest accuracy on the test images
    best: float
    fit: Fit


@dataclass(frozen=True)
class Tuned:
    """The tuned setting beside the article's."""

    trained: Trained
    against: Comparison | None  # tuned first; adjusted for all pairs of classifiers


@dataclass(frozen=True)
class Sizes:
    """One setting, trained on few images and on all of them."""

    setting: str | None  # the task that has it, where it is not the main one
    few: Trained
    all: Trained


@dataclass(frozen=True)
class Beside:
    """Another method with its main setting."""

    scored: Scored
    against: Comparison | None  # this method first, the other second; adjusted for all pairs of classifiers


@dataclass(frozen=True)
class Classifier:
    main: Trained
    n_test: int
    only_answer: str | None  # the class of all predictions, where it is always the same
    mistakes: Mistakes | None  # None: there are none
    recalls: Recalls | None  # None: no class differs from another
    calibration: Calibration | None
    loss: Loss | None
    curve: Curve | None
    tuned: Tuned | None
    tuning: Tuning | None
    sizes: Sizes | None
    beside: Beside | None
    better_than: tuple[str, ...]  # other compared tasks over which it is significantly better, best first
    undecided: tuple[str, ...]  # no significant difference
    worse_than: tuple[str, ...]


def classifiers(results: Results) -> dict[str, Classifier]:
    """Every classifier whose main task has a result, by slug."""
    catalogue = results.catalogue
    slugs = [one.slug for one in catalogue.experiments if one.section == "classifiers" and one.task == "classification"]
    by_accuracy = ranking(results, "classifiers", "accuracy")
    by_loss = ranking(results, "classifiers", "log_loss")
    main = {slug: catalogue.tasks_of(slug)[0] for slug in slugs}
    return {
        slug: _classifier(results, slug, main, by_accuracy, by_loss)
        for slug in slugs
        if done(results, main[slug].id) is not None
    }


def _classifier(
    results: Results, slug: str, main: dict[str, TaskInfo], by_accuracy: Ranking | None, by_loss: Ranking | None
) -> Classifier:
    task = main[slug]
    record = results.records[task.id]
    trained = _trained(results, task.id)
    assert trained is not None, "a classifier has an accuracy"
    confusion = np.asarray(results.array(task.id, "confusion"))
    names = results.catalogue.data.class_names
    predicted = np.flatnonzero(confusion.sum(axis=0))
    better = _trained(results, f"{slug}-{TUNED}")
    taken = task if better is None else results.records[better.task].task
    others = _others(by_accuracy, task)
    return Classifier(
        main=trained,
        n_test=int(confusion.sum()),
        only_answer=names[predicted[0]] if len(predicted) == 1 else None,
        mistakes=mistakes(results, task.id),
        recalls=_recalls(confusion, names),
        calibration=_calibration(results, record),
        loss=_loss(results, task, main, by_loss),
        curve=_curve(results, record, trained.scored),
        tuned=None if better is None else Tuned(better, _between(by_accuracy, better.task, task.id)),
        tuning=tuning(results, taken),
        sizes=_sizes(results, task),
        beside=_beside(results, task, main.get(BESIDE.get(slug, "")), by_accuracy),
        better_than=others[Order.FIRST],
        undecided=others[Order.UNDECIDED],
        worse_than=others[Order.SECOND],
    )


def _trained(results: Results, task: str) -> Trained | None:
    found = measured(results, task, "accuracy")
    if found is None:
        return None
    record = results.records[task]
    converged, iterations = record.facts.get("converged"), record.facts.get("n_iterations")
    return Trained(
        task=task,
        scored=found.scored,
        runs=_runs(found),
        n_train=n_train(results, record),
        ending=None if converged is None else Ending.CONVERGED if converged else Ending.LIMIT,
        iterations=None if iterations is None else int(iterations),
    )


def _runs(found: Measured) -> Runs:
    if found.scored.runs > 1:
        return Runs.REPEATED
    return Runs.SINGLE if found.scored.single else Runs.DETERMINISTIC


def mistakes(results: Results, task: str) -> Mistakes | None:
    """Which classes a task with a result takes for which, as its record counts them."""
    confusion = np.asarray(results.array(task, "confusion")).tolist()  # rows = true class
    names = results.catalogue.data.class_names
    counted = [
        Mistake(names[true], names[predicted], count)
        for true, row in enumerate(confusion)
        for predicted, count in enumerate(row)
        if true != predicted and count
    ]
    counted.sort(key=lambda one: -one.count)
    if not counted:
        return None
    least = counted[:FREQUENT][-1].count
    frequent = [one for one in counted if one.count >= least]
    if len(frequent) > TOO_MANY:
        frequent = [one for one in counted if one.count > least]
    return Mistakes(sum(one.count for one in counted), tuple(frequent))


def _recalls(confusion: np.ndarray, names: tuple[str, ...]) -> Recalls | None:
    images = confusion.sum(axis=1)
    known = np.flatnonzero(images)
    shares = confusion.diagonal()[known] / images[known]
    lowest, highest = float(shares.min()), float(shares.max())
    if lowest == highest:
        return None
    return Recalls(
        hardest=tuple(names[known[place]] for place in np.flatnonzero(shares == lowest)),
        lowest=lowest,
        easiest=tuple(names[known[place]] for place in np.flatnonzero(shares == highest)),
        highest=highest,
    )


def _calibration(results: Results, record: Record) -> Calibration | None:
    if "reliability" not in record.arrays:
        return None
    bins = np.asarray(results.array(record.task.id, "reliability"))  # (bins, 3): count, mean confidence, share right
    counts, confidence, right = bins[bins[:, 0] > 0].T
    weights = counts / counts.sum()
    return Calibration(
        trust=trust(bins),
        confidence=float(weights @ confidence),
        accuracy=float(weights @ right),
        points=100 * float(weights @ np.abs(confidence - right)),
        limit=100 * WELL_CALIBRATED,
    )


def trust(bins: np.ndarray) -> Trust:
    """The verdict on ``bins`` (n, 3): how many images, their mean confidence, the share of them that is right.

    It goes by the calibration error, in which too much confidence in one bin does not make up for too little in
    another.
    """
    if float(np.abs(_gaps(bins)).sum()) < WELL_CALIBRATED:
        return {Lean.OVER: Trust.WELL_BUT_OVER, Lean.UNDER: Trust.WELL_BUT_UNDER, Lean.NEITHER: Trust.WELL}[lean(bins)]
    if not _beyond_perfect(bins):
        return Trust.UNDECIDED
    return {Lean.OVER: Trust.OVER_CONFIDENT, Lean.UNDER: Trust.UNDER_CONFIDENT, Lean.NEITHER: Trust.MIXED}[lean(bins)]


def lean(bins: np.ndarray) -> Lean:
    """On which side most of the calibration error is, however small it is."""
    gaps = _gaps(bins)
    error = float(np.abs(gaps).sum())
    if not error or not _beyond_perfect(bins):
        return Lean.NEITHER
    too_high = float(gaps[gaps > 0].sum()) / error
    if too_high >= ONE_SIDED:
        return Lean.OVER
    return Lean.UNDER if too_high <= 1 - ONE_SIDED else Lean.NEITHER


def _gaps(bins: np.ndarray) -> np.ndarray:
    """By how much confidence is too high in each bin that is not empty, weighted by its share of the images: (m,).

    Their absolute values add up to the calibration error.
    """
    counts, confidence, right = bins[bins[:, 0] > 0].T
    gaps: np.ndarray = counts / counts.sum() * (confidence - right)
    return gaps


def _beyond_perfect(bins: np.ndarray) -> bool:
    """Whether the calibration error is larger than that of a perfectly calibrated classifier would be 95 % of the time.

    Such a classifier shows an error as well: its expectation and variance follow from the binomial distribution in each
    bin, taken as normal (Vaicenavicius et al., Evaluating model calibration in classification, AISTATS 2019, test the
    same by resampling).
    """
    counts, confidence, _ = bins[bins[:, 0] > 0].T
    deviations = counts / counts.sum() * np.sqrt(confidence * (1 - confidence) / counts)
    # Mean and variance of the absolute value of a normal variable.
    expected = math.sqrt(2 / math.pi) * deviations.sum()
    spread = math.sqrt((1 - 2 / math.pi) * float((deviations**2).sum()))
    return bool(np.abs(_gaps(bins)).sum() >= expected + 1.645 * spread)


def _loss(results: Results, task: TaskInfo, main: dict[str, TaskInfo], by_loss: Ranking | None) -> Loss | None:
    found = measured(results, task.id, "log_loss")
    if found is None:
        return None
    lower = _others(by_loss, task)[Order.SECOND]
    untuned = {one.id for one in main.values()}
    uniform = math.log(len(results.catalogue.data.class_names))
    return Loss(found.scored, tuple(one for one in lower if one in untuned), GREATEST_LOSS, uniform)


def _curve(results: Results, record: Record, scored: Scored) -> Curve | None:
    """Of a network whose accuracy on the test images was taken after each epoch."""
    if not record.task.params.get("held_out_curve"):
        return None
    train, test = (results.array(record.task.id, name) for name in ("train_accuracy", "held_out_accuracy"))
    best = int(np.asarray(test).argmax())
    return Curve(
        epochs=len(test),
        train=float(train[-1]),
        test=float(test[-1]),
        best_epoch=best + 1,
        best=float(test[best]),
        fit=fit(float(train[-1]), scored),
    )


def fit(train: float, scored: Scored) -> Fit:
    """``train``: the accuracy on the training images; ``scored``: that on others."""
    return Fit.OVERFITS if beyond(train, scored) is Order.FIRST else Fit.ALIKE


def _sizes(results: Results, task: TaskInfo) -> Sizes | None:
    known = sizes(results, task.experiment)
    if len(known) < 2:
        return None
    few, every = _trained(results, known[0].task.id), _trained(results, known[-1].task.id)
    if few is None or every is None:
        return None
    return Sizes(None if every.task == task.id else every.task, few, every)


def _beside(results: Results, task: TaskInfo, other: TaskInfo | None, by_accuracy: Ranking | None) -> Beside | None:
    found = None if other is None else measured(results, other.id, "accuracy")
    return None if found is None else Beside(found.scored, _between(by_accuracy, task.id, found.task))


def _between(among: Ranking | None, one: str, other: str) -> Comparison | None:
    return None if among is None else among.between(one, other)


def _others(among: Ranking | None, task: TaskInfo) -> dict[Order, tuple[str, ...]]:
    """The tasks of other methods, best first, by how ``task`` does against them."""
    found: dict[Order, list[str]] = {order: [] for order in Order}
    for one in among.scores if among is not None else ():
        pair = _between(among, task.id, one.task)
        if pair is not None and not one.task.startswith(f"{task.experiment}-"):
            found[pair.order].append(one.task)
    return {order: tuple(tasks) for order, tasks in found.items()}
