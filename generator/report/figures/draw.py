"""Which figures there are, which are out of date, and their drawing in worker processes.

NumPy and matplotlib are imported by the workers only: where nothing is to be drawn, nothing heavy is loaded.
"""

import ast
import functools
import importlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from generator import files
from generator.errors import UserError
from generator.fingerprint import CodeIndex
from generator.layout import Layout
from generator.manifest import Manifest
from generator.record import Declaration, Results, encode

if TYPE_CHECKING:
    from generator.report.i18n import Words

PACKAGE = "generator.report.figures"
#: Folder, in place of a language's, for pictures without words.
SHARED = "all"


@dataclass(frozen=True)
class Drawn:
    """A figure as a page shows it. ``light`` and ``dark`` are relative to output/figures, equal for pure images."""

    name: str
    subject: str  # an experiment's slug, a section, or "data"
    light: str
    dark: str
    width: int  # CSS pixels
    height: int
    alt: str
    caption: str


@dataclass(frozen=True)
class FigureModule:
    """What a figure module says of itself, read from its source without importing it."""

    name: str
    subject: str
    wordless: bool

    @property
    def module(self) -> str:
        return f"{PACKAGE}.{self.name}"


@dataclass(frozen=True)
class Job:
    """One drawing: a figure of one subject in one language, or in all of them at once if it holds no words."""

    place: str  # language code or SHARED
    subject: str
    name: str  # the module's name, with "-<variant>" after it for any but the experiment's first variant
    module: str
    task: str | None  # the task whose record it shows; None: the whole section, or the data
    words: "tuple[Words, ...]"

    @property
    def target(self) -> str:
        return f"figure:{self.place}:{self.subject}:{self.name}"

    @property
    def stem(self) -> str:
        return f"{self.place}/{self.subject}/{self.name}"


#: What a drawing leaves beside its pictures: by language code, what pages need to know of it. Empty: nothing to show.
Sheet = dict[str, Drawn]


def draw_all(
    results: Results,
    layout: Layout,
    code: CodeIndex,
    manifest: Manifest,
    words: "Mapping[str, Words]",
    jobs: int,
    say: Callable[[str], None],
) -> dict[tuple[str, str, str], Drawn]:
    """Bring output/figures up to date; every figure there is, by (language code, subject, figure name)."""
    wanted = tuple(_jobs(results, code, words))
    keys = {job.target: _key(job, results, code) for job in wanted}
    stale = [job for job in wanted if not manifest.fresh(job.target, keys[job.target])]
    if stale:
        say(f"drawing {len(stale)} of {len(wanted)} figures")
        with ProcessPoolExecutor(min(jobs, len(stale)), mp_context=get_context("spawn")) as pool:
            running = [pool.submit(_paint, job, results.folder, layout.figures) for job in stale]
            for job, one in zip(stale, running, strict=True):
                manifest.remember(job.target, keys[job.target], one.result())
    _sweep(wanted, layout, manifest)
    found: dict[tuple[str, str, str], Drawn] = {}
    for job in wanted:
        sheet = msgspec.json.decode((layout.figures / f"{job.stem}.json").read_bytes(), type=Sheet)
        found |= {(language, job.subject, job.name): drawn for language, drawn in sheet.items()}
    return found


def figure_modules(code: CodeIndex) -> dict[str, FigureModule]:
    """Every figure module by name: those of this package that declare a ``SUBJECT``."""
    found = {}
    for path in sorted(code.path(PACKAGE).parent.glob("*.py")):
        constants = _constants(path)
        if "SUBJECT" in constants:
            found[path.stem] = FigureModule(path.stem, str(constants["SUBJECT"]), bool(constants.get("WORDLESS")))
    return found


def _constants(path: Path) -> dict[str, object]:
    """The module-level names that are assigned a literal."""
    return {
        name.id: value.value
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(value := node.value, ast.Constant)
        for name in node.targets
        if isinstance(name, ast.Name)
    }


