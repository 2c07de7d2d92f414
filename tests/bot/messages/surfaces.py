"""Every message the bot can say, in its telling states; the golden files and all checks of shape start from here."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, incident, responder, schedule, shift
from surfaces_of_operators import SURFACES as OF_OPERATORS
from surfaces_of_people import SURFACES as OF_PEOPLE
from surfaces_of_presses import SURFACES as OF_PRESSES
from surfaces_of_shifts import SURFACES as OF_SHIFTS

from bot.digest.messages import digest
from bot.digest.model import Digest, OnCallPart
from bot.digest.yesterday import compare_yesterday
from bot.flashduty import Code, Figures, FlashdutyError, NoisyCheck, Person, Severity, Unreachable
from bot.flashduty.errors import Reason
from bot.flashduty.operations import INCIDENT_ACK, INCIDENT_INFO, INCIDENT_LIST, INSIGHT_TEAM, SCHEDULE_LIST
from bot.handoff.messages import package
from bot.handoff.model import HandoffPackage, Takeover, incoming_shifts
from bot.incidents.figures import DayFigures
from bot.incidents.holders import Attribution
from bot.incidents.messages import acknowledgement, card
from bot.incidents.messages import listing as incidents
from bot.incidents.model import Listing, OpenIncidents
from bot.incidents.search import IncidentSearch, read_search
from bot.messages import access, errors
from bot.messages import help as menu
from bot.messages.buttons import ACKNOWLEDGE, ButtonValue
from bot.messages.changes import actions
from bot.messages.reader import Reader
from bot.oncall.coverage import check_coverage
from bot.oncall.messages import now
from bot.oncall.schedule_changes import MAX_LOOK_AHEAD, compare_snapshots, take_snapshot
from bot.oncall.shifts import handoffs
from bot.oncall.shifts import on_call as at_instant
from bot.report import messages as report
from bot.report.model import Report, ReportDay
from bot.runtime.request_trail import Party
from bot.teams.access import AccessDenied, DenialReason, MemberStatus, SlackPerson
from handlers.routes import help_lines

HOSTILE = "<!channel> <@U0ALICE> `rm -rf` *bold* <https://evil.example|Sign in> :tada: >quote & 支付\u202e"

TRIGGERED = incident(1, responders=[responder(ALICE, assigned=ago(minutes=11))])
LONELY = incident(
    2, incident_severity="Warning", title="支付网关超时率升高 5%", start_time=ago(hours=5), channel_name="支付"
)
BOB_IN_SLACK = SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER)
PRESSED_HERE = incident(
    11,
    progress="Processing",
    ack_time=ago(minutes=2),
    responders=[
        responder(BOB, assigned=ago(minutes=9)),
        responder(ALICE, acknowledged=ago(minutes=2)),
        responder(WANG),
    ],
)
UNDONE_HERE = incident(
    12, responders=[responder(BOB, assigned=ago(minutes=9)), responder(ALICE, assigned=ago(minutes=2))]
)
PROCESSING = incident(
    3,
    incident_severity="Info",
    progress="Processing",
    title="Disk 85 % full on ledger-db-2",
    start_time=ago(days=3),
    ack_time=ago(days=2),
    responders=[responder(BOB, assigned=ago(days=3), acknowledged=ago(days=2)), responder(WANG)],
)
SNOOZED = incident(4, snoozed_before=ahead(hours=2), start_time=ago(hours=30))
RECOVERED = incident(5, end_time=ago(minutes=4), active_alert_cnt=0)
CLOSED = incident(6, progress="Closed", close_time=ago(hours=1), closer={"person_id": BOB, "person_name": "Bob Müller"})
CLOSED_BY_ITSELF = incident(12, progress="Closed", close_time=ago(hours=1))
STRANGE = incident(
    7, incident_severity="Fatal", progress="Paused", title=None, num=None, detail_url=None, alert_cnt=None
)
NASTY = incident(8, title=HOSTILE, channel_name=HOSTILE, description=HOSTILE, labels={HOSTILE: HOSTILE})
LONG = incident(
    9,
    title="数据库连接池耗尽" * 62 + "🔥" * 4,
    description="长" * 5000,
    labels={f"label{n}": "v" * 300 for n in range(60)},
)

PRIMARY = schedule(
    "Payments primary",
    shift(ago(hours=20), ahead(hours=4), ALICE),
    shift(ahead(hours=4), ahead(hours=28), BOB),
    shift(ahead(hours=28), ahead(hours=52), ALICE),
)
BOTH_ROLES = schedule(
    "Payments backup",
    {
        "start": ago(days=1),
        "end": ahead(days=20),
        "index": 0,
        "group": {
            "group_name": "",
            "name": "",
            "start": 0,
            "end": 0,
            "members": [{"role_id": 1, "person_ids": [WANG]}, {"role_id": 2, "person_ids": [CAROL, BOB]}],
        },
    },
)
GAP = schedule("Payments weekend", shift(ahead(days=2), ahead(days=3), WANG))
NEVER = schedule("Payments 长期")


def listed(*found, words="", complete=True):
    return Listing(read_search(words), found, complete, PEOPLE, NOW)


def many(count):
    return tuple(incident(n, title=f"Incident {n}", start_time=ago(minutes=n)) for n in range(1, count + 1))


def on_call_answer(*schedules, words=""):
    entries = tuple(at_instant(each, NOW, NOW + timedelta(days=15)) for each in schedules)
    return now.OnCallAnswer(words, entries, PEOPLE, NOW, ("Payments primary", "Payments backup"))


def failure(code, operation=INCIDENT_LIST, **given):
    error = FlashdutyError(
        operation=operation,
        team="payments",
        code=code,
        raw_code=code.value,
        message="Server says <no>.",
        status=400,
        request_id="01HK8XQE",
        **given,
    )
    retry = errors.Retry(
        ACKNOWLEDGE, ButtonValue("payments", "incident 69da451ef77b1b51f4000001", "69da451ef77b1b51f4000001")
    )
    return errors.FailedCall(error, "payments", "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY", retry=retry)


def unreachable(reason):
    error = Unreachable(reason, operation=INCIDENT_LIST, team="payments", is_ambiguous=False)
    retry = errors.Retry("again", ButtonValue("payments", "incidents"))
    return errors.FailedCall(error, "payments", "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY", retry=retry)


def morning(*open_incidents, schedules=(PRIMARY, BOTH_ROLES, GAP), complete=True):
    until = NOW + timedelta(hours=24)
    as_of = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    entries = tuple(at_instant(each, NOW, NOW + timedelta(days=15)) for each in schedules)
    changes = tuple(change for each in schedules for change in handoffs(each, NOW, until))
    return Digest(
        team="payments",
        key_setting="FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
        on=date(2026, 11, 24),
        as_of=as_of,
        on_call=OnCallPart(entries, changes, PEOPLE),
        incidents=OpenIncidents(open_incidents, complete, as_of, PEOPLE),
    )


def figures(days_ago=1, **given):
    """One row of the analytics, for a local day of Berlin."""
    midnight = datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Berlin")) - timedelta(days=days_ago)
    return Figures.model_validate({"ts": int(midnight.timestamp()), "hours": "work"} | given)


def compared(*rows):
    return compare_yesterday(rows, ZoneInfo("Europe/Berlin"), date(2026, 11, 24))


BAD_MONDAY = figures(
    total_incident_cnt=42,
    total_incidents_acknowledged=21,
    total_incidents_closed=30,
    total_seconds_to_ack=21 * 750,
    total_seconds_to_close=30 * 5400,
    noise_reduction_pct=81.5,
    total_alert_event_cnt=227,
)
BAD_NIGHT = figures(hours="sleep", total_incident_cnt=3, total_incidents_acknowledged=3, total_interruptions=9)
USUAL_MONDAYS = [
    figures(
        7 * week + 1,
        total_incident_cnt=10,
        total_incidents_acknowledged=9,
        total_incidents_closed=10,
        mean_seconds_to_ack=240,
        mean_seconds_to_close=3000,
        total_interruptions=5,
        noise_reduction_pct=92,
        total_alert_event_cnt=125,
    )
    for week in (1, 2, 3, 4)
]
HANDED_OVER = incident(
    10, progress="Processing", start_time=ago(hours=2), responders=[responder(ALICE, acknowledged=ago(hours=1))]
)
BACK_ON_THE_NEXT_SHIFT = incident(11, title="TLS certificate of pay.harbor.example", snoozed_before=ahead(hours=9))
CHECKS = tuple(
    NoisyCheck.model_validate({"label": name, "total_alert_cnt": count})
    for name, count in (("cpu-high", 312), ("支付延迟", 94), (HOSTILE, 1))
)


THE_WEEK_BEFORE = DayFigures(incidents=40, acknowledged=30, to_acknowledge=timedelta(minutes=90))


def week_report(before=THE_WEEK_BEFORE, *, complete=True):
    days = tuple(
        ReportDay(
            date(2026, 11, 17) + timedelta(days=n),
            {Severity.CRITICAL: n, Severity.WARNING: 2 * n, Severity.INFO: 1 if n else 0},
            DayFigures(3 * n + bool(n), 2 * n, n, timedelta(minutes=7 * n), timedelta(hours=n)),
        )
        for n in range(7)
    )
    return Report("payments", days, before, complete, is_counted=before is None)


def watched(found, *schedules, before=(), people=PEOPLE):
    """The digest with what lies ahead in these schedules, after a digest that saw `before`."""
    kept = take_snapshot(schedules, NOW, NOW + MAX_LOOK_AHEAD)
    part = replace(
        found.on_call,
        people=people,
        coverage=check_coverage(schedules, people, now=NOW, until=NOW + timedelta(days=14)),
        changes=compare_snapshots(take_snapshot(before, NOW - timedelta(days=1), NOW + timedelta(days=44)), kept)
        if before
        else None,
    )
    return replace(found, on_call=part)


def with_package(found, *schedules, noisiest=CHECKS):
    shifts = incoming_shifts(schedules, NOW, NOW + timedelta(hours=24))
    return replace(found, handoff=HandoffPackage(shifts, noisiest))


def steady(name, *people, number=1):
    """A schedule without a hole: the given people by turns, a week each."""
    turns = [shift(ahead(days=7 * turn - 3), ahead(days=7 * turn + 4), people[turn % len(people)]) for turn in range(8)]
    return schedule(name, *turns, number=number)


def quiet_day():
    rota = steady("Payments primary", ALICE, BOB)
    return replace(watched(morning(schedules=(rota,)), rota, before=(rota,)), yesterday=compared())


def bad_day():
    lent = schedule(
        "Payments primary",
        shift(ago(days=3), ahead(days=3), ALICE),
        shift(ahead(days=4), ahead(days=60), CAROL),
        number=1,
    )
    twice = schedule("Payments 备用", shift(ago(days=3), ahead(days=2), ALICE), number=2)
    left = {WANG: Person.model_validate({"person_id": WANG, "person_name": "王小明", "status": "deleted"})}
    weekend = schedule("Payments weekend", shift(ago(days=1), ahead(days=60), WANG), number=4)
    schedule_cache = (lent, twice, weekend)
    before = (steady("Payments primary", ALICE, BOB), twice, steady("Payments night", CAROL, number=3))
    found = watched(
        morning(*many(100), SNOOZED, PROCESSING, NASTY, LONG, schedules=schedule_cache, complete=False),
        *schedule_cache,
        before=before,
        people={**PEOPLE, **left},
    )
    return replace(found, yesterday=compared(BAD_MONDAY, BAD_NIGHT, *USUAL_MONDAYS))


def hand_over_day():
    found = morning(TRIGGERED, HANDED_OVER, BACK_ON_THE_NEXT_SHIFT, schedules=(PRIMARY, BOTH_ROLES))
    return with_package(watched(found, steady("Payments primary", ALICE, BOB)), PRIMARY, BOTH_ROLES)


def many_schedules():
    schedule_cache = tuple(steady(f"Rota {n:02d}", ALICE, BOB, CAROL, number=n) for n in range(1, 41))
    found = morning(*many(500), schedules=schedule_cache)
    return with_package(
        watched(found, *schedule_cache, before=(steady("Old", BOB, number=99), *schedule_cache[:20])), PRIMARY
    )


def chinese():
    rota = schedule("支付主值班", shift(ago(days=1), ahead(hours=5), WANG), shift(ahead(hours=5), ahead(days=20), LI))
    people = {
        WANG: PEOPLE[WANG],
        LI: Person.model_validate({"person_id": LI, "person_name": "李娜", "status": "pending"}),
    }
    found = morning(LONELY, schedules=(rota,))
    return with_package(watched(found, rota, people=people), rota, noisiest=CHECKS[1:2])


LI = 7008
TAKEN = Takeover(SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER), NOW)

SURFACES = {
    "menu": menu.menu("payments", help_lines()),
    "unknown-command": menu.not_understood("incidnets", ["incidents"], "payments", help_lines()),
    "unknown-command-hostile": menu.not_understood(HOSTILE * 9, [], "payments", help_lines()),
    "incidents": incidents.listing(listed(TRIGGERED, LONELY, SNOOZED, RECOVERED, PROCESSING), "payments"),
    "incidents-looking": incidents.listing(listed(TRIGGERED, PROCESSING), "payments", may_act=False),
    "incidents-hostile": incidents.listing(listed(NASTY, LONG, STRANGE, words=HOSTILE), "payments"),
    "incidents-page-2": incidents.listing(listed(*many(25), words="critical page:2"), "payments"),
    "incidents-incomplete": incidents.listing(listed(*many(500), complete=False), "payments"),
    "incidents-public": incidents.listing(listed(TRIGGERED, PROCESSING), "payments", is_public=True),
    "incidents-closed": incidents.listing(listed(CLOSED, words="closed since:7d since:x"), "payments"),
    "incidents-closed-quietly": incidents.listing(listed(CLOSED_BY_ITSELF, words="closed"), "payments"),
    "incidents-none": incidents.listing(listed(), "payments"),
    "incidents-none-with-words": incidents.listing(listed(words="zzz"), "payments"),
    "incidents-none-misspelt": incidents.listing(listed(words="critcal sinse:7d ledger"), "payments"),
    "incidents-none-filtered": incidents.listing(listed(words="critical since:7d"), "payments", is_public=True),
    "incidents-none-closed": incidents.listing(listed(words="closed"), "payments"),
    "incidents-none-closed-with-words": incidents.listing(listed(words="closed zzz"), "payments"),
    "incidents-none-hostile": incidents.listing(listed(words=f"critical sinse:7d {HOSTILE}"), "payments"),
    "card-triggered": card.card(TRIGGERED, PEOPLE, "payments", NOW),
    "card-looking": card.card(TRIGGERED, PEOPLE, "payments", NOW, may_act=False),
    "card-processing": card.card(PROCESSING, PEOPLE, "payments", NOW),
    "card-pressed-here": card.card(
        PRESSED_HERE, PEOPLE, "payments", NOW, known=Attribution(BOB_IN_SLACK, presser_id=BOB, owner_id=ALICE)
    ),
    "card-undone-here": card.card(
        UNDONE_HERE, PEOPLE, "payments", NOW, known=Attribution(owner_id=ALICE, put_there_at=NOW)
    ),
    "card-closed": card.card(CLOSED, PEOPLE, "payments", NOW, is_public=True),
    "card-strange": card.card(STRANGE, {}, "payments", NOW),
    "card-hostile": card.card(NASTY, PEOPLE, "payments", NOW),
    "card-long": card.card(LONG, PEOPLE, "payments", NOW),
    "chooser": card.chooser([TRIGGERED, PROCESSING], "0E83EE", PEOPLE, "payments", NOW),
    "chooser-many": card.chooser(many(13), "0E83EE", PEOPLE, "payments", NOW),
    "not-found": card.not_found("0E83EF", "payments"),
    "which-incident": card.not_found("", "payments"),
    "acknowledged-line": acknowledgement.announced(TRIGGERED, "Alice Chen"),
    "acknowledged": acknowledgement.confirmed(TRIGGERED, "payments"),
    "already-acknowledged": acknowledgement.already(PROCESSING, PEOPLE, "payments", None),
    "already-acknowledged-here": acknowledgement.already(PROCESSING, PEOPLE, "payments", "Carol Diaz"),
    "already-closed": acknowledgement.closed(CLOSED, "payments"),
    "acknowledged-unread": acknowledgement.confirmed(TRIGGERED, "payments", is_known=False),
    "undone-unread": acknowledgement.undone_unread(PROCESSING, "payments"),
    "not-yours": acknowledgement.not_yours(PROCESSING, PEOPLE, "payments", None),
    "not-yours-here": acknowledgement.not_yours(PROCESSING, PEOPLE, "payments", "Carol Diaz"),
    "undone-line": acknowledgement.undo_announced(TRIGGERED, "Alice Chen"),
    "undone": acknowledgement.undone(TRIGGERED, PEOPLE, "payments"),
    "undone-still-processing": acknowledgement.undone(PROCESSING, PEOPLE, "payments"),
    "nothing-to-undo": acknowledgement.nothing_to_undo(TRIGGERED, "payments"),
    "on-call": now.answer(on_call_answer(PRIMARY, BOTH_ROLES, GAP, NEVER), "payments"),
    "on-call-no-match": now.answer(on_call_answer(words="<!here>"), "payments"),
    "on-call-no-schedule": now.answer(replace(on_call_answer(), known_schedules=()), "payments"),
    "on-call-may-be-more": now.answer(replace(on_call_answer(PRIMARY), may_be_more=True), "payments"),
    "on-call-many": now.answer(on_call_answer(*[PRIMARY] * 40), "payments", is_public=True),
    "digest": digest.digest(morning(TRIGGERED, LONELY, SNOOZED, PROCESSING)),
    "digest-quiet-day": digest.digest(quiet_day()),
    "digest-bad-day": digest.digest(bad_day()),
    "digest-bad-day-private": digest.digest(bad_day(), has_thread=False, reader=Reader(may_act=True)),
    "digest-bad-day-looking": digest.digest(bad_day(), has_thread=False, reader=Reader(may_act=False)),
    "digest-hand-over-day-own-shift": digest.digest(
        hand_over_day(), reader=Reader(may_act=False, person_ids=frozenset({BOB}))
    ),
    **{f"digest-bad-day-thread-{n}": each for n, each in enumerate(digest.posting(bad_day()).thread, 1)},
    "digest-hand-over-day": digest.digest(hand_over_day()),
    "digest-late": digest.posting(quiet_day(), planned_for=NOW - timedelta(minutes=40)).first,
    "digest-without-analytics": digest.digest(
        replace(quiet_day(), yesterday=failure(Code.ACCESS_DENIED, INSIGHT_TEAM).error, is_weekly_turn=True)
    ),
    "digest-without-licence": digest.digest(
        replace(quiet_day(), yesterday=failure(Code.NO_LICENSE, INSIGHT_TEAM).error, is_weekly_turn=True)
    ),
    "digest-figures-failed": digest.digest(replace(quiet_day(), yesterday=unreachable("timed_out").error)),
    "digest-40-schedules": digest.digest(many_schedules()),
    **{f"digest-40-schedules-thread-{n}": each for n, each in enumerate(digest.posting(many_schedules()).thread, 1)},
    "report": report.report(week_report(), date(2026, 11, 24)),
    "report-private": report.report(week_report(), date(2026, 11, 24), may_post=True),
    "report-by-hand": report.report(week_report(), date(2026, 11, 24), asked_by=HOSTILE),
    "report-without-analytics": report.report(week_report(None, complete=False), date(2026, 11, 24)),
    "digest-chinese-names": digest.digest(chinese()),
    "taken-over": package.taken_over("Payments primary", NOW + timedelta(hours=4), TAKEN),
    "already-taken-over": package.already_taken(HOSTILE, TAKEN),
    "already-taken-over-by-oneself": package.already_taken(HOSTILE, TAKEN, is_yours=True),
    "digest-acknowledged": digest.digest(morning(PROCESSING, schedules=())),
    "digest-no-schedules": digest.digest(
        replace(morning(TRIGGERED), on_call=failure(Code.ACCESS_DENIED, SCHEDULE_LIST).error)
    ),
    "digest-no-incidents": digest.digest(replace(morning(), incidents=unreachable("timed_out").error)),
    "digest-failed": digest.failed("payments", unreachable("no_connection")),
    **OF_PEOPLE,
    **OF_PRESSES,
    **OF_SHIFTS,
    **OF_OPERATORS,
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
    "error-too-slow": errors.too_slow(Party.SLACK, errors.Retry("again", ButtonValue("payments", "incidents"))),
    "error-defect": errors.defect("1A2B3C4D"),
    "error-slack": errors.slack_refused("not_in_channel"),
    "restarting": errors.restarting(),
    "too-many": errors.too_many(),
    **{f"error-{code.value}": errors.explain(failure(code)) for code in Code},
    **{f"error-{reason}": errors.explain(unreachable(reason)) for reason in get_args(Reason)},
    **{
        f"refused-{why.name.lower()}": access.refused(AccessDenied(why, ("payments", "search"))) for why in DenialReason
    },
    "refused-in-no-channel": access.refused(
        AccessDenied(DenialReason.NOT_A_RESPONDER, ("search",), ("C0SEARCH", "C0SEARCH2"), on_call=False)
    ),
    "refused-to-acknowledge": access.refused(
        AccessDenied(DenialReason.NOT_A_RESPONDER, ("payments",)),
        actions.acknowledging("69da451ef77b1b51f4000001").not_done,
    ),
    "refused-members-unread-in-direct": access.refused(AccessDenied(DenialReason.MEMBERS_UNREAD)),
    "refused-on-call-unread-in-direct": access.refused(AccessDenied(DenialReason.ON_CALL_UNREAD)),
    "refused-on-call-unread-in-no-channel": access.refused(
        AccessDenied(DenialReason.ON_CALL_UNREAD, ("search",), ("C0SEARCH",))
    ),
}

__all__ = ["HOSTILE", "SURFACES", "IncidentSearch"]
