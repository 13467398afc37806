"""Templates choose sentences by verdicts and print numbers; they decide nothing."""

import contextlib
import dataclasses
import re
import types
import typing
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import jinja2
import msgspec
import pytest
from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from generator.layout import PROJECT, Layout
from generator.record import Failure, Results
from generator.report import published, render
from generator.report.context import Book, Here, Page
from generator.report.figures.draw import Drawn
from generator.report.findings.found import Findings, find
from generator.report.i18n import LANGUAGES, Words, load
from generator.report.verdicts import Verdicts
from tests.sites import make_sources

TEMPLATES = PROJECT / "templates"
ALL = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.j2"))


class Weather(StrEnum):
    FAIR = "fair"
    FOUL = "foul"
    UNKNOWN = "unknown"


def said(source: str, **values: object) -> str:
    return jinja2.Environment(extensions=[Verdicts]).from_string(source).render(**values)


def test_a_verdict_chooses_its_sentence() -> None:
    source = "{% verdict sky %} {% when fair %}sun{% when foul, unknown %}umbrella{% endverdict %}"
    assert said(source, sky=Weather.FAIR) == "sun"
    assert said(source, sky=Weather.UNKNOWN) == "umbrella"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("{% verdict sky %}{% when fair %}sun{% endverdict %}", "no sentence for Weather foul, unknown"),
        ("{% verdict sky %}{% when fair %}{% when foul, unknown, wet %}{% endverdict %}", "never wet"),
        ("{% verdict sky %}{% when fair, foul, unknown %}{% when fair %}{% endverdict %}", "twice"),
        ("{% verdict 'fair' %}{% when fair %}{% endverdict %}", "no verdict"),
        ("{% verdict sky %}so: {% when fair %}{% endverdict %}", "nothing may stand between"),
    ],
)
def test_a_template_that_lacks_a_sentence_is_refused_whatever_the_verdict(source: str, complaint: str) -> None:
    with pytest.raises(jinja2.TemplateError, match=complaint):
        said(source, sky=Weather.FAIR)


#: Filters that order or choose by value; `selectattr` and `rejectattr` may only ask whether something is there.
DECIDING = {"sort", "max", "min", "select", "reject", "groupby", "unique", "dictsort", "sum", "round"}
ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)


def decisions(tree: nodes.Template) -> Iterator[str]:
    """Whatever in a template weighs numbers."""
    for node in tree.find_all(nodes.Node):
        match node:
            case nodes.Compare():
                operands = [node.expr, *(one.expr for one in node.ops)]
                if any(one.op in {"gt", "gteq", "lt", "lteq"} for one in node.ops) or any(
                    isinstance(one, nodes.Const) and isinstance(one.value, int | float) for one in operands
                ):
                    yield f"line {node.lineno}: compares numbers"
            case nodes.Filter() if node.name in DECIDING:
                yield f"line {node.lineno}: {node.name}"
            case nodes.Filter() if node.name in {"selectattr", "rejectattr"} and len(node.args) > 1:
                yield f"line {node.lineno}: {node.name} by value"
            case nodes.Slice():
                yield f"line {node.lineno}: cuts a list short"
            case nodes.Const() if isinstance(node.value, float):
                yield f"line {node.lineno}: {node.value} is typed in"
            case nodes.Add() if any(isinstance(one, nodes.List) for one in (node.left, node.right)):
                pass  # makes a list longer
            case _ if isinstance(node, ARITHMETIC):
                yield f"line {node.lineno}: calculates"


@pytest.mark.parametrize("name", ALL)
def test_a_template_decides_nothing(name: str) -> None:
    env = render.environment(Layout(PROJECT))
    tree = env.parse((TEMPLATES / name).read_text(encoding="utf-8"), name)
    assert list(decisions(tree)) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 if a > b }}",
        "{% if a == 2 %}{% endif %}",
        "{{ a | sort }}",
        "{{ a | max }}",
        '{{ a | selectattr("x", "equalto", b) }}',
        "{{ a[:3] }}",
        "{{ a * b }}",
        "{{ 1 - a }}",
        "{{ 0.5 }}",
    ],
)
def test_a_decision_is_noticed(source: str) -> None:
    assert list(decisions(jinja2.Environment().parse(source)))


Branch = tuple[str, int, str]  # template, line, which way


