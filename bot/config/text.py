"""Faults in the text of a setting that shells, containers, templates and copied pages cause."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "„": "“", "«": "»", "「": "」", "”": "”", "’": "’"}
_JSON: Final = frozenset("[{")
# White space that lists may hold. Other separators are invisible, so they are errors.
_LIST_WHITE_SPACE: Final = frozenset(" \t\r\n")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
# A list of names such as "#one #two" has no word before its first #, and a rule has an arrow there.
_COMMENT: Final = re.compile(r"[^#].*[^,;>→\s]\s+#.*", re.DOTALL)
_PLACEHOLDER: Final = re.compile(
    r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*|\{\{.*\}\}|<[^<>]*>|%[A-Za-z_]\w*%|__[A-Z_]+__"
)


@dataclass(frozen=True)
class ValueFault:
    """What is wrong with a text, in a sentence without its subject, and the remedy."""

    what: str
    remedy: str


def value_fault(text: str) -> ValueFault | None:
    """Find the first fault of a value, without repeating any of the value.

    `docker --env-file`, systemd and Kubernetes pass quotation marks and comments on as part of the value.
    """
    return next(_faults(text), None)


def _faults(text: str) -> Iterator[ValueFault]:
    invisible = next(
        (one for one in text if one not in _LIST_WHITE_SPACE and unicodedata.category(one) in _INVISIBLE), None
    )
    if invisible is not None and 0xD800 <= ord(invisible) <= 0xDFFF:  # noqa: PLR2004 - lone surrogates: how Python decodes bytes that are not UTF-8
        yield ValueFault("holds bytes that are not UTF-8 text", "type it again")
    elif invisible is not None:
        label = unicodedata.name(invisible, "a control character").lower()
        yield ValueFault(
            f"holds a character that cannot be seen (U+{ord(invisible):04X}, {label})",
            "type it again by hand; copying it from a web page or a chat brought that character along",
        )
    if text[:1] in _QUOTES or (text[-1:] in _QUOTES.values() and text[:1] not in _JSON):
        yield ValueFault(
            "has a quotation mark around it, which counts as a part of it (docker --env-file keeps them)",
            "write the value without quotation marks",
        )
    if _COMMENT.fullmatch(text):
        yield ValueFault(
            "has a comment behind it, which counts as a part of it (docker --env-file keeps them)",
            "put the comment on a line of its own",
        )
    if _PLACEHOLDER.fullmatch(text):
        yield ValueFault("still holds a placeholder, which nobody has filled in", "put the value itself there")
