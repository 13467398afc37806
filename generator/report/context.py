"""Everything a template may speak of, in one language: pages, methods, scores, costs, figures.

A value is asked of a variant that has a result; asking one that failed or never ran raises ``NoResult``, so no
template can print a stale or invented number.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from generator.metric import Metric
from generator.record import (
    DataInfo,
    Machine,
    Measures,
    Provenance,
    Record,
    Results,
    TaskInfo,
)
from generator.report import articles, classifiers, glossary, references
from generator.report.figures.draw import Drawn
from generator.report.findings import timing
from generator.report.findings.against import Pair
from generator.report.findings.compare import Scored, pooled
from generator.report.findings.found import Findings
from generator.report.findings.timing import Cost, Time
from generator.report.i18n import Words, bare, unbroken
from generator.report.labels import (
    BUSY_MARK,
    fact_label,
    metric_label,
    param_label,
    param_text,
    probability_text,
    task_label,
    time_text,
    value_text,
    variant_title,
)
from generator.report.published import Claim
from generator.report.rows import HEADLINE, PURPOSES, SECTIONS, leading, rows
from generator.vocabulary import Experiment, Fact, Param, SectionName

T = TypeVar("T")

State = Literal["done", "failed", "missing"]

#: Below this width of an interval, two decimals of a percentage say something; below a tenth of it, four of a number.
FINE = 0.01

SHORT_DIGEST = 12

#: The glossary's entries on the scores of an embedding.
METRIC_TERMS = {
    "trustworthiness": "trustworthiness",
    "continuity": "continuity",
    "neighbour_recall_15": "neighbour_recall",
    "distance_correlation": "rank_correlation",
    "triplet_accuracy": "triplet_accuracy",
    "neighbour_accuracy_10": "neighbour_accuracy",
    "silhouette": "silhouette",
}


class NoResult(LookupError):
    """A template asked for a number there is none of."""


@dataclass(frozen=True)
class Page:
    """One page, the same in every language. ``path`` is template, Markdown file and URL: ``maps/tsne``."""

    path: str
    title: str  # a msgid
    section: str = ""
    slug: str = ""

    @property
    def url(self) -> str:
        """The URL below the language's folder: ``maps/tsne/``; the home page's is empty."""
        if self.path == "index":
            return ""
        return self.path.removesuffix("/index") + "/"

    @property
    def up(self) -> str:
        """The way from this page to the language's folder: ``../../``."""
        return "../" * self.url.count("/")


def pages(experiments: Sequence[Experiment]) -> tuple[Page, ...]:
    """Every page of the site, in reading order; an experiment with a parent is shown on the parent's."""

    def of(section: str) -> tuple[Page, ...]:
        return tuple(
            Page(f"{section}/{one.slug}", one.title, section, one.slug)
            for one in experiments
            if one.section == section and not one.parent
        )

    return (
        Page("index", "Home"),
        Page("data", "Data"),
        Page("maps/index", "Embeddings", "maps"),
        *of("maps"),
        Page("maps/settings", "Settings, initialisation and seeds", "maps"),
        Page("classifiers/index", "Classifiers", "classifiers"),
        *of("classifiers"),
        Page("classifiers/sample_size", "Training set size", "classifiers"),
        Page("classifiers/errors", "Errors compared", "classifiers"),
        Page("reproduction", "Reproduction"),
        Page(glossary.PAGE, "Glossary"),
        Page(references.PAGE, "References"),
        Page("about", "About"),
    )


@dataclass(frozen=True)
class Quantity:
    """A named value, ready to print."""

    label: str
    text: str


@dataclass(frozen=True)
class Confusion:
    """How often one class was taken for another."""

    true: str
    predicted: str
    count: int


@dataclass(frozen=True)
class ClassScore:
    """How well a classifier does on one class."""

    name: str
    n: int  # test images of it
    precision_value: float | None  # of the images taken for it, those that are; None where there are none
    recall_value: float | None  # of its images, those that are taken for it
    words: Words

    @property
    def precision(self) -> str:
        return self._print(self.precision_value)

    @property
    def recall(self) -> str:
        return self._print(self.recall_value)

    def _print(self, share: float | None) -> str:
        return "–" if share is None else self.words.percent(share)


