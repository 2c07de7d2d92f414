"""Texts that UTF-8 and the database can hold."""

import re
from typing import Final

_UNENCODABLE: Final = re.compile("[\0\ud800-\udfff]")


def is_encodable(text: str) -> bool:
    """Tell whether UTF-8 and PostgreSQL accept a text; JSON may hold lone surrogates and NUL."""
    return _UNENCODABLE.search(text) is None
