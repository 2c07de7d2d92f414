import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.messages.sentences import entry_sentence
from bot.cards.messages.story import MAX_TOLD, story_reply
from bot.cards.timeline.story import TOLD, is_told, new_story, people_in
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models import timeline_types as types
from bot.flashduty.models.timeline import TimelineEntry
from bot.incidents.commenting.comments import CommentDraft, SlackMessage, fingerprint, is_from_slack
from bot.incidents.holders import Attribution
from bot.messages.size import MESSAGE
from bot.teams.access import MemberStatus, SlackPerson
from sandbox.slack.block_kit import problems
from sandbox.slack.block_kit.size import blocks_too_long
from tests.bot.cards.entries import FEED, RULE, entry, failed_page
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, incident, responder, seconds
from tests.bot.samples import EVERYBODY, HOSTILE

CAST = Cast(people=PEOPLE, incident_id=incident(1).id)
KINDS = [TimelineEntry.model_validate(one) for one in FEED]


def said(*entries, to=EVERYBODY, **given):
    return str(story_reply(to, [Told(entry=one) for one in entries], CAST, **given).text)


def test_the_table__decides_about_every_type_there_is():
    assert set(TOLD) == {*types.DETAIL_TYPES.values(), details.SomethingElse}


@pytest.mark.parametrize("one", KINDS, ids=lambda one: one.type)
def test_every_entry_that_is_told__has_words_of_its_own(one):
    assert not is_told(one) or said(one)


def test_what_the_card_shows_anyway__and_pages_that_arrived__are_not_told():
    told = {one.type for one in KINDS if is_told(one)}
    noise = {"i_new", "a_merge", "i_m_reply", "i_auto_refresh", "i_wi_updated", "i_wi_bound", "i_teleported"}
    assert {one.type for one in KINDS} - told == noise
    arrived = entry("i_notify", by=0, persons=[{"person_id": BOB}], chats=None)
    assert not is_told(arrived)


@pytest.mark.parametrize(
    ("kind", "level", "by", "is_news"),
    [
        ("assign", 0, 0, False),
        ("escalate", 0, 0, False),
        ("escalate", 1, 0, True),
        ("reassign", 0, 0, True),
        ("assign", 0, ALICE, True),
        ("escalate", 0, ALICE, True),
        ("reopen", 0, ALICE, False),
    ],
)
def test_an_assignment__is_told_where_somebody_made_it_or_it_moved_on(kind, level, by, is_news):
    assert is_told(entry("i_assign", by=by, type=kind, layer_idx=level, to=[BOB], **RULE)) is is_news


def test_comments_that_were_written_in_slack__are_not_told_again():
    message = SlackMessage(author="Bob Müller", permalink="https://harbor.slack.com/archives/C0PAY/p17")
    ours = [
        CommentDraft(words="restarting it", writer="Alice *Chen*").text,
        CommentDraft(words="see there", writer="Alice Chen", message=message).text,
        CommentDraft(words=" ", writer="Alice Chen", message=message).text,
        CommentDraft(words=" ", writer="Alice Chen", message=SlackMessage(author="Bob")).text,
    ]
    assert all(is_from_slack(one) for one in ours)
    own = frozenset(map(fingerprint, ours))
    entries = [entry("i_comm", comment=one, ms=ms) for ms, one in enumerate(ours, 1)]
    assert new_story(entries, after_ms=0, incident=incident(1), own=own).told == ()
    assert len(new_story(entries, after_ms=0, incident=incident(1)).told) == len(ours)
    theirs = ["restarting it", "posted in Slack: no", "message of the day", "a\nb in Slack: c"]
    assert [one for one in theirs if is_from_slack(one)] == ["posted in Slack: no"]


def test_an_acknowledgement_that_was_pressed_in_slack__has_the_name_of_whoever_pressed():
    at = seconds(NOW - timedelta(minutes=2))
    mine = incident(1, progress="Processing", ack_time=at, responders=[responder(ALICE, acknowledged=at)])
    bob = SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER)
    known = Attribution(bob, presser_id=BOB, owner_id=ALICE)
    entries = [entry("i_ack", ago=3_600), entry("i_ack", ago=119.3), entry("i_ack", by=CAROL, ago=119)]
    story = new_story(entries, after_ms=0, incident=mine, known=known)
    assert [one.pressed_by for one in story.told] == ["", "Bob Müller", ""]


def test_a_story__has_what_came_later_and_says_how_far_it_reaches():
    entries = [entry("i_ack", ms=10), entry("i_comm", ms=20, comment="x"), entry("i_m_reply", ms=30)]
    story = new_story(entries, after_ms=10, incident=incident(1))
    assert [one.entry.created_ms for one in story.told] == [20]
    assert story.until == 30
    assert new_story(entries, after_ms=30, incident=incident(1)).until == 30


def test_a_story__is_divided_where_an_earlier_attempt_ended():
    story = new_story([entry("i_ack", ms=ms) for ms in (10, 20, 30)], after_ms=0, incident=incident(1))
    assert [one.entry.created_ms for one in story.up_to(20).told] == [10, 20]
    assert [one.entry.created_ms for one in story.after(20).told] == [30]
    assert story.after(20).until == 30


