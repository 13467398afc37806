"""What embeddings score that ignore the structure of the images."""

from dataclasses import dataclass

from generator.record import Results
from generator.report.findings.against import Against, against, scored
from generator.report.findings.compare import Scored

MAIN = "random_projection-2d"


@dataclass(frozen=True)
class RandomProjection:
    accuracy: Scored  # of the ten nearest neighbours
    trustworthiness: Scored
    shuffled: Against | None  # the same points, given to the images at random


def random_projection(results: Results) -> RandomProjection | None:
    accuracy, trustworthiness = (scored(results, MAIN, name) for name in ("neighbour_accuracy_10", "trustworthiness"))
    if accuracy is None or trustworthiness is None:
        return None
    return RandomProjection(accuracy, trustworthiness, against(results, MAIN, "random_projection-shuffled"))
