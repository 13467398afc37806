"""What a result depends on, its key, and what differs between two keys."""

import platform
from collections.abc import Callable, Mapping

import msgspec

from generator import files
from generator.record import SCHEMA
from generator.vocabulary import Fact, Frozen, SplitName

#: Cutting images into parts is the engine's doing, so it counts towards every task.
SPLITTING = "generator.dataset"
PYTHON = ".".join(platform.python_version_tuple()[:2])


class RunParts(Frozen, frozen=True):
    """Everything the outcome of ``run`` depends on."""

    experiment: str
    params: dict[str, Fact]
    split: SplitName
    seed: int
    data: str
    threads: int
    inputs: dict[str, str]  # name -> digest of the outcome handed in
    sample: int
    modules: dict[str, str]
    versions: dict[str, str]
    python: str = PYTHON
    schema: int = SCHEMA

    def key(self) -> str:
        return files.digest_bytes(b"run", msgspec.json.encode(self, order="sorted"))


class ScoreCode(Frozen, frozen=True):
    """What scoring depends on besides the outcome; metrics can change while the outcome stays."""

    task: str
    split: SplitName
    sample: int
    data: str
    modules: dict[str, str]
    versions: dict[str, str]
    python: str = PYTHON
    schema: int = SCHEMA

    def reference_key(self) -> str:
        """Of what scoring needs to know of the images alone, which is the same for every outcome."""
        return files.digest_bytes(b"reference", msgspec.json.encode(self, order="sorted"))

    def key(self, outcome: str) -> str:
        return files.digest_bytes(b"score", outcome.encode(), msgspec.json.encode(self, order="sorted"))


def changes(before: RunParts | None, now: RunParts) -> tuple[str, ...]:
    """What differs between two keys, each as a phrase for a person; nothing when they are equal."""
    if before is None:
        return ("never computed",)
    found: list[str] = []
    if before.data != now.data:
        found.append("other images")
    if before.split != now.split:
        found.append(f"split {before.split} -> {now.split}")
    for field in ("sample", "seed", "threads", "python", "schema"):
        old, new = getattr(before, field), getattr(now, field)
        if old != new:
            found.append(f"{field} {old} -> {new}")
    found += _differences("parameter", before.params, now.params, show=str)
    found += _differences("module", before.modules, now.modules)
    found += _differences("version of", before.versions, now.versions, show=str)
    found += _differences("input", before.inputs, now.inputs)
    return tuple(found)


def score_changes(before: ScoreCode, now: ScoreCode) -> tuple[str, ...]:
    """The same for scoring alone."""
    return (
        *_differences("metrics module", before.modules, now.modules),
        *_differences("version of", before.versions, now.versions, show=str),
    )


def _differences(
    what: str, before: Mapping[str, object], now: Mapping[str, object], show: Callable[[object], str] | None = None
) -> list[str]:
    found = []
    for name in sorted(before.keys() | now.keys()):
        if name not in before:
            found.append(f"{what} {name} is new")
        elif name not in now:
            found.append(f"{what} {name} is gone")
        elif before[name] != now[name]:
            found.append(
                f"{what} {name} {show(before[name])} -> {show(now[name])}" if show else f"{what} {name} changed"
            )
    return found
