"""Looks at the project: what its code declares, and the images of a profile. Asks only where something changed."""

import concurrent.futures
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from generator import files
from generator.config import Config
from generator.engine.events import Listener, Note
from generator.engine.protocol import Answer, DataRequest, Declared, DeclareRequest, Prepared, Raised, Refused
from generator.engine.state import DataMemory, DeclarationMemory, EngineMemory, State
from generator.engine.workers import Executor
from generator.errors import UserError
from generator.fingerprint import CodeIndex
from generator.layout import Layout
from generator.record import DataInfo, images_folder
from generator.registry import module_name, slugs
from generator.vocabulary import Experiment

A = TypeVar("A")


@dataclass(frozen=True)
class Experiments:
    """What the plug-ins declare."""

    declarations: tuple[Experiment, ...]  # by slug
    broken: Mapping[str, str]  # slug -> traceback; a plug-in that cannot be imported and never could


def read(
    layout: Layout, config: Config, code: CodeIndex, state: State, executor: Executor, listener: Listener
) -> tuple[Experiments, DataInfo]:
    """The declarations and the images, both seen to at the same time."""
    declarations = _Declarations(layout, code, state.memory)
    images = _Images(layout, config, code, state)
    asked = (declarations.ask(executor, listener), images.ask(executor, listener))
    # If one is refused, the other is still finished.
    concurrent.futures.wait([answer for answer in asked if answer])
    return declarations.take(asked[0]), images.take(asked[1])


def read_experiments(
    layout: Layout, code: CodeIndex, memory: EngineMemory, executor: Executor, listener: Listener
) -> Experiments:
    """The declarations alone, which needs no images."""
    declarations = _Declarations(layout, code, memory)
    return declarations.take(declarations.ask(executor, listener))


class _Declarations:
    """Every experiment's declaration, read anew where its source changed."""

    def __init__(self, layout: Layout, code: CodeIndex, memory: EngineMemory) -> None:
        self.memory = memory
        self.sources = {slug: _source_digest(code, slug) for slug in slugs(layout.root)}

    def ask(self, executor: Executor, listener: Listener) -> Future[Answer] | None:
        known = self.memory.declarations
        stale = tuple(
            slug for slug, source in self.sources.items() if slug not in known or known[slug].source != source
        )
        if not stale:
            return None
        listener(Note(f"reading the declarations of {', '.join(stale)}"))
        return executor.submit(DeclareRequest(stale))

    def take(self, asked: Future[Answer] | None) -> Experiments:
        known = {slug: one for slug, one in self.memory.declarations.items() if slug in self.sources}
        broken: Mapping[str, str] = {}
        if asked:
            answer = _expect(asked.result(), Declared)
            for one in answer.declarations:
                known[one.slug] = DeclarationMemory(source=self.sources[one.slug], declaration=one)
            # With an earlier declaration the experiment keeps its page, which will say that its tasks fail.
            broken = {slug: trace for slug, trace in answer.broken.items() if slug not in known}
        self.memory.declarations = known
        return Experiments(tuple(known[slug].declaration for slug in self.sources if slug in known), broken)


def _source_digest(code: CodeIndex, slug: str) -> str:
    modules = code.closure(module_name(slug))
    return files.digest_bytes(*(code.digest(module).source.encode() for module in modules))


class _Images:
    """A profile's images, prepared for the workers; prepared again only if the source's files or code changed."""

    def __init__(self, layout: Layout, config: Config, code: CodeIndex, state: State) -> None:
        self.layout = layout
        self.config = config
        self.state = state
        source = code.state("generator.sources")
        self.code = files.digest_bytes(source.fingerprint.encode(), repr(source.versions).encode())

    def ask(self, executor: Executor, listener: Listener) -> Future[Answer] | None:
        known = self.state.memory.data.get(self.config.name)
        if (
            known
            and known.config == self.config.data
            and known.code == self.code
            and self.state.manifest.fresh(f"data:{known.info.digest}", "")
            and all(files.stamp(Path(name)) == stamp for name, stamp in known.source_files.items())
        ):
            return None
        listener(Note(f"preparing the images of {self.config.data.source}"))
        return executor.submit(DataRequest(self.config.data))

    def take(self, asked: Future[Answer] | None) -> DataInfo:
        if asked:
            answer = _expect(asked.result(), Prepared)
            stamps = {name: stamp for name in answer.source_files if (stamp := files.stamp(Path(name))) is not None}
            self.state.memory.data[self.config.name] = DataMemory(
                config=self.config.data, code=self.code, source_files=stamps, info=answer.info
            )
            folder = images_folder(self.layout.records, answer.info.digest)
            self.state.manifest.remember(
                f"data:{answer.info.digest}", "", (folder / "images.npy", folder / "labels.npy")
            )
        return self.state.memory.data[self.config.name].info


def _expect(answer: Answer, kind: type[A]) -> A:
    """The answer, if it is the kind asked for; a refusal is raised here, a bug with its own traceback."""
    if isinstance(answer, kind):
        return answer
    if isinstance(answer, Refused):
        raise UserError(answer.problem, where=answer.where, remedy=answer.remedy)
    if isinstance(answer, Raised):
        raise RuntimeError(f"{answer.message}\n{answer.traceback}")
    raise TypeError(f"a worker answered with {type(answer).__name__}")
