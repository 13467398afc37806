"""How accurate classifiers are after learning from few images, and what the last images brought."""

from dataclasses import dataclass

from generator.record import Results
from generator.report.classifiers import n_train, sizes
from generator.report.findings.compare import (
    Measured,
    Order,
    Ranking,
    Scored,
    comparable,
    compare,
    measured,
    rank,
    together,
)
from generator.report.rows import ranking

METRIC = "accuracy"


@dataclass(frozen=True)
class Curve:
    """One classifier's accuracy by the number of training images."""

    task: str  # the one that learned from most images
    scores: tuple[Scored | None, ...]  # one for each number of images


@dataclass(frozen=True)
class At:
    """The classifiers at one number of training images."""

    n: int
    ranking: Ranking


@dataclass(frozen=True)
class Epochs:
    """How often each training image was met, where that differs between two numbers of images."""

    few: int  # with the fewer images
    many: int


@dataclass(frozen=True)
class Gain:
    """One classifier before and after the step to the most training images."""

    task: str
    few: int  # training images before
    many: int  # and after
    times: float  # how many times as many
    epochs: Epochs | None
    before: float  # error rates
    after: float
    reduction: float  # share of the errors before that are none after; below 0 where there are more
    order: Order  # first: after the step it is significantly more accurate


@dataclass(frozen=True)
class Sizes:
    numbers: tuple[int, ...]  # of training images, fewest first
    curves: tuple[Curve, ...]  # most accurate with most images first
    fewest: At | None  # nothing where there is one number only
    most: At  # by the comparisons of all classifiers, where each of them is compared there
    gains: tuple[Gain, ...]  # in the order of the curves; all of them are tested together
    single: tuple[str, ...]  # curves whose training draws random numbers, with points that are a single run


def sample_size(results: Results) -> Sizes | None:
    """Every classifier with a series of sizes: those, and the same settings on all training images."""
    found: dict[str, dict[int, Measured]] = {}  # by the last task
    for declared in results.catalogue.experiments:
        records = sizes(results, declared.slug)
        by_size = {n_train(results, one): measured(results, one.task.id, METRIC) for one in records}
        known = {n: one for n, one in by_size.items() if one is not None}
        if known:
            found[known[max(known)].task] = known
    if not found:
        return None
    numbers = sorted({n for known in found.values() for n in known})
    order = sorted(found, key=lambda task: (-max(found[task]), -found[task][max(found[task])].worth))
    most = _among_all(results, _at(found, numbers[-1]))
    gains = [_step(found[task]) for task in order if len(found[task]) > 1]
    pairs = together(compare(after, before) for _, before, _, after in gains)
    return Sizes(
        numbers=tuple(numbers),
        curves=tuple(
            Curve(task, tuple(found[task][n].scored if n in found[task] else None for n in numbers)) for task in order
        ),
        fewest=_at(found, numbers[0]) if len(numbers) > 1 else None,
        most=most,
        gains=tuple(_gain(results, *step, pair.order) for step, pair in zip(gains, pairs, strict=True)),
        single=tuple(task for task in order if any(one.scored.single for one in found[task].values())),
    )


def _at(found: dict[str, dict[int, Measured]], n: int) -> At:
    """The ranking at one size, of classifiers that were tested on the same images."""
    ranked = rank(comparable(known.get(n) for known in found.values()))
    assert ranked is not None
    return At(n, ranked)


def _among_all(results: Results, at: At) -> At:
    """The same by the comparisons of all classifiers, so that two do not differ here and there not."""
    whole = ranking(results, "classifiers", METRIC)
    tasks = {one.task for one in at.ranking.scores}
    if whole is None or not tasks <= {one.task for one in whole.scores}:
        return at
    return At(at.n, whole.among(tasks))


def _step(known: dict[int, Measured]) -> tuple[int, Measured, int, Measured]:
    few, many = sorted(known)[-2:]
    return few, known[few], many, known[many]


def _gain(results: Results, few: int, before: Measured, many: int, after: Measured, order: Order) -> Gain:
    errors, fewer = 1 - before.scored.value, 1 - after.scored.value
    return Gain(
        task=after.task,
        few=few,
        many=many,
        times=many / few,
        epochs=_epochs(results, before.task, after.task),
        before=errors,
        after=fewer,
        reduction=1 - fewer / errors if errors else 0.0,
        order=order,
    )


def _epochs(results: Results, few: str, many: str) -> Epochs | None:
    own, other = (results.records[task].task.params.get("epochs") for task in (few, many))
    return None if own is None or other is None or own == other else Epochs(int(own), int(other))
