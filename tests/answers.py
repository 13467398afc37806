"""Invented results changed by hand: which test images a classifier gets wrong, and what it took."""

from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec
import numpy as np

from generator.metrics import classification
from generator.record import Measures, Record, Results, encode
from tests.records import _save, fake_results, task_ids


def fake_classifiers(folder: Path) -> None:
    """Invented results of the classifiers alone: 300 training images, 100 test images."""
    wanted = set(task_ids(task="classification")) - set(task_ids(series="candidate"))
    fake_results(folder, n=400, missing=set(task_ids()) - wanted)


def answer(folder: Path, task: str, wrong: Collection[int], instead: int | None = None) -> None:
    """Let a classifier get exactly these of its test images wrong, by their places among them, as the class ``instead``
    or the one after their own.
    """
    results = Results(folder)
    record = results.records[task]
    labels = np.asarray(results.labels())[np.asarray(results.array(task, "index"))]
    predictions = labels.copy()
    places = np.array(sorted(wrong), dtype=np.int64)
    predictions[places] = (labels[places] + 1) % 10 if instead is None else instead
    assert (predictions[places] != labels[places]).all()
    counts = classification.confusion(labels, predictions, 10)
    accuracy = classification.accuracy(len(labels) - len(places), len(labels))
    _write(
        folder,
        msgspec.structs.replace(
            record,
            metrics=tuple(accuracy if one.name == "accuracy" else one for one in record.metrics),
            arrays=record.arrays | _save(folder / task, {"predictions": predictions, "confusion": counts}),
        ),
    )


def spend(
    folder: Path, task: str, wall_s: float, cpu_s: float, predict_wall_s: float = 1, predict_cpu_s: float = 1
) -> None:
    """Let a task have taken so long."""
    record = Results(folder).records[task]
    assert record.measures is not None
    measures: Measures = msgspec.structs.replace(
        record.measures, wall_s=wall_s, cpu_s=cpu_s, predict_wall_s=predict_wall_s, predict_cpu_s=predict_cpu_s
    )
    _write(folder, msgspec.structs.replace(record, measures=measures))


def only(results: Results, tasks: Iterable[str]) -> Results:
    """Results without any but those of some tasks."""
    wanted = set(tasks)
    results.records = {task: one for task, one in results.records.items() if task in wanted}
    return results


def _write(folder: Path, record: Record) -> None:
    (folder / record.task.id / "record.json").write_bytes(encode(record))
