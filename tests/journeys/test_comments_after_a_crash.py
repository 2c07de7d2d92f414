"""Comments whose end nobody was told, looked up in the incident's timeline after a crash."""

from datetime import timedelta

import pytest
from crashes import dying, next_one, open_actions, silence, told
from harbor import ALICE, BOB, PAYMENTS, harbor_at

from sandbox.faults import Fault

TYPED = "restarting the database"
TEXT = f"Alice Chen in Slack: {TYPED}"
HERE = "D0ALICE"
DANA, KENJI = 7005, 7008


@pytest.fixture
async def place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        place.database = tmp_path / "bot.db"
        place.record = place.flashduty.raise_incident(title="Card payments fail", severity="Critical")
        yield place


def comments(place):
    return [one.source for one in place.flashduty.account.comments]


def button(message, name="open:comment"):
    elements = [one for block in message["blocks"] for one in block.get("elements", [])]
    return next(one["action_id"] for one in elements if one.get("action_id", "").startswith(name))


def form(place, user=ALICE):
    """What stands in the form, and above it."""
    (view,) = place.slack.views(user)
    (typed,) = [one["element"].get("initial_value", "") for one in view["blocks"] if one["block_id"] == "comment"]
    return typed, str(view["blocks"])


async def types_and_dies(place, fault=None):
    """Type a comment in a process that dies before anybody is told; `fault` is the end of its writing."""
    async with dying(place):
        silence(place)
        if fault is not None:
            place.flashduty.fail("/incident/comment", fault, times=None)
        await place.slack.command(ALICE, PAYMENTS, f"/flashduty comment {place.record['num']} {TYPED}")
        if fault is None:
            await place.slack.until(lambda: comments(place), timeout=10)
        else:
            await place.slack.until(lambda: ("sent comment",) in [one[:1] for one in open_actions(place)], timeout=10)
            await place.flashduty.busy()


def says_elsewhere(place, person_id, text=TEXT):
    """Let somebody write a comment in Flashduty itself."""
    at = int(place.clock.now().timestamp())
    note, incident_id = place.flashduty.account.timeline.note, place.record["incident_id"]
    note(incident_id, "i_comm", at=at, person_id=person_id, detail={"comment": text})


async def test_a_comment_that_was_added__is_told_as_added__once(place):
    await types_and_dies(place)
    async with next_one(place):
        assert len(told(place, "💬 Comment added to")) == 1
        assert not told(place, "could not confirm")
        assert open_actions(place) == []
    assert comments(place) == [TEXT]


async def test_a_comment_whose_confirmation_was_lost_too__is_told_as_added_with_its_words(place):
    async with dying(place):
        silence(place)
        place.flashduty.fail("/incident/comment", Fault.lost_answer(), times=None)
        await place.slack.command(ALICE, PAYMENTS, f"/flashduty comment {place.record['num']} {TYPED}")
        await place.slack.until(lambda: comments(place), timeout=10)
    async with next_one(place):
        (shown,) = told(place, "💬 Comment added to")
        assert f"“{TYPED}”" in shown
    assert comments(place) == [TEXT]


async def test_a_comment_that_was_added__is_no_draft_any_more(place):
    await types_and_dies(place)
    async with next_one(place):
        await place.slack.command(ALICE, PAYMENTS, f"/flashduty comment {place.record['num']}")
        await place.slack.settled(20)
        assert form(place)[0] == ""


async def test_a_comment_that_was_not_added__is_told_as_that__and_its_words_are_offered_again(place):
    await types_and_dies(place, Fault.hang())
    place.clock.shift(timedelta(seconds=50))
    async with next_one(place):
        (shown,) = [m for m in place.shown() if "The comment was not added to #" in m["text"]]
        assert "The bot stopped before it was done." in shown["text"]
        assert open_actions(place) == []
        await place.presses(shown, button(shown))
        typed, above = form(place)
        assert typed == TYPED
        assert "it was not added" in above
        assert "not known" not in above
        assert comments(place) == []
        (view,) = place.slack.views(ALICE)
        await place.slack.submit(ALICE, view, {"comment": {"field": TYPED}})
        await place.slack.settled(30)
        assert comments(place) == [TEXT]


