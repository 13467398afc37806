"""Publishing to a branch, into a bare repository beside the project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from generator.layout import PROJECT
from tests.project import Project

#: Only git's own commands run here; who commits does not matter.
IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A. Author"), ("EMAIL", "author@example.com"))
}


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ("git", "-C", str(folder), *words),
        env={**os.environ, **IDENTITY},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_publish_pushes_the_built_site_to_a_branch(built: Project, tmp_path: Path) -> None:
    project = built.copied(tmp_path / "project")
    for name in ("Makefile", ".gitignore"):
        shutil.copy2(PROJECT / name, project.path(name))
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(project.root, "init", "--quiet")
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "--message", "Everything")
    git(project.root, "remote", "add", "origin", str(remote))
    tracked = git(project.root, "ls-files").splitlines()
    assert not [name for name in tracked if name.startswith(("output/", "site_src/en", "site_src/ja"))]

    # The environment these tests run in stands for the one that make would set up.
    environment = {**project.environment(), **IDENTITY}
    venv = Path(sys.prefix)
    subprocess.run(
        ("make", "publish", f"VENV={venv}", f"--assume-old={venv}/installed"),
        cwd=project.root,
        env=environment,
        capture_output=True,
        check=True,
    )

    published = set(git(remote, "ls-tree", "-r", "--name-only", "gh-pages").splitlines())
    made = {path.relative_to(project.path("output/site")).as_posix() for path in project.path("output/site").rglob("*")}
    assert {".nojekyll", "index.html", "en/maps/tsne/index.html", "ja/maps/tsne/index.html"} <= published
    assert published <= made | {".nojekyll"}
    assert "gh-pages" not in git(project.root, "branch", "--show-current")
