"""Which differences between classifiers are significant: pure functions of counts, in Python's own numbers.

All classifiers predict the same test images, so two of them are compared image by image: only those on which one is
right and the other wrong speak for either.
"""

from collections.abc import Iterable, Sequence

from scipy.special import bdtrc

#: Below this probability, corrected for the number of comparisons, a difference is significant.
LEVEL = 0.05


def mcnemar(only_first: int, only_second: int) -> float:
    """How probable a division at least as uneven is if both are equally often right, from 0 to 1: McNemar's exact test.

    ``only_first``, ``only_second``: images that the first alone, and that the second alone, gets right. Under the
    hypothesis each of them falls to either side as a fair coin does, so that this is the two-sided binomial test.
    McNemar, Psychometrika 12 (1947); advised for two classifiers on one test set by Dietterich, Neural Computation 10
    (1998).
    """
    n = only_first + only_second
    fewer = min(only_first, only_second)
    # In whole numbers, so that nothing is rounded before the division: n choose i, of which 2^n are the sum.
    ways = term = 1
    for i in range(fewer):
        term = term * (n - i) // (i + 1)
        ways += term
    return min(1.0, 2 * ways / 2**n)


def at_least(count: int, n: int, share: float) -> float:
    """How probable ``count`` or more successes are in ``n`` independent trials that each succeed with ``share``."""
    return float(bdtrc(count - 1, n, share)) if count else 1.0


def holm(probabilities: Sequence[float]) -> tuple[float, ...]:
    """The probabilities of several tests, each in [0, 1], raised so that all may be read together, in the same order.

    With every one below ``LEVEL`` taken for a difference, the chance of even one false alarm among all tests stays
    below it, however the tests depend on one another. Holm, Scandinavian Journal of Statistics 6 (1979).
    """
    n = len(probabilities)
    adjusted = [0.0] * n
    least = 0.0
    for rank, place in enumerate(sorted(range(n), key=lambda one: probabilities[one])):
        # Never below a smaller one's: the order must stay.
        least = max(least, min(1.0, (n - rank) * probabilities[place]))
        adjusted[place] = least
    return tuple(adjusted)


def ties(n: int, apart: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Groups of the things 0 to n - 1: two share a group exactly if they are not ``apart``; none holds another.

    The groups come in order of their members, as the letters of a compact letter display: insertion and absorption,
    Piepho, Journal of Computational and Graphical Statistics 13 (2004). One thing may be in several groups: with a ~ b
    and b ~ c but a and c apart, the groups are (a, b) and (b, c).
    """
    groups = [frozenset(range(n))] if n else []
    for pair in apart:
        # A group that holds both becomes two, with one of them each; what lies within another group adds nothing.
        parts = [group - {one} for group in groups for one in (pair if group >= set(pair) else (None,))]
        groups = [part for place, part in enumerate(parts) if not _absorbed(part, place, parts)]
    return tuple(sorted(tuple(sorted(group)) for group in groups))


def _absorbed(part: frozenset[int], place: int, parts: Sequence[frozenset[int]]) -> bool:
    """Whether a part lies within another; of equal parts, the first stays."""
    return any(part < other or (part == other and i < place) for i, other in enumerate(parts))


def letter(place: int) -> str:
    """The name of a group by its place: a, b, … z, a2, b2, …"""
    turn, place = divmod(place, 26)
    return chr(ord("a") + place) + (str(turn + 1) if turn else "")
