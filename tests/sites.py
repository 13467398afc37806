"""The report's side of the project with synthetic results: what tests of pages and of the site work on."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from generator.fingerprint import CodeIndex
from generator.layout import PROJECT, Layout
from generator.manifest import Manifest
from generator.record import Results
from generator.report import published
from generator.report.build import Built, build
from generator.report.context import Book, Here
from generator.report.findings.found import find
from generator.report.i18n import LANGUAGES, load
from generator.report.render import environment, page
from generator.report.render import render as render_pages
from tests.records import fake_results


def make_sources(root: Path, *, failed: Collection[str] = (), missing: Collection[str] = ()) -> Layout:
    """Templates, theme and code as they are, and results as a run would have left them."""
    layout = Layout(root)
    shutil.copytree(PROJECT / "templates", layout.templates)
    shutil.copytree(PROJECT / "generator", root / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "site_src" / "theme", layout.site_src / "theme")
    shutil.copy(PROJECT / "mkdocs.yml", root)
    fake_results(layout.records, n=200, failed=failed, missing=missing)
    return layout


def make_site(layout: Layout) -> Built:
    """Build the report as the command line does."""
    layout.cache.mkdir(parents=True, exist_ok=True)
    code = CodeIndex(layout.root, layout.cache)
    manifest = Manifest.load(layout.cache / "manifest.json", layout.root)
    built = build(layout, code, manifest, 2, lambda line: None)
    manifest.save()
    code.save()
    return built


def make_book(layout: Layout, code: str, claims: Sequence[published.Claim] = ()) -> Book:
    """What the templates of one language are given, without figures or tables."""
    results = Results(layout.records)
    return Book(results, load(layout, code), {}, claims, (), find(results))


def render(layout: Layout, *codes: str) -> Mapping[str, Mapping[str, str]]:
    """Every page's Markdown, by language (all, if none is named) and path, without figures."""
    figures = [path.stem for path in (PROJECT / "generator" / "report" / "figures").glob("*.py")]
    rendered = {}
    for code in codes or [one.code for one in LANGUAGES]:
        pages = render_pages(layout, make_book(layout, code, published.load()), figures)
        rendered[code] = {path.with_suffix("").as_posix(): text for path, text in pages.items()}
    return rendered


def render_page(layout: Layout, code: str, path: str) -> str:
    """One page's Markdown, without figures."""
    book = make_book(layout, code, published.load())
    figures = frozenset(one.stem for one in (PROJECT / "generator" / "report" / "figures").glob("*.py"))
    return page(environment(layout), layout, book, Here(book, book.page(path), figures))
