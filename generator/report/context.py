"""Everything a template may speak of, in one language: pages, methods, scores, costs, figures.

A value is asked of a variant that has a result; asking one that failed or never ran raises ``NoResult``, so no
template can print a stale or invented number.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.record import (
    DataInfo,
    Declaration,
    Fact,
    Machine,
    Measures,
    Metric,
    Provenance,
    Record,
    Results,
    TaskInfo,
)
from generator.report.figures.draw import Drawn
from generator.report.i18n import NO_BREAK, Words
from generator.report.labels import metric_label, readable, task_label
from generator.report.published import COSTS, Claim
from generator.report.tables import HEADLINE, SECTIONS, rows

State = Literal["done", "failed", "missing"]

#: Below this width of an interval, two decimals of a percentage say something.
FINE = 0.01

SHORT_DIGEST = 12


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


def pages(experiments: Sequence[Declaration]) -> tuple[Page, ...]:
    """Every page of the site, in reading order."""

    def of(section: str) -> tuple[Page, ...]:
        return tuple(
            Page(f"{section}/{one.slug}", one.title, section, one.slug) for one in experiments if one.section == section
        )

    return (
        Page("index", "Home"),
        Page("data", "Data"),
        Page("maps/index", "Maps", "maps"),
        *of("maps"),
        Page("classifiers/index", "Classifiers", "classifiers"),
        *of("classifiers"),
        Page("reproduction", "Reproduction"),
        Page("about", "About this build"),
    )


def label(name: str, words: Words) -> str:
    """The words for a parameter or a fact."""
    return words(readable(name))


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
class Variant:
    """One task and what came of it."""

    words: Words
    results: Results
    title: str
    label: str  # the method's title, with the variant's where it has several, as tables and figures name it
    name: str
    compared: bool
    task: TaskInfo
    units: Mapping[str, str]  # of each parameter
    record: Record | None
    claims: tuple[Claim, ...]

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
    def result(self) -> Record:
        """The record, if it holds a result."""
        if self.record is None or self.record.failure is not None:
            raise NoResult(f"{self.id} has no result; ask `.done` first")
        return self.record

    @property
    def n(self) -> int:
        """How many images were mapped, or predicted."""
        arrays = self.result.arrays
        return arrays["coordinates" if "coordinates" in arrays else "predictions"].shape[0]

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
    def metrics(self) -> tuple[Metric, ...]:
        return self.result.metrics

    def metric(self, name: str) -> Metric:
        for one in self.metrics:
            if one.name == name:
                return one
        raise NoResult(f"{self.id} has no metric {name}; it has {', '.join(one.name for one in self.metrics)}")

    def has(self, name: str) -> bool:
        """Whether there is a result with this metric."""
        return self.done and any(one.name == name for one in self.metrics)

    def score(self, name: str) -> str:
        """``97.6 %`` or ``0.981``."""
        one = self.metric(name)
        return self._print(one, one.value)

    def interval(self, name: str) -> str:
        """``97.3–97.9 %``, or nothing where the metric has no interval."""
        one = self.metric(name)
        if one.low is None or one.high is None:
            return ""
        low, high = self._print(one, one.low), self._print(one, one.high)
        return f"{low.partition(NO_BREAK)[0]}–{high}"  # the unit once

    def _print(self, one: Metric, value: float) -> str:
        if is_share(one.name):
            fine = one.low is not None and one.high is not None and one.high - one.low < FINE
            return self.words.percent(value, 2 if fine else 1)
        unit = "" if one.unit == "1" else NO_BREAK + self.words(one.unit)
        return self.words.number(value, 3) + unit

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
    def wall(self) -> str:
        return self.words.duration(self.measures.wall_s)

    @property
    def cpu(self) -> str:
        return self.words.duration(self.measures.cpu_s)

    @property
    def peak(self) -> str:
        return self.words.size(self.measures.peak_bytes)

    def fact(self, name: str) -> Fact:
        facts = self.result.facts
        if name not in facts:
            raise NoResult(f"{self.id} has no fact {name}; it has {', '.join(facts) or 'none'}")
        return facts[name]

    @property
    def facts(self) -> tuple[Quantity, ...]:
        return tuple(Quantity(label(name, self.words), self.print(value)) for name, value in self.result.facts.items())

    @property
    def params(self) -> tuple[Quantity, ...]:
        """Every parameter with its unit, as this task had it."""
        return tuple(
            Quantity(label(name, self.words), self.print(value) + self._unit(name))
            for name, value in self.task.params.items()
        )

    def _unit(self, name: str) -> str:
        unit = self.units[name]
        return "" if unit == "1" else NO_BREAK + self.words(unit)

    def print(self, value: Fact) -> str:
        """A value of a parameter or fact."""
        if isinstance(value, bool):
            return self.words("yes") if value else self.words("no")
        if isinstance(value, int):
            return self.words.number(value)
        return f"{value:.4g}" if isinstance(value, float) else value

    def quantity(self, name: str) -> str:
        """Our answer to a claim: a metric or a cost."""
        if name in COSTS:
            return self.words.duration(getattr(self.measures, name))
        return self.score(name)


def versions(variants: Iterable[Variant]) -> dict[str, tuple[str, ...]]:
    """Every distribution a result of these was computed with, Python first, and its version or versions."""
    found: dict[str, set[str]] = {}
    for one in (variant.provenance for variant in variants if variant.done):
        for name, version in {"Python": one.python, **one.versions}.items():
            found.setdefault(name, set()).add(version)
    return {name: tuple(sorted(found[name])) for name in sorted(found, key=lambda name: (name != "Python", name))}


def is_share(metric: str) -> bool:
    """Whether a metric counts images, so that it reads best as a percentage."""
    return "accuracy" in metric or "recall" in metric


@dataclass(frozen=True)
class Method:
    """One experiment and its page."""

    slug: str
    title: str
    summary: str
    section: str
    control: bool
    figures: tuple[str, ...]
    variants: tuple[Variant, ...]

    @property
    def path(self) -> str:
        return f"{self.section}/{self.slug}"

    @property
    def main(self) -> Variant:
        """The variant the page is about: the first declared."""
        return self.variants[0]

    @property
    def done(self) -> bool:
        return self.main.done

    @property
    def versions(self) -> dict[str, tuple[str, ...]]:
        return versions(self.variants)

    def variant(self, name: str) -> Variant:
        for one in self.variants:
            if one.name == name:
                return one
        raise NoResult(f"{self.slug} has no variant {name}; it has {', '.join(one.name for one in self.variants)}")

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
    tied: bool  # not to be told from the best: their intervals meet
    n_parameters: int | None  # learned numbers, where a method counts them

    @property
    def title(self) -> str:
        return self.variant.label

    @property
    def done(self) -> bool:
        return self.variant.done


@dataclass(frozen=True)
class Section:
    name: str
    headline: str  # the metric it is sorted by
    methods: tuple[Method, ...]
    rows: tuple[Row, ...]  # best first, those without a result last

    @property
    def done(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.done)

    @property
    def contenders(self) -> tuple[Row, ...]:
        """Rows with a result that are not controls, best first."""
        return tuple(row for row in self.done if not row.method.control)

    @property
    def floors(self) -> tuple[Row, ...]:
        """Controls with a result."""
        return tuple(row for row in self.done if row.method.control)

    @property
    def has_parameters(self) -> bool:
        """Whether any row counts learned numbers."""
        return any(row.n_parameters is not None for row in self.done)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics any row has, the headline first."""
        names = dict.fromkeys([self.headline, *(one.name for row in self.done for one in row.variant.metrics)])
        return tuple(names)


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
    """An article's number beside ours."""

    claim: Claim
    method: Method
    variant: Variant
    article: str  # the article's value, printed as ours is
    quantity: str  # what it is a value of

    @property
    def interval(self) -> str:
        """Of our value, where it has one."""
        return "" if self.claim.quantity in COSTS else self.variant.interval(self.claim.quantity)


