"""Normalise typed text before it is parsed: what a Chinese keyboard writes is read as its ASCII counterpart.

No other module does this. Text that is data, such as the words of a comment, keeps what was typed.
"""

import re
import unicodedata
from typing import Final

# Quotes of both languages, the full-width one, and those of neighbours; any of them closes any other.
_DOUBLE: Final = '"＂“”„‟「」『』«»'
_SINGLE: Final = "'＇‘’"
_QUOTED: Final = re.compile(
    rf"(?:(?<![0-9A-Za-z])[＂”]|[“„‟「『«])([^{_DOUBLE}]*)[”“」』»＂]"
    rf"|(?<!\w)[＇‘](?=\S)([^{_SINGLE}{_DOUBLE}]*)[＇’](?!\w)"
)
# A straight quote behind a letter or a digit is an inch or a typing error; an apostrophe is between letters.
_STRAIGHT: Final = re.compile(
    rf"(?<![0-9A-Za-z])\"([^{_DOUBLE}]*)\"(?![0-9A-Za-z])|(?<!\w)'(?=\S)([^{_SINGLE}{_DOUBLE}]*)'(?!\w)"
)
_WHOLE: Final = re.compile(r'"([^"]*)"')
# Zero-width characters, as in copied text.
_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff]")
# Full-width digits and letters, half-width Japanese and Korean.
_WIDTHS: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc]+")
_WORD: Final = re.compile(r"\S+")
_WIDE_SPACE: Final = re.compile(r"[^\S\x00-\x7f]")
_COLON_OF_KEY: Final = re.compile(r"(?<!\S)([A-Za-z]{2,9})[：﹕](?=\S)")
_COLON_OF_TIME: Final = re.compile(r"(?<=[0-9])[：﹕](?=[0-9])")
_POINT: Final = re.compile(r"(?<=[0-9])[。．](?=[0-9])")
# A phone makes dashes of two hyphens.
_DATE: Final = re.compile(r"(?<![0-9])([0-9]{4})[－–—−‐‑]+([0-9]{1,2})[－–—−‐‑]+([0-9]{1,2})(?![0-9])")
_PUNCTUATION: Final = str.maketrans("，、。", "   ")
_WITH_EQUALS: Final = re.compile(r"(?<!\S)(since|page|at|channel|responder|sort)=(?=\S)", re.IGNORECASE)
# A comma behind the command, as in a sentence.
_FIRST_COMMA: Final = re.compile(r"^([A-Za-z_-]+),")


def normalised(text: str) -> str:
    """Return the text with narrow letters, digits and spaces, and with straight quotes; ASCII stays as it is.

    A word that is ASCII once its width is set aside is read so, punctuation included. In any other word only letters,
    digits, and the punctuation within times, dates and keys change: the punctuation of a Chinese title is a part of
    what is searched for. Normalising twice is the same as once.
    """
    narrow = _WIDTHS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), _INVISIBLE.sub("", text))
    quoted = _QUOTED.sub(_straight, unicodedata.normalize("NFC", narrow))
    pointed = _POINT.sub(".", _COLON_OF_TIME.sub(":", _COLON_OF_KEY.sub(r"\1:", _DATE.sub(r"\1-\2-\3", quoted))))
    return _WIDE_SPACE.sub(" ", _WORD.sub(_narrow, pointed))


def plain(text: str) -> str:
    """Return normalised text with double quotes only, and with single spaces; `since=7d` is read as `since:7d`."""
    words = " ".join(_STRAIGHT.sub(_straight, normalised(text)).split())
    whole = _WHOLE.fullmatch(words)
    words = _WITH_EQUALS.sub(r"\1:", whole[1] if whole else words)
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


def _narrow(word: re.Match[str]) -> str:
    folded = unicodedata.normalize("NFKC", word[0].translate(_PUNCTUATION))
    return folded if folded.isascii() else word[0]
