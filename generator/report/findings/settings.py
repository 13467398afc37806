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


class Listed(StrEnum):
    """Whether the settings that are said to be the best are those that score highest. What is compared is paired, so
    one may be significantly worse than the first that scores higher than another that is not.
    """

    HIGHEST = "highest"
    SKIPPED = "skipped"  # one that is left out scores higher than one that is named


class Ahead(StrEnum):
    """Which of t-SNE and UMAP orders distances significantly better from the same initialisation."""

    TSNE = "tsne"  # t-SNE, from every one
    UMAP = "umap"
    TSNE_PARTLY = "tsne_partly"  # t-SNE from some, neither from the others
    UMAP_PARTLY = "umap_partly"
    UNDECIDED = "undecided"  # neither, from any
    DEPENDS = "depends"  # t-SNE from some, UMAP from others


class Claim(StrEnum):
    """What Kobak and Linderman (2021) found: informed initialisations preserve global structure, random ones do not."""

    SUPPORTED = "supported"  # informed ones are significantly better somewhere, and nowhere worse
    UNDECIDED = "undecided"  # no significant difference
    REFUTED = "refuted"  # worse somewhere, and nowhere better
    MIXED = "mixed"


class Agreed(StrEnum):
    """Whether both methods say the same of the claim."""

    BOTH = "both"
    EACH = "each"  # each something else, or there is only one of them


@dataclass(frozen=True)
class Spread:
    """A score over some settings."""

    head: Head
    effect: Effect
    listed: Listed


@dataclass(frozen=True)
class Sweep:
    local: Spread
    whole: Spread
    density: Spread | None
    suits: Suits
    both: tuple[str, ...]  # settings that are among the best for both
    listed: Listed  # of either score
    cap: float | None  # the value that was used where a greater one was asked for


@dataclass(frozen=True)
class Informed:
    """An initialisation that is computed from the images."""

    init: str  # one of INFORMED
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
    claim: Claim | None  # of both methods together
    agreed: Agreed
    shorter: tuple[str, ...]  # embeddings of all images that took more steps or epochs than a series of theirs
    ahead: Ahead | None
    tsne_ahead: tuple[str, ...]  # initialisations from which t-SNE is significantly better
    umap_ahead: tuple[str, ...]
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
        agreed=_agreed(tsne, umap),
        shorter=shorter(results, (*METHODS, "autoencoder")),
        ahead=_ahead({one.order for one in pairs.values()}) if pairs else None,
        tsne_ahead=tuple(init for init, one in pairs.items() if one.order is Order.FIRST),
        umap_ahead=tuple(init for init, one in pairs.items() if one.order is Order.SECOND),
        apart=max((abs(one.difference) for one in pairs.values()), default=None),
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
    places = [one.task for one in ranking.scores]
    running = {*places[: len(ranking.best)]} == {*ranking.best}
    return Spread(
        head=ranking.head,
        effect=Effect.UNDECIDED if pair.order is Order.UNDECIDED else Effect.SIGNIFICANT,
        listed=Listed.HIGHEST if running else Listed.SKIPPED,
    )


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
    listed = Listed.SKIPPED if Listed.SKIPPED in (local.listed, whole.listed) else Listed.HIGHEST
    return Sweep(local, whole, density, suits, both, listed, caps[0] if caps else None)


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
            informed.append(Informed(init, scores[pair.first], pair.order))
    return Starts(random, tuple(informed), local, _claim([one.order for one in informed]) if informed else None)


def _claim(orders: list[Order]) -> Claim:
    if Order.FIRST in orders:
        return Claim.MIXED if Order.SECOND in orders else Claim.SUPPORTED
    return Claim.REFUTED if Order.SECOND in orders else Claim.UNDECIDED


def _agreed(*methods: Starts | None) -> Agreed:
    claims = [None if one is None else one.claim for one in methods]
    return Agreed.BOTH if len({*claims}) == 1 and claims[0] is not None else Agreed.EACH


def _same_start(results: Results) -> dict[str, Comparison]:
    """t-SNE against UMAP from each initialisation that both have."""
    first, second = ({str(one.params["init"]): one for one in _tasks(results, slug, "start")} for slug in METHODS)
    pairs = {}
    for init, task in first.items():
        one = measured(results, task.id, WHOLE)
        other = measured(results, second[init].id, WHOLE) if init in second else None
        if one is not None and other is not None:
            pairs[init] = compare(one, other)
    return dict(zip(pairs, together(pairs.values()), strict=True))


def _ahead(orders: set[Order]) -> Ahead:
    partly = Order.UNDECIDED in orders
    match Order.FIRST in orders, Order.SECOND in orders:
        case True, True:
            return Ahead.DEPENDS
        case True, False:
            return Ahead.TSNE_PARTLY if partly else Ahead.TSNE
        case False, True:
            return Ahead.UMAP_PARTLY if partly else Ahead.UMAP
        case _:
            return Ahead.UNDECIDED
