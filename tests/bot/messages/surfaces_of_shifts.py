"""Surfaces of what happens by itself: hand-overs, user groups, the topic, and what the people who run the bot hear."""

from datetime import date, timedelta

from recorded import ALICE, BOB, NOW, PEOPLE, WANG, ago, ahead, incident, responder, schedule, shift

from bot.delivery import alert_messages
from bot.delivery.publisher import DeliveryFailure
from bot.digest.messages import on_demand
from bot.flashduty import Code, FlashdutyError
from bot.flashduty.operations import INCIDENT_LIST
from bot.handoff.messages import notices, package
from bot.handoff.messages.package import not_yours_to_take
from bot.handoff.model import Takeover, shift_changes
from bot.incidents.model import OpenIncidents
from bot.messages import errors
from bot.messages.access import way_in
from bot.messages.buttons import ButtonValue
from bot.messages.names import names
from bot.teams.access import AccessDenied, DenialReason, MemberStatus, SlackPerson
from bot.topic import messages as topic
from bot.usergroups import messages as usergroups
from bot.usergroups.plan import GroupPlan, Source

HOSTILE = "<!channel> <@U0ALICE> `rm -rf` *bold* <https://evil.example|Sign in> :tada:"
TUESDAY = date(2026, 11, 24)


def changing(name, leaving, coming, *, number=1, until=8):
    """A schedule that changes hands in an hour; nobody comes where `coming` is empty."""
    before = [shift(ago(hours=8), ahead(hours=1), *leaving)] if leaving else []
    after = [shift(ahead(hours=1), ahead(hours=until), *coming)] if coming else []
    return schedule(name, *before, *after, number=number)


def changes(*schedules):
    return shift_changes(schedules, NOW, NOW + timedelta(hours=2))


USUAL = changes(
    changing("Payments primary", [ALICE], [BOB]),
    changing("支付夜班", [], [WANG, ALICE], number=2),
    changing("Payments weekend", [BOB], [], number=3),
)
NASTY = changes(changing(HOSTILE, [ALICE], [BOB]))
MANY = changes(*(changing(f"Rota {n}", [ALICE], [BOB], number=n) for n in range(1, 41)))
OPEN = OpenIncidents(
    (
        incident(1, title="Checkout: payments fail with 502"),
        incident(2, progress="Processing", responders=[responder(ALICE, acknowledged=ago(hours=1))]),
    ),
    is_complete=True,
    as_of=NOW,
    people=PEOPLE,
)
FAILED = FlashdutyError(
    operation=INCIDENT_LIST, team="payments", code=Code.INTERNAL_ERROR, raw_code="InternalError", request_id="01HK8XQE"
)
NOT_SURE = ("schedules_unread", "schedule_not_known", "person_not_told", "slack_not_told", "invalid_users")
PLAN = GroupPlan("S0PAYONCALL", (Source(6001), Source(6002, 1)), frozenset({"U0BOSS"}))


def proposed(**more):
    usual = {
        "added": ("Bob Müller", "王小明"),
        "removed": ("Carol Diaz",),
        "staying": ("Alice Chen",),
        "schedules": (("Payments primary", 1), ("Payments backup", None)),
    }
    return usergroups.proposal(usergroups.Proposal(PLAN, "payments-oncall", **{**usual, **more}), "payments")


def reminded(found=USUAL[:1], incidents=OPEN, *, begun=False):
    words = notices.reminder_words(NOW + timedelta(hours=1), BOB)
    key = "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY"
    return notices.reminder(found, incidents, "payments", key, words, has_begun=begun)


def not_posted(kind, why, *, channel="C0PAYMENTS", final=False):
    return alert_messages.not_posted(DeliveryFailure("payments", kind, TUESDAY, channel, why, 3, is_final=final))


def decided(**more):
    said = usergroups.Decision("payments-oncall", follows=more.pop("follows", True), who="Alice Chen", at=NOW)
    return usergroups.decided(said, **more)


