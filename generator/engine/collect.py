"""Removes old results from the store."""

import shutil
import time
from dataclasses import dataclass

from generator.engine.state import EngineMemory
from generator.engine.store import Store
from generator.layout import Layout
from generator.record import images_folder


@dataclass(frozen=True)
class Removed:
    count: int
    size: int  # bytes


def collect(layout: Layout, *, older_than_s: float, dry_run: bool) -> Removed:
    """Remove the results that no profile's latest run shows and that were last used longer ago than that; and images
    that no profile uses.
    """
    memory = EngineMemory.load(layout.cache)
    shown = {known.run.key() for known in memory.tasks.values()}
    shown |= {known.score.key(known.outcome) for known in memory.tasks.values()}
    shown |= {known.score.reference_key() for known in memory.tasks.values()}
    deadline = time.time() - older_than_s
    old = [entry for entry in Store(layout.cache).entries() if entry.key not in shown and entry.last_used <= deadline]
    used = {images_folder(layout.records, known.info.digest) for known in memory.data.values()}
    images = [folder for folder in layout.records.glob("data-*") if folder not in used]
    if not dry_run:
        for folder in (*(entry.folder for entry in old), *images):
            shutil.rmtree(folder)
    return Removed(len(old), sum(entry.size for entry in old))
