"""Writes the records that the report reads: of a result, or of a failure."""

import datetime
import io
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from generator import files
from generator.metric import Metric
from generator.record import (
    SCHEMA,
    ArrayInfo,
    Failure,
    Measures,
    Provenance,
    Record,
    TaskInfo,
    decode,
    encode,
)

if TYPE_CHECKING:
    # Not at run time: a run with nothing to do must load neither NumPy nor joblib.
    import numpy as np

    from generator.engine.store import Result


def write_record(
    folder: Path, task: TaskInfo, result: "Result", scores: "Result", counted: Sequence[Measures]
) -> tuple[Path, ...]:
    """Write a task's arrays, then its record, under ``folder``; equal files are left alone. Returns all its files.

    ``counted``: what inputs cost that are part of this task's cost.
    """
    own = folder / task.id
    contents: dict[Path, bytes] = {}
    described: dict[str, ArrayInfo] = {}
    for name, array in sorted({**result.arrays, **scores.arrays}.items()):
        content = _npy(array)
        contents[own / f"{name}.npy"] = content
        described[name] = ArrayInfo(shape=array.shape, dtype=str(array.dtype), digest=files.digest_bytes(content))
    values = result.values
    facts = dict(values["facts"])
    if "n_parameters" in values:
        facts["n_parameters"] = values["n_parameters"]
    record = encode(
        Record(
            schema=SCHEMA,
            task=task,
            metrics=msgspec.convert(scores.values["metrics"], tuple[Metric, ...]),
            facts=facts,
            arrays=described,
            measures=_together([msgspec.convert(values["measures"], Measures), *counted]),
            provenance=msgspec.convert(values["provenance"], Provenance),
        )
    )
    path = own / "record.json"
    if path.exists() and path.read_bytes() != record:
        # Its presence says that the arrays beside it are whole and its own; for a moment they will not be.
        path.unlink()
    for array_path, content in contents.items():
        files.write_if_changed(array_path, content)
    files.write_if_changed(path, record)
    for leftover in set(own.glob("*.npy")) - contents.keys():
        leftover.unlink()
    return (*contents, path)


def write_failure(folder: Path, task: TaskInfo, message: str, trace: str) -> None:
    """Write under ``folder`` that a task failed, in place of the result it may have had."""
    path = folder / task.id / "record.json"
    last: str | None = None
    if path.exists():
        before = decode(path, Record)
        if before.provenance:
            last = before.provenance.computed_at
        elif before.failure:
            last = before.failure.last_success_at
    failure = Failure(
        message=message,
        traceback=trace,
        failed_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        last_success_at=last,
    )
    files.write_if_changed(path, encode(Record(schema=SCHEMA, task=task, failure=failure)))
    for array in path.parent.glob("*.npy"):
        array.unlink()


def drop_records(folder: Path, tasks: Collection[str]) -> tuple[str, ...]:
    """Remove the records under ``folder`` of all but these tasks; returns whose."""
    dropped = [path.parent for path in folder.glob("*/record.json") if path.parent.name not in tasks]
    for own in dropped:
        for leftover in own.iterdir():
            leftover.unlink()
        own.rmdir()
    return tuple(own.name for own in dropped)


def _npy(array: "np.ndarray") -> bytes:
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def _together(costs: Sequence[Measures]) -> Measures:
    """The cost of one after the other; the first predicts, the others prepare it."""
    return msgspec.structs.replace(
        costs[0],
        wall_s=sum(one.wall_s for one in costs),
        cpu_s=sum(one.cpu_s for one in costs),
        peak_bytes=max(one.peak_bytes for one in costs),
    )
