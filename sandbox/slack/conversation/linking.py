"""Automatic links and escaping of typed text (docs.slack.dev/messaging/formatting-message-text).

`db1.harbor.example` becomes `<http://db1.harbor.example|db1.harbor.example>`, an e-mail address `<mailto:…|…>`, a
telephone number `<tel:…|…>`, a pasted address `<https://…>`; in event text, and in commands that escape.
"""

import re
from collections.abc import Mapping
from typing import Final

_MARKED: Final = re.compile(r"(<[^<>]*>)")
_ADDRESS: Final = r"(?P<address>https?://[^\s<>|\"]*[^\s<>|\".,;:!?)\]}’”])"
_MAIL: Final = r"(?P<mail>[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,10})"
# The domain of the sample workspace, and common ones.
_HOST: Final = (
    r"(?<![\w@./-])(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:example|com|net|org|io|dev|cloud|cn|de|internal)(?::\d{1,5})?(?:/[^\s<>|\"]*[^\s<>|\".,;:!?)])?)(?![\w.-]*\w)"
)
_TELEPHONE: Final = r"(?<![\w.+-])(?P<tel>\+\d[\d ()-]{6,17}\d)(?![\w.-])"
_LINKED: Final = re.compile(f"{_ADDRESS}|{_MAIL}|{_HOST}|{_TELEPHONE}", re.IGNORECASE)
_NAMED: Final = re.compile(r"(?<![\w<])(?P<sign>[@#])(?P<name>[\w.-]*\w)")


def linked(text: str, channels: Mapping[str, str] | None = None) -> str:
    """Link addresses in a text as Slack stores it, and names of `channels` (ids by name)."""
    whole = "".join(part if part.startswith("<") else _LINKED.sub(_link, part) for part in _MARKED.split(text))
    return _by_name(whole, {}, channels) if channels else whole


def escaped(text: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Escape the text of a command for an app with `should_escape`; people and channels are ids by name.

    docs.slack.dev/interactivity/implementing-slash-commands
    """
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _by_name(linked(plain), people, channels)


def _by_name(text: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    def meant(found: re.Match[str]) -> str:
        known = people if found["sign"] == "@" else channels
        name = found["name"]
        return f"<{found['sign']}{known[name]}|{name}>" if name in known else found[0]

    return "".join(part if part.startswith("<") else _NAMED.sub(meant, part) for part in _MARKED.split(text))


def _link(found: re.Match[str]) -> str:
    kind, shown = str(found.lastgroup), found[0]
    if kind == "address":
        return f"<{shown}>"
    if kind == "tel":
        return f"<tel:{re.sub('[^+0-9]', '', shown)}|{shown}>"
    return f"<{'mailto:' if kind == 'mail' else 'http://'}{shown}|{shown}>"