@dataclass(frozen=True)
class Variant:
    """One task and what came of it."""

    words: Words
    results: Results
    title: str
    label: str  # the method's title, with the variant's where it has several, as tables and figures name it
    name: str
    compared: bool
    series: str  # the series it is one of, or ""
    task: TaskInfo
    declared: tuple[Param, ...]
    record: Record | None

    @property
    def id(self) -> str:
        return self.task.id

    @property
    def state(self) -> State:
        if self.record is None:
            return "missing"
        return "done" if self.record.failure is None else "failed"

    @property
    def done(self) -> bool:
        return self.state == "done"

    @property
    def missing(self) -> bool:
        return self.state == "missing"

    @property
    def failed(self) -> bool:
        return self.state == "failed"

    @property
    def result(self) -> Record:
        """The record, if it holds a result."""
        if self.record is None or self.record.failure is not None:
            raise NoResult(f"{self.id} has no result; ask `.done` first")
        return self.record

    @property
    def n(self) -> int:
        """How many images were mapped, or predicted."""
        arrays = self.result.arrays
        for name in ("coordinates", "predictions"):
            if name in arrays:
                return arrays[name].shape[0]
        raise NoResult(f"{self.id} neither maps images nor predicts; its arrays are {', '.join(arrays)}")

    def values(self, name: str) -> Any:
        """An array as nested lists of Python's own numbers, for tables and sums."""
        if name not in self.result.arrays:
            raise NoResult(f"{self.id} has no array {name}; it has {', '.join(self.result.arrays)}")
        return self.results.array(self.id, name).tolist()

    @property
    def confusions(self) -> tuple[Confusion, ...]:
        """Every pair of classes that was confused, the commonest first."""
        if "confusion" not in self.result.arrays:
            raise NoResult(f"{self.id} has no confusion matrix")
        names = self.results.catalogue.data.class_names
        counts = self.results.array(self.id, "confusion").tolist()  # rows = true class
        pairs = [
            Confusion(names[true], names[predicted], count)
            for true, row in enumerate(counts)
            for predicted, count in enumerate(row)
            if true != predicted and count
        ]
        return tuple(sorted(pairs, key=lambda one: -one.count))

    @property
    def per_class(self) -> tuple[ClassScore, ...]:
        """Precision and recall of every class."""
        counts: list[list[int]] = self.values("confusion")  # rows = true class
        taken = [sum(column) for column in zip(*counts, strict=True)]
        return tuple(
            ClassScore(
                name=name,
                n=sum(row),
                precision_value=row[place] / taken[place] if taken[place] else None,
                recall_value=row[place] / sum(row) if any(row) else None,
                words=self.words,
            )
            for place, (name, row) in enumerate(zip(self.results.catalogue.data.class_names, counts, strict=True))
        )

    @property
    def n_train(self) -> int:
        """How many images it learned from."""
        if "predictions" not in self.result.arrays:
            raise NoResult(f"{self.id} classifies nothing")
        return classifiers.n_train(self.results, self.result)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return self.result.metrics

    def metric(self, name: str) -> Metric:
        """A score: of a classifier, the mean over its runs that differ by their seed alone, and its interval."""
        for one in self.metrics:
            if one.name == name:
                return pooled(self.results, self.id, one)
        raise NoResult(f"{self.id} has no metric {name}; it has {', '.join(one.name for one in self.metrics)}")

    def has(self, name: str) -> bool:
        """Whether there is a result with this metric."""
        return self.done and any(one.name == name for one in self.metrics)

    def score(self, name: str) -> str:
        """``97.6 %`` or ``0.981``."""
        return self.score_of(name, self.metric(name).value)

    def score_of(self, name: str, value: float) -> str:
        """Another value of a metric, as exact as its own is printed."""
        return self._print(self.metric(name), value)

    def interval(self, name: str) -> str:
        """``97.3–97.9 %``, ``−0.11…0.03``, or nothing where the metric has no interval that says anything."""
        return interval_text(self.words, self.metric(name))

    def bounds(self, name: str) -> tuple[float, float]:
        """The interval of a metric; of one without, the value twice."""
        one = self.metric(name)
        return (one.value, one.value) if one.low is None or one.high is None else (one.low, one.high)

    def _print(self, one: Metric, value: float) -> str:
        return score_text(self.words, one, value)

    @property
    def measures(self) -> Measures:
        if self.result.measures is None:
            raise NoResult(f"{self.id} was not measured")
        return self.result.measures

    @property
    def provenance(self) -> Provenance:
        if self.result.provenance is None:
            raise NoResult(f"{self.id} has no provenance")
        return self.result.provenance

    @property
    def cost(self) -> Cost:
        found = timing.cost(self.results, self.id)
        if found is None:
            raise NoResult(f"{self.id} has no cost; ask `.done` first")
        return found

    @property
    def busy(self) -> bool:
        """Whether its times were measured on a busy machine: they are marked, and ``m.busy`` says so below them."""
        return self.done and self.cost.busy

    @property
    def wall(self) -> str:
        return time_text(self.words, self.cost.whole)

    @property
    def cpu(self) -> str:
        return self.words.duration(self.measures.cpu_s)

    @property
    def peak(self) -> str:
        """Of a task that had a process to itself: in a shared one it would count what earlier tasks took, too."""
        return self.words.size(self.measures.peak_bytes) if self.compared else "–"

    @property
    def fit(self) -> str:
        """The training time; where prediction was not timed apart, that of both."""
        return time_text(self.words, self.cost.training)

    @property
    def timed(self) -> bool:
        """Whether prediction was timed apart."""
        return self.done and self.cost.per_image is not None

    @property
    def per_image(self) -> str:
        """The prediction time per test image."""
        if self.cost.per_image is None:
            raise NoResult(f"the prediction of {self.id} was not timed apart; ask `.timed` first")
        return time_text(self.words, self.cost.per_image)

    def fact(self, name: str) -> Fact:
        facts = self.result.facts
        if name not in facts:
            raise NoResult(f"{self.id} has no fact {name}; it has {', '.join(facts) or 'none'}")
        return facts[name]

    def knows(self, name: str) -> bool:
        """Whether there is a result with this fact."""
        return self.done and name in self.result.facts

    def repeats(self, name: str) -> bool:
        """Whether a fact only says again what a parameter says, or another fact."""
        value, params = self.fact(name), self.task.params
        stem = name.removeprefix("n_").removesuffix("_used")
        if name == "n_iterations":  # of a network: its epochs
            return value == self.result.facts.get("epochs")
        return any(params.get(one) == value for one in (name, stem))

    @property
    def params(self) -> tuple[Quantity, ...]:
        """Every parameter that is a setting and that this task looks at, as it had it."""
        uses = self.results.catalogue.variant(self.task).uses
        return tuple(
            Quantity(param_label(self.words, one), param_text(self.words, one, self.task.params[one.name]))
            for one in self.declared
            if not one.recording and (one.name in uses or not uses)
        )

    def param(self, label: str) -> str:
        """The parameter of this label, printed; a dash where the task does not look at it."""
        return next((one.text for one in self.params if one.label == label), "–")

    def print(self, value: Fact) -> str:
        """A value of a fact."""
        return value_text(self.words, value)


