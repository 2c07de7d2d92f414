"""Read the sentences out of the source, and the catalogue from its files; Babel is needed by developers alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.messages.language import DOMAIN, LOCALES

ROOT: Final = Path(__file__).parents[3]
PACKAGES: Final = ("bot", "handlers")
LOCALE: Final = "zh_CN"
# The functions that take a sentence, and which of their arguments it is.
KEYWORDS: Final = {
    "say": None,
    "label": None,
    "N_": None,
    "counted": (2, 3),
    "counted_label": (2, 3),
}
PO: Final = LOCALES / LOCALE / "LC_MESSAGES" / f"{DOMAIN}.po"
MO: Final = PO.with_suffix(".mo")
WIDTH: Final = 120


def extracted() -> Catalog:
    """Find every sentence in the source, in the order of files."""
    catalogue = Catalog(locale=LOCALE, project="flashduty-slack-bot", charset="utf-8", fuzzy=False)
    for package, name, _, sentence, comments in _found():
        catalogue.add(sentence, None, [(f"{package}/{name}", 0)], auto_comments=comments)
    return catalogue


def _found() -> Iterator[tuple[str, str, int, str | tuple[str, ...], list[str]]]:
    for package in PACKAGES:
        every = extract_from_dir(
            ROOT / package, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
        )
        for name, line, sentence, comments, _ in sorted(every, key=lambda one: (one[0], one[1])):
            yield package, name, line, sentence, comments


def stored() -> Catalog:
    """Read the catalogue that translators write."""
    with PO.open("rb") as file:
        return read_po(file, locale=LOCALE, charset="utf-8")


def updated() -> Catalog:
    """Give what the source says with the translations that are there; nothing is guessed and nothing old is kept."""
    known, now = stored(), extracted()
    for message in now:
        if message.id and (held := known.get(message.id)) is not None:
            message.string = held.string
            message.user_comments = held.user_comments
    return now


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue as translators read it, without dates and line numbers, which would change with every edit."""
    held = BytesIO()
    write_po(
        held, catalogue, width=WIDTH, sort_by_file=True, include_lineno=False, omit_header=True, ignore_obsolete=True
    )
    return _HEADER + held.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue as gettext reads it; equal catalogues give equal bytes."""
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    held = BytesIO()
    write_mo(held, catalogue)
    return held.getvalue()


_NO_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_HEADER: Final = b"""\
# The bot in Simplified Chinese, written by meaning in Flashduty's own terms; `make messages` brings it up to date.
msgid ""
msgstr ""
"Project-Id-Version: flashduty-slack-bot\\n"
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
