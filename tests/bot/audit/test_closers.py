"""Who closed in Slack what Flashduty has in the name of the key's owner."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.audit.closers import closer_of
from bot.flashduty import Incident
from bot.storage.audit.audit_trail import AuditedAttempt, StoredAttempt, StoredOutcome

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
OWNER, OTHER = 7005, 7003


def closed(by=OWNER):
    at = int(NOW.timestamp())
    return Incident.model_validate(
        {"incident_id": "6543210fedcba9876543210f", "progress": "Closed", "close_time": at, "closer_id": by}
    )


def attempt(who="Alice Chen", after=0, result="done", incident_id="6543210fedcba9876543210f"):
    given = {
        "attempt_id": f"{who} {after}",
        "attempted_at": NOW + timedelta(seconds=after),
        "slack_user_id": f"U{who}",
        "slack_user_name": who,
        "incident_id": incident_id,
    }
    others = {name: "" for name in StoredAttempt.__dataclass_fields__ if name not in given}
    outcome = None
    if result:
        outcome = StoredOutcome(attempt_id=given["attempt_id"], result=result, noted_at=NOW, key_owner_id=OWNER)
    return AuditedAttempt(attempt=StoredAttempt(**given, **others), outcome=outcome)


def named(incident, *attempts):
    closer = closer_of(incident, attempts)
    return closer.name if closer is not None else None


@pytest.mark.parametrize("result", ["done", "not_known", None])
def test_whoever_pressed__closed_it(result):
    assert named(closed(), attempt(after=-1, result=result)) == "Alice Chen"


def test_a_state_computed_after_the_press__names_nobody_and_is_theirs():
    assert named(closed(by=0), attempt(after=-1)) == "Alice Chen"


@pytest.mark.parametrize("result", ["unchanged", "not_done"])
def test_an_attempt_that_changed_nothing__closed_nothing(result):
    assert named(closed(), attempt(result=result)) is None


def test_what_somebody_closed_in_the_console__stays_theirs():
    assert named(closed(by=OTHER), attempt()) is None
    assert named(closed(), attempt(after=-3_600)) is None
    assert named(closed(), attempt(incident_id="other")) is None


def test_of_two_presses__the_nearest_closed_it():
    assert named(closed(), attempt(after=-40), attempt("Bob Müller", after=-1)) == "Bob Müller"