def score_text(words: Words, of: Metric | Scored, value: float) -> str:
    """A value of a score, as exact as its interval is narrow: ``97.6 %``, ``0.981``."""
    name = of.metric if isinstance(of, Scored) else of.name
    width = 1.0 if of.low is None or of.high is None else of.high - of.low
    if is_share(name):
        return words.percent(value, 2 if 0 < width < FINE else 1)
    number = words.number(value, 4 if 0 < width < FINE / 10 else 3)
    return number if of.unit == "1" else words.measure(number, of.unit)


def range_text(words: Words, of: Metric | Scored, low: float, high: float) -> str:
    """``97.3–97.9 %``, ``−0.11…0.03``: the unit once."""
    dash = "…" if low < 0 else "–"
    return f"{bare(score_text(words, of, low))}{dash}{score_text(words, of, high)}"


def interval_text(words: Words, of: Metric | Scored) -> str:
    """``97.3–97.9 %``, or nothing where there is no interval.

    Values that are all the same have a mean without spread. An interval of no width would call that certain, which so
    few values cannot make it: it is not shown.
    """
    if of.low is None or of.high is None or of.low == of.high:
        return ""
    return range_text(words, of, of.low, of.high)


def versions(variants: Iterable[Variant]) -> dict[str, tuple[str, ...]]:
    """Every distribution a result of these was computed with, Python first, and its version or versions."""
    found: dict[str, set[str]] = {}
    for one in (variant.provenance for variant in variants if variant.done):
        for name, version in {"Python": one.python, **one.versions}.items():
            found.setdefault(name, set()).add(version)
    return {name: tuple(sorted(found[name])) for name in sorted(found, key=lambda name: (name != "Python", name))}


def machines(variants: Iterable[Variant]) -> tuple[Machine, ...]:
    """The machines that results of these come from, without repetition."""
    found = [variant.provenance.machine for variant in variants if variant.done]
    return tuple(machine for place, machine in enumerate(found) if machine not in found[:place])


