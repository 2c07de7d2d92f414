"""Recover typed text from Slack's markup; no other module removes markup.

docs.slack.dev/messaging/formatting-message-text
"""

import html
import re
from typing import Final

_SEQUENCE: Final = re.compile(r"<([^<>]*)>")
# Slack sends these three and no others.
_ENTITIES: Final = re.compile(r"&(?:amp|lt|gt);")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_AUTOMATIC: Final = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_SIGNS: Final = {"@": "@", "#": "#", "!": ""}


def without_markup(text: str) -> str:
    """Return the text as it was typed.

    An automatic link becomes its text, a link with a label its address, and a mention its name if Slack includes it.
    Entities are decoded last and once: a typed `<` is a `<`.
    """
    words = "".join(_undone(part) if position % 2 else part for position, part in enumerate(_SEQUENCE.split(text)))
    return _ENTITIES.sub(lambda entity: html.unescape(entity[0]), words)


def _undone(inner: str) -> str:
    target, _, label = inner.partition("|")
    sign = inner[:1]
    if sign in _SIGNS:
        return _named(sign, target, label)
    if not _AUTOMATIC.match(target):
        return f"<{inner}>"
    if label and (not _WEB.match(target) or _is_of_itself(target, label)):
        return label
    return target if _WEB.match(target) else _AUTOMATIC.sub("", target, count=1)


def _named(sign: str, target: str, label: str) -> str:
    """Return the name of a mention; without a name the id stays, because nobody types one by chance."""
    if label:
        return label if label.startswith(sign) else f"{_SIGNS[sign]}{label}"
    return f"@{target[1:]}" if target in {"!here", "!channel", "!everyone"} else f"<{target}>"


def _is_of_itself(address: str, label: str) -> bool:
    """Whether Slack made the link automatically, so that its label is the typed text."""
    bare = _WEB.sub("", address, count=1).rstrip("/")
    return _WEB.sub("", label, count=1).rstrip("/") == bare
