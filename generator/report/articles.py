"""The articles that the report runs again, credited as far as they are known."""

from pathlib import Path

import msgspec

from generator.errors import UserError
from generator.vocabulary import Frozen

PATH = Path(__file__).with_suffix(".toml")

#: The page that credits each under its own heading, whose anchor is the article's key in small letters.
PAGE = "reproduction"


class Article(Frozen, frozen=True):
    """What is not known is ""."""

    title: str
    site: str  # a msgid
    language: str  # a msgid
    author: str = ""
    date: str = ""  # ISO 8601
    link: str = ""
    licence: str = ""
    original: str = ""  # the title of what it renders in its language
    code: str = ""  # the address of its code
    data: str = ""  # the address of its data
    origin: str = ""  # a msgid: what it builds on

    @property
    def unknown(self) -> tuple[str, ...]:
        """What a credit should say and our copy does not."""
        return tuple(name for name in ("author", "date", "link", "licence") if not getattr(self, name))


def load(path: Path = PATH) -> dict[str, Article]:
    """Key (A1 ... A5) to article, in the file's order."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, Article])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UserError(f"not a readable list of articles ({error})", where=str(path), remedy="mend the file") from None
