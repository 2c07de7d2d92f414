"""Pages people, and notes whom they reached.

Sources: schemas FeedDetailIncidentNotify and EscalateTarget; the guide's `/en/on-call/channel/escalation-rule`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.model.account import NO_RULE
from sandbox.flashduty.model.pages import DEFAULT_PREFERENCE, Page
from sandbox.flashduty.wire.checks import Record

_NOT_ACCEPTED: Final = "The member has not accepted the invitation"


def page(
    change: Change,
    *,
    person_ids: Sequence[int],
    by: Sequence[str] | None = None,
    failed: Mapping[int, str] | None = None,
    again: bool = False,
) -> None:
    """Notify people in these ways, or each as they prefer: one entry a way, whoever changed the incident.

    `failed` gives the reason for those whom it does not reach, by person id, besides those of the account.
    """
    reasons = _reasons(change, person_ids) | dict(failed or {})
    by_way: dict[str, list[int]] = {}
    for person in dict.fromkeys(person_ids):
        for way in by or change.account.preferences.get(person, DEFAULT_PREFERENCE):
            by_way.setdefault(way, []).append(person)
    for way, people in by_way.items():
        change.account.pages += [
            Page(
                incident_id=change.incident["incident_id"],
                at=change.at,
                person_id=person,
                by=way,
                failed_reason=reasons.get(person, ""),
            )
            for person in people
        ]
        change.note_by_system("i_notify", _detail(change, way, people, reasons=reasons, again=again))


def page_again(change: Change) -> None:
    """Notify those whom it is assigned to once more."""
    given = change.incident["assigned_to"]
    people = given["person_ids"] if given else [one["person_id"] for one in change.incident["responders"]]
    page(change, person_ids=people, again=True)


def ways_of_level(change: Change, target: Record) -> tuple[str, ...] | None:
    """Return the ways in which a level pages for an incident of this severity; None for everybody's preference."""
    told = target.get("by") or {}
    if told.get("follow_preference", True):
        return None
    return tuple(told.get(change.incident["incident_severity"].lower()) or ())


def _reasons(change: Change, person_ids: Sequence[int]) -> dict[int, str]:
    account = change.account
    pending = {one: _NOT_ACCEPTED for one in person_ids if account.persons.get(one, {}).get("status") == "pending"}
    return pending | account.unreachable


def _detail(change: Change, way: str, people: Sequence[int], reasons: Mapping[int, str], *, again: bool) -> Record:
    given = change.incident["assigned_to"] or {}
    persons = [
        {"person_id": person} | ({"failed_reason": reasons[person]} if person in reasons else {}) for person in people
    ]
    detail = {
        "rid": f"n{change.at:x}",
        "msg_id": "",
        "fire_type": "refire" if again else "fire",
        "layer_idx": given.get("layer_idx", 0),
        "by": way,
        "persons": persons,
        "chats": [],
        "robots": [],
    }
    if given.get("escalate_rule_id", NO_RULE) != NO_RULE:
        detail |= {name: given[name] for name in ("escalate_rule_id", "escalate_rule_name")}
    return detail
