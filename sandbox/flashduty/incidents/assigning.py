"""Who is paged: assignments, levels of an escalation rule, further responders, and pages that did not arrive.

Sources: schemas AssignedTo, EscalateLayer, FeedDetailIncidentAssign, FeedDetailIncidentNotify; the guide's
`/en/on-call/channel/escalation-rule`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.paging import page, ways_of_level
from sandbox.flashduty.incidents.record import assignment, is_open, responder
from sandbox.flashduty.model.account import NO_RULE, Account, ApiRequest
from sandbox.flashduty.model.history import SYSTEM, assigned
from sandbox.flashduty.model.shifts import final_shifts
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import not_found

_MINUTE: Final = 60
# A role of 0 stands for every role of a schedule.
_EVERY_ROLE: Final = 0


def escalation_rules(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/channels/channel-escalate-rule-list`; there are no pages."""
    number = request.body["channel_id"]
    if number not in request.account.channels:
        raise not_found("channel", number)
    return {"items": request.account.rules.get(number, [])}


def assign(change: Change, *, person_ids: Sequence[int], by: Sequence[str] | None = None) -> None:
    """Give it to these people instead of those who have it, and page them, `by` these ways or as they prefer."""
    kind = "reassign" if change.incident["assigned_to"] else "assign"
    _give(change, assignment(list(person_ids), change.at) | {"type": kind})
    page(change, person_ids=person_ids, by=by)


def escalate(change: Change, *, level: int | None = None) -> None:
    """Go to the next level of its rule, or to one of them (from 0), and page whom it names.

    Raises ValueError without a rule or beyond its last level.
    """
    given = change.incident["assigned_to"]
    rule = rule_of(change.account, change.incident)
    if rule is None:
        raise ValueError("no escalation rule pages for this incident")
    wanted = given["layer_idx"] + 1 if level is None else level
    if not 0 <= wanted < len(rule["layers"]):
        raise ValueError(f"the rule has the levels 0 to {len(rule['layers']) - 1}")
    go_to_level(change, rule=rule, level=wanted)


def go_to_level(
    change: Change, *, rule: Record, level: int, also: Sequence[int] = (), by: Sequence[str] | None = None
) -> None:
    """Give it to whom a level of a rule names, and to others `also`, and page them, `by` these ways or as it says."""
    target = rule["layers"][level]["target"]
    people = list(dict.fromkeys((*people_of(change.account, target, change.at), *also)))
    made = assignment(people, change.at, rule=(rule["rule_id"], rule["rule_name"]), level=level)
    _give(change, made | {"type": "escalate"})
    page(change, person_ids=people, by=by or ways_of_level(change, target))


def add_responders(change: Change, *, person_ids: Sequence[int], by: Sequence[str] | None = None) -> None:
    """Page further people, `by` these ways or as they prefer; those who have it keep it."""
    have = {one["person_id"] for one in change.incident["responders"]}
    new = [person for person in person_ids if person not in have]
    change.incident["responders"] += [responder(person, change.at) for person in new]
    change.note("i_a_rspd", {"to": list(person_ids)})
    page(change, person_ids=person_ids, by=by)


def escalate_what_is_due(account: Account, now: int, *, since: int) -> None:
    """Go on to the next level where nobody acknowledged in time; assignments before `since` are left alone."""
    for incident in list(account.incidents.values()):
        if (due := due_at(account, incident)) is not None and due <= now and _assigned_at(incident) >= since:
            escalate(Change(account=account, incident=incident, by=SYSTEM, at=due))


def due_at(account: Account, incident: Record) -> int | None:
    """Return when the next level is paged unless somebody acknowledges; None where that never happens."""
    rule = rule_of(account, incident)
    if rule is None or not is_open(incident) or incident["snoozed_before"]:
        return None
    level = incident["assigned_to"]["layer_idx"]
    layer = rule["layers"][level]
    waits = incident["progress"] == "Triggered" or layer["force_escalate"]
    if not waits or not layer["escalate_window"] or level + 1 >= len(rule["layers"]):
        return None
    return _assigned_at(incident) + int(layer["escalate_window"]) * _MINUTE


def rule_of(account: Account, incident: Record) -> Record | None:
    """Find the rule that an incident is on; None for an assignment to people, or a rule that is gone."""
    rule_id = (incident["assigned_to"] or {}).get("escalate_rule_id", NO_RULE)
    rules = account.rules.get(incident["channel_id"], [])
    return next((one for one in rules if one["rule_id"] == rule_id), None)


def people_of(account: Account, target: Record, at: int) -> list[int]:
    """Return the person ids that a level names at a time: people, teams, and who is on call."""
    return list(dict.fromkeys(_people_of(account, target, at)))


def _people_of(account: Account, target: Record, at: int) -> Iterator[int]:
    yield from target.get("person_ids") or ()
    for team in target.get("team_ids") or ():
        yield from account.teams[team]["person_ids"]
    for schedule, roles in (target.get("schedule_to_role_ids") or {}).items():
        for shift in final_shifts(account.schedules[int(schedule)], at - at % _MINUTE, at + _MINUTE):
            for role, persons in shift.group.roles.items():
                if shift.start <= at < shift.end and (role in roles or _EVERY_ROLE in roles):
                    yield from persons


def _give(change: Change, made: Record) -> None:
    incident = change.incident
    acknowledged = {one["person_id"]: one["acknowledged_at"] for one in incident["responders"]}
    incident["assigned_to"] = made
    # Assigning replaces the responders; who has acknowledged stays.
    people = [*made["person_ids"], *(one for one, at in acknowledged.items() if at and one not in made["person_ids"])]
    incident["responders"] = [responder(one, change.at, acknowledged.get(one, 0)) for one in people]
    change.note("i_assign", assigned(incident))


def _assigned_at(incident: Record) -> int:
    at: int = incident["assigned_to"]["assigned_at"]
    return at
