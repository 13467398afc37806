"""What the articles report, each number beside the task of ours that answers it."""

from pathlib import Path

import msgspec

from generator.errors import UserError
from generator.record import Frozen

PATH = Path(__file__).with_suffix(".toml")

#: Seconds of a task's cost; every other quantity is a metric, a fact, or an element of an array: ``confusion[4][9]``.
COSTS = ("wall_s", "cpu_s")


class Claim(Frozen, frozen=True):
    article: str  # A1 ... A5
    name: str
    task: str
    quantity: str
    value: int | float | str  # seconds of a cost; otherwise as ours is
    note: str


class Published(Frozen, frozen=True):
    claim: tuple[Claim, ...]


def load(path: Path = PATH) -> tuple[Claim, ...]:
    """Every claim, in the file's order."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Published).claim
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UserError(f"not a readable list of claims ({error})", where=str(path), remedy="mend the file") from None
