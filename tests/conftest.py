"""Fixtures that several test modules share."""

import pytest

from generator.layout import Layout
from tests.sites import make_site, make_sources


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A whole site of synthetic results, made once; tests only read it."""
    layout = make_sources(tmp_path_factory.mktemp("project"))
    make_site(layout)
    return layout
