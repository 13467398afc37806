"""`serve`: what is saved is soon seen."""

import re
import signal
from pathlib import Path
from urllib.request import urlopen

from tests.project import Project


def test_saved_template_is_rebuilt_and_the_browser_told(built: Project, tmp_path: Path) -> None:
    project = built.copied(tmp_path / "project")
    process = project.start("serve", "--port", "0")
    assert process.stdout is not None
    try:
        said = ""
        while not (address := re.search(r"serving on (http://\S+)", said)):
            said = process.stdout.readline()
            assert said, f"it ended with exit code {process.wait()}"
        page = f"{address[1]}en/maps/pca/"
        with urlopen(page) as answer:
            before = answer.read().decode()
        assert "Said while it was served." not in before
        # Every page carries the call by which the browser waits for the next build.
        epoch, request = re.findall(r"livereload\((\d+), (\d+)\)", before)[-1]

        project.edit(
            "templates/pages/maps/pca.en.md.j2", "{% block how %}", "{% block how %}\nSaid while it was served.\n"
        )
        seen = epoch
        while seen == epoch:
            with urlopen(f"{address[1]}livereload/{epoch}/{request}") as answer:
                seen = answer.read().decode()
        with urlopen(page) as answer:
            assert "Said while it was served." in answer.read().decode()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0


def test_port_in_use_is_one_line(built: Project, tmp_path: Path) -> None:
    project = built.copied(tmp_path / "project")
    process = project.start("serve", "--port", "0")
    assert process.stdout is not None
    try:
        said = ""
        while not (port := re.search(r"serving on http://127\.0\.0\.1:(\d+)/", said)):
            said = process.stdout.readline()
            assert said, f"it ended with exit code {process.wait()}"
        refused = project.run("serve", "--port", port[1], code=2)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert refused.err.splitlines()[-1].startswith(f"error: 127.0.0.1:{port[1]}: cannot listen there")
