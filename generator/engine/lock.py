"""One run at a time in a project."""

import contextlib
import fcntl
from collections.abc import Iterator

from generator.engine.events import Listener, Note
from generator.layout import Layout


@contextlib.contextmanager
def only_one(layout: Layout, listener: Listener) -> Iterator[None]:
    """Hold the output folder; a second run waits here until the first is done."""
    layout.output.mkdir(parents=True, exist_ok=True)
    # The file stays empty and is never removed: a run with nothing to do writes nothing.
    with (layout.output / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            listener(Note("waiting for another run to finish"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
