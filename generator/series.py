"""The series that classifiers have in common, so that all are repeated as often, learn from as many images, and are
tuned by one protocol.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from generator.vocabulary import SplitName, Variant

Setting = dict[str, Any]  # parameters that differ from an experiment's own

SEEDS = 5  # trainings that differ by their seed alone, the variant itself being the first
SIZES = (700, 2_100, 7_000, 21_000)  # training images; all of them are the variant itself
SPLIT: SplitName = "quarter"  # what classifiers are compared on


def seeds(params: Mapping[str, Any] | None = None, of: str = "") -> tuple[Variant, ...]:
    """A setting under other seeds. ``of``: the name of its variant, unless that is the experiment's first."""
    series = f"{of}_seed" if of else "seed"
    return tuple(
        Variant(f"{series}_{i}", params=params or {}, split=SPLIT, series=series, repeat=i) for i in range(1, SEEDS)
    )


def sizes(params: Mapping[str, Any] | None = None, epochs: Mapping[int, int] | None = None) -> tuple[Variant, ...]:
    """A setting that learns from fewer images. ``epochs``: by size, where they are not the setting's own."""
    return tuple(
        Variant(
            f"size_{n}",
            params={**(params or {}), **({"epochs": epochs[n]} if epochs else {})},
            split=SPLIT,
            series="size",
            sample=n,
        )
        for n in SIZES
    )


def candidates(settings: Sequence[Setting]) -> tuple[Variant, ...]:
    """The settings among which a classifier's tuned one is chosen, ``candidate_1`` and so on.

    One protocol for all: a few settings around values from the literature, the article's own among them. Each learns
    once, under the profile's seed, from four fifths of the images that the compared variants learn from, and names the
    other fifth (split ``tuning``). The one that is right most often on that fifth is the tuned one, be its lead ever so
    small. The images that the compared variants are tested on choose nothing.
    """
    return tuple(
        Variant(f"candidate_{i}", params=setting, split="tuning", series="candidate")
        for i, setting in enumerate(settings, start=1)
    )
