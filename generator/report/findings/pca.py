"""What PCA keeps in two dimensions, and in more."""

from dataclasses import dataclass

from generator.record import Results
from generator.report.findings.against import Against, against, scored
from generator.report.findings.compare import Scored
from generator.report.findings.given import number

MAIN = "pca-2d"


@dataclass(frozen=True)
class Wider:
    """PCA with more axes, which is not to be compared with that of two."""

    task: str
    variant: str
    axes: int
    explained: float  # share of the variance, from 0 to 1
    trustworthiness: Scored


@dataclass(frozen=True)
class Pca:
    accuracy: Scored  # of the ten nearest neighbours
    trustworthiness: Scored
    explained: float  # share of the variance, from 0 to 1
    random: Against | None  # random projection
    wider: tuple[Wider, ...]


def pca(results: Results) -> Pca | None:
    accuracy, trustworthiness = (scored(results, MAIN, name) for name in ("neighbour_accuracy_10", "trustworthiness"))
    explained = number(results, MAIN, "explained_variance")
    if accuracy is None or trustworthiness is None or explained is None:
        return None
    return Pca(
        accuracy=accuracy,
        trustworthiness=trustworthiness,
        explained=explained,
        random=against(results, MAIN, "random_projection-2d"),
        wider=tuple(_wider(results)),
    )


def _wider(results: Results) -> list[Wider]:
    found = []
    for task in results.catalogue.tasks_of("pca"):
        trustworthiness = scored(results, task.id, "trustworthiness")
        explained = number(results, task.id, "explained_variance")
        if task.id != MAIN and trustworthiness is not None and explained is not None:
            axes = int(task.params["n_components"])
            found.append(Wider(task.id, task.variant, axes, explained, trustworthiness))
    return found
