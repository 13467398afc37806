"""The words in which a method is declared: all that its file needs to say what it is and what it returns.

A plug-in writes these types, the catalogue stores them and the report reads them, as they are. Only what a plug-in
need not repeat is filled in when it is read (``generator.registry.declare``): its file name, and its ``Params``.
Nothing here but for the outcomes is computed with, and importing it loads neither NumPy nor anything that learns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, ParamSpec

import msgspec

from generator.metric import Metric

if TYPE_CHECKING:
    import numpy as np

SectionName = Literal["maps", "classifiers"]
Task = Literal["embedding", "classification", "study"]
Fact = bool | int | float | str
Bound = int | float | str
"""A number, or a quantity of the data that a task is given: ``n_train``, ``n_test``, ``n_pixels``, ``n_classes``."""
SplitName = Literal["official", "quarter", "fifth", "tuning"]
"""Which images are trained on and which are held out; ``generator.dataset`` says how each is made."""


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that is checked when it is read and never changes after."""


class Param(Frozen, frozen=True):
    """A parameter: its default, what its values mean and which are valid (``generator.bounds``).

    Only the default is computed with. Written by ``param``, in a ``Params`` class.

    Attributes
    ----------
    default
        Plain: a truth value, a number or a text.
    unit
        Printed after a value; ``"1"`` for a pure number, and where the label says what is counted.
    label
        What readers see, by default the name with spaces.
    symbol
        What formulas and libraries call it.
    above, at_least, below, at_most
        The range of valid values.
    choices
        The valid values, where they are texts.
    zero
        What 0 stands for, where it is no number like others; it is valid then, whatever the range.
    recording
        It only decides what is kept, so that it is no setting and no page shows it.
    name, type
        Of the field; filled in when the declaration is read.
    """

    default: Fact
    unit: str
    label: str = ""
    symbol: str = ""
    above: Bound | None = None
    at_least: Bound | None = None
    below: Bound | None = None
    at_most: Bound | None = None
    choices: tuple[str, ...] = ()
    zero: str = ""
    recording: bool = False
    name: str = ""
    type: Literal["int", "float", "str", "bool"] = "float"


_P = ParamSpec("_P")


def _field(declare: Callable[_P, Param]) -> Callable[_P, Any]:
    """A function that takes what ``declare`` takes and gives a field of a dataclass."""

    def param(*args: _P.args, **kwargs: _P.kwargs) -> Any:
        declared = declare(*args, **kwargs)
        return field(default=declared.default, metadata={"param": declared})

    return param


param = _field(Param)
"""A field of a ``Params`` class: ``n_components: int = param(2, unit="1", at_least=1)``. Takes what ``Param`` takes."""


class Need(Frozen, frozen=True):
    """The outcome of another experiment's variant, handed to ``run`` in ``inputs``.

    Attributes
    ----------
    name
        By which ``inputs`` has it.
    experiment, variant
        Whose outcome it is: the experiment's file name, the variant's name.
    counted
        Its cost is part of what this method is said to cost.
    """

    name: str
    experiment: str
    variant: str
    counted: bool = False


class Variant(Frozen, frozen=True):
    """One named setting of an experiment: what it changes in ``Params``, on which images it stands, what it needs.

    Attributes
    ----------
    name
        Part of the task's id: ``tsne`` and ``2d`` make ``tsne-2d``.
    title
        English; empty in a series, whose members are named by their parameters.
    params
        The parameters that differ from their defaults.
    split
        What is trained on and what is held out.
    compared
        Whether the comparison tables list it; never a member of a series.
    series
        The several that it is one of and that are looked at together, such as a sweep. It draws no figures of its own.
    sample
        Only so many of the training images, the same random ones for all; 0: all of them.
    repeat
        Added to the profile's seed.
    uses
        The parameters that it looks at; (): all of them.
    needs
        What ``run`` is given besides the images.
    """

    name: str
    title: str = ""
    params: Mapping[str, Fact] = {}
    split: SplitName = "official"
    compared: bool = True
    series: str = ""
    sample: int = 0
    repeat: int = 0
    uses: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()

    def __post_init__(self) -> None:
        if self.series:
            msgspec.structs.force_setattr(self, "compared", False)


class Experiment(Frozen, frozen=True, kw_only=True):
    """What the rest of the program must know of a method without running it.

    Texts are English; ``templates/locale`` translates them. Changing anything here but what the variants compute and
    need recomputes nothing.

    Attributes
    ----------
    title
        The method's name.
    summary
        One sentence, no final full stop.
    section
        The part of the site that its page is in.
    task
        What ``run`` returns, and so by what it is scored.
    variants
        The first is the page's main one.
    order
        Place among the section's pages.
    figures
        Names of modules in ``generator.report.figures``.
    control
        A floor that gives the other scores their meaning.
    parent
        File name of the experiment whose page shows this one, which then has none of its own.
    material
        What it works on, where that is not the images.
    deterministic
        ``run`` draws no random numbers: every seed gives the same.
    slug, params
        The file's name and the fields of its ``Params``; filled in when the declaration is read.
    """

    title: str
    summary: str
    section: SectionName
    task: Task
    variants: tuple[Variant, ...]
    order: int
    figures: tuple[str, ...]
    control: bool = False
    parent: str = ""
    material: str = ""
    deterministic: bool = False
    slug: str = ""
    params: tuple[Param, ...] = ()

    def variant(self, name: str) -> Variant:
        """The variant of that name. Raises ``KeyError`` where there is none."""
        for one in self.variants:
            if one.name == name:
                return one
        raise KeyError(name)


@dataclass(frozen=True)
class Embedding:
    """What an ``embedding`` experiment returns: a place on the map for every training image.

    Attributes
    ----------
    coordinates
        (n_train, d) float32, or uint8 where they are grey levels.
    arrays
        What its figures need besides.
    facts
        What is worth telling of the run, by name.
    """

    coordinates: "np.ndarray"
    arrays: "Mapping[str, np.ndarray]" = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Classification:
    """What a ``classification`` experiment returns: a class for every test image.

    Attributes
    ----------
    predictions
        (n_test,) uint8, indices into ``class_names``.
    n_parameters
        Numbers that the trained model stores; 0 if there are none.
    probabilities
        (n_test, n_classes) float32, rows sum to 1; ``None`` where the method has none.
    arrays, facts
        As an embedding's.
    """

    predictions: "np.ndarray"
    n_parameters: int
    probabilities: "np.ndarray | None" = None
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