def is_share(metric: str) -> bool:
    """Whether a metric counts images, so that it reads best as a percentage."""
    return any(part in metric for part in ("accuracy", "recall", "purity", "overlap", "share", "variance"))


@dataclass(frozen=True)
class Method:
    """One experiment and its page."""

    slug: str
    title: str
    summary: str
    section: str
    material: str  # what it works on, where that is not the images
    control: bool
    figures: tuple[str, ...]
    parent: str  # the method whose page shows this one, or ""
    children: tuple["Method", ...]
    all: tuple[Variant, ...]

    @property
    def path(self) -> str:
        return f"{self.section}/{self.parent or self.slug}"

    @property
    def main(self) -> Variant:
        """The variant the page is about: the first declared."""
        return self.all[0]

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Those with a name of their own."""
        return tuple(one for one in self.all if not one.series)

    def series(self, name: str) -> tuple[Variant, ...]:
        """The members of a series, in declared order."""
        found = tuple(one for one in self.all if one.series == name)
        if not found:
            known = sorted({one.series for one in self.all} - {""})
            raise NoResult(f"{self.slug} has no series {name}; it has {', '.join(known) or 'none'}")
        return found

    def named(self, name: str) -> Variant | None:
        """The variant of this name, if there is one."""
        return next((one for one in self.all if one.name == name), None)

    @property
    def param_labels(self) -> tuple[str, ...]:
        """Of every parameter that any variant with a title looks at."""
        return tuple(dict.fromkeys(one.label for variant in self.variants for one in variant.params))

    @property
    def alike(self) -> tuple[Variant, ...]:
        """Those with a title that are tested on the same images as the main one."""
        return tuple(one for one in self.variants if one.task.split == self.main.task.split)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Of every metric that any variant with a title has."""
        return tuple(dict.fromkeys(one.name for variant in self.variants if variant.done for one in variant.metrics))

    @property
    def fact_names(self) -> tuple[str, ...]:
        """Of every fact that any variant with a title has, but for what other rows say already; a lower end before the
        upper one.
        """
        names = dict.fromkeys(name for variant in self.variants if variant.done for name in variant.result.facts)
        said = [name for name in names if not all(one.repeats(name) for one in self.variants if one.knows(name))]
        stems = {name: name.removesuffix("_low").removesuffix("_high") for name in said}
        place = {stem: i for i, stem in enumerate(dict.fromkeys(stems.values()))}
        return tuple(sorted(said, key=lambda name: (place[stems[name]], name.endswith("_high"))))

    def fact_label(self, name: str) -> str:
        """The words for a fact of this method."""
        return fact_label(self.main.words, self.slug, name)

    @property
    def family(self) -> tuple["Method", ...]:
        """This method, and those its page shows as well."""
        return (self, *self.children)

    @property
    def shown(self) -> tuple[Variant, ...]:
        """All the page speaks of: every variant of the family."""
        return tuple(variant for one in self.family for variant in one.all)

    @property
    def done(self) -> bool:
        return self.main.done

    @property
    def machines(self) -> tuple[Machine, ...]:
        return machines(self.shown)

    @property
    def versions(self) -> dict[str, tuple[str, ...]]:
        return versions(self.shown)

    def variant(self, name: str) -> Variant:
        if (found := self.named(name)) is not None:
            return found
        raise NoResult(f"{self.slug} has no variant {name}; it has {', '.join(one.name for one in self.all)}")

    def score(self, metric: str) -> str:
        return self.main.score(metric)

    def interval(self, metric: str) -> str:
        return self.main.interval(metric)

    def value(self, metric: str) -> float:
        return self.main.metric(metric).value


@dataclass(frozen=True)
class Row:
    """A line of a comparison: a compared variant of a method."""

    method: Method
    variant: Variant
    title: str  # the method's, with the variant's where it has several
    role: Literal["method", "floor", "ceiling"]
    n_parameters: int | None  # learned numbers, where a method counts them
    n_dimensions: int | None = None  # of an embedding
    best: tuple[str, ...] = ()  # metrics by which no row in as many dimensions is significantly better

    @property
    def done(self) -> bool:
        return self.variant.done


