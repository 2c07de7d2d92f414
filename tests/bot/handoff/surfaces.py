"""Surfaces of handoffs: notices, reminders, and who takes over."""

from dataclasses import replace
from datetime import timedelta

from bot.flashduty import Code, FlashdutyError
from bot.flashduty.api.incidents import INCIDENT_LIST
from bot.handoff.messages import notices
from bot.handoff.messages.covering import Covered, already_covered, shift_ended, takeover_denied, takeover_line
from bot.handoff.model import Takeover, shift_changes
from bot.incidents.model import OpenIncidents
from bot.messages import errors
from bot.messages.errors import way_in
from bot.messages.names import names
from bot.teams.access import AccessDenied, DenialReason, MemberStatus, SlackPerson
from tests.bot.recorded import ALICE, BOB, NOW, PEOPLE, WANG, ago, ahead, incident, responder, schedule, shift
from tests.bot.samples import HOSTILE, HOSTILE_NAME

TAKEN = Takeover(SlackPerson("U0BOB", "Bob Müller", MemberStatus.MEMBER), NOW)


def changing(name, leaving, coming, *, number=1, until=8):
    """A schedule that changes hands in an hour; nobody comes where `coming` is empty."""
    before = [shift(ago(hours=8), ahead(hours=1), *leaving)] if leaving else []
    after = [shift(ahead(hours=1), ahead(hours=until), *coming)] if coming else []
    return schedule(name, *before, *after, number=number)


def changes(*schedules):
    return shift_changes(schedules, NOW, NOW + timedelta(hours=2))


USUAL_CHANGES = changes(
    changing("Payments primary", [ALICE], [BOB]),
    changing("支付夜班", [], [WANG, ALICE], number=2),
    changing("Payments weekend", [BOB], [], number=3),
)

HOSTILE_CHANGES = changes(changing(HOSTILE_NAME, [ALICE], [BOB]))

MANY_CHANGES = changes(*(changing(f"Rota {n}", [ALICE], [BOB], number=n) for n in range(1, 41)))

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


def reminded(to, found=USUAL_CHANGES[:1], incidents=OPEN, *, begun=False):
    key = "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY"
    return notices.reminder(to, found, incidents, team="payments", key_setting=key, person_id=BOB, has_begun=begun)


def covered(start=NOW + timedelta(hours=4), **more):
    return Covered(schedule="Payments primary", start=start, taken=TAKEN, **more)


TAKEN_OVER = {USUAL_CHANGES[0].id: TAKEN, USUAL_CHANGES[1].id: replace(TAKEN, is_theirs=False)}


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "taken-over": takeover_line(readers.everybody, covered()),
        "taken-over-long-before": takeover_line(readers.everybody, covered(NOW + timedelta(hours=20))),
        "taken-over-instead": takeover_line(readers.everybody, covered(instead_of=HOSTILE_NAME)),
        "taken-over-by-another": takeover_line(
            readers.everybody, covered(NOW, paged=names(readers.everybody, [ALICE], PEOPLE))
        ),
        "already-taken-over": already_covered(readers.alone, HOSTILE, TAKEN),
        "already-taken-over-by-oneself": already_covered(readers.alone, HOSTILE, TAKEN, is_yours=True),
        "taken-over-refused": takeover_denied(
            readers.alone, "payments", way_in(readers.alone, AccessDenied(DenialReason.NOT_A_RESPONDER, ("payments",)))
        ),
        "shift-over": shift_ended(readers.alone, HOSTILE_NAME, NOW),
        "shift-notice": notices.notice(readers.everybody, USUAL_CHANGES, PEOPLE, team="payments"),
        "shift-notice-covered": notices.notice(
            readers.everybody, USUAL_CHANGES, PEOPLE, team="payments", takeovers=TAKEN_OVER
        ),
        "shift-notice-hostile": notices.notice(readers.everybody, HOSTILE_CHANGES, PEOPLE, team="payments"),
        "shift-notice-many": notices.notice(readers.everybody, MANY_CHANGES, PEOPLE, team="payments"),
        "shift-reminder": reminded(readers.alone),
        "shift-reminder-quiet": reminded(readers.alone, incidents=OpenIncidents((), is_complete=True, as_of=NOW)),
        "shift-reminder-many": reminded(readers.alone, MANY_CHANGES),
        "shift-reminder-unread": reminded(readers.alone, HOSTILE_CHANGES, FAILED),
        "shift-reminder-over": notices.no_such_shift(readers.alone, "payments"),
        "shift-reminder-begun": reminded(readers.alone, begun=True),
        "schedules-unread": notices.schedules_unread(readers.everybody, errors.FailedCall(FAILED, "payments", "KEY")),
        "schedules-read-again": notices.schedules_read_again(readers.everybody, "payments"),
    }
