"""What there is to compute, under which keys, and what has changed since it was computed last."""

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator import files
from generator.config import Config, DataConfig, resolve
from generator.errors import UserError
from generator.fingerprint import CodeIndex, CodeState
from generator.record import SCHEMA, Catalogue, DataInfo, TaskInfo
from generator.registry import in_page_order, module_name
from generator.vocabulary import Experiment, Fact, Frozen, SplitName

#: Cutting images into parts is the engine's doing, so it counts towards every task.
SPLITTING = "generator.dataset"
PYTHON = ".".join(platform.python_version_tuple()[:2])


class RunParts(Frozen, frozen=True):
    """Everything the outcome of ``run`` depends on."""

    experiment: str
    params: dict[str, Fact]
    split: SplitName
    seed: int
    data: str
    threads: int
    inputs: dict[str, str]  # name -> digest of the outcome handed in
    sample: int
    modules: dict[str, str]
    versions: dict[str, str]
    python: str = PYTHON
    schema: int = SCHEMA

    def key(self) -> str:
        return files.digest_bytes(b"run", msgspec.json.encode(self, order="sorted"))


class ScoreCode(Frozen, frozen=True):
    """What scoring depends on besides the outcome; metrics can change while the outcome stays."""

    task: str
    split: SplitName
    sample: int
    data: str
    modules: dict[str, str]
    versions: dict[str, str]
    python: str = PYTHON
    schema: int = SCHEMA

    def reference_key(self) -> str:
        """Of what scoring needs to know of the images alone, which is the same for every outcome."""
        return files.digest_bytes(b"reference", msgspec.json.encode(self, order="sorted"))

    def key(self, outcome: str) -> str:
        return files.digest_bytes(b"score", outcome.encode(), msgspec.json.encode(self, order="sorted"))


class TaskMemory(Frozen, frozen=True):
    """How a task's present result came about."""

    run: RunParts
    score: ScoreCode
    outcome: str  # digest of what ``run`` returned
    seconds: float  # from starting the worker to its answer, when it was computed


class DataMemory(Frozen, frozen=True):
    config: DataConfig
    code: str
    source_files: dict[str, tuple[int, int]]  # path -> size, mtime in ns
    info: DataInfo


class DeclarationMemory(Frozen, frozen=True):
    source: str
    declaration: Experiment


class EngineMemory(msgspec.Struct):
    """What the engine knows from earlier runs; losing it costs a look into the store, nothing else."""

    declarations: dict[str, DeclarationMemory] = {}
    data: dict[str, DataMemory] = {}  # by profile
    tasks: dict[str, TaskMemory] = {}  # by "profile/task"

    @classmethod
    def load(cls, path: Path) -> "EngineMemory":
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.DecodeError):
            return cls()

    def save(self, path: Path) -> None:
        files.write_if_changed(path, msgspec.json.encode(self, order="sorted"))


@dataclass(frozen=True)
class PlannedTask:
    """A task with what its key needs; the key itself waits for the digests of its inputs."""

    info: TaskInfo
    declaration: Experiment
    needs: Mapping[str, str]  # input name -> task id
    counted: tuple[str, ...]  # tasks needed whose cost is part of this one's
    compared: bool  # whether its memory is set beside others', so that it needs a process of its own
    run_code: CodeState
    score_code: ScoreCode
    threads: int

    def run_parts(self, outcomes: Mapping[str, str]) -> RunParts:
        """The key's parts, given the outcome digests of the tasks it needs."""
        return RunParts(
            experiment=self.info.experiment,
            params=self.info.params,
            split=self.info.split,
            seed=self.info.seed,
            data=self.info.data,
            threads=self.threads,
            inputs={name: outcomes[task] for name, task in self.needs.items()},
            sample=self.info.sample,
            modules=self.run_code.modules,
            versions=self.run_code.versions,
        )


@dataclass(frozen=True)
class Plan:
    """All tasks of a profile, each after those it needs."""

    catalogue: Catalogue
    tasks: tuple[PlannedTask, ...]

    def select(self, patterns: Sequence[str]) -> tuple[PlannedTask, ...]:
        """The tasks named by id or by experiment, with all they need; no pattern means all."""
        if not patterns:
            return self.tasks
        by_id = {task.info.id: task for task in self.tasks}
        wanted: set[str] = set()
        for pattern in patterns:
            named = {task.info.id for task in self.tasks if pattern in (task.info.id, task.info.experiment)}
            if not named:
                known = ", ".join(sorted({task.info.experiment for task in self.tasks} | set(by_id)))
                raise UserError(
                    f"no task or experiment {pattern!r}", where="command line", remedy=f"use one of {known}"
                )
            wanted |= named
        waiting = list(wanted)
        while waiting:
            needed = set(by_id[waiting.pop()].needs.values()) - wanted
            wanted |= needed
            waiting += needed
        return tuple(task for task in self.tasks if task.info.id in wanted)


