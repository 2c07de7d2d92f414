"""Surfaces of no feature alone: the menu, refusals, errors, and what is said while something is being changed."""

from dataclasses import replace
from typing import get_args

from bot.flashduty import Code, FlashdutyError
from bot.flashduty.api.incidents import INCIDENT_INFO
from bot.flashduty.api.lifecycle import INCIDENT_ACK
from bot.flashduty.errors import Reason
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.actions.controls import offer_control
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.incidents.messages.card import card
from bot.incidents.offers import Offer
from bot.messages import errors
from bot.messages import help as menu
from bot.messages.changes import actions, after_a_restart, channel_lines, under_way
from bot.messages.text import Mrkdwn
from bot.messages.views import ViewValue
from bot.runtime.request_trail import Dependency
from bot.teams.access import AccessDenied, DenialReason
from handlers.routes import help_rows
from tests.bot.recorded import PEOPLE
from tests.bot.samples import CARD, HOSTILE, INCIDENT, TRIGGERED, failure, unreachable

HOSTILE_WORD = "<!channel> *bold* `x` <https://evil.example|Sign in>"

LINE = Mrkdwn("the line about #0E83EE")

RETRY = errors.Retry("acknowledge", AcknowledgeValue(team="payments", incident_id=INCIDENT.id, view=CARD.view))


def list_again(team):
    return errors.Retry("again", ViewValue(team=team, view=IncidentList()))


LIST_AGAIN = list_again("payments")
MANY_TEAMS = tuple(f"team-{number}" for number in range(30))
SIMILAR = next(menu.SimilarCommand(name=row.line.usage, view=row.view, button=row.line.button) for row in help_rows())


def changes(to):
    """The words of every kind of change."""
    return {
        "acknowledging": actions.acknowledging(to, INCIDENT.id),
        "acknowledging-what-is-no-incident": actions.acknowledging(to, HOSTILE_WORD),
        "undoing": actions.undoing(to, INCIDENT.id),
        "telling": actions.announcing(to, INCIDENT.id),
        "covering": actions.taking_over(to, HOSTILE_WORD),
        "deciding": actions.answering_proposal(to, HOSTILE_WORD),
        "posting-digest": actions.posting_digest(to),
        "posting-report": actions.posting_report(to),
    }


def not_acknowledged(to):
    return errors.FailedCall(
        FlashdutyError(operation=INCIDENT_ACK, team="payments", code=Code.INTERNAL_ERROR, request_id="01REQUEST"),
        "payments",
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
        retry=RETRY,
        not_done=actions.acknowledging(to, INCIDENT.id).not_done,
    )


def in_the_card(to):
    whole, button = (
        card(to, INCIDENT, PEOPLE, team="payments"),
        offer_control(to, Offer.ACKNOWLEDGE, INCIDENT, ControlPlace.within(CARD)),
    )
    shown = next(
        one
        for block in whole.blocks
        for one in getattr(block, "elements", None) or ()
        if getattr(one, "action_id", "") == button.action_id
    )
    notice = actions.acknowledging(to, INCIDENT.id).under_way
    return under_way.replace_control(whole, shown.action_id, shown.value, notice)


