"""From records to a site. Nothing heavy is imported before it is known that there is something to do."""

import importlib.metadata
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.files import digest_bytes, stamp
from generator.fingerprint import CodeIndex
from generator.layout import Layout
from generator.manifest import Manifest
from generator.report.figures.draw import draw_all, figure_modules

TARGET = "report"

#: Run as programs or loaded by name, so that no import shows them to the code index.
TOOLS = ("mkdocs", "mkdocs-material", "pymdown-extensions", "Pygments")


@dataclass(frozen=True)
class Built:
    """Files of output/figures, output/tables and output/site that were written, changed or deleted."""

    written: tuple[Path, ...]


def build(layout: Layout, code: CodeIndex, manifest: Manifest, jobs: int, say: Callable[[str], None]) -> Built:
    """Bring figures, tables and site up to date with the records, the templates and the code."""
    key = _key(layout, code)
    if manifest.fresh(TARGET, key):
        return Built(())
    # Not at the top: these import Babel and Jinja, and a run with nothing to do must not wait for them.
    from generator.record import Results
    from generator.report import context, i18n, published, render, site, tables
    from generator.report.findings.found import find

    before = _snapshot(layout)
    results = Results(layout.records)
    words = {one.code: i18n.load(layout, one.code) for one in i18n.LANGUAGES}
    drawn = draw_all(results, layout, code, manifest, words, jobs, say)
    found = find(results)
    tables.write_tables(results, layout, found)
    table_names = sorted(path.name for path in layout.tables.glob("*") if path.is_file())
    claims = published.load()

    say("pages")
    books = {one: context.Book(results, spoken, drawn, claims, table_names, found) for one, spoken in words.items()}
    known = figure_modules(code)
    markdown = {one: render.render(layout, book, known) for one, book in books.items()}
    for one, texts in markdown.items():
        render.write(layout.site_src / one, texts)

    pages = context.pages(results.catalogue.experiments)
    site.build(layout, manifest, words, pages, _tools(), jobs, say)
    site.join(layout, words, pages, sorted({name for one in drawn.values() for name in (one.light, one.dark)}))
    after = _snapshot(layout)
    sources = [layout.site_src / one / path for one, texts in markdown.items() for path in texts]
    manifest.remember(TARGET, key, [*after, *sources])
    return Built(tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))))


def _snapshot(layout: Layout) -> dict[Path, tuple[int, int] | None]:
    folders = (layout.figures, layout.tables, layout.site)
    return {path: stamp(path) for folder in folders for path in folder.rglob("*") if path.is_file()}


def _key(layout: Layout, code: CodeIndex) -> str:
    """Digest of everything the report is made from."""
    sources = [
        *_files(layout.templates),
        *_files(layout.site_src / "theme"),
        layout.root / "mkdocs.yml",
        # Pages show the plug-ins' source and that of softmax regression, comments and all.
        *sorted((layout.root / "generator" / "experiments").glob("*.py")),
        layout.root / "generator" / "softmax.py",
        *sorted((layout.root / "generator" / "report").glob("*.toml")),
        layout.records / "catalogue.json",
        *sorted(layout.records.glob("*/record.json")),
    ]
    # Figures are loaded by name, so that no import of this module shows them.
    modules = (__name__, *(one.module for one in figure_modules(code).values()))
    parts = [
        code.fingerprint(*modules),
        str(sorted(code.versions(*modules).items())),
        _tools(),
        os.environ.get("HIKAKU_SITE_URL", ""),
    ]
    contents = [
        data
        for path in sources
        if path.is_file()
        for data in (path.relative_to(layout.root).as_posix().encode(), path.read_bytes())
    ]
    return digest_bytes(*(part.encode() for part in parts), *contents)


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _tools() -> str:
    return " ".join(f"{name} {importlib.metadata.version(name)}" for name in TOOLS)
