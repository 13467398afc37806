"""What the parameters and the initialisation do to t-SNE and UMAP. Each setting ran once, on the same images."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from generator.record import Results, TaskInfo
from generator.report.findings.compare import Comparison, Head, Order, Scored, compare, measured, rank, together
from generator.report.findings.given import done, number
from generator.report.findings.series import Shown, shorter, shown

LOCAL, WHOLE, DENSITY = "neighbour_recall_15", "distance_correlation", "silhouette"
METHODS = ("tsne", "umap")
#: An initialisation that is computed from the images, set against "random".
INFORMED = ("pca", "spectral")


class Suits(StrEnum):
    """Whether local and global structure ask for the same setting."""

    ONE = "one"  # some setting is among the best for both
    EACH = "each"  # none is
    NEITHER = "neither"  # no setting is significantly worse than another


class Effect(StrEnum):
    """Whether the highest and the lowest score of some settings differ."""

    SIGNIFICANT = "significant"
    UNDECIDED = "undecided"


class Ahead(StrEnum):
    """Which of t-SNE and UMAP orders distances better from the same initialisation."""

    TSNE = "tsne"  # t-SNE, from every one
    UMAP = "umap"
    TSNE_PARTLY = "tsne_partly"  # t-SNE scores higher from every one, not significantly from each
    UMAP_PARTLY = "umap_partly"
    UNDECIDED = "undecided"  # neither, from any
    DEPENDS = "depends"  # on the initialisation


class Claim(StrEnum):
    """What Kobak and Linderman (2021) found: informed initialisations preserve global structure, random ones do not."""

    SUPPORTED = "supported"  # informed ones are significantly better somewhere, and nowhere worse
    UNDECIDED = "undecided"  # no significant difference
    REFUTED = "refuted"  # worse somewhere, and nowhere better
    MIXED = "mixed"


@dataclass(frozen=True)
class Spread:
    """A score over some settings."""

    head: Head
    effect: Effect


@dataclass(frozen=True)
class Sweep:
    local: Spread
    whole: Spread
    density: Spread | None
    suits: Suits
    both: tuple[str, ...]  # settings that are among the best for both
    cap: float | None  # the value that was used where a greater one was asked for


@dataclass(frozen=True)
class Informed:
    """An initialisation that is computed from the images."""

    scored: Scored
    order: Order  # first: significantly better than the random one


@dataclass(frozen=True)
class Starts:
    """One method from several initialisations, by the rank correlation of distances."""

    random: Scored
    informed: tuple[Informed, ...]
    local: Spread
    claim: Claim | None  # None: no informed one ran


@dataclass(frozen=True)
class Settings:
    n: int  # images in each embedding
    shown: Shown
    perplexity: Sweep | None
    grid: Sweep | None
    tsne: Starts | None
    umap: Starts | None
    claim: Claim | None  # of both methods
    shorter: tuple[str, ...]  # embeddings of all images that took more steps or epochs than a series of theirs
    ahead: Ahead | None
    apart: float | None  # most that the two methods differ from the same initialisation


def settings(results: Results) -> Settings | None:
    """The series of t-SNE and UMAP that vary one choice at a time."""
    members = [task for slug in METHODS for task in _tasks(results, slug) if results.catalogue.variant(task).series]
    records = [record for task in members if (record := done(results, task.id)) is not None]
    if not records:
        return None
    n = records[0].arrays["coordinates"].shape[0]
    tsne, umap = _starts(results, "tsne"), _starts(results, "umap")
    orders = [one.order for starts in (tsne, umap) if starts is not None for one in starts.informed]
    pairs = _same_start(results)
    return Settings(
        n=n,
        shown=shown(results, records[0].task.id),
        perplexity=_sweep(results, "tsne", "perplexity"),
        grid=_sweep(results, "umap", "grid"),
        tsne=tsne,
        umap=umap,
        claim=_claim(orders) if orders else None,
        shorter=shorter(results, (*METHODS, "autoencoder")),
        ahead=_ahead(pairs) if pairs else None,
        apart=max((abs(one.difference) for one in pairs), default=None),
    )


def _tasks(results: Results, slug: str, series: str = "") -> list[TaskInfo]:
    """A method's tasks, all or those of a series."""
    catalogue = results.catalogue
    found = catalogue.tasks_of(slug) if slug in catalogue.slugs else ()
    return [one for one in found if not series or catalogue.variant(one).series == series]


