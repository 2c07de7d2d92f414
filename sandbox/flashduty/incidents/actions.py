"""Operations that change incidents; each acts as the owner of the key.

The effects follow Flashduty's guide, `/en/on-call/incident/handle-update-incident`.
"""

from collections.abc import Iterator
from typing import Final

from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.incidents.record import acknowledgers, is_open, responder
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.model.comments import Comment, read
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import invalid, not_found

_MINUTE: Final = 60


def acknowledge(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-ack`; repeating it changes nothing."""
    for incident in _open_ones(request):
        mine = _owner_responder(request, incident)
        if mine["acknowledged_at"]:
            continue
        mine["acknowledged_at"] = request.now
        incident["ack_time"] = incident["ack_time"] or request.now
        incident["progress"] = "Processing"
        _note(request, incident, "i_ack")


def unacknowledge(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-unack`.

    Only the owner's own acknowledgement is withdrawn; with the last one the incident is Triggered again.
    """
    for incident in _open_ones(request):
        mine = [one for one in acknowledgers(incident) if one["person_id"] == request.key.owner_id]
        for one in mine:
            one["acknowledged_at"] = 0
            _note(request, incident, "i_unack")
        if mine and not acknowledgers(incident):
            incident.update(progress="Triggered", ack_time=0)


def resolve(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-resolve`; one that is closed stays as it is."""
    for incident in _all(request):
        if not is_open(incident):
            continue
        incident.update(progress="Closed", close_time=request.now, closer_id=request.key.owner_id, snoozed_before=0)
        incident.update({name: request.body[name] for name in ("root_cause", "resolution") if request.body.get(name)})
        _note(request, incident, "i_rslv")


def reopen(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-reopen`; it is Triggered and assigned again."""
    incidents = _all(request)
    for incident in incidents:
        if is_open(incident):
            raise invalid("incident_ids", f"{incident['incident_id']} is not closed", "该故障未关闭")
    for incident in incidents:
        incident.update(close_time=0, closer_id=0)
        _trigger(incident)
        if incident["assigned_to"]:
            incident["assigned_to"] |= {"type": "reopen", "assigned_at": request.now}
        _note(request, incident, "i_reopen", detail=request.body.get("reason", ""))


def snooze(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-snooze`."""
    for incident in _open_ones(request):
        incident["snoozed_before"] = request.now + request.body["minutes"] * _MINUTE
        _note(request, incident, "i_snooze", detail=str(request.body["minutes"]))
    return {}


def wake(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-wake`; one that is not snoozed stays as it is."""
    for incident in _open_ones(request):
        if incident["snoozed_before"]:
            incident["snoozed_before"] = 0
            _note(request, incident, "i_wake")
    return {}


def comment(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-comment`; white space around the text is trimmed."""
    if "comment_type_id" in request.body:
        # Comment types are defined by each account; this one has none.
        raise not_found("comment type", request.body["comment_type_id"])
    source = request.body["comment"].strip()
    reading = read(source)
    notified = tuple(number for number in reading.mentioned if number in request.account.persons)
    for incident in _all(request):
        _note(request, incident, "i_comm", detail=source)
        request.account.comments.append(
            Comment(
                incident_id=incident["incident_id"],
                at=request.now,
                person_id=request.key.owner_id,
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
    """Set incidents whose snooze has expired to Triggered and clear their acknowledgements."""
    for incident in account.incidents.values():
        ended = incident["snoozed_before"]
        if 0 < ended <= now and is_open(incident):
            _trigger(incident)
            incident["updated_at"] = ended
            account.note(incident["incident_id"], "i_wake", at=ended, person_id=0, detail="snooze ran out")


def end_by_recovery(account: Account, incident_id: str, now: int) -> bool:
    """Close an incident whose alerts have recovered, by nobody; False where it is closed already."""
    incident = incident_with_id(account, incident_id)
    if not is_open(incident):
        return False
    incident.update(
        progress="Closed",
        incident_status="Ok",
        close_time=now,
        end_time=now,
        closer_id=0,
        snoozed_before=0,
        active_alert_cnt=0,
        updated_at=now,
    )
    account.note(incident_id, "i_rslv", at=now, person_id=0)
    return True


def _trigger(incident: Record) -> None:
    incident.update(progress="Triggered", ack_time=0, snoozed_before=0)
    for one in incident["responders"]:
        one["acknowledged_at"] = 0


def _all(request: ApiRequest) -> list[Record]:
    wanted = dict.fromkeys(number.lower() for number in request.body["incident_ids"])
    return [incident_with_id(request.account, number) for number in wanted]


def _open_ones(request: ApiRequest) -> Iterator[Record]:
    incidents = _all(request)
    for incident in incidents:
        if not is_open(incident):
            raise invalid("incident_ids", f"{incident['incident_id']} is closed", "该故障已关闭")
    yield from incidents


def _owner_responder(request: ApiRequest, incident: Record) -> Record:
    for one in incident["responders"]:
        if one["person_id"] == request.key.owner_id:
            found: Record = one
            return found
    added = responder(request.key.owner_id, request.now)
    incident["responders"].append(added)
    return added


def _note(request: ApiRequest, incident: Record, what: str, *, detail: str = "") -> None:
    incident["updated_at"] = request.now
    request.account.note(incident["incident_id"], what, at=request.now, person_id=request.key.owner_id, detail=detail)
