"""Whom a key acts as, without a look at what it has done: only where the owner and the clock are sure."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from recorded import NOW

from bot.flashduty import Account, Flashduty
from bot.flashduty.http.exchange import _parse_date
from bot.flashduty.models.people import KeyOwner, Person
from bot.incidents.actions.command import KeyIdentity
from bot.incidents.actions.key_identities import CLOCK_AGREEMENT, IDENTITY_MAX_AGE, KeyIdentities

DANA = 7005


def client(*, member=DANA, email="dana@harbor.example", person="Dana@Harbor.example", answered_at=NOW):
    made = Flashduty(None, Account(), team="payments", app_key=SecretStr("never-sent"))
    made.account.answered_at = answered_at
    owner = KeyOwner.model_validate({"member_id": member, "member_name": "Dana Okoye", "email": email})
    made.owner_cache[made.app_key.value] = owner
    if person is not None:
        made.person_cache[DANA] = Person.model_validate({"person_id": DANA, "person_name": "Dana", "email": person})
    return made


def identity(flashduty, identities=None, at=NOW):
    return (identities or KeyIdentities(lambda: 0.0)).of("payments", flashduty, at)


def test_an_owner_whose_address_is_that_of_the_person__is_whom_the_key_acts_as():
    at = NOW - timedelta(seconds=2)
    assert identity(client(), at=at) == KeyIdentity(person_id=DANA, clock_ahead=timedelta(seconds=2))


@pytest.mark.parametrize(
    "given",
    [{"person": None}, {"person": "other@harbor.example"}, {"email": ""}, {"member": 0}, {"answered_at": None}],
    ids=["no person", "another person", "no address", "no member", "no clock"],
)
def test_an_owner_who_is_not_sure__is_not_taken_for_it(given):
    assert identity(client(**given)) is None


@pytest.mark.parametrize("ahead", [1, -1])
def test_a_clock_that_differs__is_not_trusted(ahead):
    off = (CLOCK_AGREEMENT + timedelta(seconds=1)) * ahead
    assert identity(client(answered_at=NOW + off)) is None


def test_what_was_learned__comes_first_for_an_hour():
    elapsed = [0.0]
    identities = KeyIdentities(lambda: elapsed[0])
    learned = KeyIdentity(person_id=7001, clock_ahead=timedelta(minutes=5))
    identities.learn("payments", learned)
    assert identity(client(), identities) == learned
    elapsed[0] = IDENTITY_MAX_AGE
    assert identity(client(), identities).person_id == DANA


@pytest.mark.parametrize(
    "header", [None, "", "soon", "Fri, 99 Nov 2026 07:30:00 GMT", "Tue, 24 Nov 2026 07:30:00 -0000"]
)
def test_a_head_without_a_date__tells_no_time(header):
    assert _parse_date(header) is None


def test_a_head_with_a_date__tells_the_time():
    assert _parse_date("Tue, 24 Nov 2026 07:30:00 GMT").isoformat() == "2026-11-24T07:30:00+00:00"
