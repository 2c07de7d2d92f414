"""What is said while something is being changed, when that is not certain, and about a line for the channel."""

from recorded import NOW, PEOPLE, incident

from bot.digest.messages import on_demand
from bot.flashduty import Code, FlashdutyError
from bot.flashduty.operations import INCIDENT_ACK
from bot.incidents.messages.card import card
from bot.incidents.messages.listing import acknowledge_control
from bot.messages import errors
from bot.messages.buttons import ButtonValue
from bot.messages.changes import actions, channel_lines, under_way
from bot.messages.text import Mrkdwn
from bot.runtime.request_trail import Party

HOSTILE = "<!channel> *bold* `x` <https://evil.example|Sign in>"
INCIDENT = incident(1)
CARRIED = ButtonValue("payments", "incident 0E83EE", INCIDENT.id)
LINE = Mrkdwn("the line about #0E83EE")
RETRY = errors.Retry("acknowledge", CARRIED)
DEEDS = {
    "acknowledging": actions.acknowledging(INCIDENT.id),
    "acknowledging-what-is-no-incident": actions.acknowledging(HOSTILE),
    "undoing": actions.undoing(INCIDENT.id),
    "telling": actions.telling(INCIDENT.id),
    "covering": actions.covering(HOSTILE),
    "deciding": actions.deciding(HOSTILE),
    "posting-digest": actions.posting_digest(),
    "posting-report": actions.posting_report(),
}
FAILURE = errors.FailedCall(
    FlashdutyError(operation=INCIDENT_ACK, team="payments", code=Code.INTERNAL_ERROR, request_id="01REQUEST"),
    "payments",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
    retry=RETRY,
    not_done=actions.acknowledging(INCIDENT.id).not_done,
)
WHOLE_CARD = card(INCIDENT, PEOPLE, "payments", NOW)


def in_the_card():
    button = acknowledge_control(INCIDENT, CARRIED)
    shown = next(
        one
        for block in WHOLE_CARD.blocks
        for one in getattr(block, "elements", None) or ()
        if getattr(one, "action_id", "") == button.action_id
    )
    return under_way.in_place_of(WHOLE_CARD, shown.action_id, shown.value, DEEDS["acknowledging"].under_way)


SURFACES = {
    **{f"under-way-{name}": under_way.in_a_line(deed.under_way) for name, deed in DEEDS.items()},
    "under-way-in-a-card": in_the_card(),
    "error-not-acknowledged": errors.explain(FAILURE),
    **{
        f"error-slow-{party.name.lower()}": errors.too_slow(party, RETRY, DEEDS["acknowledging"].not_done)
        for party in Party
    },
    "error-slow-bot": errors.too_slow(None, RETRY),
    "error-database": errors.database_unavailable(RETRY),
    "error-database-in-doubt": errors.database_unavailable(RETRY, DEEDS["covering"].in_doubt),
    "error-defect-in-doubt": errors.defect("1A2B3C4D", DEEDS["acknowledging"].in_doubt),
    "restarting-in-doubt": errors.restarting(DEEDS["acknowledging"].in_doubt),
    "error-slack-not-acknowledged": errors.slack_refused("missing_scope", DEEDS["acknowledging"].not_done),
    "line-limited": channel_lines.not_told(LINE, "C0PAYMENTS", "ratelimited", RETRY, is_passing=True),
    "line-not-confirmed": channel_lines.not_confirmed(LINE, "C0PAYMENTS", RETRY, may_look=True),
    "line-not-confirmed-nor-found": channel_lines.not_confirmed(LINE, "C0PAYMENTS", RETRY, may_look=False),
    "line-refused": channel_lines.not_told(LINE, "C0PAYMENTS", "not_in_channel", RETRY),
    "line-told-after-all": channel_lines.told_now("C0PAYMENTS"),
    "digest-by-hand-not-confirmed": on_demand.not_confirmed_by_hand("C0PAYMENTS", CARRIED),
    "report-by-hand-not-confirmed": on_demand.not_confirmed_by_hand("C0PAYMENTS", CARRIED, is_week=True),
    "report-by-hand-failed": on_demand.not_posted_by_hand("C0PAYMENTS", CARRIED, "is_archived", is_week=True),
}
