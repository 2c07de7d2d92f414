"""Operations that change incidents; each acts as the owner of the key."""

from collections.abc import Iterator

from sandbox.flashduty.incidents import changes
from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.customs import check_forms, set_answered_fields
from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.incidents.record import is_open
from sandbox.flashduty.model.account import ApiRequest
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import invalid, not_found


def ack_incidents(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-ack`; repeating it changes nothing."""
    found = list(_of_open_ones(request))
    check_forms(request, "ack", found)
    for change in found:
        set_answered_fields(request, change)
        changes.acknowledge(change, progress=request.body.get("summary", ""))


def unack_incidents(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-unack`: only the owner's own is withdrawn."""
    for change in _of_open_ones(request):
        changes.unacknowledge(change)


def resolve_incidents(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-resolve`; one that is closed stays as it is."""
    texts = {name: request.body.get(name, "") for name in ("root_cause", "resolution", "description")}
    found = _of_all(request)
    check_forms(request, "resolve", [change for change in found if is_open(change.incident)])
    for change in found:
        if is_open(change.incident):
            set_answered_fields(request, change)
        changes.close(change, texts=texts)


def reopen_incidents(request: ApiRequest) -> None:
    """Answer `/en/api-reference/on-call/incidents/incident-reopen`; it is assigned again, and pages again."""
    found = _of_all(request)
    for change in found:
        if is_open(change.incident):
            raise invalid("incident_ids", f"{change.incident['incident_id']} is not closed", "该故障未关闭")
    for change in found:
        changes.reopen(change, reason=request.body.get("reason", ""))


def snooze_incidents(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-snooze`; only what is Processing can be snoozed."""
    found = list(_of_open_ones(request))
    for change in found:
        if change.incident["progress"] != "Processing":
            wrong = f"{change.incident['incident_id']} is not acknowledged"
            raise invalid("incident_ids", wrong, "该故障未认领，不能暂缓")
    for change in found:
        changes.snooze(change, minutes=request.body["minutes"])
    return {}


def wake_incidents(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-wake`; one that is not snoozed stays as it is."""
    for change in _of_open_ones(request):
        changes.wake(change)
    return {}


def comment_incidents(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-comment`; white space around the text is trimmed."""
    body = request.body
    kind = _comment_type(request)
    for change in _of_all(request):
        changes.comment(change, text=body["comment"], mute_reply=body.get("mute_reply", False), kind=kind)
    return {}


def _comment_type(request: ApiRequest) -> Record | None:
    wanted = request.body.get("comment_type_id")
    if wanted is None:
        return None
    for one in request.account.comment_types:
        if one["comment_type_id"] == wanted.lower():
            return one
    raise not_found("comment type", wanted)


def _of_all(request: ApiRequest) -> list[Change]:
    wanted = dict.fromkeys(number.lower() for number in request.body["incident_ids"])
    found = [incident_with_id(request.account, number) for number in wanted]
    return [Change(account=request.account, incident=one, by=request.key.owner_id, at=request.now) for one in found]


def _of_open_ones(request: ApiRequest) -> Iterator[Change]:
    found = _of_all(request)
    for change in found:
        if not is_open(change.incident):
            raise invalid("incident_ids", f"{change.incident['incident_id']} is closed", "该故障已关闭")
    yield from found
