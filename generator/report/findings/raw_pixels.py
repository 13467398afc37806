"""What the images score before anything is left out, and whether an embedding does better."""

from dataclasses import dataclass

from generator.record import Results
from generator.report.findings.against import Against, Pair, against, by, scored
from generator.report.findings.compare import Scored
from generator.report.findings.given import number
from generator.report.rows import ranking

MAIN = "raw_pixels-pixels"
COMPONENTS = "raw_pixels-pca_50"
PLANE = 2  # dimensions of the embeddings beside which the pixels stand


@dataclass(frozen=True)
class Best:
    """The best embedding in the plane by one score, beside the pixels."""

    tasks: tuple[str, ...]  # it, and those that do not differ significantly from it
    rivals: tuple[str, ...]  # the latter alone
    pair: Pair  # first: the pixels are significantly better


@dataclass(frozen=True)
class Components:
    """The images' first principal components, beside the pixels."""

    n: int
    explained: float  # share of the variance, from 0 to 1
    recall: Scored  # of the fifteen nearest neighbours
    accuracy: Pair  # of the ten nearest neighbours; first: the components are significantly better


@dataclass(frozen=True)
class RawPixels:
    accuracy: Scored  # of the ten nearest neighbours
    silhouette: Scored
    best_accuracy: Best | None
    best_silhouette: Best | None
    components: Components | None


def raw_pixels(results: Results) -> RawPixels | None:
    accuracy, silhouette = (scored(results, MAIN, name) for name in ("neighbour_accuracy_10", "silhouette"))
    if accuracy is None or silhouette is None:
        return None
    return RawPixels(
        accuracy=accuracy,
        silhouette=silhouette,
        best_accuracy=_best(results, "neighbour_accuracy_10"),
        best_silhouette=_best(results, "silhouette"),
        components=_components(results, against(results, COMPONENTS, MAIN)),
    )


def _best(results: Results, metric: str) -> Best | None:
    ranked = ranking(results, "maps", metric, PLANE)
    pair = None if ranked is None else by(against(results, MAIN, ranked.first.task), metric)
    return None if ranked is None or pair is None else Best(ranked.best, ranked.rivals, pair)


def _components(results: Results, pixels: Against | None) -> Components | None:
    accuracy, recall = by(pixels, "neighbour_accuracy_10"), scored(results, COMPONENTS, "neighbour_recall_15")
    explained = number(results, COMPONENTS, "explained_variance")
    if accuracy is None or recall is None or explained is None:
        return None
    n = results.records[COMPONENTS].arrays["coordinates"].shape[1]
    return Components(n, explained, recall, accuracy)
