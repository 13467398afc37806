"""Where methods and scores come from: the literature, and which of it each method and score rests on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from generator.errors import UserError
from generator.report.i18n import Words
from generator.vocabulary import Frozen

PATH = Path(__file__).with_suffix(".toml")

#: The page that lists them.
PAGE = "references"

#: In a list of authors: those who are too many to name.
OTHERS = "others"


class Reference(Frozen, frozen=True):
    """One publication; what is not known for sure is left out."""

    authors: tuple[str, ...]  # "van der Maaten, L."
    title: str
    venue: str
    year: int
    doi: str = ""
    arxiv: str = ""
    url: str = ""

    @property
    def link(self) -> str:
        """The address at which it can be read, or ""."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.url

    @property
    def names(self) -> str:
        """All authors: ``van der Maaten, L., Hinton, G.``."""
        return ", ".join("et al." if author == OTHERS else author for author in self.authors)

    @property
    def families(self) -> tuple[str, ...]:
        return tuple(author.partition(", ")[0] for author in self.authors)

    def short(self, words: Words) -> str:
        """``van der Maaten and Hinton (2008)``, ``Guo et al. (2017)``."""
        first, *others = self.families
        if not others:
            return words("{first} ({year})", first=first, year=self.year)
        if len(others) == 1 and others != [OTHERS]:
            return words("{first} and {second} ({year})", first=first, second=others[0], year=self.year)
        return words("{first} et al. ({year})", first=first, year=self.year)


class Bibliography(Frozen, frozen=True):
    """Which publications each method (by slug), score (by metric) and page (by path) rests on; plain ones need none."""

    plain_methods: tuple[str, ...]
    plain_scores: tuple[str, ...]
    methods: dict[str, tuple[str, ...]]
    scores: dict[str, tuple[str, ...]]
    pages: dict[str, tuple[str, ...]]
    reference: dict[str, Reference]

    @property
    def ordered(self) -> tuple[tuple[str, Reference], ...]:
        """Key and publication, by authors and year."""

        def order(item: tuple[str, Reference]) -> tuple[list[str], int]:
            return [family.casefold() for family in item[1].families], item[1].year

        return tuple(sorted(self.reference.items(), key=order))

    def of_methods(self, *slugs: str) -> tuple[str, ...]:
        """Keys of what these methods rest on, each once."""
        return tuple(dict.fromkeys(key for slug in slugs for key in self.methods.get(slug, ())))

    def methods_of(self, key: str) -> tuple[str, ...]:
        """Slugs of the methods that rest on a publication."""
        return _resting(self.methods, key)

    def scores_of(self, key: str) -> tuple[str, ...]:
        return _resting(self.scores, key)

    def pages_of(self, key: str) -> tuple[str, ...]:
        return _resting(self.pages, key)


def _resting(sources: Mapping[str, Sequence[str]], key: str) -> tuple[str, ...]:
    return tuple(name for name, keys in sources.items() if key in keys)


def load(path: Path = PATH) -> Bibliography:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Bibliography)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        where = str(path)
        raise UserError(f"not a readable list of references ({error})", where=where, remedy="mend the file") from None
