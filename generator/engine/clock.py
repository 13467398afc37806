"""What a computation cost: time and memory of this process."""

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from generator import phase
from generator.record import Measures


class Clock:
    """Wall and CPU seconds between entering and leaving, and in phases between; all threads of this process, none of
    its children.
    """

    wall_s = 0.0
    cpu_s = 0.0
    phases: Mapping[phase.Phase, tuple[float, float]] = {}

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["Clock"]:
        clock = cls()
        phase.spent.clear()
        wall, cpu = time.perf_counter(), time.process_time()
        yield clock
        clock.wall_s = time.perf_counter() - wall
        clock.cpu_s = time.process_time() - cpu
        clock.phases = dict(phase.spent)

    def measures(self, threads: int) -> Measures:
        predict_wall_s, predict_cpu_s = self.phases.get("prediction", (None, None))
        return Measures(
            wall_s=self.wall_s,
            cpu_s=self.cpu_s,
            peak_bytes=peak_bytes(),
            threads=threads,
            predict_wall_s=predict_wall_s,
            predict_cpu_s=predict_cpu_s,
        )


def peak_bytes() -> int:
    """The largest resident size this process has had, in bytes.

    On Linux ``VmHWM``: ``ru_maxrss`` survives ``exec`` and so starts at the parent's peak.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
