"""Hides what must not be shown: one object, made from the settings, that knows every secret however it is written.

Whatever comes from outside passes it where it comes in (`bot.flashduty.responses`, `bot.slack.client`), and every line
that leaves the process as text passes it once more.
"""

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

HIDDEN: Final = "[hidden]"

# Slack's tokens (docs.slack.dev/authentication/tokens), and the parameter Flashduty takes its key in.
_TOKEN: Final = re.compile(r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]+")
_APP_KEY: Final = re.compile(
    r"""(app_?key(?:\\*['"]?\s*[=:]|%3d)\s*\\*['"]?)(?!\[hidden\])[^\s&'",;<>)}\]\\]+""", re.IGNORECASE
)
# Anything shorter would be found in ordinary words.
_SHORTEST: Final = 4
_SHORTEST_PACKED: Final = 8
_LONGEST_TOLD: Final = 200_000
# How often something may be encoded over again.
_LAYERS: Final = 3
_ENCODED: Final = re.compile(r"[%\\&+]")
# How JSON and Python write some control characters behind a backslash.
_LETTERS: Final = {ord(character): letter for character, letter in zip("\n\r\t\b\f", "nrtbf", strict=True)}
_ESCAPE: Final = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U(000[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4}))")


class Redaction:
    """Replaces known secrets, however encoded, and whatever looks like a Slack token or an APP key.

    Known as they are, percent-encoded in whole or in part and more than once, escaped as in JSON, Python and HTML, in
    base64 at any place of what it encodes, and in hexadecimal digits.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(dict.fromkeys(secret for secret in secrets if len(secret) >= _SHORTEST))

    def __call__(self, text: str) -> str:
        """Give the text back without secrets."""
        known = self._without_known(text) if self._may_hold_one(text) else text
        return _APP_KEY.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, known))

    def told(self, text: str | None, longest: int) -> str:
        """Give what somebody outside says, without secrets, and then at most so many characters of it."""
        # Cut first, half a secret might be left; of what is so long nothing is worth looking for one.
        return self(text)[:longest] if text and len(text) <= _LONGEST_TOLD else ""

    def knowing(self, secret: str) -> "Redaction":
        """Give one that knows this as well."""
        return self if secret in self._secrets else Redaction((*self._secrets, secret))

    def in_json(self, body: dict[str, Any]) -> dict[str, Any]:
        """Give JSON back as it is where no known secret is in it, which is nearly always; else without them."""
        written = json.dumps(body, ensure_ascii=False, default=str)
        found: dict[str, Any] = self.everywhere(body) if self._may_hold_one(written) else body
        return found

    def everywhere(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Give JSON back without secrets in its texts and names."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self(str(name)): self.everywhere(one) for name, one in value.items()}
        return [self.everywhere(one) for one in value] if isinstance(value, list | tuple) else value

    def _may_hold_one(self, text: str) -> bool:
        """Look quickly: nearly every text holds none."""
        if any(form in text for form in self._plain_and_packed):
            return True
        return bool(_ENCODED.search(text)) and self._is_in(_decoded(text))

    def _is_in(self, decoded: str) -> bool:
        spaced = decoded.replace("+", " ")
        return any(bare in decoded or bare in spaced for bare in self._bare)

    def _without_known(self, text: str) -> str:
        hidden = self._pattern.sub(HIDDEN, text)
        # In an encoding nobody thought of, nothing of the text can be shown.
        return HIDDEN if _ENCODED.search(hidden) and self._is_in(_decoded(hidden)) else hidden

    @cached_property
    def _plain_and_packed(self) -> tuple[str, ...]:
        return tuple(form for secret in self._secrets for form in (secret, *_packed(secret)))

    @cached_property
    def _bare(self) -> tuple[str, ...]:
        return tuple(secret.replace("\\", "").translate(_LETTERS) for secret in self._secrets)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        packed = sorted((form for secret in self._secrets for form in _packed(secret)), key=len, reverse=True)
        spelt = ["".join(map(_spellings, secret)) for secret in sorted(self._secrets, key=len, reverse=True)]
        return re.compile("|".join([*spelt, *map(re.escape, packed)]))


NOTHING_KNOWN: Final = Redaction()


def _decoded(text: str) -> str:
    """Undo what may have been done to a text on its way, a few layers of it, and drop what escapes."""
    for _ in range(_LAYERS):
        before = text
        text = html.unescape(_unescaped(unquote(text)))
        if text == before:
            break
    return text.replace("\\", "").translate(_LETTERS)


def _unescaped(text: str) -> str:
    found = _ESCAPE.sub(lambda one: chr(int(one[1] or one[2] or one[3], 16)), text)
    # JSON writes what is beyond 16 bits as two halves.
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _spellings(character: str) -> str:
    """Match a character as it is, or as one of the usual encodings writes it."""
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in character.encode("utf-8", "replace"))
    number = ord(character)
    forms = [
        rf"\\*{re.escape(character)}",
        percent,
        rf"\\+u(?i:{number:04x})",
        f"&#0*{number};",
        f"&#x0*(?i:{number:x});",
    ]
    forms += [rf"\\+x(?i:{number:02x})"] if number < 256 else []  # noqa: PLR2004 - one byte
    forms += [re.escape(name) for name in {html.escape(character, quote=True)} - {character}]
    if number > 0xFFFF:  # noqa: PLR2004 - what JSON writes as two halves
        halves = character.encode("utf-16-be")
        forms += ["".join(rf"\\+u(?i:{halves[at : at + 2].hex()})" for at in (0, 2)), rf"\\+U(?i:{number:08x})"]
    forms += [rf"\\+{_LETTERS[number]}"] if number in _LETTERS else []
    forms += [r"\+"] if character == " " else []
    return f"(?:{'|'.join(forms)})"


def _packed(secret: str) -> Iterator[str]:
    """Give it in hexadecimal digits, and what base64 makes of it behind none, one or two other bytes."""
    content = secret.encode("utf-8", "replace")
    if len(content) < _SHORTEST_PACKED:
        return
    yield content.hex()
    yield content.hex().upper()
    for before in range(3):
        # The characters at both ends hold bits of what is beside it.
        first, last = (before * 8 + 5) // 6, (before + len(content)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(b"\0" * before + content).decode("ascii")[first:last]
