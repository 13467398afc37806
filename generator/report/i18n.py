"""Words, numbers and dates in the languages of the site."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from generator.errors import UserError
from generator.layout import Layout


@dataclass(frozen=True)
class Language:
    code: str  # as in URLs, file names, <html lang> and the theme's own translations
    name: str  # in the language itself


#: The first is the language the words are written in; every other needs a catalogue under templates/locale.
LANGUAGES: tuple[Language, ...] = (
    Language("en", "English"),
    Language("ja", "日本語"),
)
SOURCE = LANGUAGES[0].code

MINUTE = 60
HOUR = 60 * MINUTE

#: Stands between a number and its unit.
NO_BREAK = "\u00a0"
#: A hyphen before a number is easily taken for the dash of a range.
MINUS = "\u2212"


@dataclass(frozen=True)
class Words:
    """One language: ``words("Wall time")`` translates, the methods format."""

    code: str
    messages: Mapping[str, str] = field(default_factory=dict)  # empty for the source language

    def __call__(self, msgid: str, /, **values: object) -> str:
        """The text for an English ``msgid``, with ``{name}`` replaced from ``values``."""
        text = msgid if self.code == SOURCE else self.messages.get(msgid)
        if text is None:
            raise UserError(
                f"no {self.code} translation of {msgid!r}",
                where=f"templates/locale/{self.code}/LC_MESSAGES/hikaku.po",
                remedy="add the entry",
            )
        return text.format(**values) if values else text

    def number(self, x: float, digits: int = 0) -> str:
        """``60,000``; with ``digits`` decimals exactly."""
        return _decimal(self.code, x, digits)

    def percent(self, share: float, digits: int = 1) -> str:
        """``97.6 %`` for a share of 0.976."""
        return unbroken(self("{number} %", number=self.number(100 * share, digits)))

    def measure(self, number: str, unit: str) -> str:
        """``32 images``: a printed number with its unit, one of the catalogue's, as the language writes it."""
        return unbroken(self("{number} {unit}", number=number, unit=self(unit)))

    def duration(self, seconds: float) -> str:
        """``8.10 µs``, ``4.20 ms``, ``0.420 s``, ``56.5 s``, ``11 min 33 s``, ``1 h 39 min 23 s``."""
        return unbroken(self._duration(seconds))

    def _duration(self, seconds: float) -> str:
        if seconds > 0 and float(f"{seconds:.3g}") < 1e-3:
            return self("{us} µs", us=self._three(1e6 * seconds))
        if seconds < 0.1:
            return self("{ms} ms", ms=self._three(1000 * seconds))
        if seconds < 1:
            return self("{s} s", s=self.number(seconds, 3))
        if round(seconds, 1) < MINUTE:  # as precise as the articles give theirs
            return self("{s} s", s=self.number(seconds, 1))
        whole = round(seconds)
        if whole < HOUR:
            return self("{m} min {s} s", m=whole // MINUTE, s=whole % MINUTE)
        return self("{h} h {m} min {s} s", h=whole // HOUR, m=whole % HOUR // MINUTE, s=whole % MINUTE)

    def _three(self, x: float) -> str:
        """With three significant digits, from 1 on."""
        return self.number(x, next((digits for digits, end in ((2, 9.995), (1, 99.95)) if x < end), 0))

    def list(self, items: Iterable[str]) -> str:
        """``A, B and C``."""
        # Without the comma before "and": as the rest of the prose has it.
        return format_list([*items], locale="en_GB" if self.code == SOURCE else self.code)

    def size(self, n_bytes: int) -> str:
        """``512 MiB`` or ``1.5 GiB``."""
        if n_bytes < 2**30:
            return unbroken(f"{self.number(n_bytes / 2**20)} MiB")
        return unbroken(f"{self.number(n_bytes / 2**30, 1)} GiB")

    def date(self, iso: str) -> str:
        """Day and minute of an ISO 8601 instant, in UTC."""
        moment = datetime.fromisoformat(iso).astimezone(UTC)
        return f"{self.day(moment.date().isoformat())} {moment:%H:%M} UTC"

    def day(self, iso: str) -> str:
        """``May 5, 2020`` for an ISO 8601 day."""
        return format_date(datetime.fromisoformat(iso).date(), format="medium", locale=self.code)


@functools.lru_cache(maxsize=1 << 14)
def _decimal(code: str, x: float, digits: int) -> str:
    """Kept, since tables on many pages print the same numbers, and Babel takes its time."""
    decimals = "." + "0" * digits if digits else ""
    return str(format_decimal(x, format=f"#,##0{decimals}", locale=code)).replace("-", MINUS)


def unbroken(text: str) -> str:
    """The text on one line: a number must not be parted from its unit."""
    return text.replace(" ", NO_BREAK)


def bare(text: str) -> str:
    """A printed number without its unit: ``97.6`` of ``97.6 %``, for the first of two that share one."""
    return re.sub(r"\D+$", "", text)


def load(layout: Layout, code: str) -> Words:
    """The words of one language; fuzzy entries do not count as translated."""
    if code == SOURCE:
        return Words(code)
    path = layout.templates / "locale" / code / "LC_MESSAGES" / "hikaku.po"
    try:
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=code, abort_invalid=True)
    except FileNotFoundError:
        raise UserError("no catalogue for a language of the site", where=str(path), remedy="write it") from None
    messages = {str(one.id): str(one.string) for one in catalogue if one.id and one.string and not one.fuzzy}
    return Words(code, messages)
