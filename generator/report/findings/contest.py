"""The classifiers beside one another: which are significantly more accurate, what tuning brought, what they cost."""

from collections.abc import Callable
from dataclasses import dataclass

from generator.record import Results
from generator.report.classifiers import n_train
from generator.report.findings.classifier import GREATEST_LOSS
from generator.report.findings.compare import Comparison, Order, Ranking, Scored, front, measured
from generator.report.findings.timing import Cost, Time, cost
from generator.report.rows import Row, n_test, rank_of, rows
from generator.report.statistics import LEVEL, letter
from generator.vocabulary import SectionName

SECTION: SectionName = "classifiers"
METRIC = "accuracy"
#: Names of the variants that articles gave, and that were chosen on training images.
PUBLISHED, TUNED = "published", "tuned"


@dataclass(frozen=True)
class Column:
    """A score that the classifiers are compared by; the first is the accuracy."""

    metric: str
    higher: bool  # whether more is better


@dataclass(frozen=True)
class Cell:
    """One classifier's score in a column."""

    scored: Scored | None
    best: bool  # nothing in the column is significantly better


@dataclass(frozen=True)
class Line:
    """One classifier, or a baseline."""

    task: str
    control: bool
    letters: str  # two that share one do not differ significantly in accuracy; "": not compared
    cells: tuple[Cell, ...]  # one for each column
    stored: int | None  # numbers that it stores: parameters, or whole training images
    cost: Cost


@dataclass(frozen=True)
class Group:
    """Classifiers that do not differ significantly, under one letter; a classifier may be in several."""

    letter: str
    scores: tuple[Scored, ...]


@dataclass(frozen=True)
class Contest:
    """All classifiers, by their accuracy on the same test images."""

    ranking: Ranking  # baselines aside
    groups: tuple[Group, ...]  # the best's first
    level: float  # of significance
    n_train: int
    n_test: int
    greatest_loss: float  # what one image adds to the log loss at most, in nats
    runner_up: Scored | None  # the most accurate of those that are significantly less accurate than the first
    baseline: Scored | None  # the best one
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]  # most accurate first
    missing: tuple[str, ...]  # without a result
    improved: tuple[str, ...]  # tuned settings that are significantly better than the article's, best first
    unchanged: tuple[str, ...]  # that do not differ significantly from them
    worsened: tuple[str, ...]
    repeated: tuple[Scored, ...]  # trained under several seeds, best first
    fixed: tuple[str, ...]  # whose training draws no random numbers
    single: tuple[str, ...]  # whose training does, but which were trained once
    training_front: tuple[Cost, ...]  # Pareto's, of accuracy and training time; the quickest first
    prediction_front: tuple[Cost, ...]  # of accuracy and prediction time per image
    quickest: Cost | None  # in prediction; nothing where fewer than two can be compared
    slowest: Cost | None


def contest(results: Results) -> Contest | None:
    """Every compared classifier, ranked by the mean accuracy of its runs."""
    every = rows(results, SECTION)
    ranked = rank_of(results, every, METRIC, None)
    if ranked is None:
        return None
    compared = [row for row in every if row.status == "done"]
    columns = _columns(compared)
    by_metric = {one.metric: rank_of(results, every, one.metric, None) for one in columns}
    best = {metric: its.best for metric, its in by_metric.items() if its is not None}
    tuned = _tuned(compared, ranked)
    first = results.records[ranked.first.task]
    prices = [one for scored in ranked.scores if (one := cost(results, scored.task)) is not None]
    by_prediction = sorted((one for one in prices if one.per_image is not None), key=_per_image)
    several = len(by_prediction) > 1
    return Contest(
        ranking=ranked,
        groups=tuple(
            Group(letter(i), tuple(one for one in ranked.scores if one.task in group))
            for i, group in enumerate(ranked.groups)
        ),
        level=LEVEL,
        n_train=n_train(results, first),
        n_test=n_test(first) or 0,
        greatest_loss=GREATEST_LOSS,
        runner_up=next((one for one in ranked.scores if one.task not in ranked.best), None),
        baseline=next((found for row in compared if row.control and (found := _scored(results, row, METRIC))), None),
        columns=columns,
        lines=tuple(_line(results, row, ranked, columns, best) for row in compared),
        missing=tuple(row.task for row in every if row.status != "done"),
        improved=tuple(task for task, pair in tuned if pair.order is Order.FIRST),
        unchanged=tuple(task for task, pair in tuned if pair.order is Order.UNDECIDED),
        worsened=tuple(task for task, pair in tuned if pair.order is Order.SECOND),
        repeated=tuple(one for one in ranked.scores if one.runs > 1),
        fixed=tuple(one.task for one in ranked.scores if one.runs == 1 and not one.single),
        single=tuple(one.task for one in ranked.scores if one.single),
        training_front=_front(prices, lambda one: one.training, ranked),
        prediction_front=_front(by_prediction, lambda one: one.per_image, ranked),
        quickest=by_prediction[0] if several else None,
        slowest=by_prediction[-1] if several else None,
    )


def _columns(compared: list[Row]) -> tuple[Column, ...]:
    metrics = {one.name: one for row in compared for one in row.metrics}
    names = dict.fromkeys([METRIC, *metrics])
    return tuple(Column(name, metrics[name].better == "higher") for name in names)


def _scored(results: Results, row: Row, metric: str) -> Scored | None:
    found = measured(results, row.task, metric)
    return None if found is None else found.scored


def _line(
    results: Results, row: Row, ranked: Ranking, columns: tuple[Column, ...], best: dict[str, tuple[str, ...]]
) -> Line:
    spent = cost(results, row.task)
    assert spent is not None, "what has a result was measured"
    return Line(
        task=row.task,
        control=row.control,
        letters=ranked.letters.get(row.task, ""),
        cells=tuple(Cell(_scored(results, row, one.metric), row.task in best.get(one.metric, ())) for one in columns),
        stored=row.n_parameters,
        cost=spent,
    )


def _tuned(compared: list[Row], ranked: Ranking) -> list[tuple[str, Comparison]]:
    """Each tuned classifier and its comparison with our run of the article's settings, the tuned one first."""
    published = {row.experiment: row.task for row in compared if row.variant == PUBLISHED}
    pairs = [
        (row.task, ranked.between(row.task, published[row.experiment]))
        for row in compared
        if row.variant == TUNED and row.experiment in published
    ]
    return [(task, pair) for task, pair in pairs if pair is not None]


def _per_image(one: Cost) -> float:
    assert one.per_image is not None
    return one.per_image.rank_s


def _front(prices: list[Cost], time: Callable[[Cost], Time | None], ranked: Ranking) -> tuple[Cost, ...]:
    known = {one.task: one for one in prices}
    seconds = {one.task: spent.rank_s for one in prices if (spent := time(one)) is not None}
    return tuple(known[task] for task in front(seconds, ranked))
