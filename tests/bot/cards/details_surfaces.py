"""Surfaces of Details: everything about one incident."""

from dataclasses import replace

from bot.cards.details.model import DetailsContents, SimilarIncidents, ToldTimeline
from bot.cards.messages.details.details import incident_details, later_page
from bot.cards.timeline.told import Cast, Told
from bot.flashduty import AlertPage, Code, FlashdutyError, Unreachable
from bot.flashduty.api.incidents import INCIDENT_ALERT_LIST
from bot.flashduty.api.timeline import INCIDENT_FEED, PAST_LIST
from bot.flashduty.models.incidents import PastIncident
from bot.flashduty.models.timeline import TimelineEntry
from bot.incidents.holders import Attribution
from bot.incidents.messages.actions.values import DetailsValue
from bot.people.directory import PartialPeople
from tests.bot.cards.entries import RULE, entry, failed_page, wire
from tests.bot.incidents.surfaces import BOB_IN_SLACK, PRESSED_HERE
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, incident, incident_record, responder
from tests.bot.samples import HOSTILE, LONG, NASTY, TRIGGERED

HELD = incident(
    51,
    title="Checkout: payments fail with 502 since the deploy",
    progress="Processing",
    start_time=ago(minutes=48),
    ack_time=ago(minutes=38),
    responders=[responder(CAROL, assigned=ago(minutes=40), acknowledged=ago(minutes=38)), responder(BOB)],
)


def notice(way, *people, ago, chats=()):
    """A notification that arrived."""
    made = wire("i_notify", by=0, ago=ago)
    persons, rooms = [{"person_id": one} for one in people], [{"chat_name": one} for one in chats]
    detail = {**RULE, "layer_idx": 0, "by": way, "persons": persons, "chats": rooms}
    return TimelineEntry.model_validate(made | {"detail": detail})


STORY = (
    entry("i_new", by=0, ago=2_880),
    notice("voice", BOB, CAROL, ago=2_870),
    failed_page("sms", "空号", BOB, ago=2_869),
    notice("feishu", ago=2_868, chats=["Payments war room"]),
    entry("a_merge", by=0, ago=2_800),
    entry("a_merge", by=0, ago=2_790),
    entry("i_assign", by=0, ago=2_400, type="escalate", layer_idx=1, to=[CAROL], **RULE),
    notice("voice", CAROL, ago=2_399),
    entry("i_ack", by=CAROL, ago=2_280),
    entry("i_comm", by=CAROL, ago=2_000, comment="The gateway answers 502 since the deploy of 07:40."),
    entry("i_comm", by=ALICE, ago=1_000, comment=r"王小明 in Slack: pool exhausted\, see [graph\]"),
    entry("i_custom", by=CAROL, ago=900, integration_name="Roll back checkout"),
    entry("i_snooze", by=ALICE, ago=300, minutes=60),
    entry("i_comm", by=ALICE, ago=299, comment="Snoozed from Slack by 王小明"),
    entry("i_of_tomorrow", by=0, ago=100),
)


def alert(number, *, title="", over=False, **labels):
    return {
        "alert_id": f"a{number}",
        "title": title or f"CPU usage high on web-{number:02d}",
        "alert_severity": "Critical",
        "alert_status": "Ok" if over else "Critical",
        "start_time": ago(minutes=48 - number),
        "end_time": ago(minutes=20) if over else 0,
        "labels": {"service": "checkout", "region": "eu-central-1", "runbook": "https://wiki.example.com/5xx"} | labels,
    }


def alert_page(*alerts, total=None):
    return AlertPage.model_validate({"items": list(alerts), "total": total or len(alerts)})


ALERTS = alert_page(
    alert(1, host="gateway-1"), alert(2, host="gateway-2", pod="gw-7f"), alert(3, over=True, host="gateway-3")
)
MANY = alert_page(
    *(alert(n, title="长" * 500, **{f"l{i}": f"{n}" * 300 for i in range(20)}) for n in range(1, 30)), total=2_000
)


def past(number, **given):
    record = incident_record(
        number, title="Checkout: payments fail with 502", progress="Closed", start_time=ago(days=9), **given
    )
    return PastIncident.model_validate(record | {"score": 0.9})


