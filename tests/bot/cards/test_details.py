"""Details: every entry of a timeline has words, and who was reached is made from its notifications."""

import pytest

from bot.cards.details.model import TimelineRow, reaches, timeline_rows
from bot.cards.details.seen import SeenIncidents
from bot.cards.messages.details.entries import row_sentences
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models.timeline import TimelineEntry
from bot.flashduty.models.timeline_types import DETAIL_TYPES
from bot.messages.language import ENGLISH, chinese
from tests.bot.cards.details_surfaces import notice
from tests.bot.cards.entries import FEED, entry, failed_page, wire
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, PEOPLE, incident
from tests.bot.samples import readers

LANGUAGES = {"en": ("no words for", readers(ENGLISH).alone), "zh": ("无法识别", readers(chinese()).alone)}
CAST = Cast(people=PEOPLE)


def told(*entries, **more):
    return [Told(entry=one, **more) for one in entries]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", [0, ALICE])
@pytest.mark.parametrize("kind", [*DETAIL_TYPES, "i_of_tomorrow", ""])
def test_an_entry__has_words_in_every_language__and_neutral_ones_when_its_type_is_not_known(language, by, kind):
    unknown, to = LANGUAGES[language]
    recorded = next((one["detail"] for one in FEED if one["type"] == kind), {})
    for detail in (recorded, {}):
        read = TimelineEntry.model_validate(wire(kind, by=by) | {"detail": detail})
        sentences = row_sentences(to, TimelineRow(told=Told(entry=read)), CAST)
        assert all(sentences)
        assert sentences
        assert (unknown in "".join(sentences)) == (kind not in DETAIL_TYPES)


def test_alerts_that_join_one_after_the_other__are_one_row():
    entries = [entry("i_new", ago=9), entry("a_merge", ago=8), entry("a_merge", ago=7), entry("i_ack", ago=6)]
    rows = timeline_rows(told(*entries, entry("a_merge", ago=5)))
    assert [(one.told.entry.type, one.count) for one in rows] == [
        ("a_merge", 1),
        ("i_ack", 1),
        ("a_merge", 2),
        ("i_new", 1),
    ]


def test_the_comment_that_says_who_pressed__is_left_out_only_behind_an_entry_that_names_them():
    snooze, comment = entry("i_snooze", minutes=30, ago=9), entry("i_comm", comment="Snoozed from Slack by Bob", ago=8)
    named = told(snooze, pressed_by="Bob")
    ours, others = told(comment, is_written_here=True), told(comment)
    assert [one.told.entry.type for one in timeline_rows([*named, *ours])] == ["i_snooze"]
    assert [one.told.entry.type for one in timeline_rows([*named, *others])] == ["i_comm", "i_snooze"]
    assert [one.told.entry.type for one in timeline_rows([*told(snooze), *ours])] == ["i_comm", "i_snooze"]
    assert timeline_rows(told(entry("i_comm", comment=" "))) == ()


def test_who_was_reached__is_counted_by_way__with_what_did_not_arrive_by_itself():
    people, chats = reaches(
        told(
            notice("voice", BOB, CAROL, ago=90),
            failed_page("voice", "busy", BOB, ago=80),
            notice("voice", BOB, ago=70, chats=["War room"]),
        )
    )
    of_bob = [(one.by, one.count, one.failed_reason, (NOW - one.last_at).seconds) for one in people[BOB]]
    assert of_bob == [("voice", 1, "busy", 80), ("voice", 2, "", 70)]
    assert [one.count for one in people[CAROL]] == [1]
    assert list(chats) == ["War room"]


def test_seen_incidents__are_the_last_ones_of_each_team():
    seen = SeenIncidents(most=2)
    for number in (1, 2, 1, 3):
        seen.note("payments", incident(number), NOW)
    assert seen.of("payments", incident(2).id) is None
    assert seen.of("payments", incident(1).id.upper()).incident == incident(1)
    assert seen.of("search", incident(3).id) is None
