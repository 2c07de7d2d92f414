"""Normalise typed text before it is parsed: quotes, full-width characters, spaces."""

import re
import unicodedata
from typing import Final

# Quotes of both languages, the full-width one, and those of neighbours; any of them closes any other.
_DOUBLE: Final = '"＂“”„‟「」『』«»'
_SINGLE: Final = "'＇‘’"
# A straight quote behind a letter or a digit is an inch or a typing error; an apostrophe is between letters.
_PAIRED: Final = re.compile(
    rf"(?:(?<![0-9A-Za-z])[\"＂”]|[“„‟「『«])([^{_DOUBLE}]*)(?:[”“」』»]|[\"＂](?![0-9A-Za-z]))"
    rf"|(?<!\w)['＇‘](?=\S)([^{_SINGLE}{_DOUBLE}]*)['＇’](?!\w)"
)
_WHOLE: Final = re.compile(r'"([^"]*)"')
# Zero-width characters, as in copied text.
_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff]")
# Full-width digits and letters, half-width Japanese and Korean.
_WIDTHS: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc]+")
_KEY: Final = re.compile(r"(?<!\S)([a-z]{2,5})[:﹕：](?=\S)", re.IGNORECASE)
_WITH_EQUALS: Final = re.compile(r"(?<!\S)(since|page|at)=(?=\S)", re.IGNORECASE)
# A comma behind the command, as in a sentence.
_FIRST_COMMA: Final = re.compile(r"^([A-Za-z_-]+)[,，、]")
_COMMAS: Final = str.maketrans("，、", "  ")


def plain(text: str) -> str:
    """Normalise typed text to straight double quotes, narrow letters and digits, and single spaces.

    A word that is ASCII once its width is set aside is read so, punctuation included; in any other word only letters
    and digits change, because the punctuation of a Chinese title is a part of what is searched for.
    """
    quoted = _PAIRED.sub(_straight, _INVISIBLE.sub("", text))
    words = " ".join(_narrow(word) for word in quoted.split())
    whole = _WHOLE.fullmatch(words)
    words = _WITH_EQUALS.sub(r"\1:", _KEY.sub(r"\1:", whole[1] if whole else words))
    return " ".join(_FIRST_COMMA.sub(r"\1 ", words).split())


def unquoted(words: str) -> str:
    """Remove quotes where they have no effect."""
    return " ".join(words.replace('"', " ").split())


def _straight(found: re.Match[str]) -> str:
    words = " ".join((found[1] if found[1] is not None else found[2]).split())
    before, behind = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    # A quoted value behind a name and a colon belongs to the name.
    space = "" if before in {"", ":", "：", "=", "＝"} or before.isspace() else " "
    return f'{space}"{words}"{"" if not behind or behind.isspace() else " "}' if words else " "


def _narrow(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word.translate(_COMMAS))
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _WIDTHS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), word))
