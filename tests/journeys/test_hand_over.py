"""The package for the incoming person, and who says that they have it."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at

from sandbox.faults import Fault


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
    (answer,) = lines(harbor)
    assert answer["thread_ts"] == digest["ts"]
    assert re.search(r"bob.* covers Payments backup", answer["text"], re.IGNORECASE)
    assert "from <!date^1795507200^{time}|08:00 UTC> (said at <!date^1795507200^{time}|08:00 UTC>)" in answer["text"]


async def test_whoever_presses_second__is_told_who_was_first(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), BOB)
    await quay.presses(digest, button_of(digest), ALICE)
    assert re.match(r"bob.* already covers Payments backup", quay.sees(ALICE)[-1], re.IGNORECASE)
    assert len(lines(quay)) == 1


def lines(place):
    replies = (m for m in place.slack.seen_by(CAROL, PAYMENTS) if m.get("thread_ts") not in {None, m["ts"]})
    return [m for m in replies if "covers Payments backup" in m["text"]]


def said(place):
    return [m["text"] for m in lines(place)]


def seen(place, message):
    return next(m for m in place.slack.seen_by(CAROL, PAYMENTS) if m["ts"] == message["ts"])


def rows(message):
    return [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]


def offers(message):
    return [
        block["accessory"]["action_id"] for block in message["blocks"] if "take_over" in str(block.get("accessory"))
    ]


async def test_i_have_it__redraws_its_row_and_nothing_else(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), BOB)
    after = seen(quay, digest)
    (line,) = set(rows(after)) - set(rows(digest))
    assert line.startswith("🤝 Bob Müller covers Payments backup from ")
    assert rows(after)[rows(after).index(line) - 1].startswith("🤝 Payments backup: ")
    assert offers(after) == []
    others = [block for block in after["blocks"] if "covers" not in str(block) and "Payments backup:" not in str(block)]
    assert [block["type"] for block in others] == [
        block["type"] for block in digest["blocks"] if "Payments backup: " not in str(block.get("text"))
    ]


async def test_the_row__says_it_also_when_the_digest_is_drawn_again(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), ALICE)
    before = seen(quay, digest)
    assert re.search("Flashduty still pages @?Bob Müller.", before["text"])
    quay.clock.shift(timedelta(minutes=5))
    await quay.presses(digest, "again:refresh", CAROL)
    again = seen(quay, digest)
    assert "🤝 Alice Chen covers Payments backup from " in again["text"]
    assert re.search("Flashduty still pages @?Bob Müller.", again["text"])
    assert offers(again) == offers(before) != [], "the shift's own people can take it back"


async def test_the_row_of_a_private_digest__says_it_too(quay):
    digest = await quay.types("/flashduty digest", BOB)
    await quay.presses(digest, button_of(digest), BOB)
    (after,) = [m for m in quay.slack.seen_by(BOB, PAYMENTS) if m["ts"] == digest["ts"]]
    assert "🤝 Bob Müller covers Payments backup from " in after["text"]
    assert offers(after) == []


async def test_a_press_on_a_message_as_it_was__redraws_it_as_it_is(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), BOB)
    right = seen(quay, digest)["text"]
    await quay.presses(digest, button_of(digest), ALICE)
    assert seen(quay, digest)["text"] == right


async def test_where_each_handoff_has_a_notice__the_digest_has_no_button():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES="channel") as place:
        place.clock.shift(timedelta(minutes=30))
        await place.bot.tick()
        posted = [m for m in place.shown(CAROL) if "Payments backup" in m["text"]]
        assert len(posted) == 2
        (notice,) = [m for m in posted if offers(m)]
        assert notice["text"].startswith("📟 Payments backup: ")
        await place.presses(notice, button_of(notice), BOB)
        assert "🤝 Bob Müller covers Payments backup" in seen(place, notice)["text"]
        assert offers(seen(place, notice)) == []


async def test_a_redraw_that_slack_refuses__costs_only_itself(quay):
    digest = await digest_of(quay)
    quay.slack.fail("response_url", Fault.error("internal_error"), times=None)
    await quay.presses(digest, button_of(digest), BOB)
    assert len(said(quay)) == 1
    assert seen(quay, digest)["text"] == digest["text"]
    assert quay.slack.seen_by(BOB, PAYMENTS)[-1]["ts"] != digest["ts"]


async def test_somebody_who_may_only_look__cannot_take_anothers_shift_over(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), CAROL)
    assert said(quay) == []
    assert "only responders of team" in quay.sees(CAROL)[-1]


async def test_whoever_has_the_shift__may_say_so_without_being_a_responder():
    # Carol takes the backup over a day later, and is in no group of responders.
    async with harbor_at() as place:
        place.clock.shift(timedelta(days=1))
        digest = await digest_of(place)
        await place.presses(digest, button_of(digest), CAROL)
        (answer,) = said(place)
        assert "Carol Diaz covers Payments backup" in answer
        assert "still pages" not in answer


async def test_whoever_takes_anothers_shift_over__is_reminded_whom_flashduty_pages(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), ALICE)
    (answer,) = said(quay)
    assert "Alice Chen covers Payments backup" in answer
    assert "Flashduty still pages" in answer


async def test_whoever_has_the_shift__takes_it_back_from_whoever_pressed_before(quay):
    digest = await digest_of(quay)
    await quay.presses(digest, button_of(digest), ALICE)
    await quay.presses(digest, button_of(digest), BOB)
    await quay.presses(digest, button_of(digest), ALICE)
    first, second = said(quay)
    assert first.startswith("🤝 Alice Chen covers Payments backup from ")
    assert "Flashduty still pages Bob Müller. To change that, add an override." in first
    assert re.match("🤝 Bob Müller covers Payments backup from .* instead of Alice Chen ", second)
    (row,) = [block["text"]["text"] for block in seen(quay, digest)["blocks"] if "covers" in str(block)]
    assert row.startswith("🤝 Bob Müller covers Payments backup from "), "one holder is shown"
    assert "Bob Müller already covers Payments backup (since " in quay.sees(ALICE)[-1]


async def test_a_shift_that_is_over__is_nobodys_to_take(quay):
    digest = await digest_of(quay)
    quay.clock.shift(timedelta(hours=25))
    await quay.presses(digest, button_of(digest), BOB)
    assert said(quay) == []
    assert "This shift of Payments backup ended" in quay.sees(BOB)[-1]


async def test_the_same_press_again__says_nothing_twice():
    async with harbor_at() as place:
        digest = await digest_of(place)
        for _ in range(3):
            await place.presses(digest, button_of(digest), BOB)
            place.clock.shift(timedelta(seconds=20))
        assert len(said(place)) == 1


async def test_while_flashduty_is_down__a_responder_can_say_so_all_the_same(quay):
    digest = await digest_of(quay)
    quay.flashduty.fail("*", Fault.reset(), times=None)
    await quay.presses(digest, button_of(digest), BOB)
    assert len(said(quay)) == 1


async def test_a_hand_over_at_the_time_of_the_digest__is_in_it_also_when_it_is_drawn_again_later(quay):
    digest = await digest_of(quay)
    assert "🤝 Payments backup: " in digest["text"]
    quay.clock.shift(timedelta(hours=3))
    await quay.presses(digest, "again:refresh", ALICE)
    (again,) = (m for m in quay.shown(CAROL) if m["ts"] == digest["ts"])
    assert "🤝 Payments backup: " in again["text"]
    assert button_of(again) == button_of(digest)


async def test_while_the_database_is_down__the_press_is_answered_in_words_with_a_way_to_try_again():
    async with harbor_at() as place:
        digest = await digest_of(place)
        database = Path(place.settings.database_url.get_secret_value().partition("///")[2])
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("DROP TABLE shift_takeovers")
            other.execute("CREATE VIEW shift_takeovers AS SELECT 1 AS team, 1 AS schedule_id, 1 AS starts_at")
            await place.presses(digest, button_of(digest), BOB)
        told = place.slack.seen_by(BOB, PAYMENTS)[-1]
        assert "The bot's own database does not answer" in told["text"]
        assert "Try again" in str(told["blocks"])
