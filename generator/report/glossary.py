"""The field's terms, each with its word and a short explanation in every language, for pages to link to."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from generator.errors import UserError
from generator.vocabulary import Frozen

PATH = Path(__file__).with_suffix(".toml")

#: Kana by their vowel, which stands first; and small kana with what they are in full.
VOWELS = ("あかさたなはまやらわ", "いきしちにひみり", "うくすつぬふむゆる", "えけせてねへめれ", "おこそとのほもよろを")
LARGE = dict(zip("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ", strict=True))

#: The page that holds them.
PAGE = "glossary"


class Wording(Frozen, frozen=True):
    """A term in one language."""

    word: str
    text: str
    reading: str = ""  # how it is spoken, where that is what it is ordered by

    @property
    def order(self) -> tuple[str, str]:
        """As a dictionary has it: a Japanese reading first by its plain kana, then by its voiced and small ones."""
        spoken = (self.reading or self.word).casefold()
        return _plain(spoken), spoken


@dataclass(frozen=True)
class Term:
    """A term as one language's page shows it."""

    key: str  # its anchor
    word: str
    text: str
    others: Mapping[str, str]  # language code to the word there


def _plain(reading: str) -> str:
    """The reading with neither voiced marks nor small kana, and a vowel for each long mark: ``ば`` is ``は``."""
    plain = ""
    for sign in unicodedata.normalize("NFD", reading):
        if sign == "ー":
            plain += next((row[0] for row in VOWELS if plain and plain[-1] in row), "")
        elif not unicodedata.combining(sign):
            plain += LARGE.get(sign, sign)
    return plain


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
