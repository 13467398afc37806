"""What is remembered between two runs: how results came about, and which files they left."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from generator import files
from generator.config import DataConfig
from generator.engine.keys import RunParts, ScoreCode
from generator.engine.plan import PlannedTask
from generator.layout import Layout
from generator.manifest import Manifest
from generator.record import DataInfo, encode
from generator.vocabulary import Experiment, Frozen


class TaskMemory(Frozen, frozen=True):
    """How a task's present result came about."""

    run: RunParts
    score: ScoreCode
    outcome: str  # digest of what ``run`` returned
    seconds: float  # from asking for it to the answer, when it was computed


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
    def load(cls, cache: Path) -> "EngineMemory":
        try:
            return msgspec.json.decode((cache / "engine.json").read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.DecodeError):
            return cls()

    def save(self, cache: Path) -> None:
        files.write_if_changed(cache / "engine.json", msgspec.json.encode(self, order="sorted"))


class State:
    """What is remembered of one profile: of its tasks, and of the files they left as records."""

    def __init__(self, layout: Layout, profile: str) -> None:
        self.memory = EngineMemory.load(layout.cache)
        self.manifest = Manifest.load(layout.cache / "manifest.json", layout.root)
        self._cache = layout.cache
        self._profile = profile

    def task(self, task_id: str) -> TaskMemory | None:
        """How its present result came about; None if it has none."""
        return self.memory.tasks.get(self._name(task_id))

    def expected_s(self, task_id: str) -> float | None:
        """Seconds it took when it was computed last; None if it never was."""
        known = self.task(task_id)
        return known.seconds if known else None

    def set_seconds(self, task_id: str, seconds: float) -> None:
        """Note how long a task took that has a result."""
        name = self._name(task_id)
        self.memory.tasks[name] = msgspec.structs.replace(self.memory.tasks[name], seconds=seconds)

    def has_record(self, task: PlannedTask, known: TaskMemory) -> bool:
        """Whether the record of just this result is there, its files as they were left."""
        return self.manifest.fresh(_record_target(task.info.id), _record_key(task, known))

    def remember_record(self, task: PlannedTask, known: TaskMemory, written: Iterable[Path]) -> None:
        self.memory.tasks[self._name(task.info.id)] = known
        self.manifest.remember(_record_target(task.info.id), _record_key(task, known), written)

    def forget_record(self, task_id: str) -> None:
        self.manifest.forget(_record_target(task_id))

    def save(self) -> None:
        self.memory.save(self._cache)
        self.manifest.save()

    def _name(self, task_id: str) -> str:
        return f"{self._profile}/{task_id}"


def _record_target(task_id: str) -> str:
    return f"record:{task_id}"


def _record_key(task: PlannedTask, known: TaskMemory) -> str:
    return files.digest_bytes(
        known.run.key().encode(),
        task.score_code.key(known.outcome).encode(),
        encode(task.info),
        repr(task.counted).encode(),
    )
