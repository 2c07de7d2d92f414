"""The languages the bot speaks: sentences stand in the source in English, the catalogue has each in the others.

The catalogues are gettext's: `bot/locales/<language>/LC_MESSAGES/bot.po`, compiled to `bot.mo` by `make messages`.
"""

import gettext
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, LiteralString, NewType

import structlog

from bot.messages.text import Label, Mrkdwn, mrkdwn

log = structlog.get_logger(__name__)

LOCALES: Final = Path(__file__).parents[1] / "locales"
DOMAIN: Final = "bot"
# What reading a damaged catalogue raises, beside OSError for none and for a wrong beginning.
_UNUSABLE: Final = (OSError, ValueError, LookupError, struct.error)

Marked = NewType("Marked", str)
"""A sentence in a table or a constant, which the catalogue has: `N_` marks it where it stands."""


def N_(template: LiteralString) -> Marked:  # noqa: N802 - gettext's own name
    """Mark a sentence for the catalogue without translating it: a table is the same for every reader."""
    return Marked(template)


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language and its catalogue; the sentence itself stands in for one that the catalogue lacks."""

    code: str
    """As in Slack's locales and in `Accept-Language`: `en`, `zh-CN`."""

    name: str
    """The language's own name for itself."""

    catalogue: gettext.NullTranslations

    def say(self, template: LiteralString, /, **values: Mrkdwn | str | int) -> Mrkdwn:
        """Say a sentence in this language: `Mrkdwn` values are inserted unchanged, all others are escaped."""
        return mrkdwn(self.catalogue.gettext(template), **values)

    def counted(self, count: int, one: LiteralString, other: LiteralString, /, **values: Mrkdwn | str | int) -> Mrkdwn:
        """Say the sentence for this number, which is `{count}` in it."""
        return mrkdwn(self.catalogue.ngettext(one, other, count), count=count, **values)

    def translated(self, sentence: Marked, /, **values: Mrkdwn | str | int) -> Mrkdwn:
        """Say a sentence of a table."""
        return mrkdwn(self.catalogue.gettext(sentence), **values)

    def label(self, template: LiteralString, /, **values: str | int) -> Label:
        """Name a control, a headline or a field: plain text, in which nothing is markup and nothing escaped."""
        return Label(self.catalogue.gettext(template).format(**values))

    def counted_label(self, count: int, one: LiteralString, other: LiteralString, /, **values: str | int) -> Label:
        """Name something by its number, which is `{count}`, as plain text."""
        return Label(self.catalogue.ngettext(one, other, count).format(count=count, **values))

    def translated_label(self, sentence: Marked, /, **values: str | int) -> Label:
        """Name something of a table, as plain text."""
        return Label(self.catalogue.gettext(sentence).format(**values))


CHINESE: Final = "zh-CN"
ENGLISH: Final = Language(code="en", name="English", catalogue=gettext.NullTranslations())


@cache
def chinese() -> Language:
    """Read the Chinese catalogue, once; without a usable one its sentences are the English ones."""
    return Language(code=CHINESE, name="中文", catalogue=_catalogue("zh_CN", CHINESE))


def _catalogue(locale: str, code: str) -> gettext.NullTranslations:
    try:
        return gettext.translation(DOMAIN, LOCALES, languages=[locale])
    except _UNUSABLE as error:
        log.error("language.catalogue_unusable", language=code, why=str(error))  # noqa: TRY400 - the text suffices
        return gettext.NullTranslations()


def language_of(locale: str) -> Language | None:
    """Return the language of a locale such as `zh-CN`, `zh_TW` or `en-GB`; None for one the bot does not speak.

    Chinese is written in simplified characters for every `zh`.
    """
    family = locale.replace("_", "-").partition("-")[0].lower()
    if family == "zh":
        return chinese()
    return ENGLISH if family == "en" else None
