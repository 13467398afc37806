"""``serve``: the site on a local port, rebuilt and reloaded when a source file is saved."""

import logging
import os
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

    # Compiled modules go elsewhere: written beside the source, they would count as edits to it.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(layout.cache / "compiled")}

    def build() -> None:
        # A failing build says why by itself, and the last good site stays up.
        code = subprocess.run(command, cwd=layout.root, env=environment, check=False).returncode
        if code and not (layout.site / "index.html").exists():
            raise UserError("the site could not be built", where="serve", remedy="see the message above")

    class Server(LiveReloadServer):
        def server_activate(self) -> None:
            super().server_activate()
            say(f"serving on http://{host}:{self.server_port}/ (stop with Ctrl-C)")

    build()
    # The server tells of every request and every event; what the builds say is enough.
    logging.getLogger("mkdocs.livereload").setLevel(logging.ERROR)
    server = Server(builder=build, host=host, port=port, root=str(layout.site))
    for place in (layout.root / "generator", layout.templates, layout.site_src / "theme", layout.root / "mkdocs.yml"):
        server.watch(str(place))
    try:
        server.serve()
    except OSError as error:
        remedy = "choose another with --port"
        raise UserError(f"cannot listen there ({error.strerror})", where=f"{host}:{port}", remedy=remedy) from error
    except KeyboardInterrupt:
        say("stopped")
    finally:
        server.shutdown()
