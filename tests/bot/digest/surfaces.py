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
        "digest": digest.digest(readers.everybody, morning(TRIGGERED, LONELY, SNOOZED, PROCESSING)),
        "digest-quiet-day": digest.digest(readers.everybody, quiet_day()),
        "digest-bad-day": digest.digest(readers.everybody, bad_day()),
        "digest-bad-day-private": digest.digest(readers.alone, bad_day(), has_thread=False),
        "digest-bad-day-looking": digest.digest(readers.looking, bad_day(), has_thread=False),
        "digest-hand-over-day-own-shift": digest.digest(
            replace(readers.looking, person_ids=frozenset({BOB})), hand_over_day()
        ),
        **{
            f"digest-bad-day-thread-{n}": each
            for n, each in enumerate(digest.posted_digest(readers.everybody, bad_day()).thread, 1)
        },
        "digest-hand-over-day": digest.digest(readers.everybody, hand_over_day()),
        "digest-late": digest.posted_digest(
            readers.everybody, quiet_day(), planned_for=NOW - timedelta(minutes=40)
        ).first,
        "digest-without-analytics": digest.digest(
            readers.everybody,
            replace(quiet_day(), yesterday=failure(Code.ACCESS_DENIED, INSIGHT_TEAM).error, is_weekly_turn=True),
        ),
        "digest-without-licence": digest.digest(
            readers.everybody,
            replace(quiet_day(), yesterday=failure(Code.NO_LICENSE, INSIGHT_TEAM).error, is_weekly_turn=True),
        ),
        "digest-figures-failed": digest.digest(
            readers.everybody, replace(quiet_day(), yesterday=unreachable("timed_out").error)
        ),
        "digest-40-schedules": digest.digest(readers.everybody, many_schedules()),
        **{
            f"digest-40-schedules-thread-{n}": each
            for n, each in enumerate(digest.posted_digest(readers.everybody, many_schedules()).thread, 1)
        },
        "digest-chinese-names": digest.digest(readers.everybody, chinese()),
        "digest-acknowledged": digest.digest(readers.everybody, morning(PROCESSING, schedules=())),
        "digest-no-schedules": digest.digest(
            readers.everybody, replace(morning(TRIGGERED), on_call=failure(Code.ACCESS_DENIED, SCHEDULE_LIST).error)
        ),
        "digest-no-incidents": digest.digest(
            readers.everybody, replace(morning(), incidents=unreachable("timed_out").error)
        ),
        "digest-failed": digest.digest_failed(readers.alone, "payments", unreachable("no_connection")),
        "digest-by-hand-not-confirmed": on_demand.not_confirmed_on_demand(readers.alone, "C0PAYMENTS", CARD),
        "report-by-hand-not-confirmed": on_demand.not_confirmed_on_demand(
            readers.alone, "C0PAYMENTS", CARD, is_week=True
        ),
        "report-by-hand-failed": on_demand.not_posted_on_demand(
            readers.alone, "C0PAYMENTS", CARD, code="is_archived", is_week=True
        ),
        "digest-by-hand": on_demand.posted_on_demand(readers.alone, "C0PAYMENTS"),
        "digest-by-hand-week": on_demand.posted_on_demand(readers.alone, "C0PAYMENTS", is_week=True),
        "digest-by-hand-failed": on_demand.not_posted_on_demand(
            readers.alone,
            "C0PAYMENTS",
            ViewValue(team="payments", view=PostedDigest(), occasion="2026-11-24T07:30Z"),
            code="not_in_channel",
        ),
        "digest-by-hand-nowhere": on_demand.no_digest_channel(readers.alone, "payments"),
        "digest-not-understood": on_demand.unknown_digest_words(readers.alone, HOSTILE_NAME, "payments"),
    }
