"""Texts that UTF-8 and the database can hold."""

import re
from typing import Final

_UNENCODABLE: Final = re.compile("[\0\ud800-\udfff]")


def is_encodable(text: str) -> bool:
    """Tell whether UTF-8 and PostgreSQL accept a text; JSON may hold lone surrogates and NUL."""
    return _UNENCODABLE.search(text) is None


def writable(text: str) -> tuple[str, int | None]:
    """Replace each character that cannot be stored by U+FFFD; return the index of the first one too, if any."""
    first = _UNENCODABLE.search(text)
    return (text, None) if first is None else (_UNENCODABLE.sub("\ufffd", text), first.start())
