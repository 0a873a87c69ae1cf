"""The reader's language: messages from a catalogue, numbers and dates in their format."""

import functools
import io
import math
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import Request

COOKIE = "language"
PARAMETER = "lang"
# English of the United Kingdom: days before months, as everywhere that reads us but one country
_LOCALES = {"en": "en_GB", "nl": "nl"}
NAMES: Mapping[str, str] = {"en": "English", "nl": "Nederlands"}
_CATALOGUES = Path(__file__).parent / "locale"

_MOST_DIGITS = 6  # behind the point of a number that is not written in powers of ten
_SIGNIFICANT = 15  # digits of a float that say something
_LARGE = 1e15  # where numbers begin that nobody reads digit by digit

# The dash of an empty cell: no value is not the value nought.
NOTHING = "\N{EN DASH}"


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a message in a constant, to be translated where it is shown."""
    return message


class Language:
    """Words, numbers, dates and durations for one reader.

    Attributes:
        code: `en` or `nl`.
    """

    def __init__(self, code: str, time_zone: str) -> None:
        self.code = code
        self._locale = Locale.parse(_LOCALES[code])
        self._time_zone = ZoneInfo(time_zone)
        self._translations = _translations(code)

    def gettext(self, message: str) -> str:
        """Translate a message; one that no catalogue has stays as it is."""
        return str(self._translations.ugettext(message)) if message else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Translate the message that goes with a number."""
        return str(self._translations.ungettext(one, many, number))

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number with so many digits behind the point."""
        if value is None:
            return NOTHING
        if abs(value) >= _LARGE:
            return self._in_powers_of_ten(value, _SIGNIFICANT)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(numbers.format_decimal(value, pattern, locale=self._locale))

    def tick(self, value: float, digits: int) -> str:
        """Write a number beside a chart: what is very small or large in powers of ten.

        Args:
            value: the number.
            digits: how many digits behind the point tell it from its neighbours; may be negative.
        """
        if not value or (digits <= _MOST_DIGITS and abs(value) < _LARGE):
            return self.number(value, max(digits, 0) if value else 0)
        return self._in_powers_of_ten(value, digits + math.floor(math.log10(abs(value))))

    def _in_powers_of_ten(self, value: float, digits: int) -> str:
        """Write 1.5E20, with at most so many digits behind the point."""
        pattern = "0." + "#" * min(max(digits, 0), _SIGNIFICANT) + "E0"
        return str(numbers.format_scientific(value, pattern, locale=self._locale))

    def score(self, value: float | None) -> str:
        """Write a score: one digit behind the point, always."""
        return self.number(value, 1)

    def change(self, value: float | None, digits: int = 1) -> str:
        """Write a difference with its sign; the minus is the one of typesetters."""
        if value is None:
            return NOTHING
        sign = {1: "+", -1: "\N{MINUS SIGN}", 0: ""}[_sign(round(value, digits))]
        return sign + self.number(abs(value), digits)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """Write a share (0.5) as per cent (50%)."""
        if share is None:
            return NOTHING
        if abs(share) >= _LARGE:
            return self.number(share * 100) + "%"
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return str(numbers.format_percent(share, pattern, locale=self._locale))

    def day(self, value: date | None, style: str = "medium") -> str:
        """Write a day; of a moment, the day that it has in the configured time zone."""
        if value is None:
            return NOTHING
        if isinstance(value, datetime):
            value = value.astimezone(self._time_zone).date()
        return str(dates.format_date(value, style, locale=self._locale))

    def moment(self, value: datetime | None) -> str:
        """Write a moment, to the minute, in the configured time zone."""
        if value is None:
            return NOTHING
        local = value.astimezone(self._time_zone)
        day = dates.format_date(local.date(), "medium", locale=self._locale)
        return f"{day} {dates.format_time(local, 'HH:mm', locale=self._locale)}"

    def minutes(self, value: float | None) -> str:
        """Write a duration given in minutes: 20 s, 45 min, 3 h 20 min, 2 days 4 h."""
        if value is None:
            return NOTHING
        whole = round(value)
        if whole < 1:
            return self.gettext("{} s").format(self.number(value * 60))
        if whole < 60:
            return self.gettext("{} min").format(self.number(whole))
        if whole < 24 * 60:
            hours, rest = divmod(whole, 60)
            parts = [self.gettext("{} h").format(hours)]
            parts += [self.gettext("{} min").format(rest)] if rest else []
            return " ".join(parts)
        days, rest = divmod(round(whole / 60), 24)
        parts = [self.ngettext("{} day", "{} days", days).format(self.number(days))]
        parts += [self.gettext("{} h").format(rest)] if rest else []
        return " ".join(parts)


def chosen(request: Request) -> str:
    """Return the code of the reader's language: asked for, chosen before, or the browser's."""
    for asked in (request.query_params.get(PARAMETER), request.cookies.get(COOKIE)):
        if asked in NAMES:
            return str(asked)
    preferred = [
        part.partition(";")[0].strip()
        for part in request.headers.get("accept-language", "").split(",")
    ]
    negotiated = Locale.negotiate(preferred, list(NAMES), sep="-")
    return negotiated.language if negotiated else "en"


def of(request: Request) -> Language:
    """Return the reader's language."""
    languages: Mapping[str, Language] = request.app.state.languages
    return languages[chosen(request)]


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


@functools.cache
def _translations(code: str) -> NullTranslations:
    """Read a catalogue; English is what the messages are written in."""
    file = _CATALOGUES / f"{code}.po"
    if code == "en":
        return NullTranslations()
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
