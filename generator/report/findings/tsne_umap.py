"""What article A1 found of t-SNE and UMAP, each on the page of its own."""

from dataclasses import dataclass
from enum import StrEnum

from generator.record import Results
from generator.report.findings.against import Against, Pair, against, by, scored
from generator.report.findings.compare import Scored
from generator.report.findings.series import Shown, shown
from generator.report.findings.timing import Spent, Time, spent

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
    times: Spent | None
    other_times: Spent | None
    total: Ratio | None  # of the times in all
    layout: Ratio | None  # of the times without the search
    disparity: Scored | None  # Procrustes, between runs that differ by their seed
    repeated: Shown  # the images of those runs


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
    own_times, other_times = spent(results, task, SEARCH), spent(results, other, SEARCH)
    total = layout = None
    if own_times is not None and other_times is not None:
        total = ratio(own_times.whole, other_times.whole)
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
        repeated=shown(results, f"{slug}-seed_0"),
    )


def ratio(own: Time, other: Time) -> Ratio | None:
    """How two times compare; ``None`` of what takes no time."""
    least, most = sorted((own.rank_s, other.rank_s))
    if least <= 0:
        return None
    pace = Pace.ALIKE if most < ALIKE * least else Pace.SHORTER if own.rank_s < other.rank_s else Pace.LONGER
    return Ratio(pace, most / least)
