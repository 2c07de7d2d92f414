"""Text that can be encoded and stored."""

import re
from typing import Final

_UNWRITABLE: Final = re.compile("[\0\ud800-\udfff]")


def can_be_written(text: str) -> bool:
    """Tell whether UTF-8 and PostgreSQL accept a text; JSON may hold lone surrogates and NUL."""
    return _UNWRITABLE.search(text) is None