SURFACES = {
    "shift-notice": notices.notice(USUAL, PEOPLE, "payments"),
    "shift-notice-hostile": notices.notice(NASTY, PEOPLE, "payments"),
    "shift-notice-many": notices.notice(MANY, PEOPLE, "payments"),
    "shift-reminder": reminded(),
    "shift-reminder-quiet": reminded(incidents=OpenIncidents((), is_complete=True, as_of=NOW)),
    "shift-reminder-many": reminded(MANY),
    "shift-reminder-unread": reminded(NASTY, FAILED),
    "shift-reminder-over": notices.no_such_shift("payments"),
    "taken-over-by-another": package.taken_over(
        "Payments primary",
        NOW,
        Takeover(SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER), NOW),
        names([ALICE], PEOPLE),
    ),
    "taken-over-refused": not_yours_to_take(
        "payments", way_in(AccessDenied(DenialReason.NOT_A_RESPONDER, ("payments",)))
    ),
    "group-proposal": proposed(),
    "group-proposal-unknown": proposed(added=(), removed=(), unknown=(HOSTILE, "王小明")),
    "group-proposal-many": proposed(removed=tuple(f"Person {n}" for n in range(300))),
    "group-proposal-nobody": proposed(trouble="nobody_on_call"),
    "group-decided": decided(added=("Bob Müller",), removed=("Carol Diaz",)),
    "group-decided-trouble": decided(trouble="permission_denied"),
    "group-declined": decided(follows=False),
    "group-changed-since": usergroups.changed_since("payments"),
    "group-not-sure": usergroups.not_sure(),
    "group-over": usergroups.over("payments-oncall"),
    **{f"group-trouble-{code}": usergroups.trouble("payments-oncall", code, (), "payments") for code in NOT_SURE},
    "group-trouble": usergroups.trouble("payments-oncall", "missing_scope", (), "payments"),
    "group-trouble-new": usergroups.trouble(HOSTILE, "something_new", (), "payments"),
    "group-lacks": usergroups.trouble("payments-oncall", usergroups.SOME_UNKNOWN, (HOSTILE,), "payments"),
    "topic-over": topic.over("payments"),
    "schedules-unread": notices.schedules_unread(errors.FailedCall(FAILED, "payments", "KEY")),
    "schedules-read-again": notices.schedules_read_again("payments"),
    "shift-over": package.shift_over(HOSTILE, NOW),
    "shift-reminder-begun": reminded(begun=True),
    "topic-trouble": topic.trouble("no_room", "payments"),
    "topic-trouble-new": topic.trouble("something_new", "payments"),
    "admins-archived": not_posted("digest", "chat.postMessage: is_archived"),
    "admins-removed": not_posted("report", "chat.postMessage: not_in_channel"),
    "admins-chart": not_posted("report chart", "files.completeUploadExternal: is_archived"),
    "admins-final": not_posted("digest", "chat.postMessage: TimeoutError", final=True),
    "admins-shift": not_posted("shift 1795507200", "chat.postMessage: channel_not_found"),
    "admins-reminder": not_posted("reminder 1795507200 7002", "conversations.open: missing_scope", channel=None),
    "admins-nobody": not_posted("reminder 1795507200 7002", f"{HOSTILE}: nobody_with_that_address", channel=None),
    "admins-on-call-nobody": not_posted("oncall 7002", f"{HOSTILE}: nobody_with_that_address", channel=None),
    "admins-on-call-no-address": not_posted("oncall 7002", "Bob Müller: no_address_in_flashduty", channel=None),
    "admins-on-call-not-verified": not_posted("oncall 7002", "Bob Müller: address_not_verified", channel=None),
    "admins-on-call-no-responder": not_posted("oncall 7002", f"{HOSTILE}: no_responder", channel=None),
    "admins-on-call-soon": not_posted("oncall soon 7002", f"{HOSTILE}: nobody_with_that_address", channel=None),
    "admins-other": not_posted("group S0PAYONCALL 1a2b3c4d", "chat.postMessage: is_archived"),
    "digest-by-hand": on_demand.posted_by_hand("C0PAYMENTS"),
    "digest-by-hand-week": on_demand.posted_by_hand("C0PAYMENTS", is_week=True),
    "digest-by-hand-failed": on_demand.not_posted_by_hand(
        "C0PAYMENTS", ButtonValue("payments", "digest post", occasion="2026-11-24T07:30Z"), "not_in_channel"
    ),
    "digest-by-hand-nowhere": on_demand.no_place_for_digests("payments"),
    "digest-not-understood": on_demand.not_understood(HOSTILE, "payments"),
    "error-database": errors.database_unavailable(errors.Retry("again", ButtonValue("payments", "incidents"))),
}
