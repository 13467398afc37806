"""The vocabulary in which a method is written: one file that declares an ``experiment`` and defines ``run``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from generator.metric import Metric

if TYPE_CHECKING:
    import numpy as np

    from generator.dataset import SplitName

Section = Literal["maps", "classifiers"]
Task = Literal["embedding", "classification", "study"]
Fact = bool | int | float | str
Bound = float | str
"""A number, or a quantity of the data that a task is given: ``n_train``, ``n_test``, ``n_pixels``, ``n_classes``."""


def param(
    default: Any,
    *,
    unit: str,
    label: str = "",
    symbol: str = "",
    above: Bound | None = None,
    at_least: Bound | None = None,
    below: Bound | None = None,
    at_most: Bound | None = None,
    choices: Iterable[str] = (),
    zero: str = "",
    recording: bool = False,
) -> Any:
    """A field of a ``Params`` class: what its values mean and which are valid. None of it reaches a key.

    ``unit``: printed after a value; ``"1"`` for a pure number, and where the label says what is counted.
    ``label``: what readers see, by default the name with spaces. ``symbol``: what formulas and libraries call it.
    ``zero``: what 0 stands for, where it is no number like others; it is valid then, whatever the bounds.
    ``recording``: it only decides what is kept, so that it is no setting and no page shows it.
    """
    return field(
        default=default,
        metadata={
            "unit": unit,
            "label": label,
            "symbol": symbol,
            "above": above,
            "at_least": at_least,
            "below": below,
            "at_most": at_most,
            "choices": tuple(str(choice) for choice in choices),
            "zero": zero,
            "recording": recording,
        },
    )


@dataclass(frozen=True)
class Need:
    """The outcome of another experiment's variant, handed to ``run`` in ``inputs``."""

    experiment: str
    variant: str
    counted: bool = False  # its cost is part of what this method is said to cost


@dataclass(frozen=True)
class Variant:
    """One named setting of an experiment: what it changes in ``Params``, on which images it stands, what it needs.

    A variant of a ``series`` is one of several that are looked at together, such as a sweep: it stands in no
    comparison, draws no figures of its own, and is named by its parameters, so that its title may be empty.
    """

    title: str
    params: Mapping[str, Any] = field(default_factory=dict)
    split: "SplitName | None" = None  # None: the experiment's own
    compared: bool = True  # whether the comparison tables list it
    series: str = ""
    sample: int = 0  # only so many of the training images, the same random ones for all; 0: all of them
    repeat: int = 0  # added to the profile's seed
    uses: tuple[str, ...] = ()  # the parameters that it looks at; (): all of them
    needs: Mapping[str, Need] | None = None  # None: the experiment's own


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What the rest of the program must know of a method without running it.

    Texts are English; ``templates/locale`` translates them. Changing anything here but what the variants compute and
    ``needs`` recomputes nothing.
    """

    title: str
    summary: str  # one sentence, no final full stop
    section: Section
    task: Task
    params: type
    variants: Mapping[str, Variant]
    split: "SplitName"
    order: int  # place among the section's pages
    figures: tuple[str, ...]  # names of functions in report/figures
    control: bool = False  # a floor that gives the other scores their meaning
    needs: Mapping[str, Need] = field(default_factory=dict)
    parent: str = ""  # slug of the experiment whose page shows this one, which then has none of its own
    material: str = ""  # what it works on, where that is not the images
    deterministic: bool = False  # `run` draws no random numbers: every seed gives the same


@dataclass(frozen=True)
class Embedding:
    """What an ``embedding`` experiment returns: a place on the map for every training image."""

    coordinates: "np.ndarray"  # (n_train, d) float32, or uint8 where they are grey levels
    arrays: "Mapping[str, np.ndarray]" = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Classification:
    """What a ``classification`` experiment returns: a class for every test image."""

    predictions: "np.ndarray"  # (n_test,) uint8, indices into class_names
    n_parameters: int  # numbers that the trained model stores; 0 if there are none
    probabilities: "np.ndarray | None" = None  # (n_test, n_classes) float32, rows sum to 1
    arrays: "Mapping[str, np.ndarray]" = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """What a ``study`` returns, which is about something else than one map or one classifier of the images.

    Its metrics are its own: it computes them with the pure functions of ``generator.metrics``.
    """

    arrays: "Mapping[str, np.ndarray]" = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


Outcome = Embedding | Classification | Study
