"""A copy of the project in a folder of its own, to run, edit and break."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator.layout import PROJECT
from generator.record import Record

#: An experiment that needs nothing but NumPy and takes no time.
TINY = '''"""{doc}"""

from dataclasses import dataclass

import numpy as np

from generator.vocabulary import Embedding, Experiment, Variant, param


@dataclass(frozen=True)
class Params:
    scale: float = param(1.0, unit="1")


experiment = Experiment(
    title="{slug}",
    summary="Places images by two of their grey levels",
    section="maps",
    task="embedding",
    variants=(Variant("2d", "Two dimensions"),),
    order=1,
    figures=("scatter",),
)


def run(dataset, params, seed, inputs):
    {before}
    pixels = dataset.train.flat()
    return Embedding((pixels[:, [{column}, 400]] * params.scale).astype(np.float32))
'''


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def counts(self) -> tuple[int, int, int, int]:
        """Tasks computed, restored, fresh and failed, as the command's last words have them."""
        line = next(line for line in reversed(self.out.splitlines()) if " tasks computed, " in line)
        words = line.replace(",", " ").replace(";", " ").split()
        return int(words[0]), int(words[3]), int(words[5]), int(words[7])


@dataclass(frozen=True)
class Project:
    root: Path

    @classmethod
    def copy(cls, root: Path, *, experiments: tuple[str, ...] | None = None) -> "Project":
        """This project's source in ``root``, with all experiments or only those named."""
        for folder in ("generator", "templates", "site_src/theme"):
            shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("mkdocs.yml", "requirements.txt"):
            shutil.copy2(PROJECT / name, root / name)
        project = cls(root)
        if experiments is not None:
            for path in project.path("generator/experiments").glob("*.py"):
                if path.stem != "__init__" and path.stem not in experiments:
                    path.unlink()
            # The profile may only speak of experiments there are.
            project.path("generator/profiles/quick.toml").write_text('[data]\nsource = "digits"\n')
        return project

    def copied(self, root: Path) -> "Project":
        """The same project elsewhere, with what it has made, times of files included."""
        shutil.copytree(self.root, root)
        return Project(root)

    def path(self, name: str) -> Path:
        return self.root / name

    def add(self, slug: str, *, before: str = "pass", column: int = 300, doc: str = "A tiny map.") -> None:
        """A tiny experiment; ``before`` is a statement at the head of its ``run``."""
        text = TINY.format(slug=slug, before=before, column=column, doc=doc)
        self.path(f"generator/experiments/{slug}.py").write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in a file, which must have it."""
        path = self.path(name)
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "generator", *words]

    def environment(self) -> dict[str, str]:
        """Ours without what would point the copy elsewhere."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HIKAKU_")}
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}

    def run(self, *words: str, code: int | None = 0, **environment: str) -> Ran:
        """Run a command to its end; ``code``: the exit code it must have, ``None`` for any."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.root,
            env={**self.environment(), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr)
        assert code is None or ran.code == code, f"exit code {ran.code}\n{ran.out}\n{ran.err}"
        return ran

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command and let it run."""
        return subprocess.Popen(
            self.command(*words),
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def record(self, task: str) -> Record:
        return msgspec.json.decode(self.path(f"output/records/{task}/record.json").read_bytes(), type=Record)

    def stamps(self, *folders: str) -> dict[str, tuple[int, int]]:
        """Size and mtime of every file below some folders, by path."""
        return {
            str(path.relative_to(self.root)): (path.stat().st_size, path.stat().st_mtime_ns)
            for folder in folders
            for path in sorted(self.path(folder).rglob("*"))
            if path.is_file()
        }

    def contents(self, *folders: str) -> dict[str, bytes]:
        """Content of every file below some folders, by path."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for folder in folders
            for path in sorted(self.path(folder).rglob("*"))
            if path.is_file()
        }
