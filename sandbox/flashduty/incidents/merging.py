"""Incidents that are merged into another: `/en/on-call/incident/merge-incident`.

The sources are closed; a target among them is dropped silently; it cannot be undone.
"""

from collections.abc import Sequence

from sandbox.flashduty.incidents.alerts import alerts_of
from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.record import responder
from sandbox.flashduty.wire.checks import Record


def merge(change: Change, *, sources: Sequence[Record], comment: str = "", title: str = "") -> None:
    """Merge the sources into the incident of the change; the entry stands in the timeline of each of them."""
    target = change.incident
    merged = [one for one in sources if one is not target]
    carried = [one["person_id"] for source in merged for one in source["responders"]]
    for source in merged:
        _take_over(change, source)
    if title:
        target["title"] = title
    new = [one for one in dict.fromkeys(carried) if one not in {has["person_id"] for has in target["responders"]}]
    target["responders"] += [responder(person, change.at) for person in new]
    detail = {
        "comment": comment,
        "source_incidents": [_short(source) for source in merged],
        "target_incident": _short(target),
        "owner_id": change.by,
        "title": target["title"],
        "remove_source_incidents": False,
        "source_responders": list(dict.fromkeys(carried)),
    }
    for one in (target, *merged):
        Change(account=change.account, incident=one, by=change.by, at=change.at).note("i_merge", detail)


def _take_over(change: Change, source: Record) -> None:
    """Close a source and give its alerts to the target."""
    account, target = change.account, change.incident
    # What the timelines tell of before the merge is written first.
    account.timeline.of(source)
    alerts_of(account, target).extend(alerts_of(account, source))
    target["alert_cnt"] += source["alert_cnt"]
    target["active_alert_cnt"] += source["active_alert_cnt"]
    target["alert_event_cnt"] += source["alert_event_cnt"]
    account.alerts[source["incident_id"]] = []
    source.update(
        progress="Closed",
        close_time=source["close_time"] or change.at,
        closer_id=change.by,
        snoozed_before=0,
        alert_cnt=0,
        active_alert_cnt=0,
    )


def _short(incident: Record) -> Record:
    return {name: incident[name] for name in ("incident_id", "title", "progress")}