def make_plan(config: Config, declarations: Iterable[Experiment], data: DataInfo, code: CodeIndex) -> Plan:
    """Resolve every experiment's variants into tasks, in page order, each after those it needs."""
    ordered = in_page_order(declarations)
    params = resolve(config, ordered, data)
    planned: dict[str, PlannedTask] = {}
    for declaration in ordered:
        run_code = code.state(module_name(declaration.slug), SPLITTING)
        metrics = code.state(f"generator.metrics.{declaration.task}", SPLITTING)
        for variant in declaration.variants:
            needs = {need.name: task_id(need.experiment, need.variant) for need in variant.needs}
            info = TaskInfo(
                id=task_id(declaration.slug, variant.name),
                experiment=declaration.slug,
                variant=variant.name,
                params=params[declaration.slug, variant.name],
                split=variant.split,
                seed=config.run.seed + variant.repeat,
                data=data.digest,
                sample=variant.sample,
            )
            score_code = ScoreCode(
                task=declaration.task,
                split=variant.split,
                sample=variant.sample,
                data=data.digest,
                modules=metrics.modules,
                versions=metrics.versions,
            )
            planned[info.id] = PlannedTask(
                info=info,
                declaration=declaration,
                needs=needs,
                counted=tuple(needs[need.name] for need in variant.needs if need.counted),
                compared=variant.compared,
                run_code=run_code,
                score_code=score_code,
                threads=config.run.threads,
            )
    catalogue = Catalogue(
        schema=SCHEMA,
        profile=config.name,
        data=data,
        threads=config.run.threads,
        experiments=ordered,
        tasks=tuple(task.info for task in planned.values()),
    )
    return Plan(catalogue, _after_needs(planned))


def task_id(slug: str, variant: str) -> str:
    return f"{slug}-{variant}"


def changes(before: RunParts | None, now: RunParts) -> tuple[str, ...]:
    """What differs between two keys, each as a phrase for a person; nothing when they are equal."""
    if before is None:
        return ("never computed",)
    found: list[str] = []
    if before.data != now.data:
        found.append("other images")
    if before.split != now.split:
        found.append(f"split {before.split} -> {now.split}")
    for field in ("sample", "seed", "threads", "python", "schema"):
        old, new = getattr(before, field), getattr(now, field)
        if old != new:
            found.append(f"{field} {old} -> {new}")
    found += _differences("parameter", before.params, now.params, show=str)
    found += _differences("module", before.modules, now.modules)
    found += _differences("version of", before.versions, now.versions, show=str)
    found += _differences("input", before.inputs, now.inputs)
    return tuple(found)


def score_changes(before: ScoreCode, now: ScoreCode) -> tuple[str, ...]:
    """The same for scoring alone."""
    return (
        *_differences("metrics module", before.modules, now.modules),
        *_differences("version of", before.versions, now.versions, show=str),
    )


def _differences(
    what: str, before: Mapping[str, object], now: Mapping[str, object], show: Callable[[object], str] | None = None
) -> list[str]:
    found = []
    for name in sorted(before.keys() | now.keys()):
        if name not in before:
            found.append(f"{what} {name} is new")
        elif name not in now:
            found.append(f"{what} {name} is gone")
        elif before[name] != now[name]:
            found.append(
                f"{what} {name} {show(before[name])} -> {show(now[name])}" if show else f"{what} {name} changed"
            )
    return found


def _after_needs(planned: Mapping[str, PlannedTask]) -> tuple[PlannedTask, ...]:
    ordered: dict[str, PlannedTask] = {}
    visiting: set[str] = set()

    def visit(task: PlannedTask) -> None:
        if task.info.id in ordered:
            return
        where = f"generator/experiments/{task.info.experiment}.py"
        if task.info.id in visiting:
            raise UserError(f"{task.info.id} needs itself, by way of others", where=where, remedy="break the circle")
        visiting.add(task.info.id)
        for needed in task.needs.values():
            if needed not in planned:
                raise UserError(f"needs {needed}, which is no task", where=where, remedy="correct `needs`")
            visit(planned[needed])
        ordered[task.info.id] = task

    for task in planned.values():
        visit(task)
    return tuple(ordered.values())
