"""Who answers requests on this machine: real processes, seen from outside."""

import os
from collections.abc import Iterator

import pytest

from generator.engine.protocol import Answer, Declared, DeclareRequest, Raised, Refused
from generator.engine.workers import Executor
from generator.engine.workers.local import LocalProcesses
from tests.project import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Its experiments betray the process that imports them, abort it, or keep it waiting until the gate opens."""
    project = Project.copy(tmp_path_factory.mktemp("workers") / "project", experiments=())
    for slug, first in (("where", "pass"), ("fatal", "__import__('os').abort()"), ("slow", "open('gate').read()")):
        project.add(slug)
        name = f"generator/experiments/{slug}.py"
        project.edit(name, f'title="{slug}"', 'title=str(__import__("os").getpid())')
        project.edit(name, "import numpy as np", f"import numpy as np\n\n{first}")
    return project


@pytest.fixture
def one(project: Project) -> Iterator[Executor]:
    """One process at a time."""
    with LocalProcesses(project.root, threads=1, at_once=1) as executor:
        yield executor


@pytest.fixture
def two(project: Project) -> Iterator[Executor]:
    """Two processes at a time."""
    with LocalProcesses(project.root, threads=1, at_once=2) as executor:
        yield executor


def ask(executor: Executor, slug: str, affinity: str = "") -> Answer:
    return executor.submit(DeclareRequest((slug,), affinity)).result()


def process(executor: Executor, affinity: str = "") -> int:
    """Which process answers a request."""
    answer = ask(executor, "where", affinity)
    assert isinstance(answer, Declared), answer
    return int(answer.declarations[0].title)


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_requests_of_one_affinity_share_a_process(two: Executor) -> None:
    first, second = process(two, "umap"), process(two, "tsne")
    assert first != second
    assert process(two, "umap") == first
    assert process(two, "tsne") == second


def test_request_without_affinity_has_a_process_of_its_own(one: Executor) -> None:
    found = [process(one, "umap"), process(one), process(one)]
    assert len(set(found)) == 3
    assert not any(runs(each) for each in found)


def test_idle_process_stays_while_there_is_room_and_then_makes_some(two: Executor) -> None:
    oldest, older = process(two, "umap"), process(two, "tsne")
    newest = process(two, "pca")
    assert not runs(oldest)
    assert runs(older)
    assert runs(newest)


def test_two_at_once_are_two_processes_whatever_their_affinity(project: Project, two: Executor) -> None:
    gate = project.path("gate")
    os.mkfifo(gate)
    slow = two.submit(DeclareRequest(("slow",), "umap"))
    opened = os.open(gate, os.O_WRONLY)  # returns when the slow one waits at the other end
    other = process(two, "umap")
    os.close(opened)
    gate.unlink()
    answer = slow.result()
    assert isinstance(answer, Declared)
    assert int(answer.declarations[0].title) != other


def test_process_that_dies_has_an_answer_and_the_next_request_another_process(one: Executor) -> None:
    before = process(one, "umap")
    answer = ask(one, "fatal", "umap")
    assert isinstance(answer, Raised)
    assert answer.message == "its process ended with signal 6"
    assert process(one, "umap") != before


def test_what_it_printed_before_it_died_is_told(project: Project, one: Executor) -> None:
    project.add("talking")
    project.edit(
        "generator/experiments/talking.py",
        "import numpy as np",
        "import numpy as np\nprint('so it ends', flush=True)\n__import__('os').abort()",
    )
    answer = ask(one, "talking")
    assert isinstance(answer, Raised)
    assert "so it ends" in answer.traceback


def test_refusal_leaves_the_process_for_the_next(project: Project, one: Executor) -> None:
    project.path("generator/experiments/empty.py").write_text("")
    before = process(one, "umap")
    assert isinstance(ask(one, "empty", "umap"), Refused)
    assert process(one, "umap") == before


def test_stopping_ends_at_once_what_runs_and_what_is_idle(project: Project, two: Executor) -> None:
    idle = process(two, "umap")
    gate = project.path("gate")
    os.mkfifo(gate)
    waiting = two.submit(DeclareRequest(("slow",)))
    opened = os.open(gate, os.O_WRONLY)
    two.stop()
    assert not runs(idle)
    with pytest.raises(BrokenPipeError):
        os.write(opened, b"go on")
    os.close(opened)
    gate.unlink()
    answer = waiting.result()
    assert isinstance(answer, Raised)
    assert answer.message.startswith("its process ended with signal 9")
    with pytest.raises(RuntimeError):
        two.submit(DeclareRequest(("where",)))