def data_title(name: str, words: Words) -> str:
    titles = {"digits": words("scikit-learn's handwritten digits"), "mnist": words("MNIST")}
    return titles.get(name, name)


def section_title(name: str, words: Words) -> str:
    return {"maps": words("Maps"), "classifiers": words("Classifiers")}[name]


def split_title(name: str, words: Words) -> str:
    """How the images were parted, in words."""
    return {
        "official": words("the source's own training part"),
        "quarter": words("a stratified quarter held out"),
        "fifth": words("a random fifth held out"),
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
    ) -> None:
        catalogue = results.catalogue
        self.results = results
        self.words = words
        self.tables = tuple(tables)
        self.pages = pages(catalogue.experiments)
        self.data = Data(catalogue.data, data_title(catalogue.data.name, words))
        self.drawn = {(subject, name): one for (code, subject, name), one in drawn.items() if code == words.code}
        self.methods = {one.slug: self._method(one, claims) for one in catalogue.experiments}
        self.sections: dict[str, Section] = {name: self._section(name) for name in SECTIONS}
        variants = {variant.id: (method, variant) for method in self.methods.values() for variant in method.variants}
        self.variants = tuple(variant for _, variant in variants.values())
        self.comparisons = tuple(
            Comparison(claim, *variants[claim.task], article=self._claimed(claim), quantity=self._quantity(claim))
            for claim in claims
            if claim.task in variants
        )

    def _method(self, declared: Declaration, claims: Sequence[Claim]) -> Method:
        words = self.words
        records = self.results.of(declared.slug)
        described = {one.name: one for one in declared.variants}
        return Method(
            slug=declared.slug,
            title=words(declared.title),
            summary=words(declared.summary),
            section=declared.section,
            control=declared.control,
            figures=declared.figures,
            variants=tuple(
                Variant(
                    words=words,
                    results=self.results,
                    title=words(described[task.variant].title),
                    label=task_label(words, self.results.catalogue, task),
                    name=task.variant,
                    compared=described[task.variant].compared,
                    task=task,
                    units={one.name: one.unit for one in declared.params},
                    record=records.get(task.variant),
                    claims=tuple(one for one in claims if one.task == task.id),
                )
                for task in self.results.catalogue.tasks_of(declared.slug)
            ),
        )

    def _section(self, name: Literal["maps", "classifiers"]) -> Section:
        return Section(
            name=name,
            headline=HEADLINE[name],
            methods=tuple(one for one in self.methods.values() if one.section == name),
            rows=tuple(
                Row(
                    method=self.methods[row.experiment],
                    variant=self.methods[row.experiment].variant(row.variant),
                    tied=row.tied,
                    n_parameters=row.n_parameters,
                )
                for row in rows(self.results, name)
            ),
        )

    def _claimed(self, claim: Claim) -> str:
        if claim.quantity in COSTS:
            return self.words.duration(claim.value)
        return self.words.percent(claim.value) if is_share(claim.quantity) else self.words.number(claim.value, 3)

    def _quantity(self, claim: Claim) -> str:
        costs = {"wall_s": self.words("wall time"), "cpu_s": self.words("CPU time")}
        return costs[claim.quantity] if claim.quantity in costs else metric_label(self.words, claim.quantity)

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The machines the shown results come from, without repetition."""
        found = [variant.provenance.machine for variant in self.variants if variant.done]
        return tuple(machine for place, machine in enumerate(found) if machine not in found[:place])

    @property
    def versions(self) -> dict[str, tuple[str, ...]]:
        return versions(self.variants)

    def page(self, path: str) -> Page:
        for one in self.pages:
            if one.path == path:
                return one
        raise NoResult(f"no page {path}; there are {', '.join(one.path for one in self.pages)}")


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

    def asset(self, path: str) -> str:
        """The relative URL of a file below the site's root: ``figures/…``, ``tables/…``."""
        return f"{self.at.up}../{path}"

    @property
    def subject(self) -> str:
        """What this page's figures are about: a method, a section or the data."""
        return self.at.slug or self.at.section or self.at.path

    def drawn(self, name: str, subject: str | None = None, variant: str | None = None) -> Drawn | None:
        """A figure, by default of this page's subject; ``None`` where there is no result to draw."""
        if name not in self.known_figures:
            raise NoResult(f"no figure {name}; there are {', '.join(sorted(self.known_figures))}")
        about = subject or self.subject
        if variant is not None and variant != self.book.methods[about].main.name:
            name = f"{name}-{variant}"
        return self.book.drawn.get((about, name))

    def figures(self) -> tuple[Drawn, ...]:
        """Every figure of this page's subject."""
        return tuple(one for (about, _), one in self.book.drawn.items() if about == self.subject)

    def tables(self, task: str) -> tuple[str, ...]:
        """Names of the table files of a task or section."""
        return tuple(one for one in self.book.tables if one.rpartition(".")[0] in {task, f"{task}-confusion"})
