"""What article A1 found of t-SNE and UMAP, each on the page of its own."""

from dataclasses import dataclass
from enum import StrEnum

from generator.record import Results
from generator.report.findings.against import Against, Pair, against, by, scored
from generator.report.findings.compare import Scored
from generator.report.findings.given import done

SEARCH = "neighbours-exact"
SHUFFLED = "random_projection-shuffled"
#: Two times of which the longer is less than so many times the shorter are alike: runs of one task vary about as much.
ALIKE = 1.1


class Pace(StrEnum):
    """How a method's time compares with another's."""

    SHORTER = "shorter"
    LONGER = "longer"
    ALIKE = "alike"


@dataclass(frozen=True)
class Parts:
    """Seconds of wall-clock time."""

    search: float  # for neighbours
    layout: float  # all that comes after it


@dataclass(frozen=True)
class Times:
    """Seconds of wall-clock time."""

    total: float
    parts: Parts | None  # where the time of the search is known


@dataclass(frozen=True)
class Ratio:
    pace: Pace
    times: float  # how many times as long the longer one takes


@dataclass(frozen=True)
class Claims:
    """An embedding by nearest neighbours, and what A1 says of it."""

    accuracy: Scored  # of the ten nearest neighbours
    elsewhere: float  # share of the images among whose ten nearest another label is the most frequent
    recall: Scored  # of the fifteen nearest neighbours
    trustworthiness: Scored
    continuity: Scored
    silhouette: Scored
    separated: Pair | None  # accuracy, against the same number of points in random places
    together: Pair | None  # recall, likewise
    denser: Pair | None  # silhouette, against the other of t-SNE and UMAP
    other: Against | None  # the other of t-SNE and UMAP
    linear: Against | None  # PCA
    times: Times | None
    other_times: Times | None
    total: Ratio | None  # of the times in all
    layout: Ratio | None  # of the times without the search
    disparity: Scored | None  # Procrustes, between runs that differ by their seed


def tsne(results: Results) -> Claims | None:
    """On t-SNE's page."""
    return _claims(results, "tsne", "umap")


def umap(results: Results) -> Claims | None:
    """On UMAP's page."""
    return _claims(results, "umap", "tsne")


def _claims(results: Results, slug: str, rival: str) -> Claims | None:
    task, other = f"{slug}-2d", f"{rival}-2d"
    accuracy = scored(results, task, "neighbour_accuracy_10")
    recall = scored(results, task, "neighbour_recall_15")
    trustworthiness = scored(results, task, "trustworthiness")
    continuity = scored(results, task, "continuity")
    silhouette = scored(results, task, "silhouette")
    if accuracy is None or recall is None or trustworthiness is None or continuity is None or silhouette is None:
        return None
    shuffled, against_other = against(results, task, SHUFFLED), against(results, task, other)
    own_times, other_times = times(results, task), times(results, other)
    total = layout = None
    if own_times is not None and other_times is not None:
        total = ratio(own_times.total, other_times.total)
        if own_times.parts is not None and other_times.parts is not None:
            layout = ratio(own_times.parts.layout, other_times.parts.layout)
    return Claims(
        accuracy=accuracy,
        elsewhere=1 - accuracy.value,
        recall=recall,
        trustworthiness=trustworthiness,
        continuity=continuity,
        silhouette=silhouette,
        separated=by(shuffled, "neighbour_accuracy_10"),
        together=by(shuffled, "neighbour_recall_15"),
        denser=by(against_other, "silhouette"),
        other=against_other,
        linear=against(results, task, "pca-2d"),
        times=own_times,
        other_times=other_times,
        total=total,
        layout=layout,
        disparity=scored(results, f"stability-{slug}", "procrustes"),
    )


def times(results: Results, task: str) -> Times | None:
    """What a task that starts from the exact neighbours took, the search and the rest apart where both are known."""
    record, search = done(results, task), done(results, SEARCH)
    if record is None or record.measures is None:
        return None
    total = record.measures.wall_s
    if search is None or search.measures is None or search.measures.wall_s >= total:
        return Times(total, None)
    return Times(total, Parts(search.measures.wall_s, total - search.measures.wall_s))


def ratio(own: float, other: float) -> Ratio | None:
    """How two times compare; ``None`` of what takes no time."""
    if min(own, other) <= 0:
        return None
    factor = max(own, other) / min(own, other)
    pace = Pace.ALIKE if factor < ALIKE else Pace.SHORTER if own < other else Pace.LONGER
    return Ratio(pace, factor)
