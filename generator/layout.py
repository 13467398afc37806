"""Where things are: the project's own folders and those it makes."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Layout:
    """Folders under the project's root; everything that is made lies in ``output`` or in ``site_src/<language>``."""

    root: Path = PROJECT

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def site_src(self) -> Path:
        return self.root / "site_src"

    @property
    def output(self) -> Path:
        return self.root / "output"

    @property
    def cache(self) -> Path:
        return self.output / "cache"

    @property
    def records(self) -> Path:
        return self.output / "records"

    @property
    def figures(self) -> Path:
        return self.output / "figures"

    @property
    def tables(self) -> Path:
        return self.output / "tables"

    @property
    def site(self) -> Path:
        return self.output / "site"
