"""What a result took: its times, which of them were measured on a busy machine, and its memory."""

from dataclasses import dataclass

from generator.record import Results
from generator.report.findings.given import done

#: A task that has its core to itself takes little longer by the clock than its processor works. Where the wall-clock
#: time is more than this many times the CPU time, it waited for others, and that time says nothing of the method. (Of
#: several threads the CPU time is the sum, so that there a busy machine may go unnoticed; none is suspected wrongly.)
BUSY = 1.25


@dataclass(frozen=True)
class Time:
    """How long something took, in seconds."""

    wall_s: float  # as a clock shows it
    rank_s: float  # what it is ranked by: the wall-clock time, or the CPU time if the machine was busy
    busy: bool


@dataclass(frozen=True)
class Cost:
    """What a task took."""

    task: str
    busy: bool
    whole: Time
    training: Time  # all but prediction, where that was timed apart
    per_image: Time | None  # prediction, for each test image; None: not timed apart
    cpu_s: float
    peak_bytes: int  # of the whole process


@dataclass(frozen=True)
class Spent:
    """What an embedding took that starts from the nearest neighbours of all images."""

    whole: Time
    parts: "Parts | None"  # where the time of the search is known


@dataclass(frozen=True)
class Parts:
    search: Time  # for neighbours
    layout: Time  # all that comes after it


def spent(results: Results, task: str, search: str) -> Spent | None:
    """What a task took; ``search``: the task whose cost it counts with its own."""
    both, first = cost(results, task), cost(results, search)
    if both is None:
        return None
    if first is None or first.whole.wall_s >= both.whole.wall_s:
        return Spent(both.whole, None)
    busy = both.busy or first.busy
    wall_s = both.whole.wall_s - first.whole.wall_s
    layout = Time(wall_s, both.cpu_s - first.cpu_s if busy else wall_s, busy)
    return Spent(both.whole, Parts(first.whole, layout))


def cost(results: Results, task: str) -> Cost | None:
    """The cost of a task with a result; of an embedding, the inputs that count included."""
    record = done(results, task)
    if record is None or record.measures is None:
        return None
    spent = record.measures
    busy = spent.wall_s > BUSY * spent.cpu_s

    def time(wall_s: float, cpu_s: float) -> Time:
        return Time(wall_s, cpu_s if busy else wall_s, busy)

    whole = time(spent.wall_s, spent.cpu_s)
    training, per_image = whole, None
    if spent.predict_wall_s is not None and spent.predict_cpu_s is not None:
        training = time(spent.wall_s - spent.predict_wall_s, spent.cpu_s - spent.predict_cpu_s)
        if "predictions" in record.arrays:
            n = record.arrays["predictions"].shape[0]
            per_image = time(spent.predict_wall_s / n, spent.predict_cpu_s / n)
    return Cost(task, busy, whole, training, per_image, spent.cpu_s, spent.peak_bytes)
