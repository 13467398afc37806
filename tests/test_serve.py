"""`serve`: what is saved is soon seen."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from tests.project import Project


@contextmanager
def serving(project: Project) -> Iterator[str]:
    """The address at which a project is served, on a free port, until this is left."""
    process = project.start("serve", "--port", "0")
    assert process.stdout is not None
    try:
        said = ""
        while not (address := re.search(r"serving on (http://\S+)", said)):
            said = process.stdout.readline()
            assert said, f"it ended with exit code {process.wait()}"
        yield address[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0


def read(address: str) -> str:
    with urlopen(address) as answer:
        return answer.read().decode()


def test_saved_template_is_rebuilt_and_the_browser_told(built: Project, tmp_path: Path) -> None:
    project = built.copied(tmp_path / "project")
    with serving(project) as address:
        before = read(f"{address}en/maps/pca/")
        assert "Said while it was served." not in before
        # Every page carries the call by which the browser waits for the next build.
        epoch, request = re.findall(r"livereload\((\d+), (\d+)\)", before)[-1]
        project.edit(
            "templates/pages/maps/pca.en.md.j2", "{% block how %}", "{% block how %}\nSaid while it was served.\n"
        )
        while read(f"{address}livereload/{epoch}/{request}") == epoch:
            pass  # it answers after a minute if nothing was built by then
        assert "Said while it was served." in read(f"{address}en/maps/pca/")


def test_port_in_use_is_one_line(built: Project, tmp_path: Path) -> None:
    project = built.copied(tmp_path / "project")
    with serving(project) as address:
        port = address.rstrip("/").rpartition(":")[2]
        refused = project.run("serve", "--port", port, code=2)
    assert refused.err.splitlines()[-1].startswith(f"error: 127.0.0.1:{port}: cannot listen there")
