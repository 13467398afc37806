"""Fixtures that several test modules share."""

import signal

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from generator.layout import Layout
from tests.project import Project
from tests.sites import make_site, make_sources

# Whoever runs the tests in the background has them ignore an interruption, and every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


#: Files whose tests use the built site, which takes minutes.
BUILT = {f"tests/test_{name}.py" for name in ("end_to_end", "publish", "serve", "site")}


class ByFile(LoadFileScheduling):
    """With several processes, one takes all tests of a file, and one all files that use the built site."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "built" if file in BUILT else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A whole site of synthetic results, made once; tests only read it."""
    layout = make_sources(tmp_path_factory.mktemp("project"))
    make_site(layout)
    return layout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The quick site, built once from nothing."""
    project = Project.copy(tmp_path_factory.mktemp("whole") / "project")
    computed, _, fresh, failed = project.run("site").counts()  # tasks of two names and one content are restored
    assert computed > 0
    assert (fresh, failed) == (0, 0)
    return project