PAST = (
    past(61, close_time=ago(days=9, minutes=-50), closer={"person_id": BOB, "person_name": "Bob Müller"}),
    past(
        62,
        close_time=ago(days=9, minutes=-30),
        resolution="Rolled back the deploy:\n\nkubectl rollout undo deploy/checkout",
        root_cause="The pool of connections was halved in the chart.",
    ),
)


def failed(operation, code):
    """A refusal of Flashduty."""
    return FlashdutyError(operation=operation, team="payments", code=code, raw_code=code.value, request_id="9f3c")


def told(*entries):
    """Entries as they are told: what was written in Slack, and who pressed for the snooze."""
    return tuple(
        Told(
            entry=one,
            is_written_here="Slack" in (one.comment or ""),
            pressed_by="王小明" if one.type == "i_snooze" else "",
        )
        for one in entries
    )


def details_surfaces(readers):
    """Draw each of them, under its name."""

    def contents(shown, story=STORY, *, alerts=ALERTS, similar=PAST, known=None, people=PEOPLE):
        cast = Cast(people=people, incident_id=shown.id)
        timeline = ToldTimeline(told=told(*story), cast=cast) if story is not None else None
        return DetailsContents(
            incident=shown,
            as_of=NOW,
            key_setting="FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
            people=people,
            known=known or Attribution(),
            timeline=timeline,
            alerts=alerts,
            similar=SimilarIncidents(found=tuple(similar)) if similar is not None else None,
        )

    def shown(of, **place):
        value = DetailsValue(team="payments", incident_id=of.incident.id, **place)
        return incident_details(readers.alone, of, value)

    def page(skip, **more):
        of = contents(HELD)
        timeline = ToldTimeline(told=told(*STORY * 4), cast=Cast(people=PEOPLE), **more)
        value = DetailsValue(team="payments", incident_id=HELD.id, until=int(NOW.timestamp() * 1000), skip=skip)
        return later_page(readers.alone, of, timeline, place=value)

    loading = contents(HELD, None, alerts=None, similar=None)
    silence = Unreachable("timed_out", operation=PAST_LIST, team="payments", is_ambiguous=False)
    refused = failed(INCIDENT_FEED, Code.ACCESS_DENIED)
    busy = failed(INCIDENT_ALERT_LIST, Code.INTERNAL_ERROR)
    return {
        "details": shown(contents(HELD)),
        "details-pressed-here": shown(
            contents(PRESSED_HERE, known=Attribution(BOB_IN_SLACK, presser_id=BOB, owner_id=ALICE))
        ),
        "details-loading": shown(loading),
        "details-half": shown(replace(loading, alerts=ALERTS, timeline=refused)),
        "details-unread": shown(replace(loading, timeline=refused, alerts=busy, similar=silence)),
        "details-silent": shown(loading.without(silence)),
        "details-empty": shown(contents(TRIGGERED, (), alerts=AlertPage.empty(), similar=())),
        "details-nameless": shown(contents(HELD, people=PartialPeople())),
        "details-hostile": shown(
            contents(
                NASTY,
                [
                    entry("i_comm", comment=HOSTILE),
                    entry(HOSTILE, by=WANG),
                    entry("i_wi_updated", title=HOSTILE),
                    failed_page(HOSTILE, HOSTILE, BOB),
                    notice(HOSTILE, ago=3, chats=[HOSTILE]),
                ],
                alerts=alert_page(alert(1, title=HOSTILE, **{HOSTILE: HOSTILE}), alert(2)),
                similar=[past(63, resolution=HOSTILE, root_cause=f"{HOSTILE}\n{HOSTILE}")],
            )
        ),
        "details-long": shown(
            contents(
                LONG,
                [entry("i_comm", comment="长" * 900, ago=n) for n in range(99, 0, -1)],
                alerts=MANY,
                similar=[past(n, resolution="长" * 5_000, root_cause="\n".join(["长"] * 90)) for n in range(64, 69)],
            )
        ),
        "details-later-page": page(20),
        "details-last-page": page(40, is_complete=False),
    }
