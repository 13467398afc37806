"""Which embedding answers which question best, in as many dimensions, and what each costs."""

from dataclasses import dataclass
from enum import StrEnum

from generator.metrics.extent import Extent, extents
from generator.record import Results
from generator.report.findings.compare import Head, Order, Ranking, Scored, highest, measured
from generator.report.findings.timing import Time, spent
from generator.report.rows import Row, rank_of, rows

LOCAL, WHOLE, CLASSES = "trustworthiness", "distance_correlation", "neighbour_accuracy_10"
CLUSTERS = "silhouette"
#: What a reader may ask of an embedding, and the score that answers it.
QUESTIONS = (LOCAL, "neighbour_recall_15", WHOLE, "triplet_accuracy", CLASSES, CLUSTERS)
#: The two that article A1 compares.
PAIR = ("umap-2d", "tsne-2d")
PLANE = 2
#: The experiment that finds the nearest neighbours.
SEARCH = "neighbours"


class Winner(StrEnum):
    """Whether one embedding is best at local structure, global structure and the classes."""

    ONE = "one"  # none is significantly better than it in any of the four scores
    NONE = "none"  # there is no such embedding


class Separated(StrEnum):
    """Whether the two scores of the classes name the same best embeddings."""

    ALIKE = "alike"
    EACH = "each"  # one by the neighbours, another by the clusters


@dataclass(frozen=True)
class Answer:
    """A question's score: of the methods, of the baseline and of the reference."""

    metric: str
    methods: Head
    baseline: Scored | None  # the higher-scoring one, in as many dimensions
    reference: Scored | None  # the same in the original space


@dataclass(frozen=True)
class Compared:
    """The embeddings in as many dimensions."""

    dimensions: int
    answers: tuple[Answer, ...]
    winner: Winner
    winners: tuple[str, ...]  # best at all of it
    separated: Separated

    @property
    def local(self) -> Answer | None:
        return self._answer(LOCAL)

    @property
    def whole(self) -> Answer | None:
        return self._answer(WHOLE)

    @property
    def classes(self) -> Answer | None:
        return self._answer(CLASSES)

    @property
    def clusters(self) -> Answer | None:
        return self._answer(CLUSTERS)

    def _answer(self, metric: str) -> Answer | None:
        return next((one for one in self.answers if one.metric == metric), None)


@dataclass(frozen=True)
class Density:
    """The clusters of two embeddings: how small they are against the distances between them."""

    first: Scored
    second: Scored
    order: Order


@dataclass(frozen=True)
class Cost:
    """The time of an embedding that takes its neighbours from a search counted with it."""

    task: str
    busy: bool  # whether some of it was measured on a busy machine
    total: Time
    search: Time
    layout: Time  # all but the search


@dataclass(frozen=True)
class Embeddings:
    compared: tuple[Compared, ...]  # the fewest dimensions first
    baselines: tuple[str, ...]
    references: tuple[str, ...]
    extents: dict[str, Extent]  # what each score is taken on
    n: int  # images in an embedding
    density: Density | None  # UMAP's against t-SNE's
    costs: tuple[Cost, ...]  # the least first

    @property
    def plane(self) -> Compared | None:
        """Those in two dimensions."""
        return next((one for one in self.compared if one.dimensions == PLANE), None)


def embeddings(results: Results) -> Embeddings | None:
    """The section's embeddings, each number of dimensions by itself."""
    found = [row for row in rows(results, "maps") if row.status == "done"]
    dimensions = sorted({row.n_dimensions for row in found if row.role == "method" and row.n_dimensions is not None})
    compared = tuple(_compared(results, found, one) for one in dimensions)
    if not compared:
        return None
    n = max(results.records[row.task].arrays["coordinates"].shape[0] for row in found if row.role == "method")
    return Embeddings(
        compared=compared,
        baselines=tuple(row.task for row in found if row.role == "floor"),
        references=tuple(row.task for row in found if row.role == "ceiling"),
        extents=extents(n),
        n=n,
        density=_density(rank_of(results, found, CLUSTERS, PLANE)),
        costs=_costs(results, found),
    )


def _compared(results: Results, found: list[Row], dimensions: int) -> Compared:
    rankings = {
        metric: ranking for metric in QUESTIONS if (ranking := rank_of(results, found, metric, dimensions)) is not None
    }
    asked = [rankings[one].best for one in (LOCAL, WHOLE, CLASSES, CLUSTERS) if one in rankings]
    winners = tuple(task for task in asked[0] if all(task in one for one in asked)) if asked else ()
    of_classes = {frozenset(rankings[one].best) for one in (CLASSES, CLUSTERS) if one in rankings}
    return Compared(
        dimensions=dimensions,
        answers=tuple(
            Answer(
                metric=metric,
                methods=ranking.head,
                baseline=_highest(results, found, metric, "floor", dimensions),
                reference=_highest(results, found, metric, "ceiling", None),
            )
            for metric, ranking in rankings.items()
        ),
        winner=Winner.ONE if winners else Winner.NONE,
        winners=winners,
        separated=Separated.EACH if len(of_classes) > 1 else Separated.ALIKE,
    )


def _highest(results: Results, found: list[Row], metric: str, role: str, dimensions: int | None) -> Scored | None:
    """The best score of the controls of a role; ``dimensions``: of those in as many."""
    return highest(
        measured(results, row.task, metric)
        for row in found
        if row.role == role and (dimensions is None or row.n_dimensions == dimensions)
    )


def _density(ranking: Ranking | None) -> Density | None:
    pair = ranking.between(*PAIR) if ranking is not None else None
    if ranking is None or pair is None:
        return None
    scores = {one.task: one for one in ranking.scores}
    return Density(scores[pair.first], scores[pair.second], pair.order)


def _costs(results: Results, found: list[Row]) -> tuple[Cost, ...]:
    costs = [_cost(results, row.task) for row in found]
    return tuple(sorted((one for one in costs if one is not None), key=lambda one: one.total.rank_s))


def _cost(results: Results, task: str) -> Cost | None:
    """``None`` where no search is counted, or what it took is not known."""
    needs = results.catalogue.variant(results.records[task].task).needs
    search = next(
        (f"{one.experiment}-{one.variant}" for one in needs if one.counted and one.experiment == SEARCH), None
    )
    found = None if search is None else spent(results, task, search)
    if found is None or found.parts is None:
        return None
    return Cost(task, found.parts.layout.busy, found.whole, found.parts.search, found.parts.layout)
