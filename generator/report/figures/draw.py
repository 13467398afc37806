"""Which figures there are, which are out of date, and their drawing in worker processes.

NumPy and matplotlib are imported by the workers only: where nothing is to be drawn, nothing heavy is loaded.
"""

import ast
import functools
import importlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
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
from generator.record import Results, encode
from generator.vocabulary import Experiment

if TYPE_CHECKING:
    from generator.report.i18n import Words

PACKAGE = "generator.report.figures"
#: Folder, in place of a language's, for pictures without words.
SHARED = "all"
#: A figure that sets the articles' numbers beside ours depends on the file beside this module as well.
ARTICLES = "generator.report.published"
#: Subjects of the figures that an experiment's declaration names: one of its variants, or all of them at once.
OF_EXPERIMENTS = ("experiment", "method")


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
    parts: int  # how many pictures it draws of one thing, numbered from 1; 0: a single one

    @property
    def module(self) -> str:
        return f"{PACKAGE}.{self.name}"


@dataclass(frozen=True)
class Job:
    """One drawing: a figure of one subject in one language, or in all of them at once if it holds no words."""

    place: str  # language code or SHARED
    subject: str
    name: str  # the module's name, then "-<variant>" for any but the experiment's first, then "-<part>" if it has parts
    module: str
    part: int  # 0: the whole
    task: str | None  # the task whose record it shows; None: all of the subject's
    method: bool  # whether the subject is one experiment
    words: "tuple[Words, ...]"

    @property
    def target(self) -> str:
        return f"figure:{self.place}:{self.subject}:{self.name}"

    @property
    def stem(self) -> str:
        return f"{self.place}/{self.subject}/{self.name}"


class Sheet(msgspec.Struct, frozen=True):
    """What a drawing leaves beside its pictures, each by language code."""

    drawn: dict[str, Drawn]  # what pages need to know; empty: nothing to show
    heard: dict[str, dict[str, str | None]]  # the messages it asked for, and what it was told


class Heard(Mapping[str, str]):
    """Messages of a language that note which of them are asked for: a figure is to be drawn again when those change."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self.messages = messages
        self.asked: dict[str, str | None] = {}

    def __getitem__(self, msgid: str) -> str:
        self.asked[msgid] = self.messages.get(msgid)
        return self.messages[msgid]

    def __iter__(self) -> Iterator[str]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)


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
    stale = [
        job
        for job in wanted
        if not manifest.fresh(job.target, keys[job.target]) or not _still_said(job, layout.figures)
    ]
    if stale:
        say(f"drawing {len(stale)} of {len(wanted)} figures")
        with ProcessPoolExecutor(min(jobs, len(stale)), mp_context=get_context("spawn")) as pool:
            running = [pool.submit(_paint, job, results.folder, layout.figures) for job in stale]
            for job, one in zip(stale, running, strict=True):
                manifest.remember(job.target, keys[job.target], one.result())
    _sweep(wanted, layout, manifest)
    found: dict[tuple[str, str, str], Drawn] = {}
    for job in wanted:
        drawn = _sheet(job, layout.figures).drawn
        found |= {(language, job.subject, job.name): one for language, one in drawn.items()}
    return found


def figure_modules(code: CodeIndex) -> dict[str, FigureModule]:
    """Every figure module by name: those of this package that declare a ``SUBJECT``."""
    found = {}
    for path in sorted(code.path(PACKAGE).parent.glob("*.py")):
        constants = _constants(path)
        if "SUBJECT" in constants:
            subject, wordless, parts = (constants.get(name) for name in ("SUBJECT", "WORDLESS", "PARTS"))
            found[path.stem] = FigureModule(path.stem, str(subject), bool(wordless), int(str(parts or 0)))
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

    def spread(figure: FigureModule, subject: str, suffix: str = "", task: str | None = None) -> Iterator[Job]:
        method = figure.subject in OF_EXPERIMENTS
        for part in range(1, figure.parts + 1) or (0,):
            name = f"{figure.name}{suffix}-{part}" if part else f"{figure.name}{suffix}"
            job = Job(SHARED, subject, name, figure.module, part, task, method, tuple(words.values()))
            if figure.wordless:
                yield job
            else:
                for language, its_words in words.items():
                    yield replace(job, place=language, words=(its_words,))

    for declaration in results.catalogue.experiments:
        figures = [_declared(modules, declaration, name) for name in declaration.figures]
        done = {name: one for name, one in results.of(declaration.slug).items() if one.failure is None}
        for variant in declaration.variants:
            if variant.name in done and not variant.series:
                suffix = "" if variant == declaration.variants[0] else f"-{variant.name}"
                for figure in figures:
                    if figure.subject == "experiment":
                        yield from spread(figure, declaration.slug, suffix, done[variant.name].task.id)
        for figure in figures:
            if figure.subject == "method" and done:
                yield from spread(figure, declaration.slug)
    subjects = {declaration.section for declaration in results.catalogue.experiments} | {"data"}
    for figure in modules.values():
        if figure.subject in subjects:
            yield from spread(figure, figure.subject)


def _declared(modules: Mapping[str, FigureModule], declaration: Experiment, name: str) -> FigureModule:
    of_experiments = {one.name: one for one in modules.values() if one.subject in OF_EXPERIMENTS}
    if name not in of_experiments:
        nearest = get_close_matches(name, of_experiments, n=1, cutoff=0)
        raise UserError(
            f"there is no figure {name!r}",
            where=f"generator/experiments/{declaration.slug}.py",
            remedy=f"did you mean {nearest[0]!r}?" if nearest else f"write it in {PACKAGE}",
        )
    return of_experiments[name]


def _key(job: Job, results: Results, code: CodeIndex) -> str:
    """Digest of everything a drawing depends on but the words, which its sheet has."""
    catalogue = results.catalogue
    shown = [
        declaration
        for declaration in catalogue.experiments
        if job.subject == (declaration.slug if job.method else declaration.section)
    ]
    records = [
        record
        for declaration in shown
        for record in results.of(declaration.slug).values()
        if job.task in (None, record.task.id)
    ]
    articles = [code.path(ARTICLES).with_suffix(".toml")] if ARTICLES in code.closure(job.module) else []
    return files.digest_bytes(
        code.fingerprint(job.module).encode(),
        *(path.read_bytes() for path in articles),
        msgspec.json.encode(code.versions(job.module), order="sorted"),
        encode(catalogue.data),
        *(encode(one) for one in (*shown, *records)),
        *(words.code.encode() for words in job.words),
    )


def _sheet(job: Job, figures: Path) -> Sheet:
    return msgspec.json.decode((figures / f"{job.stem}.json").read_bytes(), type=Sheet)


def _still_said(job: Job, figures: Path) -> bool:
    """Whether all messages that a drawing asked for are as they were."""
    heard = _sheet(job, figures).heard
    return all(
        words.messages.get(msgid) == text for words in job.words for msgid, text in heard.get(words.code, {}).items()
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
    about = (results.records[job.task],) if job.task else (job.subject,) if job.method else ()
    part = {"part": job.part} if job.part else {}
    sheet = Sheet({}, {})
    written: tuple[Path, ...] = ()
    try:
        for language in job.words:
            heard = Heard(language.messages)
            sheet.heard[language.code] = heard.asked
            words = replace(language, messages=heard)
            picture = module.draw(results, *about, words, **part)
            if picture is None:
                continue
            if not written:
                saved = style.save(picture, figures / job.stem, words.code)
                written = (saved.light, *([] if saved.dark == saved.light else [saved.dark]))
            sheet.drawn[words.code] = Drawn(
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
