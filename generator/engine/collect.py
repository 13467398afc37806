"""Removes old results from the store."""

import shutil
import time
from dataclasses import dataclass

from generator.engine.plan import EngineMemory
from generator.engine.store import Store
from generator.layout import Layout


@dataclass(frozen=True)
class Removed:
    count: int
    size: int  # bytes


def collect(layout: Layout, *, older_than_s: float, dry_run: bool) -> Removed:
    """Remove the results that no profile's latest run shows and that were last used longer ago than that."""
    memory = EngineMemory.load(layout.cache / "engine.json")
    shown = {known.run.key() for known in memory.tasks.values()}
    shown |= {known.score.key(known.outcome) for known in memory.tasks.values()}
    deadline = time.time() - older_than_s
    old = [entry for entry in Store(layout.cache).entries() if entry.key not in shown and entry.last_used <= deadline]
    if not dry_run:
        for entry in old:
            shutil.rmtree(entry.folder)
    return Removed(len(old), sum(entry.size for entry in old))
