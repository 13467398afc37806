"""Runs one experiment and scores it, inside a worker process."""

import datetime
import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import msgspec
import numpy as np

from generator.dataset import Dataset, Images
from generator.engine.clock import Clock
from generator.engine.keys import SPLITTING
from generator.engine.machine import machine
from generator.engine.protocol import Computed, TaskRequest
from generator.engine.store import Result, Store
from generator.errors import UserError
from generator.fingerprint import CodeIndex, CodeState
from generator.layout import Layout
from generator.metric import Metric
from generator.record import Provenance, images_folder
from generator.registry import module_name
from generator.vocabulary import Classification, Embedding, Outcome, Study

#: Arrays of a map or a classification that the engine names; what the experiment adds must be called something else.
RESERVED = ("coordinates", "predictions", "probabilities", "index", "confusion", "reliability")

#: Modules of this process that have warmed up.
warm: set[ModuleType] = set()


def evaluate_task(request: TaskRequest, layout: Layout) -> Computed:
    """Run and score, each unless the store has it."""
    store = Store(layout.cache)
    key = request.run.key()
    known = store.look_up(key)
    result = known or store.keep(key, lambda: _run(request, layout, store))
    outcome: str = result.values["outcome"]
    score_key = request.score.key(outcome)
    if store.look_up(score_key) is None:
        store.keep(score_key, lambda: _score(request, layout, store, result))
    return Computed(outcome, ran=known is None)


def _run(request: TaskRequest, layout: Layout, store: Store) -> Result:
    parts = request.run
    module = importlib.import_module(module_name(parts.experiment))
    params = msgspec.convert(parts.params, module.Params)
    inputs = {name: _input(store, name, key) for name, key in request.input_keys.items()}
    dataset = _dataset(request, layout)
    if hasattr(module, "warm_up") and module not in warm:
        module.warm_up()
        warm.add(module)
    with Clock.running() as clock:
        outcome = module.run(dataset, params, parts.seed, inputs)
    measures = clock.measures(parts.threads)
    arrays, values = packed(outcome, module.experiment.task, dataset)
    # What was imported must be what the key was made of, or a later run would take this for something else.
    if CodeIndex(layout.root, None).state(module_name(parts.experiment), SPLITTING).modules != parts.modules:
        raise UserError(
            "its source changed while it ran, and the result was thrown away",
            where=f"generator/experiments/{parts.experiment}.py",
            remedy="run again",
        )
    provenance = Provenance(
        key=parts.key(),
        code=CodeState(parts.modules, parts.versions).fingerprint,
        modules=tuple(sorted(parts.modules)),
        versions=parts.versions,
        python=sys.version.split()[0],
        commit=request.commit,
        computed_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        machine=machine(),
    )
    return Result(
        arrays,
        {
            **values,
            # Not the measures: an outcome that took longer is the same outcome.
            "outcome": Result(arrays, values).digest(),
            "measures": msgspec.to_builtins(measures),
            "provenance": msgspec.to_builtins(provenance),
        },
    )


def _score(request: TaskRequest, layout: Layout, store: Store, result: Result) -> Result:
    metrics = importlib.import_module(f"generator.metrics.{request.score.task}")
    dataset = _dataset(request, layout)
    key = request.score.reference_key()
    reference = store.look_up(key) or store.keep(key, lambda: Result(metrics.reference(dataset), {}))
    scores = metrics.score(unpacked(result), dataset, reference.arrays)
    return Result(scores.arrays, {"metrics": msgspec.to_builtins(scores.metrics)})


def _dataset(request: TaskRequest, layout: Layout) -> Dataset:
    folder = images_folder(layout.records, request.data.digest)
    images = Images(
        name=request.data.name,
        images=np.load(folder / "images.npy"),
        labels=np.load(folder / "labels.npy"),
        class_names=request.data.class_names,
        n_train=request.data.n_train,
    )
    return images.split(request.run.split).sampled(request.run.sample)


def _input(store: Store, name: str, key: str) -> Outcome:
    result = store.look_up(key)
    if result is None:
        raise UserError(f"the result it needs as {name!r} is gone from the cache", where=key, remedy="run again")
    return unpacked(result)


def packed(outcome: Outcome, task: str, dataset: Dataset) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """An outcome as named arrays and plain values, once it is what its task promises.

    Raises ``TypeError`` or ``ValueError``, naming the array, for an outcome that is not.
    """
    arrays: dict[str, np.ndarray]
    values: dict[str, Any] = {"task": task}
    match task, outcome:
        case "embedding", Embedding():
            arrays = {"coordinates": outcome.coordinates, "index": dataset.train.index}
            if outcome.coordinates.ndim != 2 or len(outcome.coordinates) != len(dataset.train):
                raise ValueError(
                    f"coordinates have shape {outcome.coordinates.shape}; expected ({len(dataset.train)}, dimensions)"
                )
        case "classification", Classification():
            arrays = {"predictions": outcome.predictions, "index": dataset.test.index}
            values["n_parameters"] = outcome.n_parameters
            if outcome.predictions.shape != (len(dataset.test),):
                raise ValueError(f"predictions have shape {outcome.predictions.shape}; expected ({len(dataset.test)},)")
            if outcome.probabilities is not None:
                arrays["probabilities"] = outcome.probabilities
                if outcome.probabilities.shape != (len(dataset.test), dataset.n_classes):
                    raise ValueError(
                        f"probabilities have shape {outcome.probabilities.shape}; "
                        f"expected ({len(dataset.test)}, {dataset.n_classes})"
                    )
        case "study", Study():
            arrays = {}
            values["metrics"] = msgspec.to_builtins(outcome.metrics)
        case _:
            raise TypeError(f"run returned {type(outcome).__name__} for a task of kind {task}")
    values["facts"] = dict(outcome.facts)
    for name, array in outcome.arrays.items():
        if (name in RESERVED and task != "study") or name.startswith("."):
            raise ValueError(f"an array may not be called {name!r}; the record uses that name itself")
        arrays[name] = array
    for name, array in arrays.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise ValueError(f"{name} has values that are not finite")
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}, values


def unpacked(result: Result) -> Outcome:
    """The outcome that ``packed`` took apart."""
    values: Mapping[str, Any] = result.values
    if values["task"] == "study":
        metrics = msgspec.convert(values["metrics"], tuple[Metric, ...])
        return Study(result.arrays, metrics, values["facts"])
    own = {name: array for name, array in result.arrays.items() if name not in RESERVED}
    if values["task"] == "embedding":
        return Embedding(result.arrays["coordinates"], own, values["facts"])
    return Classification(
        result.arrays["predictions"],
        values["n_parameters"],
        result.arrays.get("probabilities"),
        own,
        values["facts"],
    )
