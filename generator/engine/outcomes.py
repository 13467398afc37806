"""What tasks came to: found in their record, or in the store."""

import functools
from typing import TYPE_CHECKING

import msgspec

from generator.engine.plan import PlannedTask
from generator.engine.protocol import TaskRequest
from generator.engine.state import State, TaskMemory
from generator.engine.write_record import write_record
from generator.errors import UserError
from generator.layout import Layout
from generator.record import DataInfo, Measures

if TYPE_CHECKING:
    from generator.engine.store import Store


class Outcomes:
    """The outcomes of one pass over the tasks, each there once its task needs no computing any more.

    A task is asked about only when those it needs are there.
    """

    def __init__(self, layout: Layout, state: State) -> None:
        self._layout = layout
        self._state = state
        self._digests: dict[str, str] = {}  # by task: of what its ``run`` returned
        self._keys: dict[str, str] = {}  # by task: of its result in the store

    def find_fresh(self, task: PlannedTask) -> bool:
        """Whether the task's record shows what the task would come to; the record is as it was left."""
        known = self._state.task(task.info.id)
        parts = task.run_parts(self._digests)
        if known is None or known.run != parts or known.score != task.score_code:
            return False
        if not self._state.has_record(task, known):
            return False
        self._add(task, parts.key(), known.outcome)
        return True

    def restore(self, task: PlannedTask) -> bool:
        """Write the task's record from the store, if the store has both the outcome and its scores."""
        parts = task.run_parts(self._digests)
        key = parts.key()
        result = self._store.look_up(key)
        scores = result and self._store.look_up(task.score_code.key(result.values["outcome"]))
        if not result or not scores:
            return False
        before = self._state.expected_s(task.info.id)
        known = TaskMemory(
            run=parts,
            score=task.score_code,
            outcome=result.values["outcome"],
            seconds=result.values["measures"]["wall_s"] if before is None else before,
        )
        counted = [self._measures(needed) for needed in task.counted]
        written = write_record(self._layout.records, task.info, result, scores, counted)
        self._state.remember_record(task, known, written)
        self._add(task, key, known.outcome)
        return True

    def request(self, task: PlannedTask, data: DataInfo, commit: str) -> TaskRequest:
        """What a worker must be told to compute the task."""
        return TaskRequest(
            run=task.run_parts(self._digests),
            score=task.score_code,
            data=data,
            input_keys={name: self._keys[needed] for name, needed in task.needs.items()},
            commit=commit,
            affinity=task.affinity,
        )

    def _add(self, task: PlannedTask, key: str, digest: str) -> None:
        self._digests[task.info.id] = digest
        self._keys[task.info.id] = key

    def _measures(self, task_id: str) -> Measures:
        """The cost of a task that is done."""
        result = self._store.look_up(self._keys[task_id])
        if result is None:
            raise UserError("its result is gone from the cache", where=task_id, remedy="run again")
        return msgspec.convert(result.values["measures"], Measures)

    @functools.cached_property
    def _store(self) -> "Store":
        # Not at the top: it imports joblib and NumPy, which a run with nothing to do must not load.
        from generator.engine.store import Store

        return Store(self._layout.cache)
