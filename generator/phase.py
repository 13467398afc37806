"""Lets a method say which part of its work is prediction, so that its cost can be told from the learning's."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Phase = Literal["prediction"]

#: Wall and CPU seconds spent in each phase since whoever measures last cleared this.
spent: dict[Phase, tuple[float, float]] = {}


@contextmanager
def phase(name: Phase) -> Iterator[None]:
    """Count what happens inside to ``name``; several visits add up. Phases do not nest."""
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield
    finally:
        wall_before, cpu_before = spent.get(name, (0.0, 0.0))
        spent[name] = (
            wall_before + time.perf_counter() - wall,
            cpu_before + time.process_time() - cpu,
        )
