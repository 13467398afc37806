"""What the articles report in numbers, and the task and quantity of ours that each is set beside."""

from decimal import Decimal
from pathlib import Path

import msgspec

from generator.errors import UserError
from generator.vocabulary import Frozen

PATH = Path(__file__).with_suffix(".toml")

#: The images the articles speak of; beside others their numbers say nothing.
ARTICLES_DATA = "mnist"
#: Seconds of a task's cost; every other quantity is a metric, a fact, ``n`` (images mapped or predicted), or an element
#: of an array: ``confusion[4][9]``.
COSTS = ("wall_s", "cpu_s")


class Claim(Frozen, frozen=True):
    key: str  # of its own, for the report to speak of it
    article: str  # A1 ... A5
    name: str
    task: str
    quantity: str
    value: int | float | str  # seconds of a cost; otherwise as ours is
    note: str  # what is not the same here
    within: float | None = None  # how exactly the article says it; by default half a unit of its last digit
    below: bool = False  # the article says only that it lies below the value
    setting: bool = False  # taken over from the article, so that it is no result

    @property
    def exponent(self) -> int:
        """Of the last digit that the article gives: -3 of 0.976."""
        return int(Decimal(repr(self.value)).as_tuple().exponent)

    @property
    def bounds(self) -> tuple[float, float]:
        """The numbers that the article's figure may stand for."""
        value = float(self.value)
        half = self.within if self.within is not None else 0.5 * 10**self.exponent
        return value - half, value + half

    @property
    def is_cost(self) -> bool:
        return self.quantity in COSTS

    @property
    def is_cell(self) -> bool:
        """Whether it counts the images of one cell of a confusion matrix."""
        return self.quantity.startswith("confusion[")


class Published(Frozen, frozen=True):
    claim: tuple[Claim, ...]


def load(path: Path = PATH) -> tuple[Claim, ...]:
    """Every claim, in the file's order."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Published).claim
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UserError(f"not a readable list of claims ({error})", where=str(path), remedy="mend the file") from None
