"""What several classifiers predicted for the same test images; and which results differ by nothing but the seed, or
the number of training images.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from generator.record import Measures, Record, Results, TaskInfo

if TYPE_CHECKING:
    from generator.report.rows import Row


@dataclass(frozen=True, eq=False)
class Answers:
    """What k classifiers said of the same n test images."""

    tasks: tuple[str, ...]  # best first
    index: np.ndarray  # (n,) place of each image in the data
    true: np.ndarray  # (n,) uint8
    predicted: np.ndarray  # (k, n) uint8

    @cached_property
    def wrong(self) -> np.ndarray:
        """(k, n) bool."""
        return np.asarray(self.predicted != self.true)

    @cached_property
    def failures(self) -> np.ndarray:
        """How many classifiers misclassify each image: (n,) int."""
        return np.asarray(self.wrong.sum(axis=0))

    @cached_property
    def both(self) -> np.ndarray:
        """How many images two of them both misclassify: (k, k) int, symmetric; on the diagonal, each one's errors."""
        wrong = self.wrong.astype(np.int64)
        return np.asarray(wrong @ wrong.T)

    def votes(self, place: int) -> list[tuple[int, int]]:
        """The classes that are predicted for a test image and how many classifiers do so, the most frequent first."""
        counts = Counter(self.predicted[:, place].tolist())
        return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def answers(results: Results, rows: Sequence["Row"]) -> Answers | None:
    """Of the rows with a result that are no controls, in their order; ``None`` if there are not two.

    Rows that were scored on other images than most are left out: there is nothing to compare them by.
    """
    done = [row.task for row in rows if row.status == "done" and row.role == "method"]
    tested = {
        task: arrays["index"].digest for task in done if "predictions" in (arrays := results.records[task].arrays)
    }
    if len(tested) < 2:
        return None
    commonest = Counter(tested.values()).most_common(1)[0][0]
    tasks = tuple(task for task, digest in tested.items() if digest == commonest)
    if len(tasks) < 2:
        return None
    index = np.asarray(results.array(tasks[0], "index"))
    return Answers(
        tasks=tasks,
        index=index,
        true=np.asarray(results.labels())[index],
        predicted=np.stack([results.array(task, "predictions") for task in tasks]),
    )


def repeats(results: Results, task: TaskInfo) -> list[Record]:
    """The results of a task and of all that differ from it by the seed alone, the task's own first."""
    catalogue = results.catalogue
    setting = catalogue.setting(task)
    alike = [
        results.records[one.id]
        for one in catalogue.tasks_of(task.experiment)
        if one.id in results.records and one.sample == task.sample and catalogue.setting(one) == setting
    ]
    by_seed = {task.seed: results.records.get(task.id)}
    for record in alike:
        by_seed.setdefault(record.task.seed, record)
    return [record for record in by_seed.values() if record is not None and record.failure is None]


def n_train(results: Results, record: Record) -> int:
    """How many images a classifier learned from."""
    most = results.catalogue.data.n_images - record.arrays["index"].shape[0]
    return min(record.task.sample or most, most)


def sizes(results: Results, slug: str) -> list[Record]:
    """The results of a classifier's series ``size``, and the one of the same settings on all training images, by the
    number of training images; of equal numbers the first.

    Epochs may differ: the fewer images there are, the more often each has to be met.
    """
    catalogue = results.catalogue
    tasks = catalogue.tasks_of(slug)
    series = [task for task in tasks if catalogue.variant(task).series == "size"]
    settings = [catalogue.setting(task).without("epochs") for task in series]
    whole = [
        task
        for task in tasks
        if not catalogue.variant(task).series and catalogue.setting(task).without("epochs") in settings
    ]
    found: dict[int, Record] = {}
    for task in (*whole, *series):
        record = results.records.get(task.id)
        if record is not None and record.failure is None and "predictions" in record.arrays:
            found.setdefault(n_train(results, record), record)
    return [found[n] for n in sorted(found)]


def fit_s(measures: Measures) -> float:
    """Seconds of learning: all but prediction, where that was timed apart."""
    return measures.wall_s - (measures.predict_wall_s or 0.0)
