"""The package for the incoming person, and who says that they have it."""

import re
from datetime import timedelta

from harbor import ALICE, BOB, CAROL, PAYMENTS


def button_of(message):
    return next(
        block["accessory"]["action_id"]
        for block in message["blocks"]
        if block.get("accessory", {}).get("action_id", "").startswith("take_over:")
    )


async def digest_of(place):
    place.clock.shift(timedelta(minutes=30))
    await place.bot.tick()
    return place.slack.seen_by(CAROL, PAYMENTS)[0]


async def test_i_have_it__answers_in_the_thread_who_and_when(harbor):
    digest = await digest_of(harbor)
    await harbor.presses(digest, button_of(digest), BOB)
    (answer,) = (m for m in harbor.slack.seen_by(CAROL, PAYMENTS) if "has Payments backup" in m["text"])
    assert answer["thread_ts"] == digest["ts"]
    assert re.search(r"\*bob[^*]*\* has Payments backup", answer["text"], re.IGNORECASE)
    assert "2026-11-24 08:00 UTC" in answer["text"]


async def test_whoever_presses_second__is_told_who_was_first(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), BOB)
    await quay.presses(digest, button_of(digest), ALICE)
    assert re.match(r"bob.* already has Payments backup", quay.sees(ALICE)[-1], re.IGNORECASE)
    answers = [m for m in quay.slack.seen_by(CAROL, PAYMENTS) if "has Payments backup" in m["text"]]
    assert len(answers) == 1


async def test_somebody_who_may_only_look__cannot_take_over(quay):
    digest = await digest_of(quay)
    before = len(quay.sees(ALICE))
    await quay.presses(digest, button_of(digest), CAROL)
    assert len(quay.sees(ALICE)) == before
