"""For all strings Flashduty or Slack may send: nothing unescaped, no limit exceeded, nothing Slack would refuse."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded import NOW, ago, ahead, incident, responder, schedule, shift

from bot.digest.messages import digest
from bot.flashduty import Code, FlashdutyError, Person
from bot.flashduty.api.incidents import INCIDENT_LIST
from bot.incidents.messages import acknowledgement, card
from bot.incidents.messages import listing as incidents
from bot.incidents.model import Listing
from bot.incidents.search import read_search
from bot.messages import errors
from bot.messages import help as menu
from bot.messages.buttons import WORDS_LIMIT
from bot.messages.layout import MAX_THREAD_MESSAGES
from bot.messages.views import OnCallQuestion, ViewValue
from bot.oncall.messages import now
from bot.oncall.shifts import on_call as at_instant
from sandbox.slack.block_kit import problems
from tests.bot.digest.days import morning, watched, with_package
from tests.bot.every_surface import SURFACES
from tests.bot.samples import ALONE, EVERYBODY
from tests.bot.taken import refused

ANY = (
    st.text(max_size=40)
    | st.text(st.sampled_from('<>&|`*_~:@!#"\\\n\u202e中👍a'), max_size=400)
    | st.just("<!channel>" * 400)
)
LEISURELY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def incidents_of_any_text(draw):
    return incident(
        draw(st.integers(1, 5)),
        title=draw(ANY),
        num=draw(ANY) or None,
        description=draw(ANY),
        channel_name=draw(ANY),
        labels={draw(ANY): draw(ANY) for _ in range(draw(st.integers(0, 3)))},
        progress=draw(st.sampled_from(["Triggered", "Processing", "Closed", "Odd"])),
        incident_severity=draw(ANY),
        detail_url="https://app.flashcat.cloud/" + draw(ANY),
        snoozed_before=ahead(hours=1),
        closer={"person_name": draw(ANY)},
        assigned_to={"escalate_rule_id": "1" * 24, "escalate_rule_name": draw(ANY), "layer_idx": 1},
        responders=[responder(1, assigned=ago(hours=1), acknowledged=draw(st.sampled_from([0, ago(hours=1)])))],
    )


def people(name):
    return {1: Person.model_validate({"person_id": 1, "person_name": name})}


def assert_sound(message):
    assert problems(message.payload, "message") == []


@LEISURELY
@given(found=st.lists(incidents_of_any_text(), min_size=1, max_size=10), words=ANY, name=ANY)
def test_lists_and_cards(found, words, name):
    unique = tuple({each.id: each for each in found}.values())
    assert_sound(
        incidents.listing(
            ALONE, Listing(read_search(words), unique, is_complete=False, people=people(name), as_of=NOW), "payments"
        )
    )
    assert_sound(card.card(ALONE, unique[0], people(name), team="payments"))
    assert_sound(card.chooser(ALONE, unique, words, people=people(name), team="payments"))
    assert_sound(card.not_found(ALONE, words, "payments"))


@LEISURELY
@given(one=incidents_of_any_text(), name=ANY)
def test_acknowledgements(one, name):
    for message in (
        acknowledgement.announced(ALONE, one, name),
        acknowledgement.confirmed(ALONE, one, "payments"),
        acknowledgement.already(ALONE, one, people(name), team="payments", clicked_by=name),
        acknowledgement.undo_announced(ALONE, one, name),
        acknowledgement.undone(ALONE, one, people(name), team="payments"),
    ):
        assert_sound(message)


@LEISURELY
@given(name=ANY, words=ANY, person=ANY)
def test_on_call_and_digest(name, words, person):
    rota = schedule(name, shift(ago(hours=1), ahead(hours=1), 1), shift(ahead(hours=1), ahead(hours=9), 2))
    entries = (at_instant(rota, NOW, NOW + timedelta(days=15)),) * 40
    found = now.OnCallAnswer(words, entries, people(person), NOW, (name,) * 50)
    assert_sound(now.on_call_answer(ALONE, found, "payments"))
    assert_sound(now.on_call_answer(ALONE, now.OnCallAnswer(words, (), {}, NOW, (name,) * 50), "payments"))
    assert_sound(digest.digest(EVERYBODY, morning(incident(1, title=name), schedules=(rota,))))


@LEISURELY
@given(message=ANY, code=ANY, request_id=ANY, owner=ANY, words=st.text(max_size=3000))
def test_errors_and_menus(message, code, request_id, owner, words):
    retry = errors.Retry("again", ViewValue(team="payments", view=OnCallQuestion(words=words[:WORDS_LIMIT])))
    for known in Code:
        error = FlashdutyError(
            operation=INCIDENT_LIST, team="payments", code=known, raw_code=code, message=message, request_id=request_id
        )
        failure = errors.FailedCall(error, "payments", "SETTING", key_owner=owner, looked_for=words, retry=retry)
        assert_sound(errors.explain(ALONE, failure))
    assert_sound(menu.not_understood(ALONE, words or "x", None, team="payments"))


@pytest.mark.parametrize("name", SURFACES)
def test_every_surface__is_what_slack_takes(name):
    assert refused(name, SURFACES[name].payload) == []


def test_a_digest_of_40_schedules_and_500_incidents__fits():
    schedule_cache = tuple(
        schedule(f"Rota {n} " + "长" * 80, shift(ago(hours=1), ahead(hours=n % 20 + 1), 1), number=n) for n in range(40)
    )
    crowd = tuple(
        incident(n, title="故障" * 250, snoozed_before=ahead(hours=1), start_time=ago(days=2)) for n in range(1, 501)
    )
    found = with_package(
        watched(morning(*crowd, schedules=schedule_cache), *schedule_cache, before=schedule_cache[1:]), *schedule_cache
    )
    posted = digest.posted_digest(EVERYBODY, found, planned_for=NOW)
    for message in (posted.first, *posted.thread, digest.digest(EVERYBODY, found, has_thread=False)):
        assert_sound(message)
        assert len(message.blocks) <= 50
    assert 1 < len(posted.thread) <= MAX_THREAD_MESSAGES
