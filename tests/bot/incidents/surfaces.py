"""Surfaces of lists, cards and acknowledgements."""

from dataclasses import replace

from bot.incidents.holders import Attribution
from bot.incidents.messages import acknowledgement, all_teams, card, not_yet, several
from bot.incidents.messages import listing as incidents
from bot.incidents.model import LinkButton, Listing, OpenIncidents
from bot.incidents.search import read_search
from bot.messages.changes.refreshing import not_refreshed
from bot.teams.access import MemberStatus, SlackPerson
from tests.bot.incidents import action_surfaces
from tests.bot.recorded import ALICE, BOB, NOW, PEOPLE, WANG, ago, incident, responder
from tests.bot.samples import (
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
WANG_IN_SLACK = SlackPerson("U0WANG", "王小明", MemberStatus.MEMBER)

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

CLOSED = incident(
    6,
    progress="Closed",
    start_time=ago(hours=2, minutes=10),
    end_time=ago(minutes=65),
    close_time=ago(hours=1),
    active_alert_cnt=0,
    closer={"person_id": BOB, "person_name": "Bob Müller"},
)

SAID = incident(
    13,
    title="Checkout: payments fail with 502 on web-01 since the deploy",
    description=(
        'Traceback (most recent call last):\r\n  File "worker.py", line 214, in charge\r\n'
        "GatewayTimeout: https://gateway.example.com/v2/charge?retry=3.\r\n"
        "rate(http_5xx{job=~`api.*`}[5m]) * 100 > 5 & :fire: <!channel>"
    ),
    labels={
        "service": "checkout",
        "check": "sum by (le) (rate(latency_bucket[5m]))",
        "runbook_url": "https://wiki.example.com/runbooks/checkout-502",
        "region": "eu-central-1",
    },
    assigned_to={"escalate_rule_id": "1" * 24, "escalate_rule_name": "Payments primary", "layer_idx": 0},
    responders=[responder(ALICE, assigned=ago(minutes=11)), responder(BOB, assigned=ago(minutes=2))],
)

RUNBOOK = LinkButton(name="Runbook", host="wiki.example.com", address="https://wiki.example.com/runbooks/checkout-502")

CLOSED_BY_ITSELF = incident(12, progress="Closed", close_time=ago(hours=1))

STRANGE = incident(
    7, incident_severity="Fatal", progress="Paused", title=None, num=None, detail_url=None, alert_cnt=None
)


RESPONDER = 'responder:"Bob Müller"'


def listed(*found, words="", complete=True):
    return Listing(read_search(words), found, complete, PEOPLE, NOW)


def of_team(name, *incidents):
    """What a team has open."""
    found = OpenIncidents(incidents, is_complete=True, as_of=NOW, people=PEOPLE)
    return all_teams.TeamIncidents(team=name, found=found)


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        **action_surfaces.surfaces(readers),
        "incidents": incidents.listing(
            readers.alone, listed(TRIGGERED, LONELY, SNOOZED, RECOVERED, PROCESSING), "payments"
        ),
        "incidents-looking": incidents.listing(readers.looking, listed(TRIGGERED, PROCESSING), "payments"),
        "incidents-hostile": incidents.listing(readers.alone, listed(NASTY, LONG, STRANGE, words=HOSTILE), "payments"),
        "incidents-not-refreshed": not_refreshed(
            readers.alone,
            incidents.listing(readers.alone, listed(TRIGGERED, PROCESSING, words="critical"), "payments"),
        ),
        "incidents-page-2": incidents.listing(readers.alone, listed(*many(25), words="critical page:2"), "payments"),
        "incidents-incomplete": incidents.listing(readers.alone, listed(*many(500), complete=False), "payments"),
        "incidents-public": incidents.listing(readers.everybody, listed(TRIGGERED, PROCESSING), "payments"),
        "incidents-closed": incidents.listing(
            readers.alone, listed(CLOSED, words="closed since:7d since:x"), "payments"
        ),
        "incidents-closed-quietly": incidents.listing(
            readers.alone, listed(CLOSED_BY_ITSELF, words="closed"), "payments"
        ),
        "incidents-none": incidents.listing(readers.alone, listed(), "payments"),
        "incidents-none-with-words": incidents.listing(readers.alone, listed(words="zzz"), "payments"),
        "incidents-none-misspelt": incidents.listing(
            readers.alone, listed(words="critcal sinse:7d ledger"), "payments"
        ),
        "incidents-none-filtered": incidents.listing(readers.everybody, listed(words="critical since:7d"), "payments"),
        "incidents-none-closed": incidents.listing(readers.alone, listed(words="closed"), "payments"),
        "incidents-none-closed-with-words": incidents.listing(readers.alone, listed(words="closed zzz"), "payments"),
        "incidents-none-hostile": incidents.listing(
            readers.alone, listed(words=f"critical sinse:7d {HOSTILE}"), "payments"
        ),
        "incidents-filtered": incidents.listing(
            readers.alone,
            listed(TRIGGERED, PROCESSING, words=f"channel:Payments label:env=prod {RESPONDER} snoozed sort:age"),
            "payments",
        ),
        "incidents-none-fit": incidents.listing(
            readers.alone, listed(words=f"channel:Payments label:env=prod {RESPONDER} zzz"), "payments"
        ),
        "incidents-looked-through": incidents.listing(
            readers.alone, replace(listed(TRIGGERED, words="channel:Pay", complete=False), searched=500), "payments"
        ),
        "card-triggered": card.card(readers.alone, TRIGGERED, PEOPLE, team="payments"),
        "card-looking": card.card(readers.looking, TRIGGERED, PEOPLE, team="payments"),
        "card-key-refused": card.card(replace(readers.alone, may_change=False), TRIGGERED, PEOPLE, team="payments"),
        "card-closed-here": card.card(
            readers.alone, CLOSED, PEOPLE, team="payments", known=Attribution(closed_by=WANG_IN_SLACK)
        ),
        "card-processing": card.card(readers.alone, PROCESSING, PEOPLE, team="payments"),
        "card-pressed-here": card.card(
            readers.alone,
            PRESSED_HERE,
            PEOPLE,
            team="payments",
            known=Attribution(BOB_IN_SLACK, presser_id=BOB, owner_id=ALICE),
        ),
        "card-undone-here": card.card(
            readers.alone,
            UNDONE_HERE,
            PEOPLE,
            team="payments",
            known=Attribution(owner_id=ALICE, put_there_at=NOW),
        ),
        "card-closed": card.card(readers.everybody, CLOSED, PEOPLE, team="payments"),
        "card-said": card.card(readers.alone, SAID, PEOPLE, team="payments", links=[RUNBOOK]),
        "card-chosen-labels": card.card(
            readers.everybody, SAID, PEOPLE, team="payments", labels=["region", "host", "service"]
        ),
        "card-strange": card.card(readers.alone, STRANGE, {}, team="payments"),
        "card-hostile": card.card(readers.alone, NASTY, PEOPLE, team="payments"),
        "card-long": card.card(readers.alone, LONG, PEOPLE, team="payments"),
        "all-open": all_teams.all_open_incidents(
            readers.alone, [of_team("payments", TRIGGERED, SNOOZED), of_team("search", LONELY, PROCESSING)]
        ),
        "all-open-none": all_teams.all_open_incidents(readers.alone, [of_team("payments")]),
        "all-open-many": all_teams.all_open_incidents(readers.alone, [of_team("payments", *many(40))]),
        "all-open-way-back": all_teams.with_way_back(
            readers.alone, acknowledgement.confirmed(readers.alone, TRIGGERED, "payments")
        ),
        "acknowledged-several": several.acknowledged_one_by_one(
            readers.alone,
            [
                several.Acknowledged(
                    acknowledgement.confirmed(readers.alone, TRIGGERED, "payments").text,
                    TRIGGERED,
                    several.undo_value(TRIGGERED, "payments"),
                ),
                several.Acknowledged(acknowledgement.closed(readers.alone, CLOSED, "payments").text, CLOSED),
                several.Acknowledged(several.no_such_number(readers.alone, "FFFFFF", "payments")),
                several.Acknowledged(several.several_of_number(readers.alone, "0E83EE", 2)),
            ],
            "payments",
        ),
        **{f"not-yet-{verb}": not_yet.in_the_console(readers.alone, verb, [TRIGGERED]) for verb in not_yet.VERBS},
        "not-yet-no-number": not_yet.in_the_console_without_number(readers.alone, "merge"),
        "chooser": card.chooser(readers.alone, [TRIGGERED, PROCESSING], "0E83EE", people=PEOPLE, team="payments"),
        "chooser-many": card.chooser(readers.alone, many(13), "0E83EE", people=PEOPLE, team="payments"),
        "not-found": card.not_found(readers.alone, "0E83EF", "payments"),
        "which-incident": card.not_found(readers.alone, "", "payments"),
        "acknowledged-line": acknowledgement.announced(readers.everybody, TRIGGERED, "Alice Chen"),
        "acknowledged": acknowledgement.confirmed(readers.alone, TRIGGERED, "payments"),
        "already-acknowledged": acknowledgement.already(
            readers.alone, PROCESSING, PEOPLE, team="payments", clicked_by=None
        ),
        "already-acknowledged-here": acknowledgement.already(
            readers.alone, PROCESSING, PEOPLE, team="payments", clicked_by="Carol Diaz"
        ),
        "already-closed": acknowledgement.closed(readers.alone, CLOSED, "payments"),
        "acknowledged-unread": acknowledgement.confirmed(readers.alone, TRIGGERED, "payments", is_known=False),
        "undone-unread": acknowledgement.undone_unread(readers.alone, PROCESSING, "payments"),
        "not-yours": acknowledgement.not_yours(readers.alone, PROCESSING, PEOPLE, team="payments", clicked_by=None),
        "not-yours-here": acknowledgement.not_yours(
            readers.alone, PROCESSING, PEOPLE, team="payments", clicked_by="Carol Diaz"
        ),
        "undone-line": acknowledgement.undo_announced(readers.everybody, TRIGGERED, "Alice Chen"),
        "undone": acknowledgement.undone(readers.alone, TRIGGERED, PEOPLE, team="payments"),
        "undone-still-processing": acknowledgement.undone(readers.alone, PROCESSING, PEOPLE, team="payments"),
        "nothing-to-undo": acknowledgement.nothing_to_undo(readers.alone, TRIGGERED, "payments"),
    }