def _jobs(results: Results, code: CodeIndex, words: "Mapping[str, Words]") -> Iterator[Job]:
    modules = figure_modules(code)

    def spread(figure: FigureModule, subject: str, name: str, task: str | None) -> Iterator[Job]:
        if figure.wordless:
            yield Job(SHARED, subject, name, figure.module, task, tuple(words.values()))
        else:
            for language, its_words in words.items():
                yield Job(language, subject, name, figure.module, task, (its_words,))

    for declaration in results.catalogue.experiments:
        figures = [_declared(modules, declaration, name) for name in declaration.figures]
        for variant, record in results.of(declaration.slug).items():
            if record.failure is None:
                suffix = "" if variant == declaration.variants[0].name else f"-{variant}"
                for figure in figures:
                    yield from spread(figure, declaration.slug, figure.name + suffix, record.task.id)
    subjects = {declaration.section for declaration in results.catalogue.experiments} | {"data"}
    for figure in modules.values():
        if figure.subject in subjects:
            yield from spread(figure, figure.subject, figure.name, None)


def _declared(modules: Mapping[str, FigureModule], declaration: Declaration, name: str) -> FigureModule:
    of_experiments = {one.name: one for one in modules.values() if one.subject == "experiment"}
    if name not in of_experiments:
        nearest = get_close_matches(name, of_experiments, n=1, cutoff=0)
        raise UserError(
            f"there is no figure {name!r}",
            where=f"generator/experiments/{declaration.slug}.py",
            remedy=f"did you mean {nearest[0]!r}?" if nearest else f"write it in {PACKAGE}",
        )
    return of_experiments[name]


def _key(job: Job, results: Results, code: CodeIndex) -> str:
    """Digest of everything a drawing depends on."""
    catalogue = results.catalogue
    shown = [
        declaration
        for declaration in catalogue.experiments
        if (declaration.slug == job.subject if job.task else declaration.section == job.subject)
    ]
    records = [
        record
        for declaration in shown
        for record in results.of(declaration.slug).values()
        if job.task in (None, record.task.id)
    ]
    return files.digest_bytes(
        code.fingerprint(job.module).encode(),
        msgspec.json.encode(code.versions(job.module), order="sorted"),
        encode(catalogue.data),
        *(encode(one) for one in (*shown, *records)),
        *(msgspec.json.encode((words.code, dict(words.messages)), order="sorted") for words in job.words),
    )


def _sweep(wanted: tuple[Job, ...], layout: Layout, manifest: Manifest) -> None:
    """Forget figures that no longer exist, and remove every file that belongs to none."""
    targets = {job.target for job in wanted}
    for target in manifest.targets():
        if target.startswith("figure:") and target not in targets:
            manifest.forget(target)
    kept = {path for target in targets for path in manifest.outputs(target)}
    # Deepest first, so that a folder is empty by the time it is looked at.
    for path in sorted(layout.figures.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()


@functools.cache
def _results(folder: Path) -> Results:
    return Results(folder)


def _paint(job: Job, records: Path, figures: Path) -> tuple[Path, ...]:
    """Draw one figure (in a worker process); the files it consists of."""
    # Here and not above: this alone needs matplotlib.
    from generator.report.figures import style

    module = importlib.import_module(job.module)
    results = _results(records)
    sheet: Sheet = {}
    written: tuple[Path, ...] = ()
    try:
        for words in job.words:
            picture = (
                module.draw(results, results.records[job.task], words) if job.task else module.draw(results, words)
            )
            if picture is None:
                continue
            if not written:
                saved = style.save(picture, figures / job.stem, words.code)
                written = (saved.light, *([] if saved.dark == saved.light else [saved.dark]))
            sheet[words.code] = Drawn(
                name=job.name,
                subject=job.subject,
                light=saved.light.relative_to(figures).as_posix(),
                dark=saved.dark.relative_to(figures).as_posix(),
                width=saved.width,
                height=saved.height,
                alt=picture.alt,
                caption=picture.caption,
            )
    except Exception as error:
        error.add_note(f"while drawing {job.target}")
        raise
    listing = figures / f"{job.stem}.json"
    files.write_if_changed(listing, msgspec.json.encode(sheet, order="sorted"))
    return (*written, listing)
