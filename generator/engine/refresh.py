"""Brings every task of a profile up to date: looks, plans, has computed what is stale, records."""

import concurrent.futures
import functools
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from generator import files
from generator.config import Config
from generator.engine import look, write_record
from generator.engine.events import Announced, Failed, Finished, Listener, Restored, Started
from generator.engine.keys import changes, score_changes
from generator.engine.machine import available_cores, commit
from generator.engine.outcomes import Outcomes
from generator.engine.plan import Plan, PlannedTask, make_plan
from generator.engine.protocol import Answer, Computed, Raised, Refused
from generator.engine.schedule import Scheduler
from generator.engine.state import EngineMemory, State
from generator.engine.workers import Executor
from generator.engine.workers.local import LocalProcesses
from generator.errors import UserError
from generator.fingerprint import CodeIndex
from generator.layout import Layout
from generator.record import encode
from generator.vocabulary import Experiment


@dataclass
class Ran:
    """What a run did, by task id."""

    fresh: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    task: str
    reasons: tuple[str, ...]  # none: fresh
    expected_s: float | None


def declared(layout: Layout, listener: Listener) -> tuple[Experiment, ...]:
    """Every experiment's declaration, by slug; needs no images."""
    code = CodeIndex(layout.root, layout.cache)
    memory = EngineMemory.load(layout.cache)
    with LocalProcesses(layout.root, threads=1, at_once=1) as executor:
        return look.read_experiments(layout, code, memory, executor, listener).declarations


