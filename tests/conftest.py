"""Fixtures that several test modules share."""

import signal

import pytest

from generator.layout import Layout
from tests.project import Project
from tests.sites import make_site, make_sources

# Whoever runs the tests in the background has them ignore an interruption, and every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item: pytest.Item) -> None:
    """With several processes, one takes all tests of a file, and one all that use the built site, which is dear."""
    dear = "built" in getattr(item, "fixturenames", ())
    item.add_marker(pytest.mark.xdist_group("built" if dear else item.path.name))


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
