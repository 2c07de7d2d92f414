"""Surfaces of actions on incidents: what whoever pressed is told, with Undo, and what everybody else is."""

from datetime import timedelta

from bot.flashduty import Code
from bot.flashduty.api.lifecycle import INCIDENT_ACK, INCIDENT_RESOLVE
from bot.flashduty.models.form_answers import NO_ANSWERS, FormAnswers
from bot.incidents.actions.account_form import FormDemandedError
from bot.incidents.changes import after_close, after_reopen, after_snooze, after_wake, unacknowledged
from bot.incidents.messages.account_forms import refusal
from bot.incidents.messages.actions import outcome, snooze, typed
from bot.incidents.messages.actions.close import CloseWords, ReopenWords
from bot.incidents.messages.actions.custom_action import CustomActionWords, custom_action_failed
from bot.incidents.messages.actions.outcome import Made
from bot.incidents.messages.actions.unacknowledge import UnacknowledgeWords
from bot.incidents.messages.actions.values import (
    CloseValue,
    CustomActionValue,
    ReopenValue,
    SnoozeValue,
    UnacknowledgeValue,
    WakeValue,
)
from bot.incidents.messages.several import Acknowledged, acknowledged_one_by_one
from bot.incidents.offers import Offer
from bot.messages.changes import actions
from bot.messages.text import mrkdwn
from tests.bot.recorded import ALICE, BOB, NOW, ago, incident, responder
from tests.bot.samples import HOSTILE, TRIGGERED, failure

SECONDS = int(NOW.timestamp())
HOUR = timedelta(hours=1)
PROCESSING = incident(
    21, progress="Processing", ack_time=ago(minutes=2), responders=[responder(ALICE, acknowledged=ago(minutes=2))]
)
SHARED = incident(
    22,
    progress="Processing",
    ack_time=ago(minutes=2),
    responders=[responder(ALICE, acknowledged=ago(minutes=2)), responder(BOB, acknowledged=ago(minutes=1))],
)
NASTY = incident(23, title=HOSTILE, progress="Processing", ack_time=ago(minutes=2))
SNOOZED = after_snooze(PROCESSING, SECONDS + 3600)
CLOSED = after_close(PROCESSING, SECONDS)


def given(kind, one=PROCESSING, **more):
    return kind(team="payments", incident_id=one.id, **more)


MADE = {
    "snoozed": (snooze.SnoozeWords(), Made(value=given(SnoozeValue, minutes=60), before=PROCESSING, after=SNOOZED)),
    "snoozed-longer": (
        snooze.SnoozeWords(),
        Made(value=given(SnoozeValue, minutes=120), before=SNOOZED, after=after_snooze(SNOOZED, SECONDS + 7200)),
    ),
    "acknowledged-and-snoozed": (
        snooze.AcknowledgeAndSnoozeWords(),
        Made(value=given(SnoozeValue, minutes=60, acknowledges=True), before=PROCESSING, after=SNOOZED),
    ),
    "snoozed-hostile": (
        snooze.SnoozeWords(),
        Made(value=given(SnoozeValue, NASTY, minutes=60), before=NASTY, after=after_snooze(NASTY, SECONDS + 3600)),
    ),
    "woken": (snooze.WakeWords(), Made(value=given(WakeValue), before=SNOOZED, after=after_wake(SNOOZED))),
    "closed": (CloseWords(), Made(value=given(CloseValue), before=PROCESSING, after=CLOSED)),
    "closed-hostile": (CloseWords(), Made(value=given(CloseValue, NASTY), before=NASTY, after=NASTY)),
    "reopened": (ReopenWords(), Made(value=given(ReopenValue), before=CLOSED, after=after_reopen(CLOSED))),
    "unacknowledged": (
        UnacknowledgeWords(),
        Made(value=given(UnacknowledgeValue), before=PROCESSING, after=unacknowledged(PROCESSING, ALICE)),
    ),
    "custom-action-run": (
        CustomActionWords(name="Restart"),
        Made(value=given(CustomActionValue, integration_id=9101, name="Restart"), before=PROCESSING, after=PROCESSING),
    ),
    "custom-action-hostile": (
        CustomActionWords(name=HOSTILE),
        Made(value=given(CustomActionValue, NASTY, integration_id=9101), before=NASTY, after=NASTY),
    ),
    "unacknowledged-shared": (
        UnacknowledgeWords(),
        Made(value=given(UnacknowledgeValue, SHARED), before=SHARED, after=unacknowledged(SHARED, ALICE)),
    ),
}
UNCHANGED = {
    "snooze-unacknowledged": (snooze.SnoozeWords(), TRIGGERED),
    "snooze-twice": (snooze.SnoozeWords(), SNOOZED),
    "snooze-over": (snooze.SnoozeWords(), PROCESSING),
    "snooze-closed": (snooze.SnoozeWords(), CLOSED),
    "wake-awake": (snooze.WakeWords(), PROCESSING),
    "wake-snoozed-again": (snooze.WakeWords(), SNOOZED),
    "close-closed": (CloseWords(), CLOSED),
    "reopen-open": (ReopenWords(), PROCESSING),
    "reopen-closed-again": (ReopenWords(), CLOSED),
    "custom-action-closed": (CustomActionWords(name="Restart"), CLOSED),
    "custom-action-strange": (CustomActionWords(name="Restart"), PROCESSING),
    "unack-unacknowledged": (UnacknowledgeWords(), TRIGGERED),
    "unack-elsewhere": (UnacknowledgeWords(), PROCESSING),
}