def test_the_people_of_a_story__are_all_it_names():
    told = [
        Told(entry=entry("i_assign", to=[BOB], type="escalate")),
        Told(entry=entry("i_a_rspd", to=[CAROL])),
        Told(entry=failed_page("voice", "busy", WANG)),
    ]
    assert people_in(told) == {ALICE, BOB, CAROL, WANG}


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("busy", "the line was busy"),
        ("NO_ANSWER", "nobody answered"),
        ("空号", "the number does not exist"),
        ("phone number is empty", "no phone number is set in Flashduty"),
        ("insufficient balance", "the quota for notifications is used up"),
        ("ERR-4711 <!here>", "“ERR-4711 &lt;!here&gt;”"),
    ],
)
def test_a_page_that_did_not_arrive__says_why_in_words_or_as_it_stands(reason, words):
    assert said(failed_page("voice", reason, BOB)) == f"⚠️ The call to Bob Müller did not get through: {words}"


def test_a_page_that_did_not_arrive__names_everybody_of_one_reason_together():
    assert said(failed_page("sms", "busy", BOB, CAROL)).startswith("⚠️ The SMS to Bob Müller, Carol Diaz did not")
    assert "(DingTalk)" in said(failed_page("dingtalk_app", "busy", BOB))
    assert "(pigeon)" in said(failed_page("pigeon", "busy", BOB))


def test_a_comment__is_literal_and_mentions_nobody():
    comment = f"[@Bob Müller](flashduty://ref/member/7002) {HOSTILE}\n*second* line"
    message = story_reply(EVERYBODY, [Told(entry=entry("i_comm", comment=comment))], CAST)
    rich = message.payload["blocks"][1]
    assert rich["type"] == "rich_text"
    written = "".join(part["text"] for part in rich["elements"][0]["elements"])
    assert written.startswith("@Bob Müller <!channel> <@U0ALICE> `rm -rf` *bold*")
    assert written.endswith("\n*second* line")
    assert "<@" not in message.text
    assert "<!" not in message.text


def test_a_long_story__shows_the_first_ones_and_counts_the_others():
    told = [Told(entry=entry("i_comm", comment="wall of text " * 200, ms=n)) for n in range(1, 60)]
    message = story_reply(EVERYBODY, told, CAST, detail_url="https://app.flashcat.cloud/x")
    assert len(message.blocks) <= MESSAGE.blocks
    assert message.has_room
    shown = sum(block["type"] == "rich_text" for block in message.payload["blocks"])
    assert 3 <= shown <= MAX_TOLD
    (rest,) = [block for block in message.payload["blocks"] if block["type"] == "context"]
    link = "<https://app.flashcat.cloud/x|timeline in Flashduty>"
    assert rest["elements"][0]["text"] == f"and {59 - shown} more, in the {link}"


def test_an_older_entry__has_its_time_and_a_new_one_has_none():
    assert "<!date^" not in said(entry("i_ack", ago=60))
    assert said(entry("i_ack", ago=600)).startswith("👤 Alice Chen acknowledged. · <!date^")


def test_what_has_no_sentence__is_none():
    assert entry_sentence(EVERYBODY, Told(entry=entry("i_new")), CAST) is None


def test_an_acknowledgement_that_was_withdrawn_in_slack__has_the_name_of_whoever_pressed_both():
    bob = SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER)
    known = Attribution(owner_id=ALICE, withdrawn_by=bob)
    kinds = ("i_ack", "i_unack", "i_ack", "i_comm", "i_unack")
    entries = [entry(kind, ms=number, comment="x") for number, kind in enumerate(kinds, 1)]
    entries.append(entry("i_unack", by=CAROL, ms=9))
    story = new_story(entries, after_ms=0, incident=incident(1), known=known)
    assert [one.pressed_by for one in story.told] == ["", "", "Bob Müller", "", "Bob Müller", ""]


TEXTS = st.sampled_from([HOSTILE, "", "长" * 3_000, "a\n" * 500, ":tada: *b*", "[@Bob](flashduty://ref/member/7002)"])
VALUES = TEXTS | st.text(max_size=30) | st.integers(-5, 10_000) | st.booleans() | st.none()
FIELDS = sorted({name for one in FEED for name in one["detail"]} | {"failed_reason", "message", "status"})
ANY_DETAIL = st.dictionaries(
    st.sampled_from(FIELDS),
    VALUES
    | st.lists(VALUES, max_size=4)
    | st.lists(
        st.fixed_dictionaries({}, optional=dict.fromkeys(("person_id", "chat_name", "failed_reason", "title"), VALUES)),
        max_size=4,
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(sorted(types.DETAIL_TYPES)), st.integers(0, 9), ANY_DETAIL), max_size=25))
def test_any_timeline__becomes_a_reply_that_slack_takes_and_that_notifies_nobody(found):
    wires = [FEED[0] | {"type": kind, "creator_id": by, "detail": detail} for kind, by, detail in found]
    told = [Told(entry=one) for one in map(TimelineEntry.model_validate, wires) if is_told(one)]
    if not told:
        return
    payload = story_reply(EVERYBODY, told, CAST, detail_url="https://app.flashcat.cloud/x").payload
    assert payload["blocks"]
    assert problems(payload, "message") == []
    assert blocks_too_long(payload["blocks"]) is None
    written = [payload["text"], *(str(one["text"]) for one in payload["blocks"] if one["type"] == "section")]
    assert not any(re.search(r"<(@|!(?!date\^)|#|https?://evil)", one) for one in written)
