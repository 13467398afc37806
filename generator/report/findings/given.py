"""What the records hold, or nothing where it is not there."""

from generator.record import Record, Results
from generator.vocabulary import Fact


def done(results: Results, task: str) -> Record | None:
    """A task's record, if it holds a result."""
    record = results.records.get(task)
    return None if record is None or record.failure is not None else record


def number(results: Results, task: str, name: str) -> float | None:
    """A fact of a task that is a number."""
    value = fact(results, task, name)
    return None if value is None else float(value)


def fact(results: Results, task: str, name: str) -> Fact | None:
    """A fact of a task, as it is."""
    record = done(results, task)
    return None if record is None else record.facts.get(name)
