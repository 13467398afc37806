"""The README and CONTRIBUTING against the program: what they tell a reader to type is there and works."""

import hashlib
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from generator.layout import PROJECT
from tests.project import Project

READMES = ("README.md", "README.ja.md")
GUIDES = ("CONTRIBUTING.md", "CONTRIBUTING.ja.md")


def _text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def _make_help() -> str:
    return subprocess.run(("make", "help"), cwd=PROJECT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", [*READMES, *GUIDES])
def test_make_commands_exist(name: str) -> None:
    targets = set(re.findall(r"^make (\w+)", _make_help(), re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z]+)", _text(name)))
    assert named
    assert named <= targets


@pytest.mark.parametrize("name", READMES)
def test_readme_lists_the_commands_of_every_day(name: str) -> None:
    listed = set(re.findall(r"^\| `make (\w+)` \|", _text(name), re.MULTILINE))
    assert listed == set(re.findall(r"^make (\w+)", _make_help(), re.MULTILINE)) - {"lock"}


@pytest.mark.parametrize("name", READMES)
def test_readme_names_commands_of_the_program(name: str, tmp_path: Path) -> None:
    said = Project(PROJECT).run("--help").out
    commands = set(re.findall(r"^  ([a-z]+) {2,}\S", said.partition("Commands:")[2], re.MULTILINE))
    assert commands == {"site", "run", "render", "list", "schema", "explain", "gc", "serve"}
    named = [shlex.split(words)[0] for words in re.findall(r"python -m generator ([a-z][^#\n`]*)", _text(name))]
    assert named
    assert set(named) <= commands


@pytest.mark.parametrize("name", READMES)
def test_readme_profile_is_a_profile(name: str, tmp_path: Path) -> None:
    block = re.search(r"```toml\n(.*?)```", _text(name), re.DOTALL)
    assert block
    path = tmp_path / "mine.toml"
    path.write_text(block[1], encoding="utf-8")
    # Its images are not here, and that is the first thing wrong with it.
    refused = Project(PROJECT).run("explain", "--profile", str(path), "--data", str(tmp_path), code=2)
    assert "train-images-idx3-ubyte" in refused.err


@pytest.mark.parametrize("name", [*READMES, *GUIDES])
def test_links_and_places_exist(name: str) -> None:
    text = _text(name)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    places = re.findall(r"^\| `([a-z_]+/[a-z_/]*)` \|", text, re.MULTILINE)
    assert links
    for place in [*links, *places]:
        assert (PROJECT / place).exists() or place == "output/", f"{name} names {place}"


def test_method_added_step_by_step_has_a_page_in_both_languages(tmp_path: Path) -> None:
    blocks = re.findall(r"^`(\S+)`\n\n```\w+\n(.*?)^```$", _text("CONTRIBUTING.md"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 4
    project = Project.copy(tmp_path / "project")
    for place, content in blocks:
        path = project.path(place)
        before = path.read_text(encoding="utf-8") + "\n" if path.suffix == ".po" else ""
        path.write_text(before + content, encoding="utf-8")
    english, japanese = (project.path(place).read_bytes() for place, _ in blocks[1:3])
    assert f"{{# en: {hashlib.sha256(english).hexdigest()[:12]} #}}" in japanese.decode()
    project.run("run", "ica")
    project.run("render")
    score = f"{project.record('ica-2d').metric('trustworthiness').value:.3f}"
    for language in ("en", "ja"):
        assert score in project.path(f"output/site/{language}/maps/ica/index.html").read_text(encoding="utf-8")
        menu = project.path(f"output/site/{language}/index.html").read_text(encoding="utf-8")
        assert 'href="maps/ica/"' in menu


def test_both_languages_show_the_same_steps() -> None:
    english, japanese = (re.findall(r"```(?:python|jinja|po)\n(.*?)```", _text(name), re.DOTALL) for name in GUIDES)
    assert english == japanese
