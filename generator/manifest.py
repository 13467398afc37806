"""The memory between two runs: what each made thing was made from, and what its files looked like then.

It lets a run that has nothing to do find that out from a few hundred ``stat`` calls.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from generator import files


class Target(msgspec.Struct, frozen=True):
    key: str
    outputs: dict[str, tuple[int, int]]  # path relative to the root -> size, mtime in ns


class Contents(msgspec.Struct):
    targets: dict[str, Target] = {}


class Manifest:
    """Targets by name. A target is fresh while its key is the same and none of its files was touched since."""

    def __init__(self, path: Path, root: Path, contents: Contents) -> None:
        self.path = path
        self.root = root
        self._contents = contents

    @classmethod
    def load(cls, path: Path, root: Path) -> "Manifest":
        """Read the manifest; a missing or damaged one only means that everything is looked at afresh."""
        try:
            contents = msgspec.json.decode(path.read_bytes(), type=Contents)
        except (FileNotFoundError, msgspec.DecodeError):
            contents = Contents()
        return cls(path, root, contents)

    def fresh(self, target: str, key: str) -> bool:
        """Whether ``target`` was made under this key and its files are as they were left."""
        known = self._contents.targets.get(target)
        return (
            known is not None
            and known.key == key
            and all(files.stamp(self.root / name) == stamp for name, stamp in known.outputs.items())
        )

    def key(self, target: str) -> str | None:
        """The key under which ``target`` was last made."""
        known = self._contents.targets.get(target)
        return None if known is None else known.key

    def targets(self) -> tuple[str, ...]:
        return tuple(self._contents.targets)

    def outputs(self, target: str) -> tuple[Path, ...]:
        """The files ``target`` left."""
        known = self._contents.targets.get(target)
        return () if known is None else tuple(self.root / name for name in known.outputs)

    def remember(self, target: str, key: str, outputs: Iterable[Path] = ()) -> None:
        """Note that ``target`` was made under ``key`` and left these files."""
        stamps: dict[str, tuple[int, int]] = {}
        for path in outputs:
            stamp = files.stamp(path)
            if stamp is None:
                raise FileNotFoundError(path)
            stamps[path.relative_to(self.root).as_posix()] = stamp
        self._contents.targets[target] = Target(key, stamps)

    def forget(self, target: str) -> None:
        self._contents.targets.pop(target, None)

    def save(self) -> None:
        files.write_if_changed(self.path, msgspec.json.encode(self._contents, order="sorted"))