async def test_a_comment_that_may_still_be_on_its_way__is_looked_up_again_before_it_is_told_as_not_added(place):
    await types_and_dies(place, Fault.hang())
    async with next_one(place) as bot:
        assert not told(place, "was not added")
        assert len(open_actions(place)) == 1
        says_elsewhere(place, DANA)
        place.clock.shift(timedelta(seconds=21))
        await bot.tick()
        await place.slack.settled(20)
        assert len(told(place, "💬 Comment added to")) == 1
        assert not told(place, "was not added")


@pytest.mark.parametrize("earlier", [TEXT, "Alice Chen in Slack: something else"])
async def test_what_was_said_before__is_not_the_comment(place, earlier):
    says_elsewhere(place, DANA, earlier)
    place.clock.shift(timedelta(minutes=5))
    await types_and_dies(place, Fault.hang())
    place.clock.shift(timedelta(seconds=50))
    async with next_one(place):
        assert len(told(place, "The comment was not added to #")) == 1


async def test_the_same_words_of_somebody_else_in_flashduty__are_not_the_comment(place):
    await types_and_dies(place, Fault.hang())
    says_elsewhere(place, KENJI)
    place.clock.shift(timedelta(seconds=50))
    async with next_one(place):
        assert len(told(place, "The comment was not added to #")) == 1
        assert not told(place, "Comment added")


async def test_a_timeline_with_more_comments_since_than_one_page__does_not_tell(place):
    await types_and_dies(place, Fault.hang())
    for number in range(101):
        says_elsewhere(place, KENJI, f"{number}")
    place.clock.shift(timedelta(seconds=50))
    async with next_one(place):
        assert len(told(place, "We could not confirm that the comment was added to")) == 1
        assert len(place.called("/incident/feed")) == 1


async def test_a_timeline_with_many_comments_from_before__tells(place):
    for number in range(101):
        says_elsewhere(place, KENJI, f"{number}")
    place.clock.shift(timedelta(minutes=5))
    await types_and_dies(place, Fault.hang())
    place.clock.shift(timedelta(seconds=50))
    async with next_one(place):
        assert len(told(place, "The comment was not added to #")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.html(502),
        Fault.code("AccessDenied"),
        Fault.says('{"request_id": "1", "data": {"items": null}}'),
        Fault.says('{"request_id": "1", "data": null}'),
        Fault.says('{"request_id": "1", "data": {"items": [{"type": "i_comm"}], "has_next_page": false}}'),
    ],
)
async def test_a_timeline_that_cannot_be_read__is_told_as_not_known__and_the_draft_says_so(place, fault):
    await types_and_dies(place, Fault.hang())
    place.flashduty.fail("/incident/feed", fault, times=None)
    place.clock.shift(timedelta(minutes=6))
    async with next_one(place):
        assert len(told(place, "We could not confirm that the comment was added to")) == 1
        assert open_actions(place) == []
        await place.slack.command(ALICE, PAYMENTS, f"/flashduty comment {place.record['num']}")
        await place.slack.settled(20)
        typed, above = form(place)
        assert typed == TYPED
        assert "it is not known whether it was added" in above


async def test_a_comment_about_a_message__is_offered_where_it_can_be_added_with_its_author(place):
    message = (await place.slack.say(BOB, PAYMENTS, "the database is slow")).message
    message = message or place.slack.seen_by(BOB, PAYMENTS)[-1]
    await place.slack.message_action(ALICE, message, "comment")
    await place.slack.settled(20)
    async with dying(place):
        (choice,) = place.slack.views(ALICE)
        await place.slack.press(ALICE, choice, action_id="open:payments")
        await place.slack.settled(20)
        (view,) = place.slack.views(ALICE)
        told_options = await place.slack.suggest(ALICE, view, action_id="find_incident", typed=place.record["num"])
        (value,) = [one["value"] for one in told_options.answer["options"]]
        silence(place)
        place.flashduty.fail("/incident/comment", Fault.hang(), times=None)
        fields = {"incident": {"find_incident": value}, "comment": {"field": TYPED}}
        await place.slack.submit(ALICE, view, fields)
        await place.slack.until(lambda: ("sent comment",) in [one[:1] for one in open_actions(place)], timeout=10)
        await place.flashduty.busy()
    place.clock.shift(timedelta(seconds=50))
    async with next_one(place):
        (said,) = told(place, "The comment was not added to #", ALICE, HERE)
        assert "choose “Add to incident…” on the message again" in said
