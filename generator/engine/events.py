"""What a run tells of itself while it goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Announced:
    """How much there is to do, known once: tasks that will be computed, with the seconds each took before."""

    expected: Mapping[str, float | None]
    jobs: int


@dataclass(frozen=True)
class Started:
    task: str
    expected_s: float | None  # from earlier runs; None if it never ran


@dataclass(frozen=True)
class Finished:
    task: str
    seconds: float


@dataclass(frozen=True)
class Restored:
    """The result was in the cache: an edit was undone, or another profile was shown meanwhile."""

    task: str


@dataclass(frozen=True)
class Failed:
    task: str
    message: str
    traceback: str


@dataclass(frozen=True)
class Note:
    text: str


Event = Announced | Started | Finished | Restored | Failed | Note
Listener = Callable[[Event], None]
