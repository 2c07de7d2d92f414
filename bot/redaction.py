"""Hides what must not be shown: the one pass over every line that leaves the process as text."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "[hidden]"

# Slack's tokens (docs.slack.dev/authentication/tokens), and the parameter Flashduty takes its key in.
_TOKEN: Final = re.compile(r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]+")
_APP_KEY: Final = re.compile(
    r"""(app_?key(?:\\*['"]?\s*[=:]|%3d)\s*\\*['"]?)(?!\[hidden\])[^\s&'",;<>)}\]\\]+""", re.IGNORECASE
)
# Anything shorter would be found in ordinary words.
_SHORTEST: Final = 4


class Redaction:
    """Replaces known secrets, however quoted, and whatever looks like a Slack token or an APP key."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """Give the text back without secrets."""
        known = self._known.sub(HIDDEN, text) if self._known else text
        return _APP_KEY.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, known))


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
