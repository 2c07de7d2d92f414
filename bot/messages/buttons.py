"""The names of the controls and the values they carry; `handlers` routes by these names.

A value is a small record, one frozen dataclass beside the block that emits it, written as compact JSON with the version
of its shape: `{"v":1,"team":"payments",…}`. It is untrusted when it comes back: each field states its type and limits.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal, TypeGuard, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic_core import from_json, to_json
from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from bot.messages.blocks import button
from bot.messages.text import Label
from bot.runtime.encodable import is_encodable

ACKNOWLEDGE: Final = "acknowledge"
UNDO: Final = "undo_acknowledge"
UNACKNOWLEDGE: Final = "unacknowledge"
SNOOZE: Final = "snooze"
WAKE: Final = "wake"
CLOSE: Final = "close"
REOPEN: Final = "reopen"
REASSIGN: Final = "reassign"
ESCALATE: Final = "escalate"
ADD_RESPONDER: Final = "add_responder"
CUSTOM_ACTION: Final = "custom_action"
# Posts the channel's line about an action again.
ANNOUNCE_ACTION: Final = "tell_action"
# Open the form of one action, and that of all of them.
OPEN_FORM: Final = "form"
MORE: Final = "more"
# Opens everything about an incident, and draws another page of its timeline.
INCIDENT_DETAILS: Final = "incident_details"
REFRESH: Final = "again"
# Of the control that draws the message it is in; others of the same route draw another page or view.
REFRESH_SUFFIX: Final = "refresh"
SHOW_PRIVATELY: Final = "open"
# Shows the card of an incident.
SHOW_INCIDENT: Final = "details"
SHARE: Final = "share"
TAKE_OVER: Final = "take_over"
ANNOUNCE: Final = "tell_channel"
# An overflow menu; each entry has the route of a button.
MENU: Final = "menu"
APPROVE_SYNC: Final = "follow_group"
DECLINE_SYNC: Final = "leave_group"
# Opens a web page; its press asks for nothing.
OPEN_LINK: Final = "link"
STOP_SYNC: Final = "stop_group"
PROPOSE_SYNC: Final = "propose_group"
# The suffix of a retry control: it is in an error message, which the answer replaces.
RETRY: Final = "retry"

VALUE_VERSION: Final = 1
# docs.slack.dev/reference/block-kit/block-elements/button-element, and composition-objects/option-object
BUTTON_VALUE: Final = 2000
OPTION_VALUE: Final = 150
# Free text of one value. A character takes six bytes at most, as \u and four digits: 1,440 in all.
WORDS_LIMIT: Final = 240
# `bot.config` allows 60 characters in the name of a team.
TEAM_LIMIT: Final = 60
INCIDENT_ID_LENGTH: Final = 24
# Slack returns these as entities (github.com/slackapi/bolt-python/issues/513); written as escapes, JSON survives that.
_ESCAPES: Final = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}

Style = Literal["primary", "danger"]


def _writable(text: str) -> str:
    if not is_encodable(text):
        raise ValueError("a character that no database takes")
    return text


StorableText = Annotated[str, AfterValidator(_writable)]
Words = Annotated[StorableText, Field(max_length=WORDS_LIMIT)]
TeamName = Annotated[StorableText, Field(max_length=TEAM_LIMIT)]
IncidentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{24}\z")]
FlashdutyId = Annotated[int, Field(ge=0, lt=2**63)]
# Until the year 2100, so that no arithmetic with it overflows the calendar.
UnixTime = Annotated[int, Field(ge=0, lt=4_102_444_800)]


@dataclass(frozen=True, kw_only=True)
class ButtonValue:
    """The value of a control.

    `occasion` is the minute of the first request for something that happens once, `thread` the timestamp of the message
    in whose thread its line is posted: a retry control repeats both.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    team: TeamName
    occasion: Annotated[str, StringConstraints(pattern=r"^[0-9TZ:-]{0,20}\z")] = ""
    thread: Annotated[str, StringConstraints(pattern=r"^[0-9.]{0,33}\z")] = ""

    @property
    def incident(self) -> str:
        """The id of the incident it is about; empty when it is about none."""
        return ""

    @property
    def began_in(self) -> str:
        """The channel in which the form with the control was opened; empty where that is not known."""
        return ""


@dataclass(frozen=True, kw_only=True)
class IncidentValue(ButtonValue):
    """The value of a control that is about one incident."""

    incident_id: IncidentId

    @property
    def incident(self) -> str:
        """The id of the incident."""
        return self.incident_id


RecordT = TypeVar("RecordT")
ValueT = TypeVar("ValueT", bound=ButtonValue)


_adapters: Final[dict[type, TypeAdapter[Any]]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    """Return the validator of a kind of record, built at its first use, because building takes a moment."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def written_record(record: object) -> dict[str, Any]:
    """Convert a record to JSON types, without the fields that have their default."""
    written: dict[str, Any] = _adapter(type(record)).dump_python(
        record, mode="json", by_alias=True, exclude_defaults=True
    )
    return written


def read_record(kind: type[RecordT], held: object) -> RecordT:
    """Convert JSON types to a record; raises ValueError for an unknown field, a wrong type, or a limit exceeded."""
    record: RecordT = _adapter(kind).validate_json(to_json(held))
    return record


def encode(value: ButtonValue) -> str:
    """Write a value as the string that a control carries."""
    return compact_json({"v": VALUE_VERSION, **written_record(value)})


def compact_json(held: dict[str, Any]) -> str:
    """Write JSON without spaces and without characters that Slack returns as entities."""
    written = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        written = written.replace(character, escape)
    return written


def decode(kind: type[ValueT], written: str) -> ValueT | None:
    """Parse the value of a pressed control; None for anything that is not a value of this kind and version."""
    if not is_encodable(written):
        return None
    try:
        held = from_json(written, allow_inf_nan=False)
        return read_record(kind, held) if _is_of_this_version(held) else None
    except ValueError:
        return None


def fits(value: ButtonValue) -> bool:
    """Whether a control can carry a value; typed text may be longer than the limit of a field."""
    return decode(type(value), encode(value)) is not None


def _is_of_this_version(held: object) -> TypeGuard[dict[str, object]]:
    """Remove the version from a value, and return whether it is the current one."""
    version = held.pop("v", None) if isinstance(held, dict) else None
    return type(version) is int and version == VALUE_VERSION


def control(
    label: Label,
    route: str,
    value: ButtonValue,
    *,
    suffix: str = "",
    style: Style | None = None,
    spoken: Label | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """Draw a button that is routed by its action id.

    An action id must be unique in a message, so `suffix` distinguishes controls of one route; the route is the part
    before the colon.
    """
    action_id = f"{route}:{suffix}" if suffix else route
    return button(label, action_id, encode(value), style=style, spoken=spoken, confirm=confirm)


def route_of(action_id: str) -> str:
    """Return the route of a pressed control."""
    return action_id.partition(":")[0]


def is_retry(action_id: str) -> bool:
    """Whether a pressed control was in an error message."""
    return action_id.endswith(f":{RETRY}")