class Marked(jinja2.Environment):
    """Templates that say which of their branches were taken."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.branches: set[Branch] = set()
        self.taken: set[Branch] = set()
        self.globals |= {"take": self.take, "through": self.through}

    def take(self, *branch: Any) -> str:
        self.taken.add(branch)
        return ""

    def through(self, value: object, *branch: Any) -> object:
        self.taken.add(branch)
        return value

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return typing.cast(nodes.Template, Marker(self, name or "").visit(tree))


class Marker(NodeTransformer):
    def __init__(self, env: Marked, name: str) -> None:
        self.env, self.name = env, name
        self.others: set[int] = set()  # what `elif` asks, whose other way is the next of them or `else`

    def call(self, function: str, line: int, way: str, *given: nodes.Expr) -> nodes.Call:
        places = [
            branch for branch in self.env.branches if branch[:2] == (self.name, line) and branch[2].startswith(way)
        ]
        branch = (self.name, line, f"{way} {len(places)}")
        self.env.branches.add(branch)
        name = nodes.Name(function, "load")
        return nodes.Call(name, [*given, *(nodes.Const(one) for one in branch)], [], None, None).set_lineno(line)

    def mark(self, line: int, way: str) -> nodes.Output:
        return nodes.Output([self.call("take", line, way)]).set_lineno(line)

    def visit_If(self, node: nodes.If) -> nodes.Node:
        self.others |= {id(one) for one in node.elif_}
        self.generic_visit(node)
        return self.marked(node, otherwise=not is_verdict(node.test) and id(node) not in self.others)

    def marked(self, node: nodes.If, *, otherwise: bool) -> nodes.If:
        node.body = [self.mark(node.lineno, "yes"), *node.body]
        if otherwise:
            node.else_ = [self.mark(node.lineno, "no"), *node.else_]
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        node.body = [self.mark(node.lineno, "each"), *node.body]
        if node.else_:
            node.else_ = [self.mark(node.lineno, "none"), *node.else_]
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        self.generic_visit(node)
        node.expr1 = self.call("through", node.lineno, "if", node.expr1)
        if node.expr2 is not None:
            node.expr2 = self.call("through", node.lineno, "else", node.expr2)
        return node


def is_verdict(test: nodes.Expr) -> bool:
    """Whether an `if` is one of a verdict's sentences, exactly one of which is said."""
    return isinstance(test, nodes.Call) and isinstance(test.node, nodes.ExtensionAttribute)


Donors = dict[Any, list[Any]]  # values of each kind, to put where there are none


def changes(value: Any, kind: Any, donors: Donors) -> Iterator[tuple[Any, bool]]:
    """The values that differ from a finding in one place: another verdict, something where there is nothing, fewer of
    many. With each, whether it may contradict the rest, so that no template need bear it.
    """
    options = [one for one in typing.get_args(kind) if one is not types.NoneType]
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        if value is None:
            yield from ((one, True) for option in options for one in spares(option, donors)[:2])
        else:
            yield None, True
            yield from changes(value, next(one for one in options if matches(value, one)), donors)
    elif isinstance(value, StrEnum):
        yield from ((other, False) for other in type(value) if other is not value)
    elif isinstance(value, bool):
        yield not value, False
    elif isinstance(value, tuple):
        inner = options[0] if options else Any
        spare = spares(inner, donors)
        sizes = [(), value[:1], value[:2]] if value else [(*spare[:1],), (*spare[:2],)]
        yield from ((fewer, True) for fewer in sizes if fewer != value)
        if len(value) == 1:
            yield (*value, *spare[-1:]), True
        for place, one in enumerate(value[:3]):
            for other, may in changes(one, inner, donors):
                yield (*value[:place], other, *value[place + 1 :]), may
    elif isinstance(value, dict):
        for key, one in value.items():
            for other, may in changes(one, options[1], donors):
                yield {**value, key: other}, may
    elif isinstance(value, str) and value:
        yield "", True
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = typing.get_type_hints(type(value))
        for field in dataclasses.fields(value):
            if (type(value), field.name) in ASKED:
                for other, may in changes(getattr(value, field.name), hints[field.name], donors):
                    yield dataclasses.replace(value, **{field.name: other}), may


#: Fields of findings that were looked at while a page was rendered: no other can change what it says.
ASKED: set[tuple[type, str]] = set()


@contextlib.contextmanager
def noting(kinds: Iterable[type]) -> Iterator[None]:
    """Note in ``ASKED`` which fields of findings are looked at."""

    def look(self: object, name: str) -> Any:
        ASKED.add((type(self), name))
        return object.__getattribute__(self, name)

    with contextlib.ExitStack() as stack:
        for kind in kinds:
            setattr(kind, "__getattribute__", look)  # noqa: B010
            stack.callback(delattr, kind, "__getattribute__")
        yield


def spares(kind: Any, donors: Donors) -> list[Any]:
    """Values of a kind; one that is made up, where no result holds any."""
    if kind in donors or not dataclasses.is_dataclass(kind):
        return donors.get(kind, [])
    hints = typing.get_type_hints(kind)
    return [kind(**{field.name: some(hints[field.name], donors) for field in dataclasses.fields(kind)})]


