"""A team with the longest name there may be: its digest comes, and what hangs on it works, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harbor import BOB, CAROL, PAYMENTS, environment, harbor_at

from bot.config.settings import Settings, WrongSettings

LONGEST = "PAYMENTS-AND-CHECKOUT-AND-CARDS-EUROPE-1"


def controls_of(message, route):
    """The controls of a message that go one way, with the values they carry."""
    found = [one for block in message["blocks"] for one in (block.get("accessory"), *block.get("elements", [])) if one]
    return [one for one in found if one.get("action_id", "").startswith(f"{route}:")]


async def morning_of_many_shifts(place):
    """Give the digest of a morning on which more shifts begin than have a button each."""
    schedules = place.flashduty.account.schedules
    backup = next(rota for rota in schedules.values() if rota.name == "Payments backup")
    for number in range(6101, 6106):
        schedules[number] = replace(
            backup, schedule_id=number, name=f"Backup {number} of everything that can be paid for"
        )
    place.clock.shift(timedelta(minutes=30))
    await place.bot.tick()
    (digest,) = place.slack.seen_by(CAROL, PAYMENTS)[:1]
    return digest


async def test_a_team_name_of_forty_characters__has_its_digest_and_the_shifts_in_it_can_be_taken(address):
    """A longer name fitted neither the key of a posting nor the value of the shift menu."""
    assert len(LONGEST) == 40
    async with harbor_at(team=LONGEST, DATABASE_URL=address) as place:
        digest = await morning_of_many_shifts(place)
        button, *_, menu = controls_of(digest, "take_over")
        await place.presses(digest, button["action_id"], BOB)
        await place.presses(digest, menu["action_id"], BOB, selected=menu["options"][-1]["value"])
        covered = [
            m["text"] for m in place.slack.seen_by(CAROL, PAYMENTS) if m["text"].startswith("🤝 Bob Müller covers")
        ]
        assert len(covered) == 2
        assert "Backup 6105" in covered[1]
        await place.bot.tick()
        assert [m["ts"] for m in place.shown(CAROL)] == [digest["ts"]]


async def test_a_team_name_of_forty_one_characters__is_refused_with_the_cure():
    """A longer name fitted neither the key of a posting nor the value of the shift menu."""
    async with harbor_at() as place:
        given = environment(place.slack, place.flashduty, socket_mode=True, team=f"{LONGEST}2")
    with pytest.raises(WrongSettings) as raised:
        Settings.load(given, None, None)
    assert "names a team with 41 characters; 40 is the most" in str(raised.value)
    assert {problem.remedy for problem in raised.value.problems} == {
        "give the team a shorter name, in all of its settings"
    }