@dataclass(frozen=True)
class Engine:
    """One look at the project: its code, its declarations, its images, and what is remembered of earlier runs."""

    layout: Layout
    config: Config
    code: CodeIndex
    state: State
    broken: Mapping[str, str]  # slug -> traceback; a plug-in that cannot be imported and never could
    plan: Plan

    @classmethod
    def look(cls, layout: Layout, config: Config, listener: Listener) -> "Engine":
        """Read the code and, where it changed, the declarations; prepare the images if they are not there."""
        code = CodeIndex(layout.root, layout.cache)
        state = State(layout, config.name)
        with LocalProcesses(layout.root, threads=config.run.threads, at_once=2) as executor:
            experiments, data = look.read(layout, config, code, state, executor, listener)
        plan = make_plan(config, experiments.declarations, data, code)
        state.save()
        code.save()
        return cls(layout, config, code, state, experiments.broken, plan)

    @property
    def jobs(self) -> int:
        """Tasks at once: as set, or as many as fit the cores."""
        return self.config.run.jobs or max(1, available_cores() // self.config.run.threads)

    def explain(self, patterns: Sequence[str] = ()) -> tuple[Explanation, ...]:
        """Per task: nothing if it is fresh, else what changed and what computing it cost last time."""
        outcomes: dict[str, str] = {}
        explained: list[Explanation] = []
        for task in self.plan.select(patterns):
            name = task.info.id
            known = self.state.task(name)
            waiting = [needed for needed in task.needs.values() if needed not in outcomes]
            if waiting:
                reasons: tuple[str, ...] = tuple(f"needs {needed}, which is to be computed" for needed in waiting)
            else:
                reasons = changes(known.run if known else None, task.run_parts(outcomes))
                if known and not reasons:
                    reasons = score_changes(known.score, task.score_code)
                    outcomes[name] = known.outcome
                    if not reasons and not self.state.has_record(task, known):
                        reasons = ("its record is missing or was touched; the cache has the result",)
            explained.append(Explanation(name, reasons, self.state.expected_s(name)))
        return tuple(explained)

    def run(self, patterns: Sequence[str], listener: Listener) -> Ran:
        """Compute what is stale among the selected tasks and write its records."""
        for slug, trace in self.broken.items():
            listener(Failed(slug, f"cannot be imported: {trace.strip().splitlines()[-1]}", trace))
        selected = self.plan.select(patterns)
        catalogue = self.layout.records / "catalogue.json"
        if files.write_if_changed(catalogue, encode(self.plan.catalogue)) or not patterns:
            for dropped in write_record.drop_records(self.layout.records, {task.info.id for task in self.plan.tasks}):
                self.state.forget_record(dropped)
        try:
            with LocalProcesses(self.layout.root, threads=self.config.run.threads, at_once=self.jobs) as executor:
                refresh = Refresh(self, selected, executor, listener)
                refresh.run()
        finally:
            self.state.save()
        return refresh.ran


class Refresh:
    """One pass over the selected tasks."""

    def __init__(self, engine: Engine, selected: Sequence[PlannedTask], executor: Executor, listener: Listener) -> None:
        self.engine = engine
        self.tasks = {task.info.id: task for task in selected}
        self.executor = executor
        self.listener = listener
        self.expected_s = {name: engine.state.expected_s(name) for name in self.tasks}
        self.scheduler = Scheduler(
            {name: tuple(task.needs.values()) for name, task in self.tasks.items()},
            slots=engine.jobs,
            expected_s=self.expected_s,
            affinity={name: task.affinity for name, task in self.tasks.items()},
        )
        self.outcomes = Outcomes(engine.layout, engine.state)
        self.ran = Ran(failed=list(engine.broken))
        self.refusal: UserError | None = None

    def run(self) -> None:
        """Until nothing is left to do, or, after a refusal, until what was running has finished."""
        running: dict[Future[Answer], tuple[str, float]] = {}
        self.advance()
        if self.scheduler.is_active:
            # What waits is ready, or has an input that is to be computed and so most likely is as well.
            coming = {name: self.expected_s[name] for name in self.scheduler.waiting}
            self.listener(Announced(coming, self.engine.jobs))
        while self.scheduler.is_active:
            for name in self.scheduler.start():
                self.listener(Started(name, self.expected_s[name]))
                request = self.outcomes.request(self.tasks[name], self.engine.plan.catalogue.data, self.commit)
                running[self.executor.submit(request)] = name, time.perf_counter()
            answered, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in answered:
                name, started = running.pop(future)
                self.take(name, future.result(), time.perf_counter() - started)
            self.advance()
        if self.refusal:
            raise self.refusal

    def advance(self) -> None:
        """Deal with every waiting task that needs no computing, or can have none."""
        for name in self.scheduler.waiting:  # each after those it needs, so that once through is enough
            task = self.tasks[name]
            if needed := self.scheduler.failed_need(name):
                self.fail(name, f"it needs {needed}, which failed", "")
            elif self.scheduler.is_ready(name):
                if self.outcomes.find_fresh(task):
                    self.scheduler.done(name)
                    self.ran.fresh.append(name)
                elif self.outcomes.restore(task):
                    self.scheduler.done(name)
                    self.ran.restored.append(name)
                    self.listener(Restored(name))

    def take(self, name: str, answer: Answer, seconds: float) -> None:
        """What became of a task that was asked for."""
        match answer:
            case Computed():
                if not self.outcomes.restore(self.tasks[name]):
                    raise RuntimeError(f"{name} was computed, and the store does not have it")
                if answer.ran:  # scoring alone says nothing about what the next run will cost
                    self.engine.state.set_seconds(name, seconds)
                self.engine.state.save()
                self.scheduler.done(name)
                self.ran.computed.append(name)
                self.listener(Finished(name, seconds))
            case Raised():
                self.fail(name, answer.message, answer.traceback)
            case Refused():
                # What is running may finish, and is kept; nothing new is begun.
                self.refusal = UserError(answer.problem, where=answer.where, remedy=answer.remedy)
                self.scheduler.fail(name)
                self.scheduler.drop_waiting()
            case _:
                raise TypeError(f"a worker answered a task with {type(answer).__name__}")

    def fail(self, name: str, message: str, trace: str) -> None:
        write_record.write_failure(self.engine.layout.records, self.tasks[name].info, message, trace)
        self.engine.state.forget_record(name)
        self.scheduler.fail(name)
        self.ran.failed.append(name)
        self.listener(Failed(name, message, trace))

    @functools.cached_property
    def commit(self) -> str:
        return commit(self.engine.layout.root)