def surfaces(readers):
    """Draw each of them, under its name."""
    change = changes(readers.alone)
    return {
        "menu": menu.menu(readers.alone, "payments", help_rows()),
        "unknown-command": menu.not_understood(readers.alone, "incidnets", SIMILAR, team="payments"),
        "unknown-command-hostile": menu.not_understood(readers.alone, HOSTILE * 9, None, team="payments"),
        "error-access-denied-owner": errors.explain(
            readers.alone, replace(failure(Code.ACCESS_DENIED, INCIDENT_ACK), key_owner="Dana Okoye")
        ),
        "error-not-found-named": errors.explain(
            readers.alone, replace(failure(Code.RESOURCE_NOT_FOUND, INCIDENT_INFO), looked_for="0E83EE")
        ),
        "error-rate-limit-wait": errors.explain(readers.alone, failure(Code.REQUEST_TOO_FREQUENTLY, retry_after=3.0)),
        "error-write-not-known": errors.write_not_known(
            readers.alone,
            unreachable("timed_out"),
            actions.acknowledging(readers.alone, TRIGGERED.id).in_doubt,
            incident=TRIGGERED.id,
        ),
        "error-too-slow": errors.too_slow(readers.alone, Dependency.SLACK, LIST_AGAIN),
        "error-defect": errors.defect(readers.alone, "1A2B3C4D"),
        "error-slack": errors.slack_refused(readers.alone, "not_in_channel"),
        "restarting": errors.restarting(readers.alone),
        "too-many": errors.too_many(readers.alone),
        **{f"error-{code.value}": errors.explain(readers.alone, failure(code)) for code in Code},
        **{f"error-{reason}": errors.explain(readers.alone, unreachable(reason)) for reason in get_args(Reason)},
        **{
            f"refused-{why.name.lower()}": errors.access_denied(
                readers.alone, AccessDenied(why, ("payments", "search"))
            )
            for why in DenialReason
        },
        "refused-which-team-with-buttons": errors.access_denied(
            readers.alone,
            AccessDenied(DenialReason.WHICH_TEAM, ("payments", "search")),
            retries={team: list_again(team) for team in ("payments", "search")},
        ),
        "refused-which-team-of-many": errors.access_denied(
            readers.alone,
            AccessDenied(DenialReason.WHICH_TEAM, MANY_TEAMS),
            actions.posting_digest(readers.alone).not_done,
            retries={team: list_again(team) for team in MANY_TEAMS},
        ),
        "refused-in-no-channel": errors.access_denied(
            readers.alone,
            AccessDenied(DenialReason.NOT_A_RESPONDER, ("search",), ("C0SEARCH", "C0SEARCH2"), on_call=False),
        ),
        "refused-to-acknowledge": errors.access_denied(
            readers.alone,
            AccessDenied(DenialReason.NOT_A_RESPONDER, ("payments",)),
            actions.acknowledging(readers.alone, "69da451ef77b1b51f4000001").not_done,
        ),
        "refused-members-unread-in-direct": errors.access_denied(
            readers.alone, AccessDenied(DenialReason.MEMBERS_UNREAD)
        ),
        "refused-on-call-unread-in-direct": errors.access_denied(
            readers.alone, AccessDenied(DenialReason.ON_CALL_UNREAD)
        ),
        "refused-on-call-unread-in-no-channel": errors.access_denied(
            readers.alone, AccessDenied(DenialReason.ON_CALL_UNREAD, ("search",), ("C0SEARCH",))
        ),
        **{f"under-way-{name}": under_way.notice_message(deed.under_way) for name, deed in change.items()},
        "under-way-in-a-card": in_the_card(readers.alone),
        "error-not-acknowledged": errors.explain(readers.alone, not_acknowledged(readers.alone)),
        **{
            f"error-slow-{dependency.name.lower()}": errors.too_slow(
                readers.alone, dependency, RETRY, not_done=change["acknowledging"].not_done
            )
            for dependency in Dependency
        },
        "error-slow-bot": errors.too_slow(readers.alone, None, RETRY),
        "error-database-in-doubt": errors.database_unavailable(readers.alone, RETRY, change["covering"].in_doubt),
        "error-defect-in-doubt": errors.defect(readers.alone, "1A2B3C4D", change["acknowledging"].in_doubt),
        "restarting-in-doubt": errors.restarting(readers.alone, change["acknowledging"].in_doubt),
        "error-slack-not-acknowledged": errors.slack_refused(
            readers.alone, "missing_scope", change["acknowledging"].not_done
        ),
        "restart-in-doubt": after_a_restart.in_doubt(readers.alone, change["posting-digest"].in_doubt),
        "restart-not-done": after_a_restart.not_done(readers.alone, change["acknowledging"].not_done, RETRY),
        "restart-not-done-nor-to-repeat": after_a_restart.not_done(readers.alone, change["undoing"].not_done, None),
        "line-limited": channel_lines.line_refused(
            readers.alone, LINE, "C0PAYMENTS", code="ratelimited", retry=RETRY, is_passing=True
        ),
        "line-not-confirmed": channel_lines.line_not_confirmed(
            readers.alone, LINE, "C0PAYMENTS", retry=RETRY, may_look=True
        ),
        "line-not-confirmed-nor-found": channel_lines.line_not_confirmed(
            readers.alone, LINE, "C0PAYMENTS", retry=RETRY, may_look=False
        ),
        "line-refused": channel_lines.line_refused(
            readers.alone, LINE, "C0PAYMENTS", code="not_in_channel", retry=RETRY
        ),
        "line-told-after-all": channel_lines.line_posted(readers.alone, "C0PAYMENTS"),
        "error-database": errors.database_unavailable(readers.alone, LIST_AGAIN),
    }
