"""Fields of Slack's payloads, each of the type Slack gives it; what stands in them is untrusted."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.runtime.encodable import can_be_written

Payload = dict[str, Any]

_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,40}")
_TS: Final = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,16})?")
# A command may have a name in any script; nothing in it is mark-up, as it is shown again.
_COMMAND: Final = re.compile("[^\\s<>&\0\ud800-\udfff]{1,64}")
# Of no other use than to be compared and logged.
_NAME: Final = re.compile(r"[!-~]{1,255}")


class Malformed(Exception):  # noqa: N818 - what was sent
    """A payload is not of the shape Slack gives it; the text says where."""


class NotForUs(Exception):  # noqa: N818 - what was sent
    """A payload is Slack's and means nothing to this bot; the text says what it is."""


def required(told: Payload, name: str, read_it: Callable[[object, str], Any]) -> Any:  # noqa: ANN401 - as the reader gives it
    """Read a field; a missing one is given to the reader as None. Raises Malformed."""
    return read_it(told.get(name), name)


def optional(told: Payload, name: str, read_it: Callable[[object, str], Any]) -> Any:  # noqa: ANN401 - as the reader gives it
    """Read a field that may be missing; raises Malformed."""
    return None if told.get(name) is None else read_it(told[name], name)


def given(told: Payload, readers: Mapping[str, Callable[[object, str], Any]]) -> Payload:
    """Take the fields that are there and not empty."""
    return {name: read_it(told[name], name) for name, read_it in readers.items() if told.get(name) not in (None, "")}


def object_of(value: object, where: str) -> Payload:
    """Take an object."""
    if not isinstance(value, dict):
        raise Malformed(where)
    return value


def text_of(value: object, where: str) -> str:
    """Take what somebody typed: any text that can be written down again."""
    if not isinstance(value, str) or not can_be_written(value):
        raise Malformed(where)
    return value


def _matching(pattern: re.Pattern[str]) -> Callable[[object, str], str]:
    def take(value: object, where: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed(where)
        return value

    return take


id_of, ts_of, name_of, command_name_of = map(_matching, (_ID, _TS, _NAME, _COMMAND))
