"""Surfaces of "Catch me up"."""

from datetime import timedelta

from bot.cards.messages.summary import catch_up
from bot.cards.messages.which import which_of_number, which_open
from bot.cards.model import CardContents, NextPage
from bot.cards.timeline.told import Cast, Summary, Told
from bot.incidents.holders import Attribution
from bot.people.directory import PartialPeople
from tests.bot.cards.entries import RULE, entry, failed_page
from tests.bot.incidents.surfaces import BOB_IN_SLACK, PRESSED_HERE
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, incident, responder
from tests.bot.samples import HOSTILE, LONG, NASTY, TRIGGERED

HELD = incident(
    41,
    title="Checkout: payments fail with 502 since the deploy",
    progress="Processing",
    start_time=ago(minutes=48),
    ack_time=ago(minutes=38),
    responders=[responder(CAROL, assigned=ago(minutes=40), acknowledged=ago(minutes=38)), responder(BOB)],
)
STEPS = (
    entry("i_assign", by=0, ago=2_400, type="escalate", layer_idx=1, to=[CAROL], **RULE),
    entry("i_ack", by=CAROL, ago=2_280),
    entry("i_custom", by=CAROL, ago=1_800, integration_name="Roll back checkout"),
    entry("i_a_rspd", by=CAROL, ago=1_200, to=[WANG]),
    entry("i_r_severity", by=CAROL, ago=900, **{"from": "Critical", "to": "Warning"}),
    entry("i_snooze", by=CAROL, ago=300, minutes=60),
)
COMMENTS = (
    entry("i_comm", by=CAROL, ago=2_000, comment="The gateway answers 502 since the deploy of 07:40."),
    entry("i_comm", by=ALICE, ago=1_000, comment=r"王小明 in Slack: pool exhausted\, see [graph\]"),
    entry(
        "i_comm",
        by=CAROL,
        ago=200,
        comment="[@Bob Müller](flashduty://ref/member/7002) can you look at the pool?",
        comment_type={"name": "Finding"},
    ),
)
PAGES = (failed_page("voice", "busy", BOB, ago=2_700), failed_page("sms", "空号", BOB, ago=2_650))
CLOSED = incident(
    42,
    title="Disk full on db-01",
    progress="Closed",
    start_time=ago(hours=2),
    close_time=ago(hours=1),
    closer={"person_id": BOB, "person_name": "Bob Müller"},
    resolution="Deleted old logs;\nthe rotation was off.",
)


def summary_surfaces(readers):
    """Draw each of them, under its name."""

    def summed_up(shown, steps=(), comments=(), pages=(), *, people=PEOPLE, known=None, coming=None, **more):
        contents = CardContents(incident=shown, people=people, known=known or Attribution(), next_page=coming)
        cast = Cast(people=people, incident_id=shown.id)
        told = {
            name: tuple(Told(entry=one, is_written_here="in Slack" in (one.comment or "")) for one in entries)
            for name, entries in (("steps", steps), ("comments", comments), ("failed_pages", pages))
        }
        return catch_up(readers.alone, Summary(contents=contents, cast=cast, **told, **more), "payments")

    soon = NextPage(at=NOW + timedelta(minutes=4), level=2, person_ids=(BOB, CAROL))
    return {
        "catch-up": summed_up(HELD, STEPS, COMMENTS, PAGES),
        "catch-up-nothing-yet": summed_up(TRIGGERED, coming=soon),
        "catch-up-pressed-here": summed_up(
            PRESSED_HERE, STEPS[1:2], known=Attribution(BOB_IN_SLACK, presser_id=BOB, owner_id=ALICE)
        ),
        "catch-up-closed": summed_up(CLOSED, [*STEPS[1:3], entry("i_rslv", by=BOB, ago=3_600, **{"from": "voice"})]),
        "catch-up-snoozed": summed_up(incident(43, snoozed_before=int(NOW.timestamp()) + 1_800), STEPS[5:]),
        "catch-up-unread": summed_up(TRIGGERED, people=PartialPeople(), is_timeline_read=False),
        "catch-up-hostile": summed_up(NASTY, [entry("i_reopen", reason=HOSTILE)], [entry("i_comm", comment=HOSTILE)]),
        "catch-up-which": which_open(readers.alone, [TRIGGERED, HELD, NASTY, LONG, PRESSED_HERE, CLOSED], "payments"),
        "catch-up-which-unread": which_open(readers.alone, [], "payments"),
        "catch-up-which-of-several": which_of_number(readers.alone, [TRIGGERED, HELD], "0E83EE", team="payments"),
        "catch-up-long": summed_up(LONG, STEPS * 9, [entry("i_comm", comment="长" * 900)] * 40, PAGES * 9),
    }
