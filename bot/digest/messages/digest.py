"""The digest: the first message, and the rest in its thread."""

from datetime import datetime, timedelta
from typing import Final

from bot.digest.messages.yesterday import yesterday_error, yesterday_part
from bot.digest.model import DigestPart, OnCallPart, TeamDigest
from bot.flashduty import FlashdutyError
from bot.handoff.messages.package import briefing_part, incoming_shifts_part
from bot.incidents.messages.open_incidents import open_incidents
from bot.incidents.model import OpenIncidents
from bot.messages import views
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, divider, header, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.dates import long_date
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.layout import Part, in_thread, listed, rest
from bot.messages.left_out import left_out
from bot.messages.message import Message, PostedMessage
from bot.messages.names import names
from bot.messages.size import Chapter, Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, lines, moment, mrkdwn
from bot.messages.views import PostedDigest, ViewValue
from bot.oncall.messages.coverage import coverage_part
from bot.oncall.messages.now import entry_text
from bot.oncall.messages.schedule_changes import schedule_changes
from bot.oncall.shifts import Handoff

_MAX_SCHEDULES: Final = 15
_MAX_HANDOFFS: Final = 10
_NOON: Final = 12
_EVENING: Final = 18


def posted_digest(
    to: Audience, found: TeamDigest, *, planned_for: datetime | None = None, asked_by: str | None = None
) -> PostedMessage:
    """Draw the digest to post; `planned_for` marks a late one, `asked_by` one that was posted on demand."""
    parts = _parts(to, found, in_thread=True, asked_by=asked_by)
    first = _message(to, found, parts, planned_for=planned_for, asked_by=asked_by)
    return PostedMessage(first, in_thread(to, first.left_out))


def digest(to: Audience, found: TeamDigest, *, has_thread: bool = True, asked_by: str | None = None) -> Message:
    """Draw the digest without its thread: for one reader, or to update a posted one."""
    parts = _parts(to, found, in_thread=has_thread, asked_by=asked_by)
    return _message(to, found, parts, asked_by=asked_by, may_post=to.may_act and not to.is_public)


def _message(
    to: Audience,
    found: TeamDigest,
    parts: Part,
    *,
    planned_for: datetime | None = None,
    asked_by: str | None = None,
    may_post: bool = False,
) -> Message:
    on_demand = to.say("Posted for {who}, who asked for it.", who=clipped(asked_by, 60)) if asked_by else None
    late = to.say("Late: this was planned for {at}.", at=moment(planned_for)) if planned_for else None
    note = late or on_demand
    shown, posted = _shown(found, asked_by), ViewValue(team=found.team, view=PostedDigest())
    return Message.of(
        header(_greeting(to, found)),
        context(note) if note else None,
        *parts.pieces,
        actions(
            control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
            control(to.label("Post for everybody"), SHOW_PRIVATELY, posted, suffix="post") if may_post else None,
        ),
        context(to.say("as of {now}", now=moment(found.as_of))),
    )


def _shown(found: TeamDigest, asked_by: str | None = None) -> ViewValue:
    """Return the view for Refresh, with the digest's date and the person it was posted for."""
    return ViewValue(
        team=found.team, view=views.Digest(on=found.on, asked_by=(asked_by or "")[: views.PERSON_NAME_LIMIT])
    )


def _parts(to: Audience, found: TeamDigest, *, in_thread: bool, asked_by: str | None = None) -> Part:
    """Draw every part; one with a defect is left out and named at the end."""
    within, spared = _shown(found, asked_by), found.spares.part
    shown = (
        spared(DigestPart.ON_CALL, lambda: _on_call(to, found, in_thread=in_thread), Part())
        + spared(DigestPart.HANDOFFS, lambda: _briefing(to, found, in_thread=in_thread), Part())
        + Part.of(divider())
        + spared(
            DigestPart.OPEN_INCIDENTS,
            lambda: _incidents(to, found, within, in_thread=in_thread),
            Part(),
        )
        + spared(DigestPart.YESTERDAY, lambda: _yesterday(to, found), Part())
    )
    return shown + Part.of(left_out(to, found.spares.lost))


def _greeting(to: Audience, found: TeamDigest) -> str:
    on = long_date(to, found.on)
    if found.as_of.hour < _NOON:
        return f"Good morning, team {found.team}. {on}"
    if found.as_of.hour < _EVENING:
        return f"Good afternoon, team {found.team}. {on}"
    return f"Good evening, team {found.team}. {on}"


def _unread(to: Audience, found: TeamDigest, error: FlashdutyError, what: Mrkdwn) -> Part:
    return Part.of(
        section(lines(what, sentence(to, FailedCall(error, found.team, found.key_setting)))), evidence(to, error)
    )


