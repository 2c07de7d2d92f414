"""Compute an incident after a change from the incident before it, and compare acknowledgements. Pure."""

from datetime import datetime, timedelta
from typing import Any, Final

from bot.flashduty import Incident, Progress
from bot.flashduty.models.incidents import Responder

# An acknowledgement that is not read back gets its time from our clock, corrected by the difference to Flashduty's. The
# call takes time, and clocks drift while the process runs.
CLOCK_TOLERANCE: Final = timedelta(minutes=1)


def acknowledged(incident: Incident, person_id: int, at: int) -> Incident:
    """Return the incident after a person has acknowledged it at a Unix time.

    A person who is not a responder becomes one. Source: /en/on-call/incident/handle-update-incident.
    """
    own = _record_of(incident, person_id)
    record = {**(own or {"person_id": person_id, "assigned_at": at}), "acknowledged_at": at}
    assigned = _with(incident, person_id, record) if own else (*incident.assigned, record)
    return _changed(incident, progress=Progress.PROCESSING, ack_time=incident.ack_time or at, assigned=assigned)


def unacknowledged(incident: Incident, person_id: int) -> Incident | None:
    """Return the incident after a person has withdrawn their acknowledgement; None if they have none.

    It is Triggered again when nobody else has acknowledged it.
    Source: /en/api-reference/on-call/incidents/incident-unack.
    """
    own = _record_of(incident, person_id)
    if own is None or person_id not in {one.person_id for one in incident.acknowledgers}:
        return None
    assigned = _with(incident, person_id, {**own, "acknowledged_at": 0})
    if any(one.person_id != person_id for one in incident.acknowledgers):
        return _changed(incident, assigned=assigned)
    return _changed(incident, progress=Progress.TRIGGERED, ack_time=0, assigned=assigned)


def after_snooze(incident: Incident, until: int) -> Incident:
    """Return the incident after it was snoozed until a Unix time."""
    return _changed(incident, snoozed_before=until)


def after_wake(incident: Incident) -> Incident:
    """Return the incident after its snooze was ended: it stays as it is otherwise."""
    return _changed(incident, snoozed_before=0)


def after_close(incident: Incident, at: int, **texts: str) -> Incident:
    """Return the incident after it was closed at a Unix time, with the texts that were given."""
    given = {name: text for name, text in texts.items() if text}
    # Who closed it is said by whoever knows who pressed.
    return _changed(
        incident, progress=Progress.CLOSED, close_time=at, closer=None, closer_id=0, snoozed_before=0, **given
    )


def after_reopen(incident: Incident) -> Incident:
    """Return the incident after it was reopened: Triggered, and acknowledged by nobody.

    Source: /en/on-call/incident/handle-update-incident.
    """
    assigned = tuple({**one, "acknowledged_at": 0} for one in incident.assigned if one)
    return _changed(
        incident,
        progress=Progress.TRIGGERED,
        close_time=0,
        closer=None,
        closer_id=0,
        ack_time=0,
        snoozed_before=0,
        assigned=assigned,
    )


def is_same_acknowledgement(incident: Incident, acknowledged_at: int) -> bool:
    """Whether the valid acknowledgement is the one that was made at a Unix time.

    Times less than a minute apart count as one acknowledgement: a withdrawal and a new acknowledgement within a minute,
    in Flashduty and in the name of the same key, are not distinguished.
    """
    return incident.acknowledged_at is not None and is_same_time(incident.acknowledged_at, acknowledged_at)


def is_same_time(acknowledged_at: datetime, seconds: float) -> bool:
    """Whether a time from Flashduty and a stored one, in Unix seconds, belong to one acknowledgement."""
    return abs(acknowledged_at.timestamp() - seconds) <= CLOCK_TOLERANCE.total_seconds()


def _person_of(record: dict[str, Any]) -> int:
    return Responder.model_validate(record).person_id


def _record_of(incident: Incident, person_id: int) -> dict[str, Any] | None:
    return next((one for one in incident.assigned if one and _person_of(one) == person_id), None)


def _with(incident: Incident, person_id: int, record: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return tuple(record if _person_of(one) == person_id else one for one in incident.assigned if one)


def _changed(incident: Incident, **changes: Any) -> Incident:  # noqa: ANN401 - any field of an incident
    """Copy an incident with other values, which must be as after validation."""
    fields = {name: getattr(incident, name) for name in type(incident).model_fields}
    return type(incident).model_construct(**fields | changes)
