"""Who is mentioned because an incident was just assigned to them, and where."""

import pytest

from bot.cards.mentions.model import DirectReason, MentionPlace, Placed, divided_at, just_assigned, place_of
from bot.incidents.holders import Attribution
from bot.teams.access import MemberStatus, SlackPerson
from tests.bot.cards.entries import RULE, entry
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, WANG, ago, incident, responder

OPEN = incident(1, responders=[responder(ALICE), responder(BOB)])
HELD = incident(1, progress="Processing", responders=[responder(ALICE, acknowledged=ago(seconds=5)), responder(BOB)])
BOB_IN_SLACK = SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER)


def assigned(*people, kind="assign", by=0, **given):
    return entry("i_assign", by=by, type=kind, to=list(people), **given)


def who(*entries, of=OPEN, known=None, after_ms=0):
    more = {"known": known} if known else {}
    return list(just_assigned(entries, of, **more, after_ms=after_ms, now=NOW))


def test_people_just_assigned__escalated_to__or_added__are_mentioned_once():
    found = who(
        assigned(ALICE, BOB, ago=50),
        assigned(CAROL, kind="escalate", layer_idx=1, ago=40, **RULE),
        entry("i_a_rspd", by=ALICE, to=[WANG, BOB], ago=30),
        entry("i_comm", by=ALICE, comment="look"),
    )
    assert found == [ALICE, BOB, CAROL, WANG]


def test_each_is_known_by_the_time_of_their_first_assignment():
    first, second = assigned(ALICE, ago=50), entry("i_a_rspd", by=0, to=[ALICE, BOB], ago=40)
    assert just_assigned([second, first], OPEN, after_ms=0, now=NOW) == {
        ALICE: first.created_ms,
        BOB: second.created_ms,
    }


def test_what_was_dealt_with__or_is_old__mentions_nobody():
    done = assigned(ALICE, ago=50)
    assert who(done, after_ms=done.created_ms) == []
    assert who(assigned(ALICE, ago=16 * 60)) == []
    assert who(assigned(ALICE, ago=14 * 60)) == [ALICE]
    assert who(entry("i_assign", by=0, to=[ALICE], type="assign", ms=0)) == []


def test_nobody_is_mentioned_for_what_they_did_themselves():
    assert who(assigned(ALICE, BOB, kind="reassign", by=ALICE)) == [BOB]
    assert who(entry("i_a_rspd", by=CAROL, to=[CAROL])) == []
    reopened = entry("i_reopen", by=BOB, ago=2), assigned(ALICE, BOB, kind="reopen", ago=1)
    assert who(*reopened) == [ALICE]


def test_nobody_is_mentioned_who_has_acknowledged():
    assert who(assigned(ALICE, BOB, ago=9), of=HELD) == [BOB]


def test_an_acknowledgement_in_slack__counts_for_whoever_pressed__and_not_for_the_keys_owner():
    pressed = Attribution(BOB_IN_SLACK, presser_id=BOB, owner_id=ALICE)
    assert who(assigned(ALICE, BOB, ago=9), of=HELD, known=pressed) == [ALICE]


def test_from_whom_it_was_taken_again__is_not_mentioned():
    assert who(assigned(ALICE, BOB, ago=9), assigned(CAROL, kind="reassign", by=ALICE, ago=3)) == [CAROL]
    closed = entry("i_rslv", by=ALICE, ago=5)
    assert who(assigned(ALICE, ago=9), closed, assigned(BOB, kind="reopen", ago=2)) == [BOB]


def test_a_closed_incident_mentions_nobody():
    assert who(assigned(ALICE), of=incident(1, progress="Closed", close_time=ago(seconds=1))) == []


@pytest.mark.parametrize(
    ("setting", "choice", "is_member", "expected"),
    [
        ("thread", None, True, (MentionPlace.THREAD, None)),
        ("channel", None, True, (MentionPlace.CHANNEL, None)),
        ("dm", None, True, (MentionPlace.DIRECT, DirectReason.TEAM)),
        ("off", None, True, None),
        ("thread", None, False, (MentionPlace.DIRECT, DirectReason.NOT_IN_CHANNEL)),
        ("channel", None, False, (MentionPlace.DIRECT, DirectReason.NOT_IN_CHANNEL)),
        ("off", None, False, None),
        ("channel", "thread", True, (MentionPlace.THREAD, None)),
        ("thread", "dm", True, (MentionPlace.DIRECT, DirectReason.CHOSEN)),
        ("thread", "off", True, None),
        ("dm", "off", False, None),
        ("off", "dm", True, (MentionPlace.DIRECT, DirectReason.CHOSEN)),
    ],
)
def test_where__is_ones_own_choice_before_the_teams(setting, choice, is_member, expected):
    found = place_of(setting, choice, is_member=is_member)
    assert found == (expected and Placed(place=expected[0], reason=expected[1]))


def test_people__are_divided_where_a_message_was_begun():
    people = {ALICE: 5, BOB: 7, CAROL: 9}
    assert divided_at(people, ()) == {9: (ALICE, BOB, CAROL)}
    assert divided_at(people, {7, 5}) == {7: (ALICE, BOB), 9: (CAROL,)}
    assert divided_at(people, {9}) == {9: (ALICE, BOB, CAROL)}
    assert divided_at({}, {9}) == {}


def test_people__belong_to_the_message_of_somebody_later__who_is_not_among_them_any_longer():
    assert divided_at({ALICE: 5, BOB: 7}, {9}) == {9: (ALICE, BOB)}
