"""Shows a run as it goes: live bars on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.engine.events import Announced, Event, Failed, Finished, Listener, Note, Restored, Started

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Echo = Callable[[str], object]


def duration(seconds: float) -> str:
    """Seconds as a person says them: ``0.4 s``, ``12 s``, ``3 min 05 s``, ``1 h 02 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


class Estimate:
    """How long the rest will take, going by what each task took last time."""

    def __init__(self) -> None:
        self._expected: dict[str, float | None] = {}
        self._started: dict[str, float] = {}
        self._jobs = 1
        self.total = 0
        self.done = 0

    def take(self, event: Event) -> None:
        match event:
            case Announced(expected, jobs):
                self._expected = dict(expected)
                self._jobs = jobs
                self.total = len(expected)
            case Started(task):
                self._started[task] = time.monotonic()
            case Finished(task) | Failed(task) | Restored(task):
                if self._expected.pop(task, -1.0) != -1.0:
                    self.done += 1
                self._started.pop(task, None)

    def remaining(self) -> tuple[float, int]:
        """Seconds expected for the tasks that ran before, and how many never did."""
        now = time.monotonic()
        left = [
            max(0.0, expected - (now - self._started.get(task, now)))
            for task, expected in self._expected.items()
            if expected is not None
        ]
        unknown = sum(expected is None for expected in self._expected.values())
        return max([sum(left) / self._jobs, *left]), unknown

    def words(self) -> str:
        seconds, unknown = self.remaining()
        if not self._expected:
            return ""
        if unknown == len(self._expected):
            return "time left unknown: none of these ran before"
        more = f" and {unknown} that never ran" if unknown else ""
        return f"about {duration(seconds)} left{more}"


@contextmanager
def reporting(echo: Echo) -> Iterator[Listener]:
    """A listener for the time of a run. On a terminal it draws; elsewhere it says one line per event."""
    if sys.stderr.isatty():
        display = _Live()
        try:
            yield display
        finally:
            display.close()
    else:
        yield _Lines(echo)


class _Lines:
    def __init__(self, echo: Echo) -> None:
        self._echo = echo
        self._estimate = Estimate()

    def __call__(self, event: Event) -> None:
        self._estimate.take(event)
        count = f"[{self._estimate.done}/{self._estimate.total}]"
        match event:
            case Announced(expected):
                self._echo(f"{len(expected)} tasks to compute; {self._estimate.words()}")
            case Started(task, expected):
                self._echo(f"{task}: started{_last_time(expected)}")
            case Finished(task, seconds):
                self._echo(f"{count} {task}: {duration(seconds)}; {self._estimate.words() or 'all done'}")
            case Restored(task):
                self._echo(f"{task}: restored from the cache")
            case Failed(task, message, trace):
                self._echo(f"{count} {task}: FAILED, {message}\n{trace}".rstrip())
            case Note(text):
                self._echo(text)


class _Live:
    """Bars on standard error, drawn only once there is something to show."""

    def __init__(self) -> None:
        self._estimate = Estimate()
        self._progress: Progress | None = None
        self._overall: TaskID | None = None
        self._bars: dict[str, TaskID] = {}

    def __call__(self, event: Event) -> None:
        self._estimate.take(event)
        match event:
            case Announced(expected):
                self._overall = self._drawing().add_task("all tasks", total=max(1, len(expected)), note="")
            case Started(task, expected):
                # A task that ran before fills its bar by the clock; another one pulses.
                self._bars[task] = self._drawing().add_task(
                    task, total=expected, note=_last_time(expected).lstrip(", ")
                )
            case Finished(task, seconds):
                self._end(task, f"[green]done[/] in {duration(seconds)}")
            case Failed(task, message, trace):
                self._end(task, "[red]failed[/]")
                self._drawing().console.print(f"{task}: FAILED, {message}\n{trace}".rstrip(), markup=False)
            case Restored():
                pass
            case Note(text):
                self._drawing().console.print(text, markup=False, highlight=False)
        self._refresh()

    def close(self) -> None:
        if self._progress:
            self._progress.stop()

    def _drawing(self) -> "Progress":
        if self._progress is None:
            # Not at the top: a run with nothing to do shows no bars and must not wait for rich.
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[note]}"),
                console=Console(stderr=True),
                get_time=self._tick,
            )
            self._progress.start()
        return self._progress

    def _tick(self) -> float:
        """The clock of the bars; asked at every redraw, which is when the bars can move on."""
        now = time.monotonic()
        if self._progress:
            for bar in self._progress.tasks:
                if bar.id in self._bars.values() and bar.total and bar.start_time is not None and not bar.finished:
                    bar.completed = min(now - bar.start_time, 0.99 * bar.total)
            if self._overall is not None:
                overall = self._progress.tasks[self._progress.task_ids.index(self._overall)]
                overall.completed = self._estimate.done
                overall.fields["note"] = self._estimate.words()
        return now

    def _end(self, task: str, note: str) -> None:
        bar = self._bars.pop(task, None)
        if bar is not None:
            self._drawing().update(bar, total=1, completed=1, note=note)

    def _refresh(self) -> None:
        if self._progress and self._overall is not None:
            self._progress.update(self._overall, completed=self._estimate.done, note=self._estimate.words())


def _last_time(expected: float | None) -> str:
    return "" if expected is None else f", {duration(expected)} last time"
