"""What there is to compute, each task after those it needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from generator.config import Config, resolve
from generator.engine.keys import SPLITTING, RunParts, ScoreCode
from generator.errors import UserError
from generator.fingerprint import CodeIndex, CodeState
from generator.record import SCHEMA, Catalogue, DataInfo, TaskInfo
from generator.registry import in_page_order, module_name
from generator.vocabulary import Experiment


@dataclass(frozen=True)
class PlannedTask:
    """A task with what its key needs; the key itself waits for the digests of its inputs."""

    info: TaskInfo
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

    @property
    def affinity(self) -> str:
        """Tasks with the same one may share a process: those of one experiment that stand in no comparison."""
        return "" if self.compared else self.info.experiment


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


def _after_needs(planned: Mapping[str, PlannedTask]) -> tuple[PlannedTask, ...]:
    """The tasks in the order given, but each after those it needs."""
    for task in planned.values():
        for needed in task.needs.values():
            if needed not in planned:
                raise UserError(f"needs {needed}, which is no task", where=_file(task), remedy="correct `needs`")
    try:
        TopologicalSorter({name: task.needs.values() for name, task in planned.items()}).prepare()
    except CycleError as error:
        circle = error.args[1]
        task = next(task for name, task in planned.items() if name in circle)
        raise UserError(
            f"{task.info.id} needs itself, by way of others", where=_file(task), remedy="break the circle"
        ) from None
    ordered: dict[str, PlannedTask] = {}

    # Not the sorter's own order, which goes by depth: people read this one.
    def add(name: str) -> None:
        if name not in ordered:
            for needed in planned[name].needs.values():
                add(needed)
            ordered[name] = planned[name]

    for name in planned:
        add(name)
    return tuple(ordered.values())


def _file(task: PlannedTask) -> str:
    return f"generator/experiments/{task.info.experiment}.py"
