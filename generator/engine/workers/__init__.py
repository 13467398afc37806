"""Who answers requests: processes here or elsewhere, behind one protocol."""

from concurrent.futures import Future
from typing import Protocol, Self

from generator.engine.protocol import Answer, Request


class Executor(Protocol):
    """Answers requests, wherever it has that done; leaving it as a context stops it.

    Whoever answers shares nothing with us but the project's folder: requests, answers and store entries are all that
    passes. Which process answers which request is the executor's business, within what ``affinity`` allows.
    """

    def submit(self, request: Request) -> Future[Answer]:
        """Have a request answered. A process that dies over it has an answer too, ``Raised``."""
        ...

    def stop(self) -> None:
        """End whatever still runs, at once; nothing can be submitted afterwards."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
