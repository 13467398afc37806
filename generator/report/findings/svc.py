"""How far the kernel of the support vector machine reaches, and how many images the machine keeps."""

import math
from dataclasses import dataclass
from enum import StrEnum

from generator.record import SIDE, Results
from generator.report.findings.given import done, number

PUBLISHED, TUNED = "svc-published", "svc-tuned"


class Width(StrEnum):
    """How far the article's kernel reaches."""

    WIDE = "wide"  # at least as far as two images can be from each other
    NARROW = "narrow"


@dataclass(frozen=True)
class Machine:
    reach: float  # the distance at which an image's influence has fallen to 1/e
    support_vectors: int


@dataclass(frozen=True)
class Kernel:
    width: Width
    farthest: float  # the greatest distance that two images can have, with pixels from 0 to 1
    published: Machine
    tuned: Machine | None
    n_pairs: int  # of classes, each with a binary classifier of its own


def kernel(results: Results) -> Kernel | None:
    published = _machine(results, PUBLISHED)
    if published is None:
        return None
    farthest = float(SIDE)  # the square root of the number of pixels
    return Kernel(
        # Rounded, since one is computed from the other's square: the article's gamma is 1 / number of pixels.
        width=Width.WIDE if round(published.reach, 6) >= farthest else Width.NARROW,
        farthest=farthest,
        published=published,
        tuned=_machine(results, TUNED),
        n_pairs=math.comb(len(results.catalogue.data.class_names), 2),
    )


def _machine(results: Results, task: str) -> Machine | None:
    record, support = done(results, task), number(results, task, "n_support_vectors")
    if record is None or support is None:
        return None
    return Machine(reach=float(record.task.params["gamma"]) ** -0.5, support_vectors=int(support))
