"""What people typed, out of what Slack makes of it; the one place where Slack's mark-up is taken off.

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
    """Give the words as they were typed.

    Words Slack linked by itself are what they were; a link somebody named is its address; who or what is mentioned
    is its name where Slack tells it. Entities are read last and once: a typed `<` is a `<`.
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
    """Name who or what is mentioned; without a name the id stays, as nobody typed it by chance."""
    if label:
        return label if label.startswith(sign) else f"{_SIGNS[sign]}{label}"
    return f"@{target[1:]}" if target in {"!here", "!channel", "!everyone"} else f"<{target}>"


def _is_of_itself(address: str, label: str) -> bool:
    """Tell whether Slack made the link, so that the label is what was typed."""
    bare = _WEB.sub("", address, count=1).rstrip("/")
    return _WEB.sub("", label, count=1).rstrip("/") == bare