def demanded(form, one=TRIGGERED, *, minutes=0, is_answered=False):
    """A refusal as an account gives that demands a form."""
    operation = INCIDENT_RESOLVE if form == "answer_close" else INCIDENT_ACK
    refused = failure(Code.INVALID_PARAMETER, operation).error
    answers = FormAnswers(summary="x") if is_answered else NO_ANSWERS
    return FormDemandedError(refused, one, form=form, answers=answers, minutes=minutes)


DEMANDED = {
    "acknowledge": demanded("answer_acknowledge"),
    "close": demanded("answer_close"),
    "snooze": demanded("answer_acknowledge", minutes=60),
    "hostile": demanded("answer_close", NASTY),
    "answered-acknowledge": demanded("answer_acknowledge", is_answered=True),
    "answered-close": demanded("answer_close", is_answered=True),
}


def surfaces(readers):
    """Draw each of them, under its name."""
    to, title = readers.alone, PROCESSING.num
    return {
        **{f"action-{name}": outcome.action_done(to, words, made) for name, (words, made) in MADE.items()},
        **{
            f"action-{name}-line": outcome.action_announced(readers.everybody, words, made, "Alice Chen")
            for name, (words, made) in MADE.items()
        },
        **{
            f"action-unchanged-{name}": outcome.action_unchanged(to, words, one, "payments")
            for name, (words, one) in UNCHANGED.items()
        },
        "action-undo-over": outcome.undo_over(to, given(WakeValue)),
        "action-acknowledged-not-snoozed": snooze.acknowledged_not_snoozed(
            to, PROCESSING, actions.snoozing(to, PROCESSING.id).not_done, "payments"
        ),
        "action-not-snoozed-as-well": snooze.not_snoozed_as_well(
            to, PROCESSING, mrkdwn("#{title}", title=title), "payments"
        ),
        "action-custom-action-failed": custom_action_failed(
            to,
            given(CustomActionValue, integration_id=9102, name="Fail over"),
            'Post "https://ops.example.com/run?token=abc": dial tcp 10.0.0.7:443: connection refused',
        ),
        "action-custom-action-failed-hostile": custom_action_failed(
            to, given(CustomActionValue, integration_id=9102, name=HOSTILE[:60]), HOSTILE * 20
        ),
        "action-typed-several": typed.done_one_by_one(
            to,
            [
                typed.TypedOutcome(
                    text=CloseWords().done(to, MADE["closed"][1]),
                    incident=CLOSED,
                    undo=CloseWords().undo(to, MADE["closed"][1]),
                ),
                typed.TypedOutcome(
                    text=typed.asked_before(to, TRIGGERED, Offer.CLOSE), incident=TRIGGERED, offer=Offer.CLOSE
                ),
                typed.TypedOutcome(text=actions.closing(to, "FFFFFF").not_done),
            ],
            "payments",
        ),
        **{
            f"action-form-demanded-{name}": refusal.form_demanded(to, one, refusal.answer_value(one, "payments"))
            for name, one in DEMANDED.items()
        },
        "action-typed-form-demanded": typed.done_one_by_one(
            to,
            [
                typed.TypedOutcome(
                    text=refusal.form_demanded_said(to, DEMANDED["close"]),
                    incident=TRIGGERED,
                    form=refusal.answer_value(DEMANDED["close"], "payments"),
                )
            ],
            "payments",
        ),
        "acknowledged-form-demanded": acknowledged_one_by_one(
            to,
            [
                Acknowledged(
                    refusal.form_demanded_said(to, DEMANDED["acknowledge"]),
                    TRIGGERED,
                    form=refusal.answer_value(DEMANDED["acknowledge"], "payments"),
                )
            ],
            "payments",
        ),
        "action-typed-asks": typed.asks_first(to, PROCESSING, Offer.UNACKNOWLEDGE, "payments"),
        "action-typed-wrong": typed.wrong_words(
            to, snooze.snooze_problem_said(to, snooze.SnoozeProblem.TOO_LONG, HOSTILE), "snooze 0E83EE 2h"
        ),
    }
