"""The compared tasks of a section: which they are, how they rank, what they cost."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from generator.metric import Metric
from generator.record import Measures, Record, Results
from generator.report.findings.compare import Ranking, comparable, measured, pooled, rank
from generator.vocabulary import Fact, SectionName

SECTIONS: tuple[SectionName, ...] = get_args(SectionName)
#: The score by which a section is sorted.
HEADLINE: dict[SectionName, str] = {"maps": "trustworthiness", "classifiers": "accuracy"}
#: What the scores of a map speak of: its neighbourhoods, the whole, or the classes, which no map has seen.
PURPOSES: dict[str, tuple[str, ...]] = {
    "local": (
        "trustworthiness",
        "continuity",
        "neighbour_recall_15",
        "neighbour_recall_30",
        "neighbour_recall_100",
    ),
    "global": ("distance_correlation", "triplet_accuracy"),
    "classes": ("neighbour_accuracy_10", "silhouette"),
}
#: A control that keeps more numbers than this for each image is no map: what it scores is the ceiling.
MOST_DIMENSIONS = 3


@dataclass(frozen=True)
class Row:
    """One compared task beside the others of its section. Without a result, its metrics are empty."""

    task: str
    experiment: str
    variant: str
    title: str  # English, as declared
    variant_title: str
    control: bool
    status: Literal["done", "failed", "not run"]
    tied: bool  # not significantly different from the best in as many dimensions, which is another row
    metrics: tuple[Metric, ...]
    measures: Measures | None
    n_parameters: int | None  # None where the method learns no parameters that could be counted
    n_dimensions: int | None  # numbers kept for each image; None for a classifier
    n_test: int | None  # images predicted; None for a map
    params: dict[str, Fact]
    group: str = ""  # letters: two rows that share one do not differ significantly; "": not tested

    @property
    def role(self) -> Literal["method", "floor", "ceiling"]:
        """A control is a floor, or a ceiling if it shows more than a map can."""
        if not self.control:
            return "method"
        return "floor" if self.n_dimensions is None or self.n_dimensions <= MOST_DIMENSIONS else "ceiling"

    def metric(self, name: str) -> Metric | None:
        return next((one for one in self.metrics if one.name == name), None)


@functools.lru_cache(maxsize=64)
def rows(results: Results, section: SectionName) -> tuple[Row, ...]:
    """The compared tasks of a section, best first by the headline score; those without a result last."""
    catalogue = results.catalogue
    headline = HEADLINE[section]
    found = []
    for declaration in catalogue.experiments:
        if declaration.section != section or declaration.task == "study":
            continue
        for task in catalogue.tasks_of(declaration.slug):
            variant = declaration.variant(task.variant)
            record = results.records.get(task.id)
            done = record is not None and record.failure is None
            if variant.compared:
                found.append(
                    Row(
                        task=task.id,
                        experiment=declaration.slug,
                        variant=variant.name,
                        title=declaration.title,
                        variant_title=variant.title,
                        control=declaration.control,
                        status="done" if done else "not run" if record is None else "failed",
                        tied=False,
                        metrics=tuple(pooled(results, task.id, one) for one in record.metrics) if record else (),
                        measures=record.measures if record is not None else None,
                        n_parameters=_n_parameters(record),
                        n_dimensions=_n_dimensions(record),
                        n_test=n_test(record),
                        params=catalogue.setting(task).params,
                    )
                )
    scored = [row for row in found if row.metric(headline) is not None]
    scored.sort(key=lambda row: _worth(row, headline), reverse=True)
    unscored = [row for row in found if row.metric(headline) is None]
    ranks = [rank_of(results, scored, headline, n) for n in dict.fromkeys(row.n_dimensions for row in scored)]
    tied = {task for ranking in ranks if ranking is not None for task in ranking.rivals}
    letters = rank_of(results, scored, headline, None)
    return tuple(
        replace(row, tied=row.task in tied, group=letters.letters.get(row.task, "") if letters is not None else "")
        for row in (*scored, *unscored)
    )


def ranking(results: Results, section: SectionName, metric: str, dimensions: int | None = None) -> Ranking | None:
    """The methods of a section by one metric, controls aside; of embeddings those in so many dimensions."""
    return rank_of(results, rows(results, section), metric, dimensions)


def rank_of(results: Results, among: Iterable[Row], metric: str, dimensions: int | None) -> Ranking | None:
    """The same of some rows. What was scored on other images than most is left out: it cannot be compared."""
    asked = [row.task for row in among if row.role == "method" and row.n_dimensions == dimensions]
    return rank(comparable(measured(results, task, metric) for task in asked))


def leading(results: Results, section: SectionName) -> dict[str, tuple[str, ...]]:
    """The metrics by which no method in as many dimensions is significantly better, of each task of a section."""
    found = rows(results, section)
    metrics = dict.fromkeys(one.name for row in found for one in row.metrics)
    leaders: dict[str, tuple[str, ...]] = {}
    for metric in metrics:
        for dimensions in dict.fromkeys(row.n_dimensions for row in found):
            ranking = rank_of(results, found, metric, dimensions)
            for task in ranking.best if ranking is not None else ():
                leaders[task] = (*leaders.get(task, ()), metric)
    return leaders


def _worth(row: Row, headline: str) -> float:
    metric = row.metric(headline)
    assert metric is not None
    return metric.value if metric.better == "higher" else -metric.value


def _n_parameters(record: Record | None) -> int | None:
    count = None if record is None else record.facts.get("n_parameters")
    return int(count) if count is not None else None


def _n_dimensions(record: Record | None) -> int | None:
    if record is None or "coordinates" not in record.arrays:
        return None
    return record.arrays["coordinates"].shape[1]


def n_test(record: Record | None) -> int | None:
    if record is None or "predictions" not in record.arrays:
        return None
    return record.arrays["predictions"].shape[0]