def some(kind: Any, donors: Donors) -> Any:
    """Any value of a kind."""
    if found := spares(kind, donors):
        return found[0]
    plain: dict[Any, Any] = {int: 1, float: 0.5, bool: True, str: ""}
    if kind in plain:
        return plain[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind))
    return () if typing.get_origin(kind) is tuple else None


def collect(value: Any, kind: Any, donors: Donors) -> None:
    """Note the values that findings hold, by the kind that they are declared as."""
    options = [one for one in typing.get_args(kind) if one is not types.NoneType]
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        if value is not None:
            collect(value, next(one for one in options if matches(value, one)), donors)
    elif isinstance(value, tuple):
        for one in value:
            collect(one, options[0], donors)
    elif isinstance(value, dict):
        for one in value.values():
            collect(one, options[1], donors)
    else:
        donors.setdefault(kind, []).append(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            hints = typing.get_type_hints(type(value))
            for field in dataclasses.fields(value):
                collect(getattr(value, field.name), hints[field.name], donors)


def matches(value: object, kind: Any) -> bool:
    return isinstance(value, typing.get_origin(kind) or kind)


class Watched:
    """Findings that note which topics were asked for, and of a topic with an entry for each method, which entries."""

    def __init__(self, found: Findings) -> None:
        self.found, self.asked = found, dict[str, Any]()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.found, name)
        return self.asked.setdefault(name, Entries(value) if isinstance(value, dict) else value)

    def changes(self, topic: str, kind: Any, donors: Donors) -> Iterator[tuple[Any, bool]]:
        """Those of a topic, as far as it was asked for."""
        value = self.asked[topic]
        if isinstance(value, Entries):
            for other, may in changes(value.asked, kind, donors):
                yield {**value, **other}, may
        else:
            yield from changes(value, kind, donors)


