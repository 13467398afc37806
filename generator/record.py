"""What the engine leaves on disk and the report reads: the only thing that crosses from one to the other.

Layout under ``output/records``::

    catalogue.json              Catalogue: profile, data, every experiment as declared, every task in page order
    data-<digest>/              images.npy (n, 28, 28) uint8 and labels.npy (n,) uint8; a folder for each set of images
    <task>/record.json          Record; written after its arrays, so its presence means they are whole
    <task>/<array>.npy          one file per array
"""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from generator.errors import UserError
from generator.metric import Metric
from generator.vocabulary import Experiment, Fact, Frozen, Need, SplitName, Variant

SCHEMA = 2

T = TypeVar("T")

SIDE = 28  # pixels of an image's edge


class DataInfo(Frozen, frozen=True):
    name: str
    digest: str
    class_names: tuple[str, ...]
    n_images: int
    n_train: int
    origin: str  # one line: where the images came from


class TaskInfo(Frozen, frozen=True):
    """One thing to compute: an experiment's variant with everything resolved. ``id`` is also its folder's name."""

    id: str
    experiment: str
    variant: str
    params: dict[str, Fact]
    split: SplitName
    seed: int
    data: str  # digest of the images
    sample: int = 0  # how many of the training images; 0: all


class Setting(Frozen, frozen=True):
    """What a result depends on, but for the seed, the number of training images, and what is merely recorded."""

    experiment: str
    split: SplitName
    params: dict[str, Fact]
    needs: tuple[Need, ...]

    def without(self, param: str) -> "Setting":
        """The same whatever the value of a parameter."""
        return msgspec.structs.replace(self, params={name: v for name, v in self.params.items() if name != param})


class Catalogue(Frozen, frozen=True):
    schema: int
    profile: str
    data: DataInfo
    threads: int
    experiments: tuple[Experiment, ...]  # in page order
    tasks: tuple[TaskInfo, ...]  # in page order

    def experiment(self, slug: str) -> Experiment:
        return next(one for one in self.experiments if one.slug == slug)

    def variant(self, task: TaskInfo) -> Variant:
        """What was declared of a task's variant."""
        return self.experiment(task.experiment).variant(task.variant)

    def setting(self, task: TaskInfo) -> Setting:
        """What sets a task apart: two of one setting are repeats, or differ in how many images they learn from."""
        recording = {one.name for one in self.experiment(task.experiment).params if one.recording}
        return Setting(
            experiment=task.experiment,
            split=task.split,
            params={name: value for name, value in task.params.items() if name not in recording},
            needs=self.variant(task).needs,
        )

    def children(self, slug: str) -> tuple[Experiment, ...]:
        """The experiments that are shown on this one's page, in page order."""
        return tuple(one for one in self.experiments if one.parent == slug)

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every experiment there is, in page order."""
        return tuple(one.slug for one in self.experiments)

    def tasks_of(self, slug: str) -> tuple[TaskInfo, ...]:
        return tuple(task for task in self.tasks if task.experiment == slug)


class Measures(Frozen, frozen=True):
    """The cost of one ``run`` and of the inputs it counts: imports and warm-up outside the clock, peak memory of the
    whole process.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int
    threads: int
    predict_wall_s: float | None = None  # of ``wall_s``, what was prediction; None: not timed apart
    predict_cpu_s: float | None = None


class Machine(Frozen, frozen=True):
    cpu: str
    cores: int
    memory_bytes: int
    system: str


class Provenance(Frozen, frozen=True):
    """Everything one needs to make the result again, and to tell whether it is the same."""

    key: str  # SHA-256 over everything the result depends on
    code: str  # fingerprint of the code reached
    modules: tuple[str, ...]  # the project modules reached
    versions: dict[str, str]  # third-party distributions reached
    python: str
    commit: str  # "" outside a git checkout; ends in "+" where the tree had uncommitted changes
    computed_at: str  # ISO 8601, UTC, whole seconds
    machine: Machine


class Failure(Frozen, frozen=True):
    message: str  # one line, e.g. "ValueError: bad perplexity"
    traceback: str
    failed_at: str  # ISO 8601, UTC
    last_success_at: str | None


class ArrayInfo(Frozen, frozen=True):
    shape: tuple[int, ...]
    dtype: str
    digest: str


class Record(Frozen, frozen=True):
    """The outcome of one task. With ``failure`` set there is no result: the other fields are empty or ``None``.

    Arrays of an embedding: ``coordinates`` (n_train, d). Of a classification: ``predictions`` (n_test,),
    ``confusion`` (c, c) with rows = true class, ``probabilities`` (n_test, c) where the method has them. Both:
    ``index``, the place of each row in ``images.npy``; and what the experiment added. Of a study: its own.
    """

    schema: int
    task: TaskInfo
    metrics: tuple[Metric, ...] = ()
    facts: dict[str, Fact] = {}
    arrays: dict[str, ArrayInfo] = {}
    measures: Measures | None = None
    provenance: Provenance | None = None
    failure: Failure | None = None

    def metric(self, name: str) -> Metric:
        return next(one for one in self.metrics if one.name == name)


def encode(value: msgspec.Struct) -> bytes:
    """JSON as a person would lay it out, keys in a fixed order, so that equal values are equal bytes."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n"


def decode(path: Path, kind: type[T]) -> T:
    """Read ``path`` as ``kind``; a damaged or foreign file is the user's to hear of."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        raise UserError("there are no results yet", where=str(path), remedy="run `make site` first") from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UserError(f"not a readable record ({error})", where=str(path), remedy="delete it and run again") from None


def images_folder(records: Path, digest: str) -> Path:
    """Where ``images.npy`` and ``labels.npy`` of one set of images lie. Another profile's images lie elsewhere, so that
    looking at one never changes what the report shows of another.
    """
    return records / f"data-{digest[:12]}"


class Results:
    """All records of one ``output/records`` folder; arrays are mapped from disk when asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalogue = decode(folder / "catalogue.json", Catalogue)
        self.records: dict[str, Record] = {}
        for task in self.catalogue.tasks:
            path = folder / task.id / "record.json"
            if path.exists():
                record = decode(path, Record)
                # A record left by other parameters or other data says nothing about this task.
                if record.task == task:
                    self.records[task.id] = record

    def of(self, slug: str) -> dict[str, Record]:
        """Variant name to record, for one experiment, in declared order; variants never run are missing."""
        tasks = self.catalogue.tasks_of(slug)
        return {task.variant: self.records[task.id] for task in tasks if task.id in self.records}

    def array(self, task_id: str, name: str) -> Any:
        """One array of a record (NumPy, read-only, mapped)."""
        import numpy as np

        return np.load(self.folder / task_id / f"{name}.npy", mmap_mode="r")

    def images(self) -> Any:
        """(n, 28, 28) uint8."""
        import numpy as np

        return np.load(images_folder(self.folder, self.catalogue.data.digest) / "images.npy", mmap_mode="r")

    def labels(self) -> Any:
        """(n,) uint8."""
        import numpy as np

        return np.load(images_folder(self.folder, self.catalogue.data.digest) / "labels.npy", mmap_mode="r")
