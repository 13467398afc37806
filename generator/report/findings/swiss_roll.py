"""Which methods unroll the Swiss roll."""

from dataclasses import dataclass

from generator.record import Results
from generator.report.findings.compare import Order, Ranking, Scored, compare, measured, rank
from generator.report.findings.given import number

SLUG = "swiss_roll"
METRIC = "unrolled"


@dataclass(frozen=True)
class Roll:
    ranking: Ranking
    linear: Scored | None  # PCA, which cannot unroll
    unexplained: float | None  # share of the points' variance that the autoencoder does not reconstruct, from 0 to 1
    better: tuple[str, ...]  # significantly better than PCA, best first
    undecided: tuple[str, ...]
    worse: tuple[str, ...]


def swiss_roll(results: Results) -> Roll | None:
    """All methods by the rank correlation of distances along the sheet, and each against PCA."""
    if SLUG not in results.catalogue.slugs:
        return None
    things = [measured(results, task.id, METRIC) for task in results.catalogue.tasks_of(SLUG)]
    ranking = rank(things)
    if ranking is None:
        return None
    known = [one for one in things if one is not None]
    linear = next((one for one in known if one.task == f"{SLUG}-pca"), None)
    others = [one for one in known if linear is not None and one is not linear]
    against = {one.task: compare(one, linear).order for one in others if linear is not None}

    def those(order: Order) -> tuple[str, ...]:
        return tuple(one.task for one in ranking.scores if against.get(one.task) is order)

    return Roll(
        ranking=ranking,
        linear=None if linear is None else linear.scored,
        unexplained=number(results, f"{SLUG}-autoencoder", "unexplained_variance"),
        better=those(Order.FIRST),
        undecided=those(Order.UNDECIDED),
        worse=those(Order.SECOND),
    )
