"""Brings every task of a profile up to date: looks, plans, computes what is stale in worker processes, records."""

import contextlib
import datetime
import fcntl
import functools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

import msgspec

from generator import files
from generator.config import Config
from generator.engine.measure import available_cores, commit
from generator.engine.plan import (
    DataMemory,
    DeclarationMemory,
    EngineMemory,
    Plan,
    PlannedTask,
    TaskMemory,
    changes,
    make_plan,
    score_changes,
)
from generator.engine.protocol import (
    Answer,
    Computed,
    DataRequest,
    Declared,
    DeclareRequest,
    Prepared,
    Raised,
    Refused,
    Request,
    TaskRequest,
)
from generator.errors import UserError
from generator.fingerprint import CodeIndex
from generator.layout import Layout
from generator.manifest import Manifest
from generator.record import SCHEMA, DataInfo, Failure, Measures, Record, decode, encode, images_folder
from generator.registry import module_name, slugs
from generator.vocabulary import Experiment

if TYPE_CHECKING:
    from generator.engine.store import Store


@dataclass(frozen=True)
class Started:
    task: str
    expected_s: float | None  # from earlier runs; None if it never ran


@dataclass(frozen=True)
class Finished:
    task: str
    seconds: float


@dataclass(frozen=True)
class Restored:
    """The result was in the cache: an edit was undone, or another profile was shown meanwhile."""

    task: str


@dataclass(frozen=True)
class Failed:
    task: str
    message: str
    traceback: str


@dataclass(frozen=True)
class Announced:
    """How much there is to do, known once: tasks that will be computed, with the seconds each took before."""

    expected: Mapping[str, float | None]
    jobs: int


@dataclass(frozen=True)
class Note:
    text: str


A = TypeVar("A")

Event = Announced | Started | Finished | Restored | Failed | Note
Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Ran:
    """What a run did, by task id."""

    fresh: tuple[str, ...]
    restored: tuple[str, ...]
    computed: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    task: str
    reasons: tuple[str, ...]  # none: fresh
    expected_s: float | None


