"""Redaction of secrets in every usual encoding; the settings build the one for their own secrets.

It is applied to responses from outside (`bot.flashduty.responses`, `bot.slack.client`) and again to every line of the
log and of the terminal.
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

# Slack's tokens (docs.slack.dev/authentication/tokens), and the query parameter of Flashduty that holds the key.
_TOKEN: Final = re.compile(r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]+")
_APP_KEY: Final = re.compile(
    r"""(app_?key(?:\\*['"]?\s*[=:]|%3d)\s*\\*['"]?)(?!\[hidden\])[^\s&'",;<>)}\]\\]+""", re.IGNORECASE
)
# Shorter secrets would match in ordinary words.
_SECRET_LENGTH_MIN: Final = 4
_PACKED_LENGTH_MIN: Final = 8
_EXCERPT_SOURCE_LIMIT: Final = 200_000
# How many times a text may be encoded.
_ENCODING_LAYERS: Final = 3
_ENCODED: Final = re.compile(r"[%\\&+]")
# Control characters as JSON and Python escape them.
_LETTERS: Final = {ord(character): letter for character, letter in zip("\n\r\t\b\f", "nrtbf", strict=True)}
_ESCAPE: Final = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U(000[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4}))")


class Redaction:
    """Replaces known secrets in every usual encoding, and texts that look like a Slack token or an APP key.

    Secrets are found in plain text, percent-encoded in whole or in part and repeatedly, escaped as in JSON, Python and
    HTML, in base64 at any offset of the encoded text, and in hexadecimal digits.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(dict.fromkeys(secret for secret in secrets if len(secret) >= _SECRET_LENGTH_MIN))

    def __call__(self, text: str) -> str:
        """Replace the secrets in a text."""
        cleaned = self._without_secrets(text) if self._may_contain_secret(text) else text
        return _APP_KEY.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, cleaned))

    def excerpt(self, text: str | None, limit: int) -> str:
        """Redact a text from outside, then cut it to `limit` characters; empty for a text of more than 200,000."""
        # Redacted before the cut, which could leave half a secret.
        return self(text)[:limit] if text and len(text) <= _EXCERPT_SOURCE_LIMIT else ""

    def learn(self, secret: str) -> None:
        """Redact another secret as well from now on, wherever this redaction is in use."""
        if len(secret) >= _SECRET_LENGTH_MIN and secret not in self._secrets:
            self._secrets = (*self._secrets, secret)
            for form in ("_plain_and_packed", "_bare", "_looks_encoded", "_pattern"):
                vars(self).pop(form, None)

    def with_secret(self, secret: str) -> "Redaction":
        """Give a redaction of this secret as well."""
        return self if secret in self._secrets else Redaction((*self._secrets, secret))

    def redact_body(self, body: dict[str, Any]) -> dict[str, Any]:
        """Redact a JSON object; the common case, an object without known secrets, is returned as it is."""
        encoded = json.dumps(body, ensure_ascii=False, default=str)
        found: dict[str, Any] = self.redact_json(body) if self._may_contain_secret(encoded) else body
        return found

    def redact_json(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Redact the strings and keys of a JSON value."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self(str(name)): self.redact_json(one) for name, one in value.items()}
        return [self.redact_json(one) for one in value] if isinstance(value, list | tuple) else value

    def _may_contain_secret(self, text: str) -> bool:
        """Check cheaply: nearly every text contains no secret."""
        if any(form in text for form in self._plain_and_packed):
            return True
        return bool(_ENCODED.search(text)) and (self._looks_encoded or self._is_in(_decoded(text)))

    def _is_in(self, decoded: str) -> bool:
        spaced = decoded.replace("+", " ")
        return any(bare in decoded or bare in spaced for bare in self._bare)

    def _without_secrets(self, text: str) -> str:
        cleaned = self._pattern.sub(HIDDEN, text)
        # A secret in an encoding that the pattern does not cover: the whole text is replaced.
        return HIDDEN if _ENCODED.search(cleaned) and self._is_in(_decoded(cleaned)) else cleaned

    @cached_property
    def _plain_and_packed(self) -> tuple[str, ...]:
        return tuple(form for secret in self._secrets for form in (secret, *_packed(secret)))

    @cached_property
    def _bare(self) -> tuple[str, ...]:
        return tuple(secret.replace("\\", "").translate(_LETTERS) for secret in self._secrets)

    @cached_property
    def _looks_encoded(self) -> bool:
        # Such a secret is not in a decoded text: decoding changes it as well.
        return any(_ENCODED.search(secret) for secret in self._secrets)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        packed = sorted((form for secret in self._secrets for form in _packed(secret)), key=len, reverse=True)
        spelt = ["".join(map(_spellings, secret)) for secret in sorted(self._secrets, key=len, reverse=True)]
        return re.compile("|".join([*spelt, *map(re.escape, packed)]))


NO_SECRETS: Final = Redaction()


def _decoded(text: str) -> str:
    """Undo up to 3 layers of encoding, and drop backslashes."""
    for _ in range(_ENCODING_LAYERS):
        before = text
        text = html.unescape(_unescaped(unquote(text)))
        if text == before:
            break
    return text.replace("\\", "").translate(_LETTERS)


def _unescaped(text: str) -> str:
    found = _ESCAPE.sub(lambda one: chr(int(one[1] or one[2] or one[3], 16)), text)
    # JSON escapes characters beyond 16 bits as two surrogates.
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _spellings(character: str) -> str:
    """Build a pattern of a character, plain or in one of the usual encodings."""
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
    if number > 0xFFFF:  # noqa: PLR2004 - what JSON escapes as two surrogates
        surrogates = character.encode("utf-16-be")
        forms += ["".join(rf"\\+u(?i:{surrogates[at : at + 2].hex()})" for at in (0, 2)), rf"\\+U(?i:{number:08x})"]
    forms += [rf"\\+{_LETTERS[number]}"] if number in _LETTERS else []
    forms += [r"\+"] if character == " " else []
    return f"(?:{'|'.join(forms)})"


def _packed(secret: str) -> Iterator[str]:
    """Give the secret in hexadecimal digits, and in base64 after 0, 1 or 2 other bytes."""
    content = secret.encode("utf-8", "replace")
    if len(content) < _PACKED_LENGTH_MIN:
        return
    yield content.hex()
    yield content.hex().upper()
    for before in range(3):
        # The characters at both ends hold bits of the neighbouring bytes.
        first, last = (before * 8 + 5) // 6, (before + len(content)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(b"\0" * before + content).decode("ascii")[first:last]
