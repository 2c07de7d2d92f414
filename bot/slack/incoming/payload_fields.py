"""Readers for the fields of Slack's payloads; they check the type, the content stays untrusted."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.runtime.encodable import is_encodable

Payload = dict[str, Any]

_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,40}")
_TS: Final = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,16})?")
# A command's name may be in any script; it is shown again, so it contains no mark-up.
_COMMAND: Final = re.compile("[^\\s<>&\0\ud800-\udfff]{1,64}")
# Only compared and logged.
_NAME: Final = re.compile(r"[!-~]{1,255}")


class MalformedPayload(Exception):  # noqa: N818 - named for the payload
    """A payload does not have the shape Slack documents; the text names the field."""


class IgnoredPayload(Exception):  # noqa: N818 - named for the payload
    """A payload is Slack's and of no use to this bot; the text names its kind."""


def required(payload: Payload, name: str, read: Callable[[object, str], Any]) -> Any:  # noqa: ANN401 - of the reader's type
    """Read a field; a missing one is passed to the reader as None. Raises MalformedPayload."""
    return read(payload.get(name), name)


def optional(payload: Payload, name: str, read: Callable[[object, str], Any]) -> Any:  # noqa: ANN401 - of the reader's type
    """Read a field that may be missing; raises MalformedPayload."""
    return None if payload.get(name) is None else read(payload[name], name)


def present_fields(payload: Payload, readers: Mapping[str, Callable[[object, str], Any]]) -> Payload:
    """Read the fields that are present and not empty; raises MalformedPayload."""
    return {name: read(payload[name], name) for name, read in readers.items() if payload.get(name) not in (None, "")}


def object_of(value: object, name: str) -> Payload:
    """Read an object; raises MalformedPayload."""
    if not isinstance(value, dict):
        raise MalformedPayload(name)
    return value


def string_of(value: object, name: str) -> str:
    """Read any text, also one that UTF-8 cannot encode; raises MalformedPayload."""
    if not isinstance(value, str):
        raise MalformedPayload(name)
    return value


def text_of(value: object, name: str) -> str:
    """Read text that somebody typed, of any characters that UTF-8 can encode; raises MalformedPayload."""
    if not is_encodable(text := string_of(value, name)):
        raise MalformedPayload(name)
    return text


def _matching(pattern: re.Pattern[str]) -> Callable[[object, str], str]:
    def read(value: object, name: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise MalformedPayload(name)
        return value

    return read


id_of, ts_of, name_of, command_name_of = map(_matching, (_ID, _TS, _NAME, _COMMAND))