@dataclass(frozen=True)
class Block:
    """Rows that are compared with one another."""

    title: str  # "" where there is no other
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    name: str
    headline: str  # the metric it is sorted by
    methods: tuple[Method, ...]
    rows: tuple[Row, ...]  # best first, those without a result last
    words: Words

    @property
    def done(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.done)

    @property
    def contenders(self) -> tuple[Row, ...]:
        """Rows with a result that are not controls, best first."""
        return tuple(row for row in self.done if not row.method.control)

    @property
    def floors(self) -> tuple[Row, ...]:
        """Controls with a result that any method should beat, best first."""
        return tuple(row for row in self.done if row.role == "floor")

    @property
    def ceilings(self) -> tuple[Row, ...]:
        """Controls with a result that see more than a map can show, best first."""
        return tuple(row for row in self.done if row.role == "ceiling")

    def series(self, name: str) -> tuple[Variant, ...]:
        """The members of a series, of all methods."""
        return tuple(one for method in self.methods for one in method.all if one.series == name)

    @property
    def has_parameters(self) -> bool:
        """Whether all methods count learned numbers, so that they can be compared by them."""
        return bool(self.contenders) and all(row.n_parameters is not None for row in self.contenders)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics any row has, the headline first."""
        names = dict.fromkeys([self.headline, *(one.name for row in self.done for one in row.variant.metrics)])
        return tuple(names)

    @property
    def higher(self) -> tuple[str, ...]:
        """The metrics of which more is better."""
        found = {one.name: one.better for row in self.done for one in row.variant.metrics}
        return tuple(name for name, better in found.items() if better == "higher")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The rows by what they can be compared with: embeddings in as many dimensions, the fewest first, then the
        references, and those without a result last.
        """
        found: dict[tuple[int, int, str], list[Row]] = {}
        for row in self.rows:
            if not row.done:
                key = (2, 0, self.words("No result"))
            elif row.role == "ceiling":
                key = (1, 0, self.words("Original space"))
            elif row.n_dimensions is not None:
                key = (0, row.n_dimensions, self.words("{n}-D", n=self.words.number(row.n_dimensions)))
            else:
                key = (0, 0, "")
            found.setdefault(key, []).append(row)
        if len(found) == 1:
            return (Block("", self.rows),)
        return tuple(Block(title, tuple(found[place, n, title])) for place, n, title in sorted(found))

    def cost_names(self, cpu: bool) -> tuple[str, ...]:
        """What the rows cost, by name, and the numbers they learn where all count them; ``cpu``: CPU time as well."""
        counted = ("n_parameters",) if self.has_parameters else ()
        return (*counted, "wall_s", *(("cpu_s",) if cpu else ()), "peak_bytes")

    def groups(self, *wanted: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The wanted metrics that any row has (all, if none is named), by what they speak of: (purpose, metrics)."""
        known = [name for name in self.metrics if not wanted or name in wanted]
        found = [(purpose, tuple(name for name in names if name in known)) for purpose, names in PURPOSES.items()]
        others = tuple(name for name in known if not any(name in names for names in PURPOSES.values()))
        return tuple((purpose, names) for purpose, names in [*found, ("", others)] if names)


@dataclass(frozen=True)
class Data:
    """The images all pages show."""

    info: DataInfo
    title: str

    @property
    def is_mnist(self) -> bool:
        return self.info.name == "mnist"

    @property
    def n_images(self) -> int:
        return self.info.n_images

    @property
    def n_train(self) -> int:
        return self.info.n_train

    @property
    def n_test(self) -> int:
        return self.info.n_images - self.info.n_train

    @property
    def n_classes(self) -> int:
        return len(self.info.class_names)


@dataclass(frozen=True)
class Comparison:
    """An article's number, to be set beside ours."""

    claim: Claim
    method: Method
    variant: Variant
    words: Words

    @property
    def name(self) -> str:
        return self.words(self.claim.name)

    @property
    def note(self) -> str:
        """What is not the same here."""
        return self.words(self.claim.note)

    @property
    def article(self) -> str:
        """The article's value, as exact as the article gives it."""
        value = self.claim.value
        if is_share(self.claim.quantity):
            text = self.words.percent(float(value), max(0, -self.claim.exponent - 2))
        else:
            text = self._print(value)
        return self.words("below {value}", value=text) if self.claim.below else text

    def ours(self, value: float | str) -> str:
        """A value of ours."""
        if isinstance(value, float) and self.variant.has(self.claim.quantity):
            return self.variant.score_of(self.claim.quantity, value)
        if is_share(self.claim.quantity):
            return self.words.percent(float(value))
        return self._print(value)

    def range(self, low: float, high: float) -> str:
        """From where to where ours may lie."""
        return f"{bare(self.ours(low))}–{self.ours(high)}"

    def _print(self, value: float | str) -> str:
        if self.claim.is_cost:
            return self.words.duration(float(value))
        if isinstance(self.claim.value, int):
            return self.words.number(float(value))
        return value_text(self.words, value)


def data_title(name: str, words: Words) -> str:
    titles = {"digits": words("scikit-learn's handwritten digits"), "mnist": words("MNIST")}
    return titles.get(name, name)


def section_title(name: str, words: Words) -> str:
    return {"maps": words("Embeddings"), "classifiers": words("Classifiers")}[name]


def split_title(name: str, data: Data, words: Words) -> str:
    """How the images were parted, in words."""
    if name == "official" and not data.is_mnist:  # nobody else has a test set that all use
        n_train, n_test = words.number(data.n_train), words.number(data.n_test)
        return words("the first {n_train} for training, the last {n_test} for testing", n_train=n_train, n_test=n_test)
    return {
        "official": words("official training and test set"),
        "quarter": words("25 % test split, stratified"),
        "fifth": words("20 % test split, random"),
        "tuning": words("20 % of the training images held out, stratified"),
    }[name]


class Book:
    """All pages' common context in one language."""

    def __init__(
        self,
        results: Results,
        words: Words,
        drawn: Mapping[tuple[str, str, str], Drawn],
        claims: Sequence[Claim],
        tables: Sequence[str],
        found: Findings,
    ) -> None:
        catalogue = results.catalogue
        self.found = found
        self.results = results
        self.words = words
        self.tables = tuple(tables)
        self.terms = {one.key: one for one in glossary.terms(glossary.load(), words.code)}
        self.references = references.load()
        self.articles = articles.load()
        self.pages = pages(catalogue.experiments)
        self.data = Data(catalogue.data, data_title(catalogue.data.name, words))
        self.drawn = {(subject, name): one for (code, subject, name), one in drawn.items() if code == words.code}
        families = {one.slug: catalogue.children(one.slug) for one in catalogue.experiments}
        alone = {one.slug: self._method(one) for one in catalogue.experiments}
        self.methods = {
            slug: replace(one, children=tuple(alone[child.slug] for child in families[slug]))
            for slug, one in alone.items()
        }
        self.sections: dict[str, Section] = {name: self._section(name) for name in SECTIONS}
        variants = {variant.id: (method, variant) for method in self.methods.values() for variant in method.all}
        self.variants = tuple(variant for _, variant in variants.values())
        self.by_task = variants
        self.comparisons = tuple(
            Comparison(claim, *variants[claim.task], self.words) for claim in claims if claim.task in variants
        )

    def _method(self, declared: Experiment) -> Method:
        words, catalogue = self.words, self.results.catalogue
        records = self.results.of(declared.slug)
        return Method(
            slug=declared.slug,
            title=words(declared.title),
            summary=words(declared.summary),
            section=declared.section,
            material=words(declared.material) if declared.material else "",
            control=declared.control,
            figures=declared.figures,
            parent=declared.parent,
            children=(),
            all=tuple(
                Variant(
                    words=words,
                    results=self.results,
                    title=variant_title(words, catalogue, task),
                    label=task_label(words, catalogue, task),
                    name=task.variant,
                    compared=catalogue.variant(task).compared,
                    series=catalogue.variant(task).series,
                    task=task,
                    declared=declared.params,
                    record=records.get(task.variant),
                )
                for task in catalogue.tasks_of(declared.slug)
            ),
        )

    def _section(self, name: SectionName) -> Section:
        found, best = rows(self.results, name), leading(self.results, name)
        return Section(
            name=name,
            headline=HEADLINE[name],
            methods=tuple(one for one in self.methods.values() if one.section == name and not one.parent),
            rows=tuple(
                Row(
                    method=self.methods[row.experiment],
                    variant=(variant := self.methods[row.experiment].variant(row.variant)),
                    title=task_label(self.words, self.results.catalogue, variant.task, control=False),
                    role=row.role,
                    n_parameters=row.n_parameters,
                    n_dimensions=row.n_dimensions,
                    best=best.get(row.task, ()),
                )
                for row in found
            ),
            words=self.words,
        )

    def claim(self, key: str) -> Comparison:
        """An article's number by its key."""
        for one in self.comparisons:
            if one.claim.key == key:
                return one
        raise NoResult(f"no claim {key}; there are {', '.join(one.claim.key for one in self.comparisons)}")

    @property
    def busy_note(self) -> str:
        """What the mark beside a time means."""
        return self.words(
            "{mark} Measured on a busy machine: the wall-clock time is more than {factor} times the CPU time. Such a "
            "time is ranked by its CPU time.",
            mark=BUSY_MARK,
            factor=self.words.number(timing.BUSY, 2),
        )

    @property
    def newest(self) -> Provenance | None:
        """What the last computed result was made from; nothing where there are no results."""
        found = [one.provenance for one in self.variants if one.done]
        return max(found, key=lambda one: one.computed_at, default=None)

    @property
    def machines(self) -> tuple[Machine, ...]:
        return machines(self.variants)

    @property
    def versions(self) -> dict[str, tuple[str, ...]]:
        return versions(self.variants)

    def numbers_of(self, method: Method) -> tuple[Comparison, ...]:
        """The articles' numbers that a method's page answers, but settings and counts of images."""
        mine = [one for one in self.comparisons if one.method.path == method.path]
        return tuple(one for one in mine if not one.claim.setting and not one.claim.is_cell)

    def name(self, task: str) -> str:
        """What a task is called beside those of other methods."""
        return task_label(self.words, self.results.catalogue, self.by_task[task][1].task, control=False)

    def names(self, tasks: Iterable[str]) -> str:
        """The same of several, as a list in the language: ``A, B and C``."""
        return self.words.list(self.name(task) for task in tasks)

    def title(self, task: str) -> str:
        """What a task is called on its own method's page."""
        return self.by_task[task][1].title

    def titles(self, tasks: Iterable[str]) -> str:
        """The same of several, as a list in the language."""
        return self.words.list(self.title(task) for task in tasks)

    def score(self, scored: Scored, value: float | None = None) -> str:
        """A score of a finding, or another value as exact as it is: ``99.27 %``."""
        return score_text(self.words, scored, scored.value if value is None else value)

    def scored(self, scored: Scored) -> str:
        """A score with its interval: ``99.27 % (95 % interval 99.13–99.40 %)``."""
        interval = self.interval(scored)
        if not interval:
            return self.score(scored)
        return self.words("{score} (95 % interval {range})", score=self.score(scored), range=interval)

    def spread(self, scored: Scored) -> str:
        """The least and the greatest score of its runs: ``99.25–99.29 %``."""
        return range_text(self.words, scored, scored.least, scored.greatest)

    def interval(self, scored: Scored) -> str:
        """A score's interval, ``99.13–99.40 %``, or nothing where it has none that says anything."""
        return interval_text(self.words, scored)

    def extent(self, metric: str) -> str:
        """What a score of the section's embeddings is taken on: ``k = 15, n = 5 × 2,000``; nothing of other scores."""
        one = None if self.found.embeddings is None else self.found.embeddings.extents.get(metric)
        if one is None:
            return ""
        count = self.words.number(one.n) if one.parts == 1 else f"{one.parts} × {self.words.number(one.n)}"
        return unbroken(f"k = {one.k}") + f", {unbroken(f'n = {count}')}" if one.k else unbroken(f"n = {count}")

    def runs(self, scored: Scored) -> str:
        """How many runs a score is the mean of, and their range; or that chance had only one."""
        if scored.single:
            return self.words("single run")
        return self.words("{n} runs: {range}", n=scored.runs, range=self.spread(scored)) if scored.runs > 1 else ""

    def took(self, time: Time) -> str:
        """A time of a finding, marked where the machine was busy."""
        return time_text(self.words, time)

    def probability(self, p: float) -> str:
        """A p value: ``0.034``, ``below 0.001``."""
        return probability_text(self.words, p)

    def variant(self, task: str) -> Variant:
        return self.by_task[task][1]

    def theirs(self, task: str, quantity: str) -> str:
        """What an article says of a quantity of a task, printed as ours is."""
        for one in self.comparisons:
            if (one.claim.task, one.claim.quantity) == (task, quantity):
                return one.article
        raise NoResult(f"no article says anything of {quantity} of {task}")

    def page(self, path: str) -> Page:
        for one in self.pages:
            if one.path == path:
                return one
        raise NoResult(f"no page {path}; there are {', '.join(one.path for one in self.pages)}")


def _known(entries: Mapping[str, T], key: str, kind: str) -> T:
    if key not in entries:
        raise NoResult(f"no {kind} {key}; there are {', '.join(entries)}")
    return entries[key]


@dataclass(frozen=True)
class Here:
    """What depends on the page a template is rendered for: links, figures, downloads."""

    book: Book
    at: Page
    known_figures: frozenset[str]

    def url(self, path: str) -> str:
        """The relative URL of another page."""
        return f"{self.at.up}{self.book.page(path).url}" or "./"

    def ref(self, path: str, text: str | None = None) -> str:
        """A link to another page, by default under its own title."""
        title = self.book.words(self.book.page(path).title) if text is None else text
        return f'<a href="{self.url(path)}">{html.escape(title, quote=False)}</a>'

    def link(self, task: str) -> str:
        """A link to the page of a task's method, under what the task is called beside others."""
        return self.ref(self.book.by_task[task][0].path, self.book.name(task))

    def method_link(self, task: str) -> str:
        """A link to the same page, under the method's title alone."""
        return self.ref(self.book.by_task[task][0].path)

    def method_links(self, tasks: Iterable[str]) -> str:
        """The same of several, as a list in the language."""
        return self.book.words.list(self.method_link(task) for task in tasks)

    def links(self, tasks: Iterable[str]) -> str:
        """The same of several, as a list in the language."""
        return self.book.words.list(self.link(task) for task in tasks)

    def term(self, key: str, text: str | None = None) -> str:
        """A link to a term's entry in the glossary, by default under the term itself."""
        found = _known(self.book.terms, key, "term")
        href, title = f"{self.url(glossary.PAGE)}#{key}", html.escape(found.text)
        return f'<a class="term" href="{href}" title="{title}">{html.escape(text or found.word, quote=False)}</a>'

    def contrast(self, pairs: Iterable[Pair]) -> str:
        """What two embeddings score, by one metric after the other: ``trustworthiness (0.949 against 0.741) and …``."""
        words = self.book.words
        return words.list(
            words(
                "{metric} ({own} against {other})",
                metric=self.term(METRIC_TERMS[one.own.metric], metric_label(words, one.own.metric)),
                own=self.book.score(one.own),
                other=self.book.score(one.other),
            )
            for one in pairs
        )

    def cite(self, key: str) -> str:
        """A link to a publication: ``van der Maaten and Hinton (2008)``."""
        short = _known(self.book.references.reference, key, "reference").short(self.book.words)
        return f'<a href="{self.url(references.PAGE)}#{key}">{html.escape(short, quote=False)}</a>'

    def article(self, key: str, text: str | None = None) -> str:
        """A link to an article's credit, by default with its title."""
        title = _known(self.book.articles, key, "article").title
        said = text or self.book.words("{key}, “{title}”", key=key, title=title)
        return f'<a href="{self.url(articles.PAGE)}#{key.lower()}">{html.escape(said, quote=False)}</a>'

    def asset(self, path: str) -> str:
        """The relative URL of a file below the site's root: ``figures/…``, ``tables/…``."""
        return f"{self.at.up}../{path}"

    @property
    def subject(self) -> str:
        """What this page's figures are about: a method, a section or the data."""
        return self.at.slug or self.at.section or self.at.path

    def drawn(
        self, name: str, subject: str | None = None, variant: str | None = None, part: int | None = None
    ) -> Drawn | None:
        """A figure, by default of this page's subject; ``None`` where there is no result to draw. ``part``: from 1, of
        one that is drawn in parts.
        """
        if name not in self.known_figures:
            raise NoResult(f"no figure {name}; there are {', '.join(sorted(self.known_figures))}")
        about = subject or self.subject
        if variant is not None and variant != self.book.methods[about].main.name:
            name = f"{name}-{variant}"
        if part is not None:
            name = f"{name}-{part}"
        return self.book.drawn.get((about, name))

    def parts(self, name: str, subject: str | None = None) -> tuple[int, ...]:
        """The numbers of a figure's parts that are drawn."""
        found = [one for about, one in self.book.drawn if about == (subject or self.subject)]
        return tuple(sorted(int(one.removeprefix(f"{name}-")) for one in found if re.fullmatch(rf"{name}-\d+", one)))

    @property
    def method(self) -> Method:
        """The method of this page."""
        return self.book.methods[self.at.slug]

    @property
    def compared(self) -> bool:
        """Whether this page's method stands in its section's comparison."""
        return any(row.method.slug == self.at.slug for row in self.book.sections[self.at.section].rows)

    def figures(self) -> tuple[Drawn, ...]:
        """Every figure of this page's subject, and of the methods that the page shows as well."""
        family = {one.slug for one in self.book.methods[self.at.slug].family} if self.at.slug else {self.subject}
        return tuple(one for (about, _), one in self.book.drawn.items() if about in family)

    def tables(self, task: str) -> tuple[str, ...]:
        """Names of the table files of a task or section."""
        stems = {task, f"{task}-confusion", f"{task}-tests", f"{task}-weights"}
        return tuple(one for one in self.book.tables if one.rpartition(".")[0] in stems)
