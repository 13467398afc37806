"""Which of two things scores better, and how sure that is: the one place where scores are compared.

What is compared was measured on the same images. Where the answers to each image are known, they are paired:

- one run each: McNemar's exact test (``generator.report.statistics``);
- several runs that differ by their seed: McNemar's test for clustered pairs, in which an image is a cluster of its runs
  (Obuchowski, Statistics in Medicine 17, 1998), with the variance between runs added, since images and runs are
  crossed (Owen, Annals of Applied Statistics 1, 2007), and Student's t with Welch's degrees of freedom (Biometrika 34,
  1947).

Where only parts of the images were scored, the same ones for both, a paired t-test over the parts; where there is
nothing but two intervals, whether they meet.

A claim of somebody else's is judged here, too. His number comes without an interval; it is given one as wide as ours,
since it was measured on as many images.
"""

import functools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations

import msgspec
import numpy as np
from scipy.special import stdtr, stdtrit

from generator.metric import Metric
from generator.metrics import intervals
from generator.record import Record, Results
from generator.report.classifiers import repeats
from generator.report.findings.given import done
from generator.report.statistics import LEVEL, holm, letter, mcnemar, ties


class Order(StrEnum):
    """Which of two is better."""

    FIRST = "first"
    SECOND = "second"
    UNDECIDED = "undecided"  # the difference is not significant


class Method(StrEnum):
    """How two scores were compared."""

    MCNEMAR = "mcnemar"
    RUNS = "runs"
    BLOCKS = "blocks"
    INTERVALS = "intervals"


class Verdict(StrEnum):
    """What our results say of a claim."""

    SUPPORTED = "supported"
    UNDECIDED = "undecided"  # they agree with the claim and with its contrary
    REFUTED = "refuted"


class Lead(StrEnum):
    """What can be said of the first of a ranking."""

    ALONE = "alone"  # significantly better than every other
    TIED = "tied"  # not significantly better than some
    ONLY = "only"  # there is no other


@dataclass(frozen=True)
class Scored:
    """A task's score, as it is printed: the mean over its runs where there are several."""

    task: str
    metric: str
    value: float
    low: float | None = None  # 95 % interval, over images and runs
    high: float | None = None
    runs: int = 1
    least: float = math.nan  # of the runs
    greatest: float = math.nan
    single: bool = False  # its training draws random numbers, and it was trained once
    unit: str = "1"


@dataclass(frozen=True, eq=False)
class Measured:
    """A task's score and what it can be compared by."""

    scored: Scored
    higher: bool  # whether a higher score is the better one
    population: tuple[object, ...]  # what was scored: only of the same things may scores be compared
    right: np.ndarray | None = None  # (runs, n) bool: which of the same test images each run gets right
    blocks: tuple[float, ...] = ()  # the score on the same disjoint parts of the images
    dimensions: int = 0  # of an embedding; 0 of what is none

    @property
    def task(self) -> str:
        return self.scored.task

    @property
    def worth(self) -> float:
        """The score, so that more is better."""
        return self.scored.value if self.higher else -self.scored.value


@dataclass(frozen=True)
class Comparison:
    """Two tasks by one score."""

    first: str
    second: str
    order: Order
    difference: float  # how much better the first is; below 0 where it is worse
    method: Method
    p: float | None = None  # None: only intervals were compared
    adjusted: float | None = None  # the same by Holm, where several were asked at once
    only_first: int | None = None  # of the same test images, those that the first alone gets right; one run each
    only_second: int | None = None


@dataclass(frozen=True)
class Head:
    """What a page says of a ranking."""

    lead: Lead
    best: tuple[str, ...]  # the first, and all that do not differ significantly from it
    first: Scored
    last: Scored