@contextlib.contextmanager
def only_one(layout: Layout, listener: Listener) -> Iterator[None]:
    """Hold the output folder; a second run waits here until the first is done."""
    layout.output.mkdir(parents=True, exist_ok=True)
    # The file stays empty and is never removed: a run with nothing to do writes nothing.
    with (layout.output / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            listener(Note("waiting for another run to finish"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def declared(layout: Layout, listener: Listener) -> tuple[Experiment, ...]:
    """Every experiment's declaration, by slug; needs no images."""
    code = CodeIndex(layout.root, layout.cache)
    memory = EngineMemory.load(layout.cache / "engine.json")
    with Workers(layout, threads=1) as workers:
        declarations, _ = read_declarations(layout, code, memory, workers, listener)
    return declarations


@dataclass
class Engine:
    """One look at the project: its code, its declarations, its images, and what is remembered of earlier runs."""

    layout: Layout
    config: Config
    code: CodeIndex
    manifest: Manifest
    memory: EngineMemory
    broken: Mapping[str, str]  # slug -> traceback; a plug-in that cannot be imported and never could
    plan: Plan
    _workers: "Workers" = field(repr=False)

    @classmethod
    def look(cls, layout: Layout, config: Config, listener: Listener) -> "Engine":
        """Read the code and, where it changed, the declarations; prepare the images if they are not there."""
        code = CodeIndex(layout.root, layout.cache)
        manifest = Manifest.load(layout.cache / "manifest.json", layout.root)
        memory = EngineMemory.load(layout.cache / "engine.json")
        workers = Workers(layout, config.run.threads)
        with workers, ThreadPoolExecutor(2) as pool:
            declaring = pool.submit(read_declarations, layout, code, memory, workers, listener)
            preparing = pool.submit(_data, layout, config, code, manifest, memory, workers, listener)
            declarations, broken = declaring.result()
            data = preparing.result()
        plan = make_plan(config, declarations, data, code)
        memory.save(layout.cache / "engine.json")
        code.save()
        return cls(layout, config, code, manifest, memory, broken, plan, workers)

    @property
    def jobs(self) -> int:
        """Tasks at once: as set, or as many as fit the cores."""
        return self.config.run.jobs or max(1, available_cores() // self.config.run.threads)

    def explain(self, patterns: Sequence[str] = ()) -> tuple[Explanation, ...]:
        """Per task: nothing if it is fresh, else what changed and what computing it cost last time."""
        outcomes: dict[str, str] = {}
        explained: list[Explanation] = []
        selected = self.plan.select(patterns)
        for task in selected:
            known = self.memory.tasks.get(self._name(task))
            waiting = [needed for needed in task.needs.values() if needed not in outcomes]
            if waiting:
                reasons: tuple[str, ...] = tuple(f"needs {needed}, which is to be computed" for needed in waiting)
            else:
                parts = task.run_parts(outcomes)
                reasons = changes(known.run if known else None, parts)
                if known and not reasons:
                    reasons = score_changes(known.score, task.score_code)
                    outcomes[task.info.id] = known.outcome
                    if not reasons and not self.manifest.fresh(*self._record_target(task, known)):
                        reasons = ("its record is missing or was touched; the cache has the result",)
            explained.append(Explanation(task.info.id, reasons, known.seconds if known else None))
        return tuple(explained)

    def run(self, patterns: Sequence[str], listener: Listener) -> Ran:
        """Compute what is stale among the selected tasks and write its records."""
        for slug, trace in self.broken.items():
            listener(Failed(slug, f"cannot be imported: {trace.strip().splitlines()[-1]}", trace))
        selected = self.plan.select(patterns)
        catalogue = self.layout.records / "catalogue.json"
        if files.write_if_changed(catalogue, encode(self.plan.catalogue)) or not patterns:
            self._drop_unknown_records()
        progress = _Progress(self, selected, listener)
        try:
            with self._workers:
                progress.work()
        finally:
            self.save()
        return Ran(
            fresh=tuple(progress.fresh),
            restored=tuple(progress.restored),
            computed=tuple(progress.computed),
            failed=(*self.broken, *progress.failed),
        )

    def save(self) -> None:
        """Remember what is known now."""
        self.memory.save(self.layout.cache / "engine.json")
        self.manifest.save()

    def _name(self, task: PlannedTask) -> str:
        return f"{self.config.name}/{task.info.id}"

    def _record_target(self, task: PlannedTask, known: TaskMemory) -> tuple[str, str]:
        """Name and key of a task's record in the manifest."""
        key = files.digest_bytes(
            known.run.key().encode(),
            task.score_code.key(known.outcome).encode(),
            encode(task.info),
            repr(task.counted).encode(),
        )
        return f"record:{task.info.id}", key

    def _drop_unknown_records(self) -> None:
        """Remove the records of tasks that no longer exist."""
        known = {task.info.id for task in self.plan.tasks}
        for path in self.layout.records.glob("*/record.json"):
            if path.parent.name not in known:
                for leftover in path.parent.iterdir():
                    leftover.unlink()
                path.parent.rmdir()
                self.manifest.forget(f"record:{path.parent.name}")


class _Progress:
    """One pass over the selected tasks."""

    def __init__(self, engine: Engine, selected: Sequence[PlannedTask], listener: Listener) -> None:
        self.engine = engine
        self.listener = listener
        self.waiting = list(selected)
        self.outcomes: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.fresh: list[str] = []
        self.restored: list[str] = []
        self.computed: list[str] = []
        self.failed: list[str] = []
        self.refusal: UserError | None = None
        self.idle: dict[str, list[Worker]] = {}  # by line: workers that await its next task

    def work(self) -> None:
        running: dict[Future[Asked], PlannedTask] = {}
        announced = False
        with ThreadPoolExecutor(self.engine.jobs) as pool:
            try:
                while running or (self.waiting and not self.refusal):
                    ready = [] if self.refusal else self._settle()
                    if not announced and (ready or running):
                        self._announce()
                        announced = True
                    # The longest first, so that none is left running alone at the end; the unknown count as long. But
                    # before that what an idle worker is there for.
                    ready.sort(
                        key=lambda task: (not self.idle.get(_line(task)), -(self._expected(task) or float("inf")))
                    )
                    for task in ready[: self.engine.jobs - len(running)]:
                        self.waiting.remove(task)
                        self.listener(Started(task.info.id, self._expected(task)))
                        idle = self.idle.get(_line(task))
                        running[pool.submit(self._ask, task, idle.pop() if idle else None)] = task
                    self._release()
                    if running:
                        done, _ = wait(running, return_when=FIRST_COMPLETED)
                        for future in done:
                            asked = future.result()
                            task = running.pop(future)
                            if asked.idle:
                                self.idle.setdefault(_line(task), []).append(asked.idle)
                            self._take(task, asked.answer, asked.seconds)
            except BaseException:
                self.engine._workers.stop()
                raise
        if self.refusal:
            raise self.refusal

    def _release(self) -> None:
        """Let idle workers go that no task waits for."""
        awaited = {_line(task) for task in self.waiting}
        for line, workers in self.idle.items():
            while line not in awaited and workers:
                workers.pop().dismiss()

    def _settle(self) -> list[PlannedTask]:
        """Deal with every task that needs no computing; return those that do and whose inputs are there."""
        ready: list[PlannedTask] = []
        for task in list(self.waiting):
            lost = [needed for needed in task.needs.values() if needed in self.failed]
            if lost:
                self.waiting.remove(task)
                self._fail(task, f"it needs {lost[0]}, which failed", "")
            elif all(needed in self.outcomes for needed in task.needs.values()):
                if self._is_fresh(task):
                    self.waiting.remove(task)
                    self.fresh.append(task.info.id)
                elif self._restore(task):
                    self.waiting.remove(task)
                    self.restored.append(task.info.id)
                    self.listener(Restored(task.info.id))
                else:
                    ready.append(task)
        return ready

    def _is_fresh(self, task: PlannedTask) -> bool:
        known = self.engine.memory.tasks.get(self.engine._name(task))
        parts = task.run_parts(self.outcomes)
        if known is None or known.run != parts or known.score != task.score_code:
            return False
        if not self.engine.manifest.fresh(*self.engine._record_target(task, known)):
            return False
        self._settled(task, known.outcome)
        return True

    def _restore(self, task: PlannedTask) -> bool:
        """Write the task's record from the store, if the store has both the outcome and its scores."""
        parts = task.run_parts(self.outcomes)
        result = self.store.look_up(parts.key())
        scores = result and self.store.look_up(task.score_code.key(result.values["outcome"]))
        if not result or not scores:
            return False
        from generator.engine.recording import write_record

        name = self.engine._name(task)
        before = self.engine.memory.tasks.get(name)
        known = TaskMemory(
            run=parts,
            score=task.score_code,
            outcome=result.values["outcome"],
            seconds=before.seconds if before else result.values["measures"]["wall_s"],
        )
        counted = [self._measures(needed) for needed in task.counted]
        written = write_record(self.engine.layout.records, task.info, result, scores, counted)
        self.engine.memory.tasks[name] = known
        self.engine.manifest.remember(*self.engine._record_target(task, known), written)
        self._settled(task, known.outcome)
        return True

    def _measures(self, task_id: str) -> Measures:
        """The cost of a task that is done."""
        result = self.store.look_up(self.keys[task_id])
        if result is None:
            raise UserError("its result is gone from the cache", where=task_id, remedy="run again")
        return msgspec.convert(result.values["measures"], Measures)

    def _settled(self, task: PlannedTask, outcome: str) -> None:
        self.outcomes[task.info.id] = outcome
        self.keys[task.info.id] = task.run_parts(self.outcomes).key()

    def _ask(self, task: PlannedTask, worker: "Worker | None") -> "Asked":
        request = TaskRequest(
            run=task.run_parts(self.outcomes),
            score=task.score_code,
            data=self.engine.plan.catalogue.data,
            input_keys={name: self.keys[needed] for name, needed in task.needs.items()},
            commit=self.commit,
        )
        started = time.perf_counter()
        worker = worker or self.engine._workers.start()
        answer = worker.ask(request)
        kept = not task.compared and worker.alive
        if not kept:
            worker.dismiss()
        return Asked(answer, time.perf_counter() - started, idle=worker if kept else None)

    @functools.cached_property
    def store(self) -> "Store":
        # Not at the top: it imports joblib and NumPy, which a run with nothing to do must not load.
        from generator.engine.store import Store

        return Store(self.engine.layout.cache)

    @functools.cached_property
    def commit(self) -> str:
        return commit(self.engine.layout.root)

    def _take(self, task: PlannedTask, answer: Answer, seconds: float) -> None:
        match answer:
            case Computed():
                if not self._restore(task):
                    raise RuntimeError(f"{task.info.id} was computed, and the store does not have it")
                if answer.ran:  # scoring alone says nothing about what the next run will cost
                    name = self.engine._name(task)
                    known = self.engine.memory.tasks[name]
                    self.engine.memory.tasks[name] = msgspec.structs.replace(known, seconds=seconds)
                self.computed.append(task.info.id)
                self.engine.save()
                self.listener(Finished(task.info.id, seconds))
            case Raised():
                self._fail(task, answer.message, answer.traceback)
            case Refused():
                # What is running may finish, and is kept; nothing new is begun.
                self.refusal = UserError(answer.problem, where=answer.where, remedy=answer.remedy)
            case _:
                raise TypeError(f"a worker answered a task with {type(answer).__name__}")

    def _fail(self, task: PlannedTask, message: str, trace: str) -> None:
        path = self.engine.layout.records / task.info.id / "record.json"
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
        files.write_if_changed(path, encode(Record(schema=SCHEMA, task=task.info, failure=failure)))
        for array in path.parent.glob("*.npy"):
            array.unlink()
        self.engine.manifest.forget(f"record:{task.info.id}")
        self.failed.append(task.info.id)
        self.listener(Failed(task.info.id, message, trace))

    def _expected(self, task: PlannedTask) -> float | None:
        known = self.engine.memory.tasks.get(self.engine._name(task))
        return known.seconds if known else None

    def _announce(self) -> None:
        # What waits is ready, or has an input that is to be computed and so most likely is as well.
        coming = {task.info.id: self._expected(task) for task in self.waiting}
        self.listener(Announced(coming, self.engine.jobs))


def _line(task: PlannedTask) -> str:
    """Tasks of one line may share a worker: those of one experiment that stand in no comparison."""
    return "" if task.compared else task.info.experiment


class Worker:
    """One process of ``generator.engine.worker``."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the process
        self._process = subprocess.Popen(
            (sys.executable, "-m", "generator.engine.worker"),
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Request) -> Answer:
        """Hand it a request and wait for its answer; a process that died has an answer too."""
        with contextlib.suppress(BrokenPipeError):  # it died at once; its words tell why
            _pipe(self._process.stdin).write(msgspec.json.encode(request) + b"\n")
            _pipe(self._process.stdin).flush()
        # Standard input stays open: its end would tell the worker that we are gone.
        line = _pipe(self._process.stdout).readline()
        if line.endswith(b"\n"):
            return msgspec.json.decode(line, type=Answer)
        code = self._process.wait()
        self._said.seek(0)
        words = self._said.read().decode(errors="replace")[-4000:]
        ended = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Raised(f"its process ended with {ended}" + _memory_hint(code), words)

    def dismiss(self) -> None:
        """Let it end, and wait for that."""
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._process.stdin).close()
        self._process.wait()
        _pipe(self._process.stdout).close()
        self._said.close()

    def kill(self) -> None:
        self._process.kill()


@dataclass(frozen=True)
class Asked:
    """What came of asking a worker."""

    answer: Answer
    seconds: float
    idle: Worker | None  # the worker, if it is kept for the next task of its line


class Workers:
    """Starts worker processes and can stop them all. They also stop by themselves when this process is gone."""

    def __init__(self, layout: Layout, threads: int) -> None:
        self.layout = layout
        self.environment = {
            **os.environ,
            # Set before NumPy, torch and numba are imported; afterwards some of them no longer listen.
            **dict.fromkeys(
                (
                    "OMP_NUM_THREADS",
                    "OPENBLAS_NUM_THREADS",
                    "MKL_NUM_THREADS",
                    "NUMBA_NUM_THREADS",
                    "VECLIB_MAXIMUM_THREADS",
                ),
                str(threads),
            ),
            # Memory that was freed stays. glibc would hand large pieces back and get them anew, page by page full of
            # zeros, at each step of a training: a tenth of a convolutional network's time.
            "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
            "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
            "PYTHONHASHSEED": "0",
        }
        self._started: list[Worker] = []
        self._guard = threading.Lock()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Worker:
        """A new worker process; whoever starts it dismisses it."""
        worker = Worker(self.layout.root, self.environment)
        with self._guard:
            self._started = [one for one in self._started if one.alive]
            self._started.append(worker)
        return worker

    def ask(self, request: Request) -> Answer:
        """The answer of a worker that is started for this request alone."""
        worker = self.start()
        answer = worker.ask(request)
        worker.dismiss()
        return answer

    def stop(self) -> None:
        """Kill whatever still runs."""
        with self._guard:
            for worker in self._started:
                worker.kill()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _memory_hint(code: int) -> str:
    return " (killed, which is what a system out of memory does)" if code == -9 else ""


def read_declarations(
    layout: Layout, code: CodeIndex, memory: EngineMemory, workers: Workers, listener: Listener
) -> tuple[tuple[Experiment, ...], dict[str, str]]:
    """Every experiment's declaration, read anew where its source changed; and the imports that failed."""
    found = slugs(layout.root)
    sources = {slug: _source_digest(code, slug) for slug in found}
    stale = tuple(
        slug for slug in found if slug not in memory.declarations or memory.declarations[slug].source != sources[slug]
    )
    memory.declarations = {slug: known for slug, known in memory.declarations.items() if slug in found}
    broken: dict[str, str] = {}
    if stale:
        listener(Note(f"reading the declarations of {', '.join(stale)}"))
        answer = _granted(workers.ask(DeclareRequest(stale)), Declared)
        for declaration in answer.declarations:
            memory.declarations[declaration.slug] = DeclarationMemory(
                source=sources[declaration.slug], declaration=declaration
            )
        # With an earlier declaration the experiment keeps its page, which will say that its tasks fail.
        broken = {slug: trace for slug, trace in answer.broken.items() if slug not in memory.declarations}
    return tuple(known.declaration for known in memory.declarations.values()), broken


def _source_digest(code: CodeIndex, slug: str) -> str:
    modules = code.closure(module_name(slug))
    return files.digest_bytes(*(code.digest(module).source.encode() for module in modules))


def _data(
    layout: Layout,
    config: Config,
    code: CodeIndex,
    manifest: Manifest,
    memory: EngineMemory,
    workers: Workers,
    listener: Listener,
) -> DataInfo:
    """The images, prepared for the workers; looked at again only if the source's files or code changed."""
    state = code.state("generator.sources")
    code_key = files.digest_bytes(state.fingerprint.encode(), repr(state.versions).encode())
    known = memory.data.get(config.name)
    if (
        known
        and known.config == config.data
        and known.code == code_key
        and manifest.fresh(f"data:{known.info.digest}", "")
        and all(files.stamp(Path(name)) == stamp for name, stamp in known.source_files.items())
    ):
        return known.info
    listener(Note(f"preparing the images of {config.data.source}"))
    answer = _granted(workers.ask(DataRequest(config.data)), Prepared)
    stamps = {name: stamp for name in answer.source_files if (stamp := files.stamp(Path(name))) is not None}
    memory.data[config.name] = DataMemory(config=config.data, code=code_key, source_files=stamps, info=answer.info)
    folder = images_folder(layout.records, answer.info.digest)
    manifest.remember(f"data:{answer.info.digest}", "", (folder / "images.npy", folder / "labels.npy"))
    manifest.save()
    return answer.info


def _granted(answer: Answer, kind: type[A]) -> A:
    """The answer, if it is the kind asked for; a refusal is raised here, a bug with its own traceback."""
    if isinstance(answer, kind):
        return answer
    if isinstance(answer, Refused):
        raise UserError(answer.problem, where=answer.where, remedy=answer.remedy)
    if isinstance(answer, Raised):
        raise RuntimeError(f"{answer.message}\n{answer.traceback}")
    raise TypeError(f"a worker answered with {type(answer).__name__}")
