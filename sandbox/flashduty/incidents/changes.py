"""Changes of an incident, whoever makes them: a key's owner, a person in the console, or the system.

The effects follow Flashduty's guide, `/en/on-call/incident/handle-update-incident`; each writes its entry of the
timeline. The caller has checked that the change is possible.
"""

from collections.abc import Mapping
from typing import Final

from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.paging import page_again
from sandbox.flashduty.incidents.record import acknowledgers, is_open, responder
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.model.comments import Comment, read
from sandbox.flashduty.model.history import SYSTEM, assigned
from sandbox.flashduty.wire.checks import Record

_MINUTE: Final = 60
NO_TEXTS: Final[Mapping[str, str]] = {}
# Texts that can be reset, and the entries that say so (`/incident/reset`).
TEXTS: Final = {
    "title": "i_r_title",
    "description": "i_r_desc",
    "impact": "i_r_impact",
    "root_cause": "i_r_rc",
    "resolution": "i_r_rsltn",
}


def acknowledge(change: Change, *, progress: str = "") -> None:
    """Acknowledge, with what a form asked for; repeating it changes nothing."""
    mine = _own_responder(change)
    if mine["acknowledged_at"]:
        return
    mine["acknowledged_at"] = change.at
    change.incident["ack_time"] = change.incident["ack_time"] or change.at
    change.incident["progress"] = "Processing"
    change.note("i_ack", {"progress": progress} if progress else {})


def unacknowledge(change: Change) -> None:
    """Withdraw one's own acknowledgement; with the last one the incident is Triggered again."""
    mine = [one for one in acknowledgers(change.incident) if one["person_id"] == change.by]
    for one in mine:
        one["acknowledged_at"] = 0
    if not mine:
        return
    if not acknowledgers(change.incident):
        change.incident.update(progress="Triggered", ack_time=0)
    change.note("i_unack")


def close(change: Change, *, texts: Mapping[str, str] = NO_TEXTS, source: str = "console") -> None:
    """Close, from one of the sources of `FeedDetailIncidentResolve`; one that is closed stays as it is.

    `texts` are the root cause, the resolution and the description, where they are set with it.
    """
    if not is_open(change.incident):
        return
    change.incident.update(progress="Closed", close_time=change.at, closer_id=change.by, snoozed_before=0)
    change.incident.update({name: text for name, text in texts.items() if text})
    change.note("i_rslv", {"from": source})


def reopen(change: Change, *, reason: str = "") -> None:
    """Put a closed incident back to Triggered, assigned again by itself, and page again."""
    change.incident.update(close_time=0, closer_id=0)
    _trigger(change.incident)
    if change.incident["assigned_to"]:
        change.incident["assigned_to"] |= {"type": "reopen", "assigned_at": change.at}
    change.note("i_reopen", {"reason": reason})
    if change.incident["assigned_to"]:
        change.note_by_system("i_assign", assigned(change.incident))
    page_again(change)


def snooze(change: Change, *, minutes: int) -> None:
    """Snooze for some minutes."""
    change.incident["snoozed_before"] = change.at + minutes * _MINUTE
    change.note("i_snooze", {"minutes": minutes})


def wake(change: Change) -> None:
    """End a snooze; one that is not snoozed stays as it is."""
    ended = change.incident["snoozed_before"]
    if ended:
        change.incident["snoozed_before"] = 0
        change.note("i_wake", {"snoozedBefore": ended})


def comment(change: Change, *, text: str, mute_reply: bool = False, kind: Record | None = None) -> Comment:
    """Write a comment, of a type of the account; white space around it is trimmed, whoever it mentions is notified."""
    source = text.strip()
    reading = read(source)
    written = Comment(
        incident_id=change.incident["incident_id"],
        at=change.at,
        person_id=change.by,
        source=source,
        shown=reading.shown,
        links=reading.links,
        images=reading.images,
        markup=reading.markup,
        notified=tuple(number for number in reading.mentioned if number in change.account.persons),
    )
    change.account.comments.append(written)
    detail: Record = {"comment": source, "mute_reply": mute_reply}
    if kind is not None:
        named = {"id": kind["comment_type_id"], "name": kind["name"], "color": kind["color"]}
        detail |= {"comment_type_id": kind["comment_type_id"], "comment_type": named}
    change.note("i_comm", detail)
    return written


def reset_severity(change: Change, *, severity: str) -> None:
    """Set the severity by hand: alerts change it no more."""
    before = change.incident["incident_severity"]
    _override(change, "incident_severity", severity)
    change.note("i_r_severity", {"from": before, "to": severity})


def reset_text(change: Change, *, name: str, text: str) -> None:
    """Set one of `TEXTS`."""
    before = change.incident[name]
    _override(change, name, text)
    # Only the entry of the title tells old and new.
    change.note(TEXTS[name], {"from": before, "to": text} if name == "title" else {})


def reset_field(change: Change, *, name: str, value: object) -> None:
    """Set a custom field."""
    change.incident["fields"] = {**change.incident["fields"], name: value}
    change.note("i_r_field", {"field_name": name, "to": value})


def custom_action(change: Change, *, integration_id: int, name: str, failure: str = "") -> None:
    """Press a custom action of the incident's channel; `failure` is what its own call answered."""
    said = {"status": "failed", "message": failure} if failure else {}
    change.note("i_custom", {"integration_id": integration_id, "integration_name": name, **said})


def flap(change: Change) -> None:
    """Mute what changes too often, by the rule of its channel."""
    change.incident["ever_muted"] = True
    change.note("i_m_flapping", {"max_changes": 4, "in_mins": 60, "mute_mins": 120})


def end_snoozes(account: Account, now: int) -> None:
    """Set incidents whose snooze has expired to Triggered, clear their acknowledgements, and page again."""
    for incident in account.incidents.values():
        ended = incident["snoozed_before"]
        if 0 < ended <= now and is_open(incident):
            change = Change(account=account, incident=incident, by=SYSTEM, at=ended)
            _trigger(incident)
            if incident["assigned_to"]:
                incident["assigned_to"] |= {"assigned_at": ended}
            change.note("i_wake", {"snoozedBefore": ended})
            page_again(change)


def _trigger(incident: Record) -> None:
    incident.update(progress="Triggered", ack_time=0, snoozed_before=0)
    for one in incident["responders"]:
        one["acknowledged_at"] = 0


def _override(change: Change, name: str, value: object) -> None:
    change.incident[name] = value
    change.incident["manual_overrides"] = sorted({*change.incident["manual_overrides"], name})


def _own_responder(change: Change) -> Record:
    for one in change.incident["responders"]:
        if one["person_id"] == change.by:
            found: Record = one
            return found
    added = responder(change.by, change.at)
    change.incident["responders"].append(added)
    return added
