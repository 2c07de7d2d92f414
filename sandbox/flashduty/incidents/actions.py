"""What can be done to incidents; everything is done as the owner of the key.

What follows what is told in Flashduty's guide, `/en/on-call/incident/handle-update-incident`.
"""

from collections.abc import Iterator
from typing import Final

from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.incidents.record import acknowledgers, is_open, responder
from sandbox.flashduty.model.account import Account, Asked
from sandbox.flashduty.model.comments import Comment, read
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import invalid, not_found

_MINUTE: Final = 60


def acknowledge(asked: Asked) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-ack`; a second time changes nothing."""
    for incident in _open_ones(asked):
        mine = _owners_place(asked, incident)
        if mine["acknowledged_at"]:
            continue
        mine["acknowledged_at"] = asked.now
        incident["ack_time"] = incident["ack_time"] or asked.now
        incident["progress"] = "Processing"
        _note(asked, incident, "i_ack")


def unacknowledge(asked: Asked) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-unack`.

    Only the owner's own acknowledgement is withdrawn; with the last one the incident is Triggered again.
    """
    for incident in _open_ones(asked):
        mine = [one for one in acknowledgers(incident) if one["person_id"] == asked.key.owner_id]
        for one in mine:
            one["acknowledged_at"] = 0
            _note(asked, incident, "i_unack")
        if mine and not acknowledgers(incident):
            incident.update(progress="Triggered", ack_time=0)


def resolve(asked: Asked) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-resolve`; one that is closed stays as it is."""
    for incident in _all(asked):
        if not is_open(incident):
            continue
        incident.update(progress="Closed", close_time=asked.now, closer_id=asked.key.owner_id, snoozed_before=0)
        incident.update({name: asked.body[name] for name in ("root_cause", "resolution") if asked.body.get(name)})
        _note(asked, incident, "i_rslv")


def reopen(asked: Asked) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-reopen`; it is Triggered and assigned anew."""
    incidents = _all(asked)
    for incident in incidents:
        if is_open(incident):
            raise invalid("incident_ids", f"{incident['incident_id']} is not closed", "该故障未关闭")
    for incident in incidents:
        incident.update(close_time=0, closer_id=0)
        _trigger(incident)
        if incident["assigned_to"]:
            incident["assigned_to"] |= {"type": "reopen", "assigned_at": asked.now}
        _note(asked, incident, "i_reopen", detail=asked.body.get("reason", ""))


def snooze(asked: Asked) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-snooze`."""
    for incident in _open_ones(asked):
        incident["snoozed_before"] = asked.now + asked.body["minutes"] * _MINUTE
        _note(asked, incident, "i_snooze", detail=str(asked.body["minutes"]))
    return {}


def wake(asked: Asked) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-wake`; one that is not snoozed stays as it is."""
    for incident in _open_ones(asked):
        if incident["snoozed_before"]:
            incident["snoozed_before"] = 0
            _note(asked, incident, "i_wake")
    return {}


def comment(asked: Asked) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-comment`; what surrounds the text is trimmed."""
    if "comment_type_id" in asked.body:
        # An account defines its own types; this one has defined none.
        raise not_found("comment type", asked.body["comment_type_id"])
    source = asked.body["comment"].strip()
    reading = read(source)
    notified = tuple(number for number in reading.mentioned if number in asked.account.persons)
    for incident in _all(asked):
        _note(asked, incident, "i_comm", detail=source)
        asked.account.comments.append(
            Comment(
                incident_id=incident["incident_id"],
                at=asked.now,
                person_id=asked.key.owner_id,
                source=source,
                shown=reading.shown,
                links=reading.links,
                images=reading.images,
                markup=reading.markup,
                notified=notified,
            )
        )
    return {}


def end_snoozes(account: Account, now: int) -> None:
    """Put incidents whose snooze has run out back to Triggered, with nobody's acknowledgement."""
    for incident in account.incidents.values():
        ended = incident["snoozed_before"]
        if 0 < ended <= now and is_open(incident):
            _trigger(incident)
            incident["updated_at"] = ended
            account.note(incident["incident_id"], "i_wake", at=ended, person_id=0, detail="snooze ran out")


def _trigger(incident: Record) -> None:
    incident.update(progress="Triggered", ack_time=0, snoozed_before=0)
    for one in incident["responders"]:
        one["acknowledged_at"] = 0


def _all(asked: Asked) -> list[Record]:
    wanted = dict.fromkeys(number.lower() for number in asked.body["incident_ids"])
    return [incident_with_id(asked.account, number) for number in wanted]


def _open_ones(asked: Asked) -> Iterator[Record]:
    incidents = _all(asked)
    for incident in incidents:
        if not is_open(incident):
            raise invalid("incident_ids", f"{incident['incident_id']} is closed", "该故障已关闭")
    yield from incidents


def _owners_place(asked: Asked, incident: Record) -> Record:
    for one in incident["responders"]:
        if one["person_id"] == asked.key.owner_id:
            found: Record = one
            return found
    added = responder(asked.key.owner_id, asked.now)
    incident["responders"].append(added)
    return added


def _note(asked: Asked, incident: Record, what: str, *, detail: str = "") -> None:
    incident["updated_at"] = asked.now
    asked.account.note(incident["incident_id"], what, at=asked.now, person_id=asked.key.owner_id, detail=detail)
