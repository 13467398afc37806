"""Turns a result into the record that the report reads."""

import io
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from generator import files
from generator.engine.store import Result
from generator.metric import Metric
from generator.record import SCHEMA, ArrayInfo, Measures, Provenance, Record, TaskInfo, encode


def write_record(
    folder: Path, task: TaskInfo, result: Result, scores: Result, counted: Sequence[Measures]
) -> tuple[Path, ...]:
    """Write a task's arrays, then its record, under ``folder``; equal files are left alone. Returns all its files.

    ``counted``: what inputs cost that are part of this task's cost.
    """
    own = folder / task.id
    contents: dict[Path, bytes] = {}
    described: dict[str, ArrayInfo] = {}
    for name, array in sorted({**result.arrays, **scores.arrays}.items()):
        buffer = io.BytesIO()
        np.save(buffer, array)
        content = buffer.getvalue()
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


def _together(costs: Sequence[Measures]) -> Measures:
    """The cost of one after the other; the first predicts, the others prepare it."""
    return msgspec.structs.replace(
        costs[0],
        wall_s=sum(one.wall_s for one in costs),
        cpu_s=sum(one.cpu_s for one in costs),
        peak_bytes=max(one.peak_bytes for one in costs),
    )