def _spread(results: Results, tasks: Iterable[TaskInfo], metric: str) -> Spread | None:
    """Some settings by one score; ``None`` of fewer than two."""
    ranking = rank(measured(results, one.id, metric) for one in tasks)
    pair = ranking.between(ranking.first.task, ranking.last.task) if ranking is not None else None
    if ranking is None or pair is None:
        return None
    return Spread(ranking.head, Effect.UNDECIDED if pair.order is Order.UNDECIDED else Effect.SIGNIFICANT)


def _sweep(results: Results, slug: str, series: str) -> Sweep | None:
    tasks = _tasks(results, slug, series)
    local, whole = _spread(results, tasks, LOCAL), _spread(results, tasks, WHOLE)
    if local is None or whole is None:
        return None
    both = tuple(one for one in local.head.best if one in whole.head.best)
    suits = Suits.ONE if both else Suits.EACH
    if Effect.SIGNIFICANT not in (local.effect, whole.effect):
        suits = Suits.NEITHER
    used = [(number(results, one.id, "perplexity_used"), one.params.get("perplexity")) for one in tasks]
    caps = [cap for cap, asked in used if cap is not None and asked is not None and cap < float(asked)]
    density = _spread(results, tasks, DENSITY)
    return Sweep(local, whole, density, suits, both, caps[0] if caps else None)


def _starts(results: Results, slug: str) -> Starts | None:
    tasks = {str(one.params["init"]): one for one in _tasks(results, slug, "start")}
    ranking = rank(measured(results, one.id, WHOLE) for one in tasks.values())
    local = _spread(results, tasks.values(), LOCAL)
    scores = {} if ranking is None else {one.task: one for one in ranking.scores}
    random = scores.get(tasks["random"].id) if "random" in tasks else None
    if ranking is None or local is None or random is None:
        return None
    informed = []
    for init in INFORMED:
        pair = ranking.between(tasks[init].id, random.task) if init in tasks else None
        if pair is not None:
            informed.append(Informed(scores[pair.first], pair.order))
    return Starts(random, tuple(informed), local, _claim([one.order for one in informed]) if informed else None)


def _claim(orders: list[Order]) -> Claim:
    if Order.FIRST in orders:
        return Claim.MIXED if Order.SECOND in orders else Claim.SUPPORTED
    return Claim.REFUTED if Order.SECOND in orders else Claim.UNDECIDED


def _same_start(results: Results) -> tuple[Comparison, ...]:
    """t-SNE against UMAP from each initialisation that both have."""
    first, second = ({one.params["init"]: one for one in _tasks(results, slug, "start")} for slug in METHODS)
    pairs = [
        (measured(results, first[init].id, WHOLE), measured(results, second[init].id, WHOLE))
        for init in first
        if init in second
    ]
    return together(compare(one, other) for one, other in pairs if one is not None and other is not None)


def _ahead(pairs: tuple[Comparison, ...]) -> Ahead:
    orders = {one.order for one in pairs}
    if orders == {Order.UNDECIDED}:
        return Ahead.UNDECIDED
    if all(one.difference > 0 for one in pairs):
        return Ahead.TSNE if orders == {Order.FIRST} else Ahead.TSNE_PARTLY
    if all(one.difference < 0 for one in pairs):
        return Ahead.UMAP if orders == {Order.SECOND} else Ahead.UMAP_PARTLY
    return Ahead.DEPENDS
