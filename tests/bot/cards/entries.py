"""Entries of a timeline, made for tests."""

import json
from pathlib import Path

from bot.flashduty.models.timeline import TimelineEntry
from tests.bot.recorded import ALICE, NOW

FEED = json.loads(
    (Path(__file__).parents[1] / "flashduty" / "data" / "incident-feed.json").read_text(encoding="utf-8")
)["data"]["items"]
RULE = {"escalate_rule_id": "1" * 24, "escalate_rule_name": "Payments primary"}


def wire(kind, *, by=ALICE, ago=0, ms=None, **detail):
    """An entry as Flashduty sends it, so many seconds ago."""
    at = int(NOW.timestamp() * 1_000) - round(ago * 1_000) if ms is None else ms
    return {
        "ref_id": "69da451ef77b1b51f4000001",
        "type": kind,
        "detail": detail,
        "account_id": 1,
        "creator_id": by,
        "created_at": at,
        "updated_at": at,
    }


def entry(kind, **given):
    return TimelineEntry.model_validate(wire(kind, **given))


def failed_page(way, reason, *people, **given):
    """A page that did not reach people."""
    made = wire("i_notify", by=0, **given)
    persons = [{"person_id": one, "failed_reason": reason} for one in people]
    return TimelineEntry.model_validate(made | {"detail": {**RULE, "layer_idx": 0, "by": way, "persons": persons}})
