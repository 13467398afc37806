"""One embedding against another by several scores, as the page of its method says it."""

import functools
from dataclasses import dataclass

from generator.record import Results
from generator.report.findings.compare import Measured, Order, Ranking, Scored, compare, measured, together
from generator.report.rows import MOST_DIMENSIONS, ranking

#: The scores by which the page of a method compares it: local structure, global structure, the classes.
METRICS = (
    "trustworthiness",
    "continuity",
    "neighbour_recall_15",
    "distance_correlation",
    "triplet_accuracy",
    "neighbour_accuracy_10",
    "silhouette",
)


@dataclass(frozen=True)
class Pair:
    """A score of a page's own embedding, and of another of the same images."""

    own: Scored
    other: Scored
    order: Order  # first: the page's own is significantly better


@dataclass(frozen=True)
class Against:
    """A page's own embedding and another, by every score that both have."""

    other: str
    pairs: tuple[Pair, ...]

    def by(self, metric: str) -> Pair | None:
        return next((one for one in self.pairs if one.own.metric == metric), None)

    @property
    def better(self) -> tuple[Pair, ...]:
        """Where the page's own is significantly better."""
        return self._those(Order.FIRST)

    @property
    def undecided(self) -> tuple[Pair, ...]:
        return self._those(Order.UNDECIDED)

    @property
    def worse(self) -> tuple[Pair, ...]:
        return self._those(Order.SECOND)

    def _those(self, order: Order) -> tuple[Pair, ...]:
        return tuple(one for one in self.pairs if one.order is order)


def against(results: Results, own: str, other: str) -> Against | None:
    """Two embeddings by all scores; ``None`` where there is nothing that can be compared.

    Two that are ranked are compared as in their ranking, so that no two pages disagree. The comparisons with one that
    is not, a baseline or a reference, are adjusted together.
    """
    found = [(measured(results, own, metric), measured(results, other, metric)) for metric in METRICS]
    both = [(one, two) for one, two in found if one is not None and two is not None and _comparable(one, two)]
    if not both:
        return None
    direct = together(compare(one, two) for one, two in both)
    pairs = []
    for (one, two), alone in zip(both, direct, strict=True):
        ranked = _ranking(results, one.scored.metric, one.dimensions)
        decided = None if ranked is None else ranked.between(own, other)
        pairs.append(Pair(one.scored, two.scored, (decided or alone).order))
    return Against(other, tuple(pairs))


@functools.lru_cache(maxsize=64)
def _ranking(results: Results, metric: str, dimensions: int) -> Ranking | None:
    return ranking(results, "maps", metric, dimensions)


def by(found: Against | None, metric: str) -> Pair | None:
    """One score of a comparison, if there is one."""
    return None if found is None else found.by(metric)


def scored(results: Results, task: str, metric: str) -> Scored | None:
    """A task's score, to be printed."""
    found = measured(results, task, metric)
    return None if found is None else found.scored


def _comparable(one: Measured, other: Measured) -> bool:
    """Whether both show the same images in as many dimensions; one that keeps more than can be shown is a reference,
    with which any embedding may be compared.
    """
    return one.population == other.population and (
        one.dimensions == other.dimensions or max(one.dimensions, other.dimensions) > MOST_DIMENSIONS
    )
