"""Surfaces of lists, cards and acknowledgements."""

from bot.incidents.holders import Attribution
from bot.incidents.messages import acknowledgement, card
from bot.incidents.messages import listing as incidents
from bot.incidents.model import Listing
from bot.incidents.search import read_search
from bot.teams.access import MemberStatus, SlackPerson
from tests.bot.recorded import ALICE, BOB, NOW, PEOPLE, WANG, ago, incident, responder
from tests.bot.samples import (
    COMMAND,
    HOSTILE,
    LONELY,
    LONG,
    NASTY,
    PROCESSING,
    SNOOZED,
    TRIGGERED,
    many,
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

RECOVERED = incident(5, end_time=ago(minutes=4), active_alert_cnt=0)

CLOSED = incident(6, progress="Closed", close_time=ago(hours=1), closer={"person_id": BOB, "person_name": "Bob Müller"})

CLOSED_BY_ITSELF = incident(12, progress="Closed", close_time=ago(hours=1))

STRANGE = incident(
    7, incident_severity="Fatal", progress="Paused", title=None, num=None, detail_url=None, alert_cnt=None
)


def listed(*found, words="", complete=True):
    return Listing(read_search(words), found, complete, PEOPLE, NOW)


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "incidents": incidents.listing(
            listed(TRIGGERED, LONELY, SNOOZED, RECOVERED, PROCESSING), "payments", readers.alone
        ),
        "incidents-looking": incidents.listing(listed(TRIGGERED, PROCESSING), "payments", readers.looking),
        "incidents-hostile": incidents.listing(listed(NASTY, LONG, STRANGE, words=HOSTILE), "payments", readers.alone),
        "incidents-page-2": incidents.listing(listed(*many(25), words="critical page:2"), "payments", readers.alone),
        "incidents-incomplete": incidents.listing(listed(*many(500), complete=False), "payments", readers.alone),
        "incidents-public": incidents.listing(listed(TRIGGERED, PROCESSING), "payments", readers.everybody),
        "incidents-closed": incidents.listing(
            listed(CLOSED, words="closed since:7d since:x"), "payments", readers.alone
        ),
        "incidents-closed-quietly": incidents.listing(
            listed(CLOSED_BY_ITSELF, words="closed"), "payments", readers.alone
        ),
        "incidents-none": incidents.listing(listed(), "payments", readers.alone),
        "incidents-none-with-words": incidents.listing(listed(words="zzz"), "payments", readers.alone),
        "incidents-none-misspelt": incidents.listing(
            listed(words="critcal sinse:7d ledger"), "payments", readers.alone
        ),
        "incidents-none-filtered": incidents.listing(listed(words="critical since:7d"), "payments", readers.everybody),
        "incidents-none-closed": incidents.listing(listed(words="closed"), "payments", readers.alone),
        "incidents-none-closed-with-words": incidents.listing(listed(words="closed zzz"), "payments", readers.alone),
        "incidents-none-hostile": incidents.listing(
            listed(words=f"critical sinse:7d {HOSTILE}"), "payments", readers.alone
        ),
        "card-triggered": card.card(TRIGGERED, PEOPLE, "payments", NOW, audience=readers.alone),
        "card-looking": card.card(TRIGGERED, PEOPLE, "payments", NOW, audience=readers.looking),
        "card-processing": card.card(PROCESSING, PEOPLE, "payments", NOW, audience=readers.alone),
        "card-pressed-here": card.card(
            PRESSED_HERE,
            PEOPLE,
            "payments",
            NOW,
            known=Attribution(BOB_IN_SLACK, presser_id=BOB, owner_id=ALICE),
            audience=readers.alone,
        ),
        "card-undone-here": card.card(
            UNDONE_HERE,
            PEOPLE,
            "payments",
            NOW,
            known=Attribution(owner_id=ALICE, put_there_at=NOW),
            audience=readers.alone,
        ),
        "card-closed": card.card(CLOSED, PEOPLE, "payments", NOW, audience=readers.everybody),
        "card-strange": card.card(STRANGE, {}, "payments", NOW, audience=readers.alone),
        "card-hostile": card.card(NASTY, PEOPLE, "payments", NOW, audience=readers.alone),
        "card-long": card.card(LONG, PEOPLE, "payments", NOW, audience=readers.alone),
        "chooser": card.chooser([TRIGGERED, PROCESSING], "0E83EE", PEOPLE, "payments", NOW),
        "chooser-many": card.chooser(many(13), "0E83EE", PEOPLE, "payments", NOW),
        "not-found": card.not_found("0E83EF", "payments", command=COMMAND),
        "which-incident": card.not_found("", "payments", command=COMMAND),
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
    }
