"""Surfaces of living cards."""

from datetime import timedelta

from bot.cards.messages.card import living_card
from bot.cards.messages.closed import closed_card
from bot.cards.messages.mark import marked_unread
from bot.cards.messages.storm import storm_message
from bot.cards.model import CardContents, NextPage
from bot.cards.storms.model import Place, StormContents
from bot.flashduty import Alert, Progress, Severity
from bot.incidents.holders import Attribution
from bot.people.directory import PartialPeople
from tests.bot.cards.details_surfaces import details_surfaces
from tests.bot.cards.mention_surfaces import mention_surfaces
from tests.bot.cards.story_surfaces import story_surfaces
from tests.bot.cards.summary_surfaces import summary_surfaces
from tests.bot.incidents.surfaces import BOB_IN_SLACK, CLOSED, PRESSED_HERE, RECOVERED, RUNBOOK, SAID, STRANGE
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, PEOPLE, ago, incident, responder
from tests.bot.samples import HOSTILE, LONG, NASTY, SNOOZED, TRIGGERED, WANG

SOON = NOW + timedelta(minutes=4)


def alert(number, title="", *, is_over=False):
    state = "Ok" if is_over else "Critical"
    return Alert.model_validate(
        {"alert_id": f"a{number}", "title": title or f"CPU usage high on web-{number:02d}", "alert_status": state}
    )


GROUPED = incident(21, alert_cnt=12, active_alert_cnt=9, responders=[responder(ALICE, assigned=ago(minutes=3))])

RESOLVED = incident(
    22,
    progress="Closed",
    start_time=ago(hours=2),
    close_time=ago(minutes=50),
    active_alert_cnt=0,
    responders=[responder(ALICE, acknowledged=ago(minutes=110)), responder(WANG, acknowledged=ago(minutes=90))],
    closer={"person_id": BOB, "person_name": "Bob Müller"},
    resolution="Rolled back the deploy of 07:40;\nthe gateway answers again.",
)


def places(count, severity=Severity.WARNING, channel="Payments API", progress=Progress.TRIGGERED):
    """Places in a storm, of several Flashduty channels where there are many."""
    names = [channel, "Payments primary", "Payments backup", "Payments weekend", "支付", "Disk", "CPU"]
    return [
        Place(severity=severity, progress=progress, flashduty_channel=names[number % 7 if count > 1 else 0])
        for number in range(count)
    ]


def contents(shown, people=PEOPLE, **more):
    return CardContents(incident=shown, people=people, **more)


def surfaces(readers):
    """Draw each of them, under its name."""

    def living(shown, people=PEOPLE, labels=(), links=(), **more):
        return living_card(readers.everybody, contents(shown, people, **more), "payments", labels=labels, links=links)

    def closed(shown, **more):
        return closed_card(readers.everybody, contents(shown, **more), "payments")

    def storm(*places, **more):
        return storm_message(
            readers.everybody, StormContents(channel="C0PAY", places=places, started_at=NOW, **more), "payments"
        )

    def unread(message):
        return marked_unread(readers.everybody, message, NOW - timedelta(minutes=5))

    return {
        "storm-raging": storm(*places(40), *places(1, Severity.CRITICAL, HOSTILE)),
        "storm-one-closed": storm(*places(1, progress=Progress.CLOSED), ended_at=NOW + timedelta(minutes=9)),
        "storm-over": storm(*places(14), *places(30, progress=Progress.CLOSED), ended_at=NOW + timedelta(minutes=9)),
        "storm-in-hand": storm(*places(3, progress=Progress.PROCESSING), *places(2, Severity.INFO)),
        "storm-before-cards": storm(*places(14), ended_at=NOW),
        "storm-strange": storm(Place.read({})),
        "living-triggered": living(TRIGGERED, next_page=NextPage(at=SOON, level=2, person_ids=(BOB, CAROL))),
        "living-next-unknown": living(TRIGGERED, next_page=NextPage(at=SOON, level=3)),
        "living-next-past": living(TRIGGERED, next_page=NextPage(at=NOW, level=2, person_ids=(BOB,))),
        "living-acknowledged": living(
            PRESSED_HERE, known=Attribution(BOB_IN_SLACK, presser_id=BOB, owner_id=ALICE), next_page=None
        ),
        "living-said": living(SAID, links=[RUNBOOK]),
        "living-grouped": living(GROUPED, alerts=tuple(alert(n, is_over=n == 2) for n in range(1, 6))),
        "living-snoozed": living(SNOOZED),
        "living-recovered": living(RECOVERED),
        "living-not-refreshed": unread(living(TRIGGERED)),
        "living-long-not-refreshed": unread(living(LONG, alerts=tuple(alert(n, "长" * 500) for n in range(1, 6)))),
        "storm-not-refreshed": unread(storm(*places(40), *places(1, Severity.CRITICAL, HOSTILE))),
        "living-nameless": living(TRIGGERED, people=PartialPeople()),
        "living-strange": living(STRANGE),
        "living-hostile": living(NASTY, alerts=(alert(1, HOSTILE), alert(2, HOSTILE, is_over=True))),
        "living-long": living(LONG, alerts=tuple(alert(n, "长" * 500) for n in range(1, 6))),
        "shrunk-closed": closed(CLOSED),
        "shrunk-resolved": closed(RESOLVED),
        "shrunk-root-cause": closed(
            RESOLVED.model_copy(update={"resolution": "", "root_cause": "A bad release of the gateway"})
        ),
        "shrunk-hostile": closed(
            incident(23, progress="Closed", title=HOSTILE, resolution=HOSTILE, close_time=ago(minutes=1))
        ),
        **details_surfaces(readers),
        **mention_surfaces(readers),
        **story_surfaces(readers),
        **summary_surfaces(readers),
    }