def _on_call(to: Audience, found: TeamDigest, *, in_thread: bool) -> Part:
    part = found.on_call
    if part is None:
        return Part()
    if isinstance(part, FlashdutyError):
        return _unread(to, found, part, what=to.say("*On call* could not be read."))
    if not part.entries:
        return Part.of(section(to.say("*On call:* this team has no schedule in Flashduty.")))
    zone, spared = found.as_of.tzinfo, found.spares.part
    until = found.ahead_until or found.as_of + timedelta(hours=24)

    def ahead() -> Part:
        return (
            coverage_part(to, part.coverage, part.people, zone=zone, in_thread=in_thread) if part.coverage else Part()
        )

    def changed() -> Part:
        return (
            schedule_changes(to, part.changes, part.people, zone=zone, in_thread=in_thread) if part.changes else Part()
        )

    return (
        spared(DigestPart.ON_CALL, lambda: _entries(to, part, in_thread=in_thread), Part())
        + spared(DigestPart.HANDOFFS, lambda: _handoffs(to, found, part, until=until, in_thread=in_thread), Part())
        + spared(DigestPart.COVERAGE, ahead, Part())
        + spared(DigestPart.CHANGES, changed, Part())
    )


def _entries(to: Audience, part: OnCallPart, *, in_thread: bool) -> Part:
    title = to.say("*On call now*")
    rows = [entry_text(to, entry, part.people) for entry in part.entries]

    def draw(count: int) -> Drawn:
        left_out = tuple(rows[count:])
        more = rest(to, len(left_out), in_thread=in_thread)
        shown = [section(row) for row in rows[:count]]
        return Drawn.of(
            *shown, context(more) if more else None, left_out=[Chapter(title, left_out)] if left_out else ()
        )

    return Part.of(section(title), Rows(min(len(rows), _MAX_SCHEDULES), draw))


def _handoffs(to: Audience, found: TeamDigest, part: OnCallPart, until: datetime, *, in_thread: bool) -> Part:
    """List the handoffs; those with incoming people have a button each."""
    if not part.handoffs:
        return Part.of(context(to.say("No hand-over until {until}.", until=moment(until))))
    title = to.say("*Hand-overs until {until}*", until=moment(until))
    package = found.handoff
    with_button = [shift.change for shift in package.shifts] if package else []
    rows = [_handoff(to, change, part) for change in part.handoffs if change not in with_button]
    others = listed(to, title, rows, most=_MAX_HANDOFFS, in_thread=in_thread) if rows else Part.of(section(title))
    if package is None:
        return others
    return others + incoming_shifts_part(to, package, _read(found), people=part.people, team=found.team)


def _handoff(to: Audience, change: Handoff, part: OnCallPart) -> Mrkdwn:
    name = clipped(change.schedule, 100)
    leaving, coming = names(to, change.leaving, part.people), names(to, change.coming, part.people)
    if not change.coming:
        return to.say(
            "• {at} {name}: {leaving} leaves, *nobody takes over* ⚠️",
            at=moment(change.at),
            name=name,
            leaving=leaving,
        )
    if not change.leaving:
        return to.say("• {at} {name}: {coming} begins", at=moment(change.at), name=name, coming=coming)
    return mrkdwn(
        "• {at} {name}: {leaving} → {coming}", at=moment(change.at), name=name, leaving=leaving, coming=coming
    )


def _briefing(to: Audience, found: TeamDigest, *, in_thread: bool) -> Part:
    if found.handoff is None or not isinstance(found.on_call, OnCallPart):
        return Part()
    return briefing_part(to, found.handoff, _read(found), in_thread=in_thread)


def _read(found: TeamDigest) -> OpenIncidents | None:
    return found.incidents if isinstance(found.incidents, OpenIncidents) else None


def _incidents(to: Audience, found: TeamDigest, within: ViewValue, *, in_thread: bool) -> Part:
    part = found.incidents
    if part is None:
        return Part()
    if isinstance(part, FlashdutyError):
        return _unread(to, found, part, what=to.say("*Open incidents* could not be read."))
    return open_incidents(to, part, within, in_thread=in_thread)


def _yesterday(to: Audience, found: TeamDigest) -> Part:
    part = found.yesterday
    if part is None:
        return Part()
    if isinstance(part, FlashdutyError):
        return yesterday_error(to, part, found.team, key_setting=found.key_setting, is_weekly_turn=found.is_weekly_turn)
    return yesterday_part(to, part)


def digest_failed(to: Audience, team: str, failure: FailedCall) -> Message:
    """Draw the notice that a digest could not be read."""
    return Message.of(
        section(lines(to.say("*The digest of team {team} could not be made.*", team=team), sentence(to, failure))),
        evidence(to, failure.error),
        actions(control(to.label("Try again"), REFRESH, ViewValue(team=team, view=views.Digest()), suffix="retry")),
    )
