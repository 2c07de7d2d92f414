"""Values of controls as version 0 wrote them, `{"t": team, "w": words, "i": incident, "o": occasion, "h": thread}`.

The words were a command line, parsed by the route of the control. A message that was posted before version 1 works
until `UNDERSTOOD_UNTIL`; after that this module goes, and a press of such a control is answered as outdated.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from bot.handoff.messages.shift_value import SHORT_NAME_LIMIT, ShiftValue
from bot.incidents.messages.acknowledgement import AnnounceValue, UndoValue
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.messages.buttons import (
    ACKNOWLEDGE,
    ANNOUNCE,
    APPROVE_SYNC,
    DECLINE_SYNC,
    REFRESH,
    SHARE,
    SHOW_INCIDENT,
    SHOW_PRIVATELY,
    TAKE_OVER,
    UNDO,
    ButtonValue,
    read_record,
)
from bot.messages.views import (
    Digest,
    DigestWeek,
    IncidentCard,
    OnCall,
    OnCallWeek,
    Reminder,
    View,
    ViewValue,
    written_view,
)
from bot.usergroups.messages import HANDLE_LIMIT, GroupValue

# 90 days after version 1.
UNDERSTOOD_UNTIL: Final = date(2027, 2, 24)
# The longest value that is parsed, in characters.
VALUE_LENGTH_LIMIT: Final = 2_000

ReadCommand = Callable[[str], View]
Fields = Mapping[str, Any]

_DIGEST: Final = re.compile(r"digest( week)? on:(\d{4}-\d{2}-\d{2})(?: by:(.{1,80}).*)?")
_REMINDER: Final = re.compile(r"reminder (\d{1,12}) (\d{1,19})")
_MOMENT: Final = re.compile(r"oncall at:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})Z in:(\S{1,64})(?: (.*))?")
_WEEK: Final = re.compile(r"oncall week( .*)?")
_LINE: Final = re.compile(r"(acknowledged|undone) (\d{1,12})")
_SHIFT: Final = re.compile(r"(\d{1,19}) (\d{1,12})(?: (.*))?")
_GROUP: Final = re.compile(r"(\S+) (\S+)(?: (.*))?")


def read_earlier(route: str, direct_message: str, now: datetime, *, read_command: ReadCommand) -> ButtonValue | None:
    """Read the value of a control that version 0 drew; None for any other, and after the last day.

    `read_command` reads typed words into a view.
    """
    if now.astimezone(UTC).date() > UNDERSTOOD_UNTIL or len(direct_message) > VALUE_LENGTH_LIMIT:
        return None
    try:
        held = json.loads(direct_message)
        return _READERS[route](held, read_command) if _is_of_version_0(held) else None
    except (ValueError, KeyError, OverflowError, OSError, RecursionError):
        return None


def _is_of_version_0(held: object) -> bool:
    return isinstance(held, dict) and held.keys() <= set("twioh") and all(isinstance(one, str) for one in held.values())


def _shared(held: Fields) -> dict[str, object]:
    fields = {"team": held.get("t", ""), "occasion": held.get("o", ""), "thread": held.get("h", "")}
    return {name: text for name, text in fields.items() if text or name == "team"}


def _acknowledge(held: Fields, read_command: ReadCommand) -> ButtonValue:
    view = {"view": written_view(_view(held["w"], read_command))} if held.get("w") else {}
    return read_record(AcknowledgeValue, {**_shared(held), "incident_id": held["i"], **view})


def _undo(held: Fields, _: ReadCommand) -> ButtonValue:
    moment = {"acknowledged_at": int(held["w"])} if held.get("w") else {}
    return read_record(UndoValue, {**_shared(held), "incident_id": held["i"], **moment})


def _announce(held: Fields, _: ReadCommand) -> ButtonValue:
    change, moment = _parts(_LINE, held["w"])
    return read_record(
        AnnounceValue, {**_shared(held), "incident_id": held["i"], "change": change, "moment": int(moment)}
    )


def _shown_incident(held: Fields, _: ReadCommand) -> ButtonValue:
    return _drawing(held, IncidentCard(asked=held["i"]))


def _redrawn_view(held: Fields, read_command: ReadCommand) -> ButtonValue:
    return _drawing(held, _view(held.get("w", ""), read_command))


def _drawing(held: Fields, view: View) -> ButtonValue:
    return read_record(ViewValue, {**_shared(held), "view": written_view(view)})


def _take_over(held: Fields, _: ReadCommand) -> ButtonValue:
    number, start, name = _parts(_SHIFT, held["w"])
    shift = {"id": int(number), "at": int(start), "name": name[:SHORT_NAME_LIMIT]}
    return read_record(ShiftValue, {**_shared(held), **shift})


def _decide(held: Fields, _: ReadCommand) -> ButtonValue:
    group, signature, handle = _parts(_GROUP, held["w"])
    return read_record(
        GroupValue, {**_shared(held), "group": group, "signature": signature, "handle": handle[:HANDLE_LIMIT]}
    )


def _parts(pattern: re.Pattern[str], words: str) -> tuple[str, ...]:
    found = pattern.fullmatch(words)
    if found is None:
        raise ValueError("no such words")
    return found.groups(default="")


def _view(words: str, read_command: ReadCommand) -> View:
    """Parse the command that drew a message: first the forms that only version 0 wrote, then typed words."""
    if found := _DIGEST.fullmatch(words):
        kind = DigestWeek if found[1] else Digest
        return kind(on=date.fromisoformat(found[2]), asked_by=found[3] or "")
    if found := _REMINDER.fullmatch(words):
        return Reminder(at=datetime.fromtimestamp(int(found[1]), UTC), person_id=int(found[2]))
    if found := _MOMENT.fullmatch(words):
        at = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
        return OnCall(at=at, zone=found[2], words=found[3] or "")
    if found := _WEEK.fullmatch(words):
        zone, rest = _zone(found[1] or "")
        return OnCallWeek(zone=zone, words=rest)
    return read_command(words)


def _zone(words: str) -> tuple[str, str]:
    found = re.search(r"(?:^|\s)in:(\S+)", words)
    return (found[1], f"{words[: found.start()]} {words[found.end() :]}".strip()) if found else ("", words.strip())


_READERS: Final[Mapping[str, Callable[[Fields, ReadCommand], ButtonValue]]] = {
    ACKNOWLEDGE: _acknowledge,
    UNDO: _undo,
    ANNOUNCE: _announce,
    SHOW_INCIDENT: _shown_incident,
    REFRESH: _redrawn_view,
    SHOW_PRIVATELY: _redrawn_view,
    SHARE: _redrawn_view,
    TAKE_OVER: _take_over,
    APPROVE_SYNC: _decide,
    DECLINE_SYNC: _decide,
}
