"""Which values of a parameter are valid: those among its choices, or within a range that may depend on the data."""

import math
import operator
from collections.abc import Mapping

from generator.record import SIDE, DataInfo
from generator.vocabulary import Bound, Fact, Param, SplitName

#: What a bound may name instead of a number: quantities of the data as a task is given them.
QUANTITIES = {
    "n_train": "the number of training images",
    "n_test": "the number of test images",
    "n_pixels": "the number of pixels",
    "n_classes": "the number of classes",
}

#: The shares that a split holds out, of all images and then of what is left, rounded up, as ``generator.dataset`` does.
HELD_OUT: dict[SplitName, tuple[float, ...]] = {"quarter": (0.25,), "fifth": (0.2,), "tuning": (0.25, 0.2)}


def quantities(data: DataInfo, split: SplitName, sample: int) -> dict[str, int]:
    """``QUANTITIES`` of the data that a task is given. ``sample``: how many of the training images; 0: all."""
    n_train, n_test = data.n_train, data.n_images - data.n_train
    if split != "official":
        n_train = data.n_images
        for share in HELD_OUT[split]:
            n_test = math.ceil(share * n_train)
            n_train -= n_test
    return {
        "n_train": min(sample or n_train, n_train),
        "n_test": n_test,
        "n_pixels": SIDE**2,
        "n_classes": len(data.class_names),
    }


def fits(param: Param, value: Fact, known: Mapping[str, int] | None = None) -> bool:
    """Whether a value of the parameter's type is valid. ``known``: quantities; a bound by one that is not holds."""
    if param.choices:
        return value in param.choices
    if isinstance(value, str) or (param.zero and value == 0):
        return True
    within = {"above": operator.gt, "at least": operator.ge, "below": operator.lt, "at most": operator.le}
    limits = {word: (known or {}).get(one) if isinstance(one, str) else one for word, one in _bounds(param)}
    return all(within[word](value, limit) for word, limit in limits.items() if limit is not None)


def valid(param: Param, known: Mapping[str, int] | None = None) -> str:
    """What ``fits`` asks for, in English: ``at least 1 and below the number of training images (1,438)``; nothing
    where every value of the type will do.
    """
    if param.choices:
        return f"one of {', '.join(param.choices)}"
    text = " and ".join(f"{word} {_limit(limit, known or {})}" for word, limit in _bounds(param))
    return f"{text}, or 0 ({param.zero})" if text and param.zero else text


def _bounds(param: Param) -> list[tuple[str, Bound]]:
    found = (
        ("above", param.above),
        ("at least", param.at_least),
        ("below", param.below),
        ("at most", param.at_most),
    )
    return [(word, limit) for word, limit in found if limit is not None]


def _limit(limit: Bound, known: Mapping[str, int]) -> str:
    if not isinstance(limit, str):
        return f"{limit:,}"
    return f"{QUANTITIES[limit]} ({known[limit]:,})" if limit in known else QUANTITIES[limit]
