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
