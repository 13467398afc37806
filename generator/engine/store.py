"""Results by key, in joblib's store. Several results of one task live side by side, so going back is a look-up."""

import json
import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from generator import files
from generator.engine.shim import evaluate
from generator.errors import UserError

_NOT_KEPT = "Unable to cache to disk"


class _AbsentError(Exception):
    """Raised in place of computing, when only a look-up was asked for."""


def _absent() -> Any:
    raise _AbsentError


@dataclass(frozen=True)
class Result:
    """What is kept under a key: named arrays, and plain values (numbers, texts, lists and dicts of them)."""

    arrays: Mapping[str, np.ndarray]
    values: Mapping[str, Any]

    def digest(self) -> str:
        """SHA-256 over every array's name, type, shape and content, and over the values."""
        parts = [json.dumps(self.values, sort_keys=True).encode()]
        for name, array in sorted(self.arrays.items()):
            parts += [name.encode(), str(array.dtype).encode(), str(array.shape).encode(), array.tobytes()]
        return files.digest_bytes(*parts)


@dataclass(frozen=True)
class Entry:
    """One result in the store, as ``gc`` sees it."""

    key: str
    folder: Path
    size: int  # bytes
    last_used: float  # seconds since the epoch


class Store:
    """What has been computed, under ``folder``. An entry is whole and unharmed, or it is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self._memory = joblib.Memory(str(folder), verbose=0)
        except OSError as error:
            raise UserError(
                f"the cache cannot be written ({error.strerror})", where=str(folder), remedy="free or allow some space"
            ) from error
        self._evaluate = self._memory.cache(evaluate, ignore=["compute"])
        # joblib logs a damaged entry with its traceback; `look_up` deals with it.
        logging.getLogger("joblib").setLevel(logging.ERROR)

    def look_up(self, key: str) -> Result | None:
        """The result kept under ``key``, if there is one and it is what was stored; a damaged one is dropped."""
        if not self._evaluate.check_call_in_cache(key, _absent):
            return None
        try:
            stored = self._evaluate(key, _absent)
        except _AbsentError:  # joblib could not read it, and so asked for it to be computed
            self._drop(key)
            return None
        result = Result(stored["arrays"], stored["values"])
        if result.digest() != stored["digest"]:
            self._drop(key)
            return None
        return result

    def keep(self, key: str, compute: Callable[[], Result]) -> Result:
        """Compute a result and keep it. An exception keeps nothing."""

        def packed() -> dict[str, Any]:
            result = compute()
            return {"arrays": dict(result.arrays), "values": dict(result.values), "digest": result.digest()}

        # joblib only warns where it cannot write, and the result would be lost without a word.
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=_NOT_KEPT)
            try:
                stored = self._evaluate(key, packed)
            except Warning as warning:
                if not str(warning).startswith(_NOT_KEPT):
                    raise
                raise UserError(
                    f"the result could not be kept ({str(warning).rpartition('Exception: ')[2].rstrip('.')})",
                    where=str(self.folder),
                    remedy="free some space (`python -m generator gc` drops old results) and run again",
                ) from warning
        return Result(stored["arrays"], stored["values"])

    def entries(self) -> tuple[Entry, ...]:
        """Everything in the store."""
        found: list[Entry] = []
        for item in self._memory.store_backend.get_items():
            folder = Path(item.path)
            try:
                key = json.loads((folder / "metadata.json").read_bytes())["input_args"]["key"].strip("'")
            except (FileNotFoundError, ValueError, KeyError):
                key = ""
            found.append(Entry(key, folder, item.size, item.last_access.timestamp()))
        return tuple(found)

    def _drop(self, key: str) -> None:
        self._evaluate.call_and_shelve(key, _absent).clear()
