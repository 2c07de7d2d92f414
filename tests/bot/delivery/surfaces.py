"""Surfaces of what the people who run the bot hear."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.delivery import alert_messages, card_alert_messages
from bot.delivery.database.database_messages import database_away, database_back
from bot.delivery.model import (
    NO_ADDRESS,
    NO_RESPONDER,
    NO_SUCH_MEMBER,
    NOT_VERIFIED,
    Cause,
    DeliveryFailure,
    ResponderProblem,
)
from bot.storage.postings import PostingKey, PostingKind
from tests.bot.samples import HOSTILE, HOSTILE_NAME
from tests.bot.samples import TRIGGERED as CARD

TUESDAY = date(2026, 11, 24)


def failure(kind, why, *, channel="C0PAYMENTS", final=False, who=""):
    return DeliveryFailure(
        team="payments",
        kind=kind,
        local_date=TUESDAY,
        channel=channel,
        why=why,
        attempts=3,
        is_final=final,
        person_id=7002 if who else None,
        person_name=who,
    )


SINCE = datetime(2026, 11, 24, 7, 58, tzinfo=UTC)

WHY = "ReadOnlySQLTransactionError: cannot execute UPDATE in a read-only transaction"

MANY_POSTINGS = [
    PostingKey(f"team{number}", kind, TUESDAY)
    for number in range(4)
    for kind in (PostingKind.DIGEST, PostingKind.SHIFT_NOTICE)
]


def surfaces(readers):
    """Draw each of them, under its name."""

    def not_posted(kind, why, **more):
        return alert_messages.not_posted(readers.alone, failure(kind, why, **more))

    def cured(kind, why, **more):
        return alert_messages.resolved(readers.alone, Cause.of(failure(kind, why, **more)), SINCE)

    def of_card(why, **more):
        return card_alert_messages.alert(readers.alone, failure(PostingKind.CARD, why, **more))

    def unposted_card(title):
        last = failure(PostingKind.CARD, "chat.postMessage: ratelimited", final=True)
        return card_alert_messages.alert(readers.alone, replace(last, incident_id=CARD.id, incident_title=title))

    return {
        "admins-card-archived": of_card("chat.update: is_inactive"),
        "admins-card-removed": of_card("chat.postMessage: not_in_channel"),
        "admins-card-restricted": of_card("chat.postMessage: restricted_action"),
        "admins-card-token": of_card("chat.update: token_revoked"),
        "admins-card-deleted": of_card("chat.update: message_not_found"),
        "admins-card-too-late": of_card("chat.update: edit_window_closed"),
        "admins-card-final": unposted_card(CARD.title),
        "admins-card-final-hostile": unposted_card(HOSTILE),
        "admins-card-final-long": unposted_card("长" * 400),
        "admins-card-final-nameless": unposted_card(""),
        "admins-card-final-unknown": of_card("chat.postMessage: TimeoutError", final=True, channel=None),
        "admins-webhooks": alert_messages.webhook_unreadable(readers.alone, "payments"),
        "admins-archived": not_posted(PostingKind.DIGEST, "chat.postMessage: is_archived"),
        "admins-removed": not_posted(PostingKind.REPORT, "chat.postMessage: not_in_channel"),
        "admins-chart": not_posted(PostingKind.CHART, "files.completeUploadExternal: is_archived"),
        "admins-final": not_posted(PostingKind.DIGEST, "chat.postMessage: TimeoutError", final=True),
        "admins-shift": not_posted(PostingKind.SHIFT_NOTICE, "chat.postMessage: channel_not_found"),
        "admins-reminder": not_posted(PostingKind.REMINDER, "conversations.open: missing_scope", channel=None),
        "admins-mention": not_posted(PostingKind.CARD_MENTION, "chat.postMessage: user_not_found", final=True),
        "admins-nobody": not_posted(PostingKind.REMINDER, NO_SUCH_MEMBER, channel=None, who=HOSTILE_NAME),
        "admins-on-call-nobody": not_posted(ResponderProblem.ON_CALL, NO_SUCH_MEMBER, channel=None, who=HOSTILE_NAME),
        "admins-on-call-no-address": not_posted(ResponderProblem.ON_CALL, NO_ADDRESS, channel=None, who="Bob Müller"),
        "admins-on-call-not-verified": not_posted(
            ResponderProblem.ON_CALL, NOT_VERIFIED, channel=None, who="Bob Müller"
        ),
        "admins-on-call-no-responder": not_posted(
            ResponderProblem.ON_CALL, NO_RESPONDER, channel=None, who=HOSTILE_NAME
        ),
        "admins-on-call-soon": not_posted(
            ResponderProblem.SOON_ON_CALL, NO_SUCH_MEMBER, channel=None, who=HOSTILE_NAME
        ),
        "admins-no-channel": not_posted(PostingKind.DIGEST, "/incident/list: InternalError", channel=None),
        "admins-somebody": not_posted(ResponderProblem.ON_CALL, NO_ADDRESS, channel=None),
        "admins-other": not_posted(PostingKind.USER_GROUP, "chat.postMessage: is_archived"),
        "admins-never-begun": alert_messages.never_started(
            readers.alone,
            [PostingKey("payments", PostingKind.DIGEST, TUESDAY), PostingKey("search", PostingKind.REPORT, TUESDAY)],
        ),
        "admins-never-begun-many": alert_messages.never_started(readers.alone, MANY_POSTINGS + MANY_POSTINGS),
        "admins-cured-channel": cured(PostingKind.DIGEST, "chat.postMessage: is_archived"),
        "admins-cured-person": cured(PostingKind.REMINDER, NO_SUCH_MEMBER, who=HOSTILE_NAME),
        "admins-cured-on-call": cured(ResponderProblem.ON_CALL, NO_SUCH_MEMBER, channel=None, who="Bob Müller"),
        "admins-cured-report": cured(PostingKind.REPORT, "/insight/team: InternalError", channel=None),
        "admins-cured-notices": cured(PostingKind.SHIFT_NOTICE, "x: missing_scope", channel=None),
        "database-away": database_away(readers.alone, SINCE, WHY, waiting=()),
        "database-away-with-a-digest": database_away(
            readers.alone, SINCE, HOSTILE_NAME, waiting=[PostingKey("payments", PostingKind.DIGEST, TUESDAY)]
        ),
        "database-away-with-many": database_away(readers.alone, SINCE, WHY, waiting=MANY_POSTINGS),
        "database-back": database_back(readers.alone, SINCE),
    }
