"""Which task is next."""

from collections.abc import Collection, Mapping


class Scheduler:
    """Hands out tasks, each once those it needs are done, and never more at once than there are slots.

    The longest come first, so that none is left running alone at the end; a task that was never timed counts as long.
    Before that comes a task whose affinity is that of a slot just free: what the slot has warmed up serves it too.
    """

    def __init__(
        self,
        needs: Mapping[str, Collection[str]],
        *,
        slots: int,
        expected_s: Mapping[str, float | None] | None = None,
        affinity: Mapping[str, str] | None = None,
    ) -> None:
        """``needs``: what each task needs, every one of them a task itself; each task after those it needs.

        ``affinity``: tasks with the same one share what they warm up; "" shares with none.
        """
        self._needs = needs
        self._slots = slots
        self._expected_s = expected_s or {}
        self._affinity = affinity or {}
        self._waiting = dict.fromkeys(needs)  # a set in the order given
        self._running: set[str] = set()
        self._done: set[str] = set()
        self._failed: set[str] = set()
        self._warm: list[str] = []  # affinities of free slots, that of the one free longest first

    @property
    def is_active(self) -> bool:
        """Whether anything runs or waits."""
        return bool(self._running or self._waiting)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Tasks not begun, in the order given."""
        return tuple(self._waiting)

    def is_ready(self, task: str) -> bool:
        """Whether a waiting task waits for nothing but a slot."""
        return self._done.issuperset(self._needs[task])

    def failed_need(self, task: str) -> str | None:
        """A task that this one needs and that failed, so that this one will never be ready; None if there is none."""
        return next((needed for needed in self._needs[task] if needed in self._failed), None)

    def start(self) -> tuple[str, ...]:
        """Begin as many ready tasks as there are free slots; they run from now on."""
        ready = [task for task in self._waiting if self.is_ready(task)]
        begun: list[str] = []
        while ready and len(self._running) < self._slots:
            task = min(ready, key=self._rank)
            ready.remove(task)
            del self._waiting[task]
            self._occupy_slot(task)
            begun.append(task)
        return tuple(begun)

    def done(self, task: str) -> None:
        """A task has its result, whether it ran or needed no running."""
        self._end(task)
        self._done.add(task)

    def fail(self, task: str) -> None:
        """A task will have no result."""
        self._end(task)
        self._failed.add(task)

    def drop_waiting(self) -> None:
        """Begin nothing more."""
        self._waiting.clear()

    def _rank(self, task: str) -> tuple[bool, float]:
        expected = self._expected_s.get(task)
        return self._affinity.get(task, "") not in self._warm, -(float("inf") if expected is None else expected)

    def _occupy_slot(self, task: str) -> None:
        self._running.add(task)
        affinity = self._affinity.get(task, "")
        if affinity in self._warm:
            self._warm.remove(affinity)
        elif len(self._running) + len(self._warm) > self._slots:
            self._warm.pop(0)

    def _end(self, task: str) -> None:
        self._waiting.pop(task, None)
        if task in self._running:
            self._running.remove(task)
            if affinity := self._affinity.get(task, ""):
                self._warm.append(affinity)