@dataclass(frozen=True)
class Ranking:
    """Tasks by one score, best first, on the same images and in the same number of dimensions."""

    metric: str
    lead: Lead
    scores: tuple[Scored, ...]
    pairs: tuple[Comparison, ...] = ()  # every two of them, adjusted together by Holm
    groups: tuple[tuple[str, ...], ...] = ()  # tasks that do not differ significantly, the best's group first
    letters: dict[str, str] = field(default_factory=dict)  # the groups of each task: two that share one do not differ

    @property
    def first(self) -> Scored:
        return self.scores[0]

    @property
    def last(self) -> Scored:
        return self.scores[-1]

    @property
    def best(self) -> tuple[str, ...]:
        """The first, and all that do not differ significantly from it."""
        first = self.first.task
        rivals = {pair.second for pair in self.pairs if pair.first == first and pair.order is Order.UNDECIDED}
        return tuple(one.task for one in self.scores if one.task == first or one.task in rivals)

    @property
    def rivals(self) -> tuple[str, ...]:
        """Those that do not differ significantly from the first."""
        return self.best[1:]

    @property
    def head(self) -> Head:
        return Head(self.lead, self.best, self.first, self.last)

    def among(self, tasks: Collection[str]) -> "Ranking":
        """Some of them by the same comparisons, still adjusted together with all others."""
        scores = tuple(one for one in self.scores if one.task in tasks)
        pairs = tuple(pair for pair in self.pairs if pair.first in tasks and pair.second in tasks)
        rivals = [pair for pair in pairs if pair.first == scores[0].task and pair.order is Order.UNDECIDED]
        groups = tuple(kept for group in self.groups if (kept := tuple(one for one in group if one in tasks)))
        return replace(
            self,
            lead=Lead.ONLY if len(scores) == 1 else Lead.TIED if rivals else Lead.ALONE,
            scores=scores,
            pairs=pairs,
            groups=groups,
            letters={task: its for task, its in self.letters.items() if task in tasks},
        )

    def between(self, one: str, other: str) -> Comparison | None:
        """The comparison of two of them, ``one`` first."""
        for pair in self.pairs:
            if (pair.first, pair.second) == (one, other):
                return pair
            if (pair.first, pair.second) == (other, one):
                return turned(pair)
        return None


@functools.lru_cache(maxsize=1024)
def measured(results: Results, task: str, metric: str) -> Measured | None:
    """A task's score by one metric; ``None`` where it has no result or no such metric.

    A classifier's is that of all its runs which differ by their seed alone.
    """
    record = done(results, task)
    if record is None or all(one.name != metric for one in record.metrics):
        return None
    found = record.metric(metric)
    info = record.task
    dimensions = record.arrays["coordinates"].shape[1] if "coordinates" in record.arrays else 0
    population: tuple[object, ...] = (info.data, info.split, info.sample)
    own = once(record, metric)
    if "predictions" not in record.arrays:
        return Measured(own, found.better == "higher", population, None, found.blocks, dimensions)
    runs = repeats(results, info)
    values = [one.metric(metric).value for one in runs]
    scored = replace(
        own,
        runs=len(runs),
        value=sum(values) / len(values),
        least=min(values),
        greatest=max(values),
        single=len(runs) == 1 and not results.catalogue.experiment(info.experiment).deterministic,
    )
    population = (info.data, record.arrays["index"].digest)
    if metric != "accuracy":
        if len(runs) > 1:
            low, high = intervals.few(np.array(values))
            scored = replace(scored, low=low, high=high)
        return Measured(scored, found.better == "higher", population)
    right = np.stack([answered_right(results, one) for one in runs])
    if len(runs) > 1:
        low, high = interval(right)
        scored = replace(scored, low=low, high=high)
    return Measured(scored, True, population, right)


def once(record: Record, metric: str) -> Scored:
    """The score of one run alone."""
    found = record.metric(metric)
    return Scored(
        task=record.task.id,
        metric=metric,
        value=found.value,
        low=found.low,
        high=found.high,
        least=found.value,
        greatest=found.value,
        unit=found.unit,
    )


def pooled(results: Results, task: str, metric: Metric) -> Metric:
    """A metric of a task's record, over all of its runs where there are several."""
    found = measured(results, task, metric.name)
    if found is None or found.scored.runs == 1:
        return metric
    return msgspec.structs.replace(metric, value=found.scored.value, low=found.scored.low, high=found.scored.high)


def answered_right(results: Results, record: Record) -> np.ndarray:
    """Which of its test images a classifier gets right: (n,) bool."""
    index = np.asarray(results.array(record.task.id, "index"))
    return np.asarray(results.array(record.task.id, "predictions")) == np.asarray(results.labels())[index]


