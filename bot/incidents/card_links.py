"""The link buttons of an incident's card. Whoever sends alerts writes the addresses, so they are untrusted."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.config.cards import CardSettings
from bot.incidents.model import LinkButton
from bot.messages.text import web_address

LINK_ADDRESS_LIMIT: Final = 500
# Browsers drop or reinterpret these before they open an address: it would lead elsewhere than it is read here.
_REINTERPRETED: Final = re.compile(
    r"[\s\\\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def link_buttons(labels: Mapping[str, str], settings: CardSettings) -> Iterator[LinkButton]:
    """Yield the buttons whose labels hold an acceptable address, in the order of the settings."""
    for link in settings.links:
        value = labels.get(link.label, "").strip(" ")
        host = acceptable_host(value, settings.hosts)
        address = web_address(value) if host else None
        if host and address and len(address) <= LINK_ADDRESS_LIMIT:
            yield LinkButton(name=link.name, host=host, address=address)


def acceptable_host(address: str, hosts: tuple[str, ...]) -> str | None:
    """Return the host of an address that may become a button; None for any other.

    It is https, and what stands between `//` and the path is exactly one of `hosts`: so it names no user, no other
    port, no domain below or around one of them, and no letter that only looks like one of theirs.
    """
    if _REINTERPRETED.search(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.netloc.lower() if parts.netloc.isascii() else ""
    return host if parts.scheme == "https" and host in hosts else None
