"""The text of a setting as it really arrives: through shells, containers, templates and copied pages."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "„": "“", "«": "»", "「": "」", "”": "”", "’": "’"}
_JSON: Final = frozenset("[{")
# White space that lists may hold; other separators cannot be seen and are never meant.
_PLAIN_SPACE: Final = frozenset(" \t\r\n")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
# A list of names such as "#one #two" has no word before its first #.
_COMMENT: Final = re.compile(r"[^#].*[^,;\s]\s+#.*", re.DOTALL)
_NOT_FILLED_IN: Final = re.compile(
    r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*|\{\{.*\}\}|<[^<>]*>|%[A-Za-z_]\w*%|__[A-Z_]+__"
)


@dataclass(frozen=True)
class Spoilt:
    """What is wrong with a text, in a sentence without its subject, and the cure."""

    what: str
    cure: str


def spoilt(text: str) -> Spoilt | None:
    """Find what a shell, a container or a copied page did to a value; never repeats any of it.

    `docker --env-file`, systemd and Kubernetes hand quotation marks and comments on as a part of the value.
    """
    return next(_spoilt(text), None)


def _spoilt(text: str) -> Iterator[Spoilt]:
    unseen = next((one for one in text if one not in _PLAIN_SPACE and unicodedata.category(one) in _UNSEEN), None)
    if unseen is not None and 0xD800 <= ord(unseen) <= 0xDFFF:  # noqa: PLR2004 - how Python holds bytes that are no text
        yield Spoilt("holds bytes that are not UTF-8 text", "type it again")
    elif unseen is not None:
        known = unicodedata.name(unseen, "a control character").lower()
        yield Spoilt(
            f"holds a character that cannot be seen (U+{ord(unseen):04X}, {known})",
            "type it again by hand; copying it from a web page or a chat brought that character along",
        )
    if text[:1] in _QUOTES or (text[-1:] in _QUOTES.values() and text[:1] not in _JSON):
        yield Spoilt(
            "has a quotation mark around it, which counts as a part of it (docker --env-file keeps them)",
            "write the value without quotation marks",
        )
    if _COMMENT.fullmatch(text):
        yield Spoilt(
            "has a comment behind it, which counts as a part of it (docker --env-file keeps them)",
            "put the comment on a line of its own",
        )
    if _NOT_FILLED_IN.fullmatch(text):
        yield Spoilt("still holds a placeholder, which nobody has filled in", "put the value itself there")
