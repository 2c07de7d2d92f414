"""Every message the bot can say, in its telling states; the golden files and all checks of shape start from here."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, incident, responder, schedule, shift

from bot.digest import Digest, OnCallPart, OpenIncidents
from bot.flashduty import Code, FlashdutyError, Unreachable
from bot.flashduty.operations import INCIDENT_ACK, INCIDENT_INFO, INCIDENT_LIST, SCHEDULE_LIST
from bot.incidents import Listing
from bot.messages import acknowledgement, digest, errors, incident_card, incidents, menu, on_call, refusals
from bot.messages.buttons import ACKNOWLEDGE, Carried
from bot.on_call import hand_overs
from bot.on_call import on_call as at_instant
from bot.search import IncidentSearch, read_search
from bot.teams import Refusal, Refused

HOSTILE = "<!channel> <@U0ALICE> `rm -rf` *bold* <https://evil.example|Sign in> :tada: >quote & 支付\u202e"

TRIGGERED = incident(1, responders=[responder(ALICE, assigned=ago(minutes=11))])
LONELY = incident(
    2, incident_severity="Warning", title="支付网关超时率升高 5%", start_time=ago(hours=5), channel_name="支付"
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
    return on_call.OnCallAnswer(words, entries, PEOPLE, NOW, ("Payments primary", "Payments backup"))


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
        ACKNOWLEDGE, Carried("payments", "incident 69da451ef77b1b51f4000001", "69da451ef77b1b51f4000001")
    )
    return errors.Failure(error, "payments", "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY", retry=retry)


def unreachable(reason):
    error = Unreachable(reason, operation=INCIDENT_LIST, team="payments", is_ambiguous=False)
    retry = errors.Retry("again", Carried("payments", "incidents"))
    return errors.Failure(error, "payments", "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY", retry=retry)


def morning(*open_incidents, schedules=(PRIMARY, BOTH_ROLES, GAP), complete=True):
    until = NOW + timedelta(hours=24)
    entries = tuple(at_instant(each, NOW, NOW + timedelta(days=15)) for each in schedules)
    changes = tuple(change for each in schedules for change in hand_overs(each, NOW, until))
    snoozes = tuple(each for each in open_incidents if each.snoozed_until)
    return Digest(
        team="payments",
        key_setting="FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
        on=date(2026, 11, 24),
        as_of=NOW.astimezone(ZoneInfo("Europe/Berlin")),
        on_call=OnCallPart(entries, changes, PEOPLE),
        incidents=OpenIncidents(open_incidents, complete, snoozes, PEOPLE),
    )


SURFACES = {
    "menu": menu.menu("payments"),
    "unknown-command": menu.not_understood("incidnets", ["incidents"], "payments"),
    "unknown-command-hostile": menu.not_understood(HOSTILE * 9, [], "payments"),
    "incidents": incidents.listing(listed(TRIGGERED, LONELY, SNOOZED, RECOVERED, PROCESSING), "payments"),
    "incidents-hostile": incidents.listing(listed(NASTY, LONG, STRANGE, words=HOSTILE), "payments"),
    "incidents-page-2": incidents.listing(listed(*many(25), words="critical page:2"), "payments"),
    "incidents-incomplete": incidents.listing(listed(*many(500), complete=False), "payments"),
    "incidents-public": incidents.listing(listed(TRIGGERED, PROCESSING), "payments", is_public=True),
    "incidents-closed": incidents.listing(listed(CLOSED, words="closed since:7d since:x"), "payments"),
    "incidents-none": incidents.listing(listed(), "payments"),
    "card-triggered": incident_card.card(TRIGGERED, PEOPLE, "payments", NOW),
    "card-processing": incident_card.card(PROCESSING, PEOPLE, "payments", NOW),
    "card-closed": incident_card.card(CLOSED, PEOPLE, "payments", NOW, is_public=True),
    "card-strange": incident_card.card(STRANGE, {}, "payments", NOW),
    "card-hostile": incident_card.card(NASTY, PEOPLE, "payments", NOW),
    "card-long": incident_card.card(LONG, PEOPLE, "payments", NOW),
    "chooser": incident_card.chooser([TRIGGERED, PROCESSING], "0E83EE", PEOPLE, "payments", NOW),
    "not-found": incident_card.not_found("0E83EF", "payments"),
    "which-incident": incident_card.not_found("", "payments"),
    "acknowledged-line": acknowledgement.announced(TRIGGERED, "Alice Chen"),
    "acknowledged": acknowledgement.confirmed(TRIGGERED, "payments"),
    "already-acknowledged": acknowledgement.already(PROCESSING, PEOPLE, "payments", None),
    "already-acknowledged-here": acknowledgement.already(PROCESSING, PEOPLE, "payments", "Carol Diaz"),
    "already-closed": acknowledgement.closed(CLOSED, "payments"),
    "undone-line": acknowledgement.undo_announced(TRIGGERED, "Alice Chen"),
    "undone": acknowledgement.undone(TRIGGERED, PEOPLE, "payments"),
    "undone-still-processing": acknowledgement.undone(PROCESSING, PEOPLE, "payments"),
    "nothing-to-undo": acknowledgement.nothing_to_undo(TRIGGERED, "payments"),
    "on-call": on_call.answer(on_call_answer(PRIMARY, BOTH_ROLES, GAP, NEVER), "payments"),
    "on-call-no-match": on_call.answer(on_call_answer(words="<!here>"), "payments"),
    "on-call-no-schedule": on_call.answer(replace(on_call_answer(), known_schedules=()), "payments"),
    "on-call-many": on_call.answer(on_call_answer(*[PRIMARY] * 40), "payments", is_public=True),
    "digest": digest.digest(morning(TRIGGERED, LONELY, SNOOZED, PROCESSING)),
    "digest-quiet": digest.digest(morning(schedules=(PRIMARY,))),
    "digest-bad-day": digest.digest(morning(*many(100), NASTY, LONG, schedules=(GAP,) * 40, complete=False)),
    "digest-late": digest.digest(
        morning(*many(100), NASTY, LONG, schedules=(GAP,) * 40, complete=False), planned_for=time(9)
    ),
    "digest-acknowledged": digest.digest(morning(PROCESSING, schedules=())),
    "digest-no-schedules": digest.digest(
        replace(morning(TRIGGERED), on_call=failure(Code.ACCESS_DENIED, SCHEDULE_LIST).error)
    ),
    "digest-no-incidents": digest.digest(replace(morning(), incidents=unreachable("timed_out").error)),
    "digest-failed": digest.failed("payments", unreachable("no_connection")),
    "error-access-denied-owner": errors.explain(
        replace(failure(Code.ACCESS_DENIED, INCIDENT_ACK), key_owner="Dana Okoye")
    ),
    "error-not-found-named": errors.explain(
        replace(failure(Code.RESOURCE_NOT_FOUND, INCIDENT_INFO), looked_for="0E83EE")
    ),
    "error-rate-limit-wait": errors.explain(failure(Code.REQUEST_TOO_FREQUENTLY, retry_after=3.0)),
    "error-write-not-known": errors.write_not_known(unreachable("timed_out"), TRIGGERED.id),
    "error-too-slow": errors.too_slow(errors.Retry("again", Carried("payments", "incidents"))),
    "error-defect": errors.defect("1A2B3C4D"),
    "error-slack": errors.slack_refused("not_in_channel"),
    "restarting": errors.restarting(),
    **{f"error-{code.value}": errors.explain(failure(code)) for code in Code},
    **{
        f"error-{reason}": errors.explain(unreachable(reason))
        for reason in ("no_connection", "timed_out", "cut_off", "not_json", "too_busy")
    },
    **{f"refused-{why.name.lower()}": refusals.refused(Refused(why, ("payments", "search"))) for why in Refusal},
}

__all__ = ["HOSTILE", "SURFACES", "IncidentSearch"]
