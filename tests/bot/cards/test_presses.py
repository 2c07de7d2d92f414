"""Who pressed for what a timeline has in the name of the key's owner: matched with the audit trail."""

from datetime import UTC, datetime, timedelta

from bot.cards.timeline.presses import entry_key, pressed_for
from bot.flashduty.models.timeline import TimelineEntry
from bot.storage.audit.audit_trail import AuditedAttempt, StoredAttempt, StoredOutcome

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
OWNER, OTHER = 7005, 7003


def entry(kind="i_snooze", by=OWNER, after=0, **detail):
    made = AT + timedelta(seconds=after)
    return TimelineEntry.model_validate(
        {"type": kind, "creator_id": by, "created_at": int(made.timestamp() * 1_000), "detail": detail or None}
    )


def attempt(who="Alice Chen", action="snooze", after=0, result="done", owner=OWNER):
    given = {
        "attempt_id": f"{who} {after}",
        "attempted_at": AT + timedelta(seconds=after),
        "slack_user_name": who,
        "action": action,
    }
    others = {name: "" for name in StoredAttempt.__dataclass_fields__ if name not in given}
    outcome = None
    if result:
        outcome = StoredOutcome(attempt_id=given["attempt_id"], result=result, noted_at=AT, key_owner_id=owner)
    return AuditedAttempt(attempt=StoredAttempt(**given, **others), outcome=outcome)


def test_an_entry__is_of_whoever_pressed_for_it():
    one = entry()
    assert pressed_for([one], [attempt(after=-1)]) == {entry_key(one): "Alice Chen"}


def test_an_attempt_without_an_outcome_yet__counts():
    one = entry()
    assert pressed_for([one], [attempt(result=None)]) == {entry_key(one): "Alice Chen"}


def test_what_somebody_did_in_the_console__stays_theirs():
    assert pressed_for([entry(by=OTHER)], [attempt()]) == {}
    assert pressed_for([entry(after=3_600)], [attempt()]) == {}
    assert pressed_for([entry("i_wake")], [attempt()]) == {}


def test_what_somebody_did_in_the_console__is_not_of_an_attempt_without_an_outcome():
    console, own = entry(by=OTHER), entry(after=20)
    assert pressed_for([console], [attempt(after=10, result=None)], owner=OWNER) == {}
    assert pressed_for([console, own], [attempt(after=10, result=None)], owner=OWNER) == {entry_key(own): "Alice Chen"}


def test_of_two_entries__the_nearest_is_of_an_attempt():
    first, second = entry(), entry(after=20)
    assert pressed_for([first, second], [attempt(after=20)]) == {entry_key(second): "Alice Chen"}


def test_an_attempt_that_changed_nothing__is_of_no_entry():
    assert pressed_for([entry()], [attempt(result="unchanged"), attempt(result="not_done")]) == {}


def test_two_presses__are_each_of_their_own_entry():
    first, second = entry(), entry(after=20)
    assert pressed_for([first, second], [attempt(), attempt("Bob Müller", after=19)]) == {
        entry_key(first): "Alice Chen",
        entry_key(second): "Bob Müller",
    }


def test_of_two_attempts_in_the_same_second__the_one_that_is_known_to_be_done_made_it():
    one = entry()
    assert pressed_for([one], [attempt(result=None), attempt("Bob Müller")]) == {entry_key(one): "Bob Müller"}
