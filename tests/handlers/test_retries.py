"""A retry control carries the value of the request, with the minute and the thread of the first request."""

from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.messages.buttons import TEAM_LIMIT, WORDS_LIMIT
from bot.messages.views import Home, IncidentCard, OnCallQuestion, ViewValue
from handlers.dispatch import retries
from handlers.dispatch.context import Origin
from handlers.dispatch.requests import ButtonPress, Command

HERE = Origin("T0HARBOR", "C0PAYMENTS", "U0ALICE", thread="1795507200.000100")
MINUTE = "2026-11-24T07:30Z"
INCIDENT = "69da451ef77b1b51f4000001"


def asking(view, team="payments"):
    return Command(HERE, "once", occasion=MINUTE, value=ViewValue(team=team, view=view))


def test_a_command__is_repeated_with_its_first_minute_and_its_thread():
    retry = retries.retry_by_drawing(asking(Home()), "payments")
    assert (retry.route, retry.carried) == (
        "again",
        ViewValue(team="payments", view=Home(), occasion=MINUTE, thread="1795507200.000100"),
    )


def test_a_value_too_long_for_a_control__has_no_retry():
    """A truncated value would request something else."""
    assert retries.retry_by_drawing(asking(OnCallQuestion(words="x" * WORDS_LIMIT)), "payments") is not None
    assert retries.retry_by_drawing(asking(OnCallQuestion(words="x" * (WORDS_LIMIT + 1))), "payments") is None
    assert retries.retry_by_drawing(asking(Home()), "x" * (TEAM_LIMIT + 1)) is None


def test_a_failed_acknowledgement__shows_the_card_when_it_is_retried():
    value = AcknowledgeValue(team="payments", incident_id=INCIDENT, view=Home())
    pressed = ButtonPress(HERE, "once", route="acknowledge", pressed=("acknowledge:x", ""), value=value)
    retry = retries.press_on_the_card(pressed, "payments")
    assert (retry.route, retry.carried.view) == ("acknowledge", IncidentCard(asked=INCIDENT))
