"""Surfaces of the threads of cards."""

from bot.cards.messages.past import past_incident
from bot.cards.messages.story import story_reply
from bot.cards.timeline.story import is_told
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models.timeline import TimelineEntry
from bot.people.directory import PartialPeople
from tests.bot.cards.entries import FEED, RULE, entry, failed_page
from tests.bot.recorded import ALICE, BOB, CAROL, PEOPLE, WANG, ago, incident
from tests.bot.samples import HOSTILE

EVERY_KIND = [one for one in map(TimelineEntry.model_validate, FEED) if is_told(one)]
URL = "https://app.flashcat.cloud/incident/detail/69da451ef77b1b51f4000001"
CAST = Cast(people=PEOPLE, incident_id=FEED[0]["ref_id"])

NIGHT = [
    failed_page("voice", "busy", BOB),
    entry("i_assign", by=0, type="escalate", layer_idx=1, to=[CAROL], **RULE),
    entry("i_ack", by=CAROL),
    entry("i_comm", by=CAROL, comment="The gateway answers 502 since the deploy.\nRolling it back."),
    entry("i_r_severity", by=CAROL, **{"from": "Warning", "to": "Critical"}),
    entry("i_snooze", by=CAROL, minutes=60),
]
BY_ITSELF = [
    entry(kind, by=0, **detail)
    for kind, detail in (
        ("i_ack", {}),
        ("i_unack", {}),
        ("i_assign", {"type": "reassign", "to": [BOB]}),
        ("i_assign", {"type": "escalate", "layer_idx": 2, "escalate_rule_id": "1" * 24}),
        ("i_assign", {"type": "escalate", "layer_idx": 2, **RULE}),
        ("i_a_rspd", {"to": [BOB, WANG]}),
        ("i_snooze", {"minutes": 30}),
        ("i_snooze", {}),
        ("i_wake", {}),
        ("i_merge", {"source_incidents": [{"incident_id": f"{n:024d}", "title": f"Disk {n}"} for n in range(1, 6)]}),
        ("i_merge", {"target_incident": {"incident_id": "0" * 24, "title": "Disk full"}}),
        ("i_merge", {}),
        ("i_reopen", {}),
        ("i_reopen", {"reason": "it is back"}),
    )
]
CLOSES = [
    entry("i_rslv", by=by, **({"from": source} if source else {}))
    for by, source in (
        (ALICE, "voice"),
        (ALICE, "console"),
        (ALICE, "card"),
        (ALICE, "event"),
        (ALICE, ""),
        (0, "voice"),
        (0, "console"),
        (0, "wcard"),
        (0, "event"),
        (0, "autorslv"),
        (0, "escalation"),
        (0, ""),
    )
]
CHANGES = [
    entry(kind, by=by, **detail)
    for by in (ALICE, 0)
    for kind, detail in (
        ("i_r_title", {}),
        ("i_r_impact", {"to": "Nobody can pay."}),
        ("i_r_severity", {"from": "Critical", "to": "Ok"}),
        ("i_r_field", {"field_name": "customers", "to": ["ACME", "Initech"]}),
        ("i_r_field", {"field_name": "is_public", "to": False}),
        ("i_r_field", {"field_name": "runbook", "to": ""}),
    )
]
ROOMS_AND_WORK = [
    entry(kind, by=by, **detail)
    for by in (ALICE, 0)
    for kind, detail in (
        ("i_wr_create", {"chat_name": "inc-0e83ee", "share_link": "https://harbor.slack.com/archives/C0WAR"}),
        ("i_wr_delete", {"chat_name": "inc-0e83ee"}),
        ("i_wi_created", {"title": "Restart the replica"}),
        ("i_wi_assignees", {"title": "Restart the replica", "added_assignee_ids": [BOB]}),
        ("i_wi_completed", {"title": "Restart the replica"}),
        ("i_wi_deleted", {}),
        ("i_custom", {"integration_name": "Restart payments"}),
    )
]
PAGES = [
    failed_page("voice", "no_answer", BOB, CAROL),
    failed_page("sms", "空号", WANG),
    failed_page("email", "mailbox full", ALICE),
    failed_page("app", "token expired", ALICE),
    failed_page("feishu_app", "not linked", BOB),
    failed_page("", "ERR-4711", 7099),
    entry("i_custom", integration_name="Restart payments", message="the agent answered 502"),
    entry("i_custom", integration_name="Restart payments", status="failed"),
    entry(
        "i_custom",
        integration_name="Restart payments",
        message='Post "https://ops.example.com/run?token=s3cret": 10.0.0.7:443 refused; Authorization: Bearer s3cret',
    ),
    entry("i_m_flapping", by=0, mute_mins=60),
    entry("i_storm", by=0, threshold=50),
]
TYPED_COMMENTS = [
    entry("i_comm", by=CAROL, comment="Customers are told.", comment_type={"id": "b" * 24, "name": "对外通告"}),
    entry("i_comm", ago=500, comment="rolling back", comment_type={"id": "a" * 24, "name": "Progress"}),
    entry("i_comm", comment="<b>", comment_type={"name": HOSTILE}),
    entry("i_comm", comment="no type", comment_type="Progress"),
]
NASTY = [
    entry("i_comm", comment=HOSTILE),
    entry("i_reopen", reason=HOSTILE),
    entry("i_r_title", to=HOSTILE),
    entry("i_r_field", field_name=HOSTILE, to=HOSTILE),
    entry("i_custom", integration_name=HOSTILE, failed_reason=HOSTILE),
    entry("i_wr_create", chat_name=HOSTILE, share_link="javascript:alert(1)"),
    entry("i_merge", source_incidents=[{"incident_id": "0" * 24, "title": HOSTILE}]),
    failed_page(HOSTILE, HOSTILE, BOB),
]

PAST = incident(
    31,
    title="Checkout: payments fail with 502",
    progress="Closed",
    start_time=ago(days=9, hours=2),
    close_time=ago(days=9, hours=1),
    closer={"person_id": BOB, "person_name": "Bob Müller"},
    resolution="Rolled back the deploy;\nthe pool of connections was too small.",
    root_cause="The pool had 10 connections.",
)


def story_surfaces(readers):
    """Draw each of them, under its name."""
    to = readers.everybody

    def story(entries, people=PEOPLE, **more):
        cast = Cast(people=people, incident_id=CAST.incident_id)
        return story_reply(to, [Told(entry=one) for one in entries], cast, detail_url=URL, **more)

    return {
        "story-night": story(NIGHT),
        "story-every-type-1": story(EVERY_KIND[:15]),
        "story-every-type-2": story(EVERY_KIND[15:]),
        "story-by-itself": story(BY_ITSELF),
        "story-closes": story(CLOSES),
        "story-changes": story(CHANGES),
        "story-rooms-and-work": story(ROOMS_AND_WORK),
        "story-pages": story(PAGES),
        "story-hostile": story(NASTY),
        "story-late": story([entry("i_ack", ago=600), entry("i_comm", ago=500, comment="rolling back")]),
        "story-comment-types": story(TYPED_COMMENTS),
        "story-nameless": story(NIGHT[2:4], people=PartialPeople()),
        "story-long": story([entry("i_comm", comment="长" * 900) for _ in range(40)]),
        "story-not-from-the-beginning": story(NIGHT[2:3], is_complete=False),
        "past-incident": past_incident(to, PAST, "payments"),
        "past-incident-mute": past_incident(to, incident(32, progress="Closed", title=HOSTILE), "payments"),
        "past-incident-hostile": past_incident(to, incident(33, title=HOSTILE, resolution=HOSTILE), "payments"),
    }