def interval(right: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of ``right`` (runs, n), over other images and other runs, within [0, 1]."""
    variance, freedom = _variance(right)
    half_width = float(stdtrit(freedom, 0.975)) * math.sqrt(variance) if variance else 0.0
    centre = float(right.mean())
    return max(0.0, centre - half_width), min(1.0, centre + half_width)


def _variance(*answers: np.ndarray) -> tuple[float, float]:
    """Variance of a mean of (runs, n) answers, or of the difference of two such means; and its degrees of freedom.

    The images are the same for both, the runs are not.
    """
    by_image = answers[0].mean(axis=0) - (answers[1].mean(axis=0) if len(answers) > 1 else 0.0)  # (n,)
    parts = [(float(by_image.var(ddof=1)) / len(by_image), len(by_image) - 1)]
    for one in answers:
        runs = one.mean(axis=1)  # (runs,)
        if len(runs) > 1:
            parts.append((float(runs.var(ddof=1)) / len(runs), len(runs) - 1))
    variance = sum(part for part, _ in parts)
    squares = sum(part**2 / freedom for part, freedom in parts)
    return variance, variance**2 / squares if squares else math.inf


def compare(one: Measured, other: Measured) -> Comparison:
    """Which of two is better at the same; ``ValueError`` if what was scored is not the same."""
    if one.scored.metric != other.scored.metric or one.population != other.population:
        raise ValueError(
            f"{one.task} and {other.task} cannot be compared: {one.scored.metric} of {one.population} "
            f"and {other.scored.metric} of {other.population}"
        )
    difference = one.worth - other.worth
    if one.right is not None and other.right is not None:
        return _paired(one, other, difference)
    if len(one.blocks) > 1 and len(one.blocks) == len(other.blocks):
        sign = 1 if one.higher else -1
        p = paired_t(sign * (np.array(one.blocks) - np.array(other.blocks)))
        return Comparison(one.task, other.task, _order(difference, p), difference, Method.BLOCKS, p, p)
    order = Order.UNDECIDED
    if not _meet(one.scored, other.scored):
        order = Order.FIRST if difference > 0 else Order.SECOND
    return Comparison(one.task, other.task, order, difference, Method.INTERVALS)


def _paired(one: Measured, other: Measured, difference: float) -> Comparison:
    assert one.right is not None
    assert other.right is not None
    if len(one.right) == len(other.right) == 1:
        only_one = int((one.right & ~other.right).sum())
        only_other = int((other.right & ~one.right).sum())
        p = mcnemar(only_one, only_other)
        order = _order(difference, p)
        return Comparison(
            one.task, other.task, order, difference, Method.MCNEMAR, p, p, only_first=only_one, only_second=only_other
        )
    variance, freedom = _variance(one.right, other.right)
    p = _two_sided(difference, variance, freedom)
    return Comparison(one.task, other.task, _order(difference, p), difference, Method.RUNS, p, p)


def paired_t(differences: np.ndarray) -> float:
    """How probable a mean of ``differences`` (n,) as far from 0 is if they vary about 0: Student's paired t-test."""
    n = len(differences)
    return _two_sided(float(differences.mean()), float(differences.var(ddof=1)) / n, n - 1)


def _two_sided(mean: float, variance: float, freedom: float) -> float:
    if mean == 0:
        return 1.0
    return float(2 * stdtr(freedom, -abs(mean) / math.sqrt(variance))) if variance > 0 else 0.0


def _order(difference: float, p: float) -> Order:
    if p >= LEVEL or difference == 0:
        return Order.UNDECIDED
    return Order.FIRST if difference > 0 else Order.SECOND


def _meet(one: Scored, other: Scored) -> bool:
    """Whether two intervals overlap; a score without one is taken as it is."""
    low, high = bounds(one)
    other_low, other_high = bounds(other)
    return low <= other_high and other_low <= high


def bounds(scored: Scored) -> tuple[float, float]:
    """The interval of a score; of one without, the value twice."""
    if scored.low is None or scored.high is None:
        return scored.value, scored.value
    return scored.low, scored.high


def beyond(value: float, scored: Scored) -> Order:
    """Whether a number, taken as exact, is greater than a score's interval allows, less, or within it."""
    low, high = bounds(scored)
    return Order.FIRST if value > high else Order.SECOND if value < low else Order.UNDECIDED


def claimed(order: Order) -> Verdict:
    """Of the claim that the first of two is the better."""
    return {Order.FIRST: Verdict.SUPPORTED, Order.UNDECIDED: Verdict.UNDECIDED, Order.SECOND: Verdict.REFUTED}[order]


def above(scored: Scored, value: float) -> Verdict:
    """Of the claim that a score is above a value: undecided where the score's interval holds the value."""
    low, high = bounds(scored)
    if low > value:
        return Verdict.SUPPORTED
    return Verdict.REFUTED if high < value else Verdict.UNDECIDED


def below(scored: Scored, value: float) -> Verdict:
    """Of the claim that a score is below a value."""
    low, high = bounds(scored)
    if high < value:
        return Verdict.SUPPORTED
    return Verdict.REFUTED if low >= value else Verdict.UNDECIDED


def agrees(scored: Scored, least: float, most: float) -> Verdict:
    """Of the claim that a score is what somebody else measured, from ``least`` to ``most`` by the digits he gives.

    Supported where that meets our interval; refuted where it does not even if his number is given one as wide as ours;
    and never refuted where we have no interval: nothing tells how far two such numbers may be apart.
    """
    low, high = bounds(scored)
    if low <= most and least <= high:
        return Verdict.SUPPORTED
    if scored.low is None or scored.high is None:
        return Verdict.UNDECIDED
    apart = low - (high - scored.value) > most or high + (scored.value - low) < least
    return Verdict.REFUTED if apart else Verdict.UNDECIDED


def elsewhere(counts: Sequence[int], ratio: float) -> tuple[float, float]:
    """From where to where the same rare count may lie on other images, ``ratio`` times as many: 19 times in 20 for each
    of the ``counts`` of several runs, from the least to the greatest.

    The other count a of a count c solves (a - r c)² = Z² r (a + c): the score test for the rates of two Poisson
    counts (Ng and Tang, Statistics in Medicine 24, 2005).
    """

    def ends(count: int) -> tuple[float, float]:
        centre = ratio * (count + intervals.Z**2 / 2)
        half_width = intervals.Z * math.sqrt(ratio * (ratio + 1) * count + (ratio * intervals.Z) ** 2 / 4)
        return max(0.0, centre - half_width), centre + half_width

    return ends(min(counts))[0], ends(max(counts))[1]


def share(task: str, count: int, n: int) -> Scored:
    """A share of ``n`` images of a task, with Wilson's interval."""
    low, high = intervals.wilson(count, n)
    value = count / n
    return Scored(task, "share", value, low, high, least=value, greatest=value)


def turned(pair: Comparison) -> Comparison:
    """The same comparison, seen from the other side."""
    order = {Order.FIRST: Order.SECOND, Order.SECOND: Order.FIRST, Order.UNDECIDED: Order.UNDECIDED}[pair.order]
    return replace(
        pair,
        first=pair.second,
        second=pair.first,
        order=order,
        difference=-pair.difference,
        only_first=pair.only_second,
        only_second=pair.only_first,
    )


def rank(things: Iterable[Measured | None]) -> Ranking | None:
    """Best first; those without a score are left out, and ``None`` is the ranking of nothing.

    Every two are compared, and their probabilities adjusted together by Holm. ``ValueError`` if they do not belong in
    one ranking: another score, other images, another number of dimensions.
    """
    known = sorted((one for one in things if one is not None), key=lambda one: -one.worth)
    if not known:
        return None
    if len({one.dimensions for one in known}) > 1:
        raise ValueError(f"not of one dimension: {', '.join(f'{one.task} ({one.dimensions})' for one in known)}")
    pairs = together(compare(one, other) for one, other in combinations(known, 2))
    place = {one.task: i for i, one in enumerate(known)}
    apart = [(place[pair.first], place[pair.second]) for pair in pairs if pair.order is not Order.UNDECIDED]
    groups = tuple(tuple(known[i].task for i in group) for group in ties(len(known), apart))
    letters = {one.task: "".join(letter(i) for i, group in enumerate(groups) if one.task in group) for one in known}
    first = known[0].task
    rivals = [pair for pair in pairs if pair.order is Order.UNDECIDED and pair.first == first]
    return Ranking(
        metric=known[0].scored.metric,
        lead=Lead.ONLY if len(known) == 1 else Lead.TIED if rivals else Lead.ALONE,
        scores=tuple(one.scored for one in known),
        pairs=pairs,
        groups=groups,
        letters=letters,
    )


def comparable(things: Iterable[Measured | None]) -> list[Measured]:
    """Those with a score that were scored on the same images as most."""
    known = [one for one in things if one is not None]
    most = Counter(one.population for one in known).most_common(1)
    return [one for one in known if one.population == most[0][0]]


def highest(things: Iterable[Measured | None]) -> Scored | None:
    """The best score of some, whatever their dimensions: a mark to set others beside, and no verdict on them."""
    known = comparable(things)
    return max(known, key=lambda one: one.worth).scored if known else None


def together(pairs: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """Comparisons that are read together, each with its probability adjusted by Holm and its order by that."""
    known = tuple(pairs)
    tested = [pair for pair in known if pair.p is not None]
    adjusted = iter(holm([pair.p for pair in tested if pair.p is not None]))
    return tuple(
        pair if pair.p is None else replace(pair, adjusted=(p := next(adjusted)), order=_order(pair.difference, p))
        for pair in known
    )


def front(costs: Mapping[str, float], ranking: Ranking) -> tuple[str, ...]:
    """Pareto's front of cost and score, the cheapest first: what costs more than those before it and is significantly
    better than every one of them, by the ranking's own comparisons. Of equal costs the better first.

    ``costs``: by task; what has none is left out.
    """
    kept: list[str] = []
    ranked = [one.task for one in ranking.scores if one.task in costs]
    for task in sorted(ranked, key=lambda one: costs[one]):
        pairs = [ranking.between(task, cheaper) for cheaper in kept]
        if all(pair is not None and pair.order is Order.FIRST for pair in pairs):
            kept.append(task)
    return tuple(kept)
