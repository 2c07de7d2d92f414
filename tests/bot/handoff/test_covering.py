"""A posted message whose rows are redrawn when somebody covers a shift."""

from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk.models.blocks import Block

from bot.handoff.messages import notices
from bot.handoff.messages.covering import Covered, shifts_in, with_covered
from bot.handoff.messages.package import incoming_shifts_part
from bot.handoff.model import HandoffPackage, Takeover
from bot.messages import Message
from bot.messages.changes.posted import parsed_blocks
from bot.teams.access import MemberStatus, SlackPerson
from tests.bot.handoff.surfaces import MANY_CHANGES, USUAL_CHANGES
from tests.bot.recorded import NOW, PEOPLE
from tests.bot.samples import EVERYBODY

BOB = Takeover(SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER), NOW)
ALICE = replace(BOB, person=SlackPerson("U0ALICE", "Alice Chen", MemberStatus.MEMBER), is_theirs=False)


def covered(shift, taken):
    return Covered(schedule=shift.change.schedule, start=shift.change.at, taken=taken)


def drawn(shifts=USUAL_CHANGES, **more):
    return notices.notice(EVERYBODY, shifts, PEOPLE, "payments", **more)


def as_slack_sends(message):
    """Slack adds fields, and an id to each block."""
    return parsed_blocks(
        [{"block_id": f"b{n}", **block, "expand": False} for n, block in enumerate(message.payload["blocks"])]
    )


def offers(blocks):
    return [one.accessory for one in blocks if getattr(one, "accessory", None) is not None]


def test_a_covered_row__has_its_line_and_no_button():
    blocks = as_slack_sends(drawn())
    first, second = shifts_in(blocks)
    after = with_covered(EVERYBODY, blocks, {first: covered(USUAL_CHANGES[0], BOB)})
    assert list(shifts_in(after.blocks)) == [second]
    assert "🤝 Bob Müller covers Payments primary from " in after.text
    assert len(after.blocks) == len(blocks) + 1


def test_a_row_whose_holder_is_replaced__has_one_line():
    blocks = as_slack_sends(drawn())
    first, _ = shifts_in(blocks)
    once = with_covered(EVERYBODY, blocks, {first: covered(USUAL_CHANGES[0], ALICE)})
    assert first in shifts_in(once.blocks), "its own people can take it back"
    assert offers(once.blocks)[0].style is None
    twice = with_covered(EVERYBODY, as_slack_sends(once), {first: covered(USUAL_CHANGES[0], BOB)})
    assert "Alice Chen covers" not in twice.text
    assert twice.text.count("covers Payments primary") == 1
    assert first not in shifts_in(twice.blocks)


def test_a_notice_that_is_drawn_from_what_is_stored__is_the_redrawn_one():
    first = USUAL_CHANGES[0].id
    redrawn = with_covered(EVERYBODY, drawn().blocks, {first: covered(USUAL_CHANGES[0], BOB)})
    assert redrawn.payload == drawn(takeovers={first: BOB}).payload


def test_a_menu__loses_the_shift_that_is_covered():
    package = HandoffPackage(MANY_CHANGES[:6], ())
    blocks = Message.of(*incoming_shifts_part(EVERYBODY, package, PEOPLE, team="payments").pieces).blocks
    taken = {one.id: covered(one, BOB) for one in MANY_CHANGES[3:5]}
    after = with_covered(EVERYBODY, blocks, taken)
    assert set(shifts_in(blocks)) - set(shifts_in(after.blocks)) == set(taken)
    last = with_covered(EVERYBODY, after.blocks, {MANY_CHANGES[5].id: covered(MANY_CHANGES[5], BOB)})
    assert len(offers(last.blocks)) == 3


def test_a_message_without_such_a_shift__is_left_alone():
    assert with_covered(EVERYBODY, drawn().blocks, {MANY_CHANGES[7].id: covered(MANY_CHANGES[7], BOB)}) is None
    assert with_covered(EVERYBODY, (), {MANY_CHANGES[7].id: covered(MANY_CHANGES[7], BOB)}) is None


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "section"}, {"type": "of_a_year_to_come"}],
        [{"type": "section", "text": 7, "accessory": []}],
        [{"type": "section", "accessory": {"type": "button", "action_id": 7, "value": []}}],
        [{"type": 7}],
        [{}],
        [{"type": "actions", "elements": [None]}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "unknown": {}}] * 60,
    ],
)
def test_blocks_of_any_shape__are_parsed_whole_or_not_at_all(blocks):
    parsed = parsed_blocks(blocks)
    assert parsed == () or (len(parsed) == len(blocks) and all(isinstance(one, Block) for one in parsed))
    assert shifts_in(parsed) == {}


def test_a_shift_of_tomorrow__is_named_with_its_day():
    line = notices.notice(
        EVERYBODY,
        [USUAL_CHANGES[0]],
        PEOPLE,
        "payments",
        takeovers={USUAL_CHANGES[0].id: replace(BOB, at=NOW - timedelta(hours=20))},
    ).text.splitlines()[1]
    assert "{date_short_pretty}" in line