class Entries(dict[str, Any]):
    """Entries that note which of them were asked for."""

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.asked = dict[str, Any]()

    def __getitem__(self, key: str) -> Any:
        return self.asked.setdefault(key, super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default


def bases(layout: Layout) -> Iterator[Results]:
    """Results as a run may leave them: all, none, those of one experiment or every second missing, failed."""
    yield Results(layout.records)
    slugs = Results(layout.records).catalogue.slugs
    for wanted in ([], ["umap"], *([one for one in slugs if one != slug] for slug in slugs)):
        results = Results(layout.records)
        results.records = {task: one for task, one in results.records.items() if one.task.experiment in wanted}
        yield results
    for first in (0, 1):
        results = Results(layout.records)
        tasks = [task.id for slug in slugs for task in results.catalogue.tasks_of(slug)[first::2]]
        results.records = {task: results.records[task] for task in tasks}
        yield results
    results = Results(layout.records)
    for last in (None, "2026-11-19T08:00:00Z"):
        for task, record in list(results.records.items())[:: 1 if last is None else 2]:
            failure = Failure("ValueError: bad perplexity", "…", "2026-11-20T08:00:00Z", last)
            results.records[task] = type(record)(schema=record.schema, task=record.task, failure=failure)
    yield results


def elsewhere(layout: Layout) -> Results:
    """The articles' own images, on a busy machine, outside a git checkout; scores without intervals."""
    results = Results(layout.records)
    data = msgspec.structs.replace(results.catalogue.data, name="mnist")
    results.catalogue = msgspec.structs.replace(results.catalogue, data=data)
    for task, record in results.records.items():
        assert record.measures is not None
        assert record.provenance is not None
        measures = msgspec.structs.replace(record.measures, wall_s=3 * record.measures.wall_s)
        provenance = msgspec.structs.replace(record.provenance, commit="")
        metrics = tuple(msgspec.structs.replace(one, low=None, high=None) for one in record.metrics)
        changed = msgspec.structs.replace(record, measures=measures, provenance=provenance, metrics=metrics)
        results.records[task] = changed
    return results


def unfinished(layout: Layout) -> Results:
    """The articles' own images, and nothing was run on them yet."""
    results = elsewhere(layout)
    results.records = {}
    return results


def untimed(layout: Layout) -> Results:
    """Prediction was not timed apart."""
    results = Results(layout.records)
    for task, record in results.records.items():
        assert record.measures is not None
        measures = msgspec.structs.replace(record.measures, predict_wall_s=None, predict_cpu_s=None)
        results.records[task] = msgspec.structs.replace(record, measures=measures)
    return results


def explore(env: Marked, layout: Layout, book: Book, pages: Iterable[Page], donors: Donors, shared: str = "") -> None:
    """Render pages with every verdict turned, and with two or more of them turned, as long as a page has sentences that
    were not yet said, or the partial ``shared`` has, and that leads to some.
    """
    topics = typing.get_type_hints(Findings)
    original = book.found
    kinds = [kind for kind in donors if dataclasses.is_dataclass(kind)]
    for page in pages:
        here = Here(book, page, KNOWN_FIGURES)
        template = render.template_name(page, book.words.code)
        if shared and shared not in borrowed(env, template):
            continue
        waiting = [(original, False)]
        while waiting and unsaid(env, shared or template):
            found, contradicts = waiting.pop()
            watched = Watched(found)
            book.found = typing.cast(Findings, watched)
            ASKED.clear()
            with noting(kinds):
                attempt(env, layout, book, here, contradicts)
            for topic in sorted(watched.asked.keys() & topics.keys()):
                for other, may_contradict in watched.changes(topic, topics[topic], donors):
                    if not (before := unsaid(env, shared or template)):
                        break
                    book.found = dataclasses.replace(found, **{topic: other})
                    attempt(env, layout, book, here, contradicts or may_contradict)
                    if unsaid(env, shared or template) < before:
                        waiting.append((book.found, contradicts or may_contradict))
    book.found = original


def borrowed(env: Marked, template: str) -> set[str]:
    """The partials that a page names, and those that all pages have."""
    assert env.loader is not None
    source, _, _ = env.loader.get_source(env, template)
    return {"partials/macros.md.j2", *re.findall(r'"(partials/[^"]+)"', source)}


def unsaid(env: Marked, template: str) -> int:
    """How many branches of a template were never taken."""
    return sum(name == template for name, _, _ in env.branches - env.taken)


def attempt(env: Marked, layout: Layout, book: Book, here: Here, contradicts: bool) -> None:
    try:
        render.page(env, layout, book, here)
    except Exception:
        # No result leads to findings that contradict themselves, and no template need bear them.
        if not contradicts:
            raise


class EveryFigure(dict[tuple[str, str], Drawn]):
    """Every figure that a page asks for; scatters in one picture for light and dark, the others in two."""

    def get(self, key: Any, default: Any = None) -> Any:
        subject, name = key
        light, dark = (
            ("a.webp", "a.webp") if name.startswith("digit_map") else (f"{name}-light.svg", f"{name}-dark.svg")
        )
        return Drawn(name, subject, light, dark, 500, 300, "What is seen", "What it is")


def whole(results: Results, words: Words) -> Book:
    """A book with every table and figure, and with articles of which everything is known."""
    files = [f"{task.id}{end}" for task in results.catalogue.tasks for end in (".csv", "-confusion.csv", "-weights.pt")]
    book = Book(
        results, words, {}, published.load(), [*files, "maps.csv", "maps.json", "classifiers.csv"], find(results)
    )
    drawn = EveryFigure()
    keys = [("tsne", "scatter"), ("tsne", "digit_map_parts-1"), ("tsne", "digit_map_parts-2")]
    book.drawn = EveryFigure({key: drawn.get(key) for key in keys})
    known = {"author": "A. Author", "licence": "CC BY 4.0", "date": "2020-05-05", "link": "https://example.org/"}
    book.articles = {key: msgspec.structs.replace(one, **known) for key, one in book.articles.items()}
    return book


KNOWN_FIGURES = frozenset(path.stem for path in (PROJECT / "generator" / "report" / "figures").glob("*.py"))


def test_every_sentence_is_said_in_every_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = make_sources(tmp_path)
    plain = render.environment(layout)
    env = render.environment(layout, Marked)
    assert isinstance(env, Marked)
    assert {type(one) for one in plain.extensions.values()} == {type(one) for one in env.extensions.values()}
    donors: Donors = {}
    results = Results(layout.records)
    collect(find(results), Findings, donors)
    # A finding speaks of tasks by their ids; any one will do.
    donors[str] = [one for one in donors[str] if one in results.records]
    for language in LANGUAGES:
        words = load(layout, language.code)
        books = [Book(results, words, {}, published.load(), (), find(results)) for results in bases(layout)]
        for book in books:
            for page in book.pages:
                render.page(env, layout, book, Here(book, page, KNOWN_FIGURES))
        with monkeypatch.context() as patch:
            patch.setenv("HIKAKU_SITE_URL", "https://example.org/")
            for results in (elsewhere(layout), unfinished(layout), untimed(layout)):
                book = whole(results, words)
                for page in book.pages:
                    render.page(env, layout, book, Here(book, page, KNOWN_FIGURES))
        books[0].drawn = EveryFigure()
        explore(env, layout, books[0], books[0].pages, donors)
        for shared in sorted({name for name, _, _ in env.branches if name.startswith("partials/")}):
            explore(env, layout, books[0], books[0].pages, donors, shared)
    never = sorted(branch for branch in env.branches - env.taken)
    assert not never, "\n".join(f"{name}:{line} {way}" for name, line, way in never)
