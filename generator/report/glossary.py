"""The field's terms, each with its word and a short explanation in every language, for pages to link to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator.errors import UserError
from generator.vocabulary import Frozen

PATH = Path(__file__).with_suffix(".toml")

#: The page that holds them.
PAGE = "glossary"


class Wording(Frozen, frozen=True):
    """A term in one language."""

    word: str
    text: str
    reading: str = ""  # how it is spoken, where that is what it is ordered by

    @property
    def order(self) -> str:
        return (self.reading or self.word).casefold()


@dataclass(frozen=True)
class Term:
    """A term as one language's page shows it."""

    key: str  # its anchor
    word: str
    text: str
    others: Mapping[str, str]  # language code to the word there


def load(path: Path = PATH) -> dict[str, dict[str, Wording]]:
    """Key to language code to wording, in the file's order."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, dict[str, Wording]])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UserError(f"not a readable glossary ({error})", where=str(path), remedy="mend the file") from None


def terms(glossary: Mapping[str, Mapping[str, Wording]], code: str) -> tuple[Term, ...]:
    """Every term in the order in which a reader of this language looks it up."""
    return tuple(
        Term(
            key=key,
            word=spoken[code].word,
            text=spoken[code].text,
            others={other: wording.word for other, wording in spoken.items() if other != code},
        )
        for key, spoken in sorted(glossary.items(), key=lambda item: item[1][code].order)
    )
