"""Every word that is shown is in every catalogue, translated, and nothing else is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from generator import registry
from generator.errors import UserError
from generator.layout import PROJECT, Layout
from generator.report import articles, i18n, published
from generator.report.context import pages
from generator.report.i18n import LANGUAGES, SOURCE, Words, bare, unbroken
from generator.report.labels import metric_label, param_msgid, readable

LAYOUT = Layout()
#: Of templates: with the report's own tags, and an error where one cannot be read.
OPTIONS = {"extensions": "generator.report.verdicts.Verdicts", "silent": "false"}
OTHERS = [one.code for one in LANGUAGES if one.code != SOURCE]


def extracted() -> Iterator[tuple[Path, str]]:
    """The literals inside ``words("…")`` in templates and in the report's modules, each with its file."""
    for path in sorted(LAYOUT.templates.rglob("*.j2")):
        found = extract_from_file("jinja2.ext:babel_extract", path, keywords={"words": None}, options=OPTIONS)
        for _, message, _, _ in found:
            yield path, str(message)
    for path in sorted((PROJECT / "generator" / "report").rglob("*.py")):
        for _, message, _, _ in extract_from_file("python", path, keywords={"words": None, "self": None}):
            yield path, str(message)


def declared() -> Iterator[str]:
    """The words of declarations: titles, summaries, variants, parameters, units; and of the articles' numbers."""
    declarations = [registry.declare(slug) for slug in registry.slugs(PROJECT)]
    for one in declarations:
        yield from (text for text in (one.material,) if text)
        yield from (one.title, one.summary, *(variant.title for variant in one.variants if variant.title))
        for param in (param for param in one.params if not param.recording):
            yield param_msgid(param)
            if param.unit != "1":
                yield param.unit
            if param.zero:
                yield param.zero
    for claim in published.load():
        yield from (claim.name, claim.note)
    for article in articles.load().values():
        yield from (text for text in (article.site, article.language, article.origin) if text)
    yield from (page.title for page in pages(declarations))


def facts(tree: ast.AST) -> Iterator[ast.expr | None]:
    """The keys of facts: of ``facts={…}`` in a call, ``facts = {…}``, ``facts |= {…}`` and ``facts["…"] = …``."""
    for node in ast.walk(tree):
        value: ast.expr | None = None
        match node:
            case ast.keyword(arg="facts", value=value):
                pass
            case ast.Assign(targets=[ast.Name(id="facts")], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id="facts"), value=value):
                pass
            case ast.AugAssign(target=ast.Name(id="facts"), value=value):
                pass
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="facts"), slice=key)]):
                yield key
        if isinstance(value, ast.Dict):
            yield from (key for key in value.keys if key is not None)  # None: other facts, spread into these


def facts_of() -> Iterator[str]:
    """The names of all facts of all experiments."""
    yield "n_parameters"
    for path in sorted((PROJECT / "generator" / "experiments").glob("*.py")):
        for key in facts(ast.parse(path.read_text(encoding="utf-8"))):
            assert isinstance(key, ast.Constant), f"{path.name}: name facts by literals"
            yield str(key.value)


def in_results() -> Iterator[str]:
    """The names of facts and the units of metrics, which are born where results are."""
    yield from (readable(name) for name in facts_of())
    for path in sorted((PROJECT / "generator" / "metrics").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "unit" and isinstance(node.value, ast.Constant):
                yield str(node.value.value)


def test_every_metric_has_a_label() -> None:
    """Metrics are named where they are born: ``metric("name", …)`` or ``Metric(name="name", …)``."""
    named = set()
    for folder in ("metrics", "experiments"):
        for path in sorted((PROJECT / "generator" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "").lower().endswith("metric"):
                    given = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "name")]
                    named |= {one.value for one in given if isinstance(one, ast.Constant)}
    assert len(named) > 5
    for name in named:
        assert metric_label(Words("en"), str(name))


def wanted() -> set[str]:
    return {*(message for _, message in extracted()), *declared(), *in_results()}


def catalogue(code: str) -> Path:
    return LAYOUT.templates / "locale" / code / "LC_MESSAGES" / "hikaku.po"


@pytest.mark.parametrize("code", OTHERS)
def test_catalogue_is_complete_and_holds_nothing_else(code: str) -> None:
    with catalogue(code).open("rb") as stream:
        messages = read_po(stream, locale=code)
    known = {str(one.id): one for one in messages if one.id}
    used = wanted()
    assert sorted(used - known.keys()) == [], "missing"
    assert sorted(known.keys() - used) == [], "used nowhere"
    assert not messages.obsolete, "obsolete"
    assert not [one.id for one in known.values() if one.fuzzy], "fuzzy"
    assert not [one.id for one in known.values() if not one.string], "untranslated"


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_the_placeholders(code: str) -> None:
    from string import Formatter

    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    for msgid, text in i18n.load(LAYOUT, code).messages.items():
        assert fields(msgid) == fields(text), msgid


def test_missing_word_is_an_error() -> None:
    with pytest.raises(UserError, match="no ja translation of 'nowhere'"):
        Words("ja")("nowhere")


def test_missing_catalogue_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no catalogue"):
        i18n.load(Layout(tmp_path), "ja")


@pytest.mark.parametrize(
    ("seconds", "english"),
    [
        (0, "0.00 ms"),
        (0.0000081, "8.10 µs"),
        (0.0000628, "62.8 µs"),
        (0.00042, "420 µs"),
        (0.00099996, "1.00 ms"),
        (0.0123, "12.3 ms"),
        (0.421, "0.421 s"),
        (0.9999, "1.000 s"),
        (8.44, "8.4 s"),
        (9.96, "10.0 s"),
        (56.5, "56.5 s"),
        (59.96, "1 min 0 s"),
        (693, "11 min 33 s"),
        (5963, "1 h 39 min 23 s"),
    ],
)
def test_duration(seconds: float, english: str) -> None:
    assert Words("en").duration(seconds) == unbroken(english)


def test_formats() -> None:
    english, japanese = Words("en"), i18n.load(LAYOUT, "ja")
    assert english.number(60_000) == japanese.number(60_000) == "60,000"
    assert english.number(0.98149, 3) == "0.981"
    assert japanese.number(-0.25, 2) == "\u22120.25"
    assert english.percent(0.97649) == unbroken("97.6 %")
    assert english.measure("32", "images") == unbroken("32 images")
    assert japanese.measure("32", "images") == "32枚"
    assert japanese.measure("0.276", "nats") == "0.276ナット"
    assert bare(english.percent(0.97649)) == bare(japanese.percent(0.97649)) == "97.6"
    assert english.size(512 * 2**20) == unbroken("512 MiB")
    assert english.size(3 * 2**29) == unbroken("1.5 GiB")
    assert english.date("2026-11-20T12:34:56Z") == "Nov 20, 2026 12:34 UTC"
    assert japanese.date("2026-11-20T12:34:56Z") == "2026/11/20 12:34 UTC"
    assert japanese.duration(5963) == "1時間39分23秒"
    assert japanese.percent(0.97649) == "97.6%"
