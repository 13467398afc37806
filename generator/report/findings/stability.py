"""What becomes of an embedding under another seed."""

from dataclasses import dataclass
from enum import StrEnum

from generator.record import Results
from generator.report.findings.compare import Head, Measured, Ranking, Scored, bounds, measured, rank
from generator.report.findings.given import number
from generator.report.findings.series import Shown, shorter, shown

SLUG = "stability"
SHAPE, NEIGHBOURS = "procrustes", "neighbour_overlap_15"
#: t-SNE of feature vectors, from random positions.
RANDOM = f"{SLUG}-noisy_tsne"

#: Both embeddings are scaled to a sum of squares of 1. A disparity below this means that points are off by less than a
#: tenth of the embedding's radius (root mean square), which is hardly more than the size of a dot in our figures.
SAME = 0.01


class Shape(StrEnum):
    """Whether another seed gives another embedding."""

    SAME = "same"  # the same, but for what no reader would see
    OTHER = "other"  # points lie elsewhere


class Alike(StrEnum):
    """How many pairs of runs have the same shape, but for what no reader would see."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Start(StrEnum):
    """Where the points of t-SNE begin in these runs."""

    INFORMED = "informed"  # at positions computed from the images
    RANDOM = "random"


class Steadiest(StrEnum):
    """Whether shape and neighbours agree on the method that varies least."""

    ONE = "one"  # some method varies least in both
    DIFFERENT = "different"


@dataclass(frozen=True)
class Steady:
    """One method's runs, compared in pairs. Its ranges go from the least pair to the greatest."""

    shape: Scored  # Procrustes disparity
    shape_range: tuple[float, float]
    neighbours: Scored | None  # share of the nearest neighbours that two runs have in common
    verdict: Shape
    alike: Alike

    @property
    def task(self) -> str:
        return self.shape.task


@dataclass(frozen=True)
class Stability:
    methods: tuple[Steady, ...]  # the steadiest shape first
    shape: Head  # two methods differ if the ranges of their pairs do not meet
    shape_rivals: tuple[Scored, ...]  # whose ranges meet that of the first
    neighbours: Head | None
    neighbour_rivals: tuple[Scored, ...]
    steadiest: Steadiest
    moved: tuple[str, ...]  # whose shape depends on the seed
    runs: float | None  # of each method
    shown: Shown
    shorter: tuple[str, ...]  # embeddings of all images that took more steps or epochs than these runs
    start: Start | None  # of t-SNE's runs
    random: Steady | None  # t-SNE from random positions, of other points


def stability(results: Results) -> Stability | None:
    """The methods that were run under several seeds."""
    if SLUG not in results.catalogue.slugs:
        return None
    tasks = [one for one in results.catalogue.tasks_of(SLUG) if results.catalogue.variant(one).compared]
    things = {one.id: measured(results, one.id, SHAPE) for one in tasks}
    shape = rank(things.values())
    neighbours = rank(measured(results, one.id, NEIGHBOURS) for one in tasks)
    if shape is None:
        return None
    known = {task: one for task, one in things.items() if one is not None}
    both = neighbours is not None and set(shape.best) & set(neighbours.best)
    random = measured(results, RANDOM, SHAPE)
    methods = tuple(_steady(results, known[one.task]) for one in shape.scores)
    slugs = [task.id.removeprefix(f"{SLUG}-") for task in tasks]
    return Stability(
        methods=methods,
        shape=shape.head,
        shape_rivals=_rivals(shape),
        neighbours=None if neighbours is None else neighbours.head,
        neighbour_rivals=() if neighbours is None else _rivals(neighbours),
        steadiest=Steadiest.ONE if both else Steadiest.DIFFERENT,
        moved=tuple(one.task for one in methods if one.verdict is Shape.OTHER),
        runs=number(results, shape.first.task, "n_maps"),
        shown=shown(results, f"{slugs[0]}-seed_0"),
        shorter=shorter(results, slugs),
        start=_start(results),
        random=None if random is None else _steady(results, random),
    )


def _rivals(ranking: Ranking) -> tuple[Scored, ...]:
    return tuple(one for one in ranking.scores if one.task in ranking.rivals)


def _steady(results: Results, one: Measured) -> Steady:
    neighbours = measured(results, one.task, NEIGHBOURS)
    return Steady(
        shape=one.scored,
        shape_range=bounds(one.scored),
        neighbours=None if neighbours is None else neighbours.scored,
        verdict=Shape.SAME if one.scored.value < SAME else Shape.OTHER,
        alike=alike(one.scored),
    )


def alike(shape: Scored) -> Alike:
    """How many pairs look the same: those whose disparity, a mean over pairs with its range, is below ``SAME``."""
    least, greatest = bounds(shape)
    return Alike.ALL if greatest < SAME else Alike.SOME if least < SAME else Alike.NONE


def _start(results: Results) -> Start | None:
    if "tsne" not in results.catalogue.slugs:
        return None
    task = next((one for one in results.catalogue.tasks_of("tsne") if one.variant == "seed_0"), None)
    if task is None or f"{SLUG}-tsne" not in results.records:
        return None
    return Start.RANDOM if task.params["init"] == "random" else Start.INFORMED
