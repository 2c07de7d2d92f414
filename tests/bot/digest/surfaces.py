"""Surfaces of the digest, and of posting it on demand."""

from dataclasses import replace
from datetime import timedelta

from bot.digest.messages import digest, on_demand
from bot.flashduty import Code
from bot.flashduty.api.analytics import INSIGHT_TEAM
from bot.flashduty.api.schedules import SCHEDULE_LIST
from bot.messages.views import PostedDigest, ViewValue
from tests.bot.digest.days import bad_day, chinese, hand_over_day, many_schedules, morning, quiet_day
from tests.bot.recorded import BOB, NOW
from tests.bot.samples import (
    CARD,
    HOSTILE_NAME,
    LONELY,
    PROCESSING,
    SNOOZED,
    TRIGGERED,
    failure,
    unreachable,
)


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "digest": digest.digest(morning(TRIGGERED, LONELY, SNOOZED, PROCESSING), readers.everybody),
        "digest-quiet-day": digest.digest(quiet_day(), readers.everybody),
        "digest-bad-day": digest.digest(bad_day(), readers.everybody),
        "digest-bad-day-private": digest.digest(bad_day(), readers.alone, has_thread=False),
        "digest-bad-day-looking": digest.digest(bad_day(), readers.looking, has_thread=False),
        "digest-hand-over-day-own-shift": digest.digest(
            hand_over_day(), replace(readers.looking, person_ids=frozenset({BOB}))
        ),
        **{
            f"digest-bad-day-thread-{n}": each
            for n, each in enumerate(digest.posted_digest(bad_day(), readers.everybody).thread, 1)
        },
        "digest-hand-over-day": digest.digest(hand_over_day(), readers.everybody),
        "digest-late": digest.posted_digest(
            quiet_day(), readers.everybody, planned_for=NOW - timedelta(minutes=40)
        ).first,
        "digest-without-analytics": digest.digest(
            replace(quiet_day(), yesterday=failure(Code.ACCESS_DENIED, INSIGHT_TEAM).error, is_weekly_turn=True),
            readers.everybody,
        ),
        "digest-without-licence": digest.digest(
            replace(quiet_day(), yesterday=failure(Code.NO_LICENSE, INSIGHT_TEAM).error, is_weekly_turn=True),
            readers.everybody,
        ),
        "digest-figures-failed": digest.digest(
            replace(quiet_day(), yesterday=unreachable("timed_out").error), readers.everybody
        ),
        "digest-40-schedules": digest.digest(many_schedules(), readers.everybody),
        **{
            f"digest-40-schedules-thread-{n}": each
            for n, each in enumerate(digest.posted_digest(many_schedules(), readers.everybody).thread, 1)
        },
        "digest-chinese-names": digest.digest(chinese(), readers.everybody),
        "digest-acknowledged": digest.digest(morning(PROCESSING, schedules=()), readers.everybody),
        "digest-no-schedules": digest.digest(
            replace(morning(TRIGGERED), on_call=failure(Code.ACCESS_DENIED, SCHEDULE_LIST).error), readers.everybody
        ),
        "digest-no-incidents": digest.digest(
            replace(morning(), incidents=unreachable("timed_out").error), readers.everybody
        ),
        "digest-failed": digest.digest_failed("payments", unreachable("no_connection")),
        "digest-by-hand-not-confirmed": on_demand.not_confirmed_on_demand("C0PAYMENTS", CARD),
        "report-by-hand-not-confirmed": on_demand.not_confirmed_on_demand("C0PAYMENTS", CARD, is_week=True),
        "report-by-hand-failed": on_demand.not_posted_on_demand("C0PAYMENTS", CARD, "is_archived", is_week=True),
        "digest-by-hand": on_demand.posted_on_demand("C0PAYMENTS"),
        "digest-by-hand-week": on_demand.posted_on_demand("C0PAYMENTS", is_week=True),
        "digest-by-hand-failed": on_demand.not_posted_on_demand(
            "C0PAYMENTS",
            ViewValue(team="payments", view=PostedDigest(), occasion="2026-11-24T07:30Z"),
            "not_in_channel",
        ),
        "digest-by-hand-nowhere": on_demand.no_digest_channel("payments"),
        "digest-not-understood": on_demand.unknown_digest_words(HOSTILE_NAME, "payments"),
    }
