"""What the articles report, each number beside the task of ours that answers it, and what comes of the two."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from generator.errors import UserError
from generator.metrics.intervals import Z
from generator.record import Fact, Frozen

PATH = Path(__file__).with_suffix(".toml")

#: Seconds of a task's cost; every other quantity is a metric, a fact, ``n`` (images mapped or predicted),
#: ``hardest_class``, or an element of an array: ``confusion[4][9]``.
COSTS = ("wall_s", "cpu_s")

Verdict = Literal["", "reproduced", "better", "differs", "faster", "slower"]


class Claim(Frozen, frozen=True):
    article: str  # A1 ... A5
    name: str
    task: str
    quantity: str
    value: int | float | str  # seconds of a cost; otherwise as ours is
    note: str  # what is not the same here and may explain a difference
    within: float | None = None  # how exactly the article says it; by default half a unit of its last digit
    below: bool = False  # the article says only that it lies below the value

    @property
    def bounds(self) -> tuple[float, float]:
        """The numbers that the article's figure may stand for."""
        value = float(self.value)
        if self.below:
            return float("-inf"), value
        last = int(Decimal(repr(self.value)).as_tuple().exponent)
        half = self.within if self.within is not None else 0.5 * 10**last
        return value - half, value + half


class Published(Frozen, frozen=True):
    claim: tuple[Claim, ...]


def load(path: Path = PATH) -> tuple[Claim, ...]:
    """Every claim, in the file's order."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Published).claim
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UserError(f"not a readable list of claims ({error})", where=str(path), remedy="mend the file") from None


def counted(count: int) -> tuple[float, float]:
    """Where the same rare count would lie on other images of the same number, 19 times in 20.

    The other count a solves (a - count)² = Z² (a + count): the score test for two Poisson counts of one mean.
    """
    centre, half_width = count + Z**2 / 2, Z * (2 * count + Z**2 / 4) ** 0.5
    return max(0.0, centre - half_width), centre + half_width


def verdict(claim: Claim, ours: Fact, interval: tuple[float, float] | None, better: str | None) -> Verdict:
    """Whether our value, within its interval if it has one, is what the article's figure may stand for; if not, whether
    it is better where one direction is (``"higher"``, ``"lower"``, or ``None``). Of a time, which of the two is less.
    """
    if claim.quantity in COSTS:
        return "faster" if float(ours) < float(claim.value) else "slower"
    if isinstance(claim.value, str) or isinstance(ours, str):
        return "reproduced" if ours == claim.value else "differs"
    low, high = interval or (float(ours), float(ours))
    least, most = claim.bounds
    if claim.below:
        return "reproduced" if high < most else "differs"
    if low <= most and least <= high:
        return "reproduced"
    ahead = low > most if better == "higher" else high < least
    return "better" if better is not None and ahead else "differs"
