"""Surfaces of no feature alone: the menu, refusals, errors, and what is said while something is being changed."""

from dataclasses import replace
from typing import get_args

from bot.flashduty import Code, FlashdutyError
from bot.flashduty.api.incidents import INCIDENT_ACK, INCIDENT_INFO
from bot.flashduty.errors import Reason
from bot.incidents.messages.card import card
from bot.incidents.messages.row import AcknowledgeValue, acknowledge_control
from bot.messages import errors
from bot.messages import help as menu
from bot.messages.changes import actions, after_a_restart, channel_lines, under_way
from bot.messages.text import Mrkdwn
from bot.messages.views import IncidentList, ViewValue
from bot.runtime.request_trail import Dependency
from bot.teams.access import AccessDenied, DenialReason
from handlers.routes import help_lines
from tests.bot.recorded import NOW, PEOPLE
from tests.bot.samples import ALONE, CARD, COMMAND, HOSTILE, INCIDENT, TRIGGERED, failure, unreachable

HOSTILE_WORD = "<!channel> *bold* `x` <https://evil.example|Sign in>"

LINE = Mrkdwn("the line about #0E83EE")

RETRY = errors.Retry("acknowledge", AcknowledgeValue(team="payments", incident_id=INCIDENT.id, view=CARD.view))
LIST_AGAIN = errors.Retry("again", ViewValue(team="payments", view=IncidentList()))

DEEDS = {
    "acknowledging": actions.acknowledging(INCIDENT.id),
    "acknowledging-what-is-no-incident": actions.acknowledging(HOSTILE_WORD),
    "undoing": actions.undoing(INCIDENT.id),
    "telling": actions.announcing(INCIDENT.id),
    "covering": actions.taking_over(HOSTILE_WORD),
    "deciding": actions.answering_proposal(HOSTILE_WORD),
    "posting-digest": actions.posting_digest(),
    "posting-report": actions.posting_report(),
}

NOT_ACKNOWLEDGED = errors.FailedCall(
    FlashdutyError(operation=INCIDENT_ACK, team="payments", code=Code.INTERNAL_ERROR, request_id="01REQUEST"),
    "payments",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
    retry=RETRY,
    not_done=actions.acknowledging(INCIDENT.id).not_done,
)

WHOLE_CARD = card(INCIDENT, PEOPLE, "payments", NOW, audience=ALONE)


def in_the_card():
    button = acknowledge_control(INCIDENT, CARD)
    shown = next(
        one
        for block in WHOLE_CARD.blocks
        for one in getattr(block, "elements", None) or ()
        if getattr(one, "action_id", "") == button.action_id
    )
    return under_way.replace_control(WHOLE_CARD, shown.action_id, shown.value, DEEDS["acknowledging"].under_way)


def surfaces(readers):  # noqa: ARG001 - English alone so far
    """Draw each of them, under its name."""
    return {
        "menu": menu.menu("payments", help_lines(), command=COMMAND),
        "unknown-command": menu.not_understood(
            "incidnets", ("incidents", IncidentList()), "payments", help_lines(), command=COMMAND
        ),
        "unknown-command-hostile": menu.not_understood(HOSTILE * 9, None, "payments", help_lines(), command=COMMAND),
        "error-access-denied-owner": errors.explain(
            replace(failure(Code.ACCESS_DENIED, INCIDENT_ACK), key_owner="Dana Okoye")
        ),
        "error-not-found-named": errors.explain(
            replace(failure(Code.RESOURCE_NOT_FOUND, INCIDENT_INFO), looked_for="0E83EE")
        ),
        "error-form-perhaps": errors.explain(failure(Code.INVALID_PARAMETER, INCIDENT_ACK)),
        "error-rate-limit-wait": errors.explain(failure(Code.REQUEST_TOO_FREQUENTLY, retry_after=3.0)),
        "error-write-not-known": errors.write_not_known(
            unreachable("timed_out"), actions.acknowledging(TRIGGERED.id).in_doubt, TRIGGERED.id
        ),
        "error-too-slow": errors.too_slow(Dependency.SLACK, LIST_AGAIN),
        "error-defect": errors.defect("1A2B3C4D"),
        "error-slack": errors.slack_refused("not_in_channel"),
        "restarting": errors.restarting(),
        "too-many": errors.too_many(),
        **{f"error-{code.value}": errors.explain(failure(code)) for code in Code},
        **{f"error-{reason}": errors.explain(unreachable(reason)) for reason in get_args(Reason)},
        **{
            f"refused-{why.name.lower()}": errors.access_denied(AccessDenied(why, ("payments", "search")))
            for why in DenialReason
        },
        "refused-in-no-channel": errors.access_denied(
            AccessDenied(DenialReason.NOT_A_RESPONDER, ("search",), ("C0SEARCH", "C0SEARCH2"), on_call=False)
        ),
        "refused-to-acknowledge": errors.access_denied(
            AccessDenied(DenialReason.NOT_A_RESPONDER, ("payments",)),
            actions.acknowledging("69da451ef77b1b51f4000001").not_done,
        ),
        "refused-members-unread-in-direct": errors.access_denied(AccessDenied(DenialReason.MEMBERS_UNREAD)),
        "refused-on-call-unread-in-direct": errors.access_denied(AccessDenied(DenialReason.ON_CALL_UNREAD)),
        "refused-on-call-unread-in-no-channel": errors.access_denied(
            AccessDenied(DenialReason.ON_CALL_UNREAD, ("search",), ("C0SEARCH",))
        ),
        **{f"under-way-{name}": under_way.notice_message(deed.under_way) for name, deed in DEEDS.items()},
        "under-way-in-a-card": in_the_card(),
        "error-not-acknowledged": errors.explain(NOT_ACKNOWLEDGED),
        **{
            f"error-slow-{dependency.name.lower()}": errors.too_slow(dependency, RETRY, DEEDS["acknowledging"].not_done)
            for dependency in Dependency
        },
        "error-slow-bot": errors.too_slow(None, RETRY),
        "error-database-in-doubt": errors.database_unavailable(RETRY, DEEDS["covering"].in_doubt),
        "error-defect-in-doubt": errors.defect("1A2B3C4D", DEEDS["acknowledging"].in_doubt),
        "restarting-in-doubt": errors.restarting(DEEDS["acknowledging"].in_doubt),
        "error-slack-not-acknowledged": errors.slack_refused("missing_scope", DEEDS["acknowledging"].not_done),
        "restart-in-doubt": after_a_restart.in_doubt(DEEDS["posting-digest"].in_doubt),
        "restart-not-done": after_a_restart.not_done(DEEDS["acknowledging"].not_done, RETRY),
        "restart-not-done-nor-to-repeat": after_a_restart.not_done(DEEDS["undoing"].not_done, None),
        "line-limited": channel_lines.line_refused(LINE, "C0PAYMENTS", "ratelimited", RETRY, is_passing=True),
        "line-not-confirmed": channel_lines.line_not_confirmed(LINE, "C0PAYMENTS", RETRY, may_look=True),
        "line-not-confirmed-nor-found": channel_lines.line_not_confirmed(LINE, "C0PAYMENTS", RETRY, may_look=False),
        "line-refused": channel_lines.line_refused(LINE, "C0PAYMENTS", "not_in_channel", RETRY),
        "line-told-after-all": channel_lines.line_posted("C0PAYMENTS"),
        "error-database": errors.database_unavailable(LIST_AGAIN),
    }
