"""One score, as metrics make it and records keep it.

A module of its own, since experiments reach it: whatever else a record holds can change without recomputing them.
"""

from typing import Literal

import msgspec


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One score. ``low``/``high``: 95 % interval, where there is one. ``unit``: ``"1"`` for a share between 0 and 1.

    ``blocks``: the same score on disjoint parts of the images it is taken on, which are the same parts for every method
    that is scored on these images, so that two methods can be compared part by part.
    """

    name: str
    value: float
    better: Literal["higher", "lower"]
    low: float | None = None
    high: float | None = None
    unit: str = "1"
    blocks: tuple[float, ...] = ()
