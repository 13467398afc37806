"""``serve``: the site on a local port, rebuilt and reloaded when a source file is saved."""

import logging
import subprocess
import sys
from collections.abc import Callable

from mkdocs.livereload import LiveReloadServer

from generator.errors import UserError
from generator.layout import Layout


def serve_site(
    layout: Layout, profile: str, data: str | None, host: str, port: int, say: Callable[[str], object]
) -> None:
    """Build once, then serve until interrupted.

    Every build is a process of its own, so that an edit to any module, this program's own included, counts.
    """
    command = [sys.executable, "-m", "generator", "site", "--profile", profile, *(("--data", data) if data else ())]

    def build() -> None:
        # A failing build says why by itself, and the last good site stays up.
        code = subprocess.run(command, cwd=layout.root, check=False).returncode
        if code and not (layout.site / "index.html").exists():
            raise UserError("the site could not be built", where="serve", remedy="see the message above")

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # The server's own reports of every request are not worth a line each.
    logging.getLogger("mkdocs.livereload").setLevel(logging.WARNING)
    build()
    try:
        server = LiveReloadServer(builder=build, host=host, port=port, root=str(layout.site), polling_interval=0.5)
    except OSError as error:
        raise UserError(
            f"cannot listen there ({error.strerror})", where=f"{host}:{port}", remedy="choose another --port"
        ) from error
    for folder in ("generator", "templates"):
        server.watch(str(layout.root / folder))
    for name in ("theme", "assets"):
        if (layout.site_src / name).is_dir():
            server.watch(str(layout.site_src / name))
    server.watch(str(layout.root / "mkdocs.yml"))
    say(f"serving on http://{host}:{server.server_port}/ (stop with Ctrl-C)")
    try:
        server.serve()
    except KeyboardInterrupt:
        say("stopped")
    finally:
        server.shutdown()
