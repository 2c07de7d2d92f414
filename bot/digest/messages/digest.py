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
    found: TeamDigest, audience: Audience, *, planned_for: datetime | None = None, asked_by: str | None = None
) -> PostedMessage:
    """Draw the digest to post; `planned_for` marks a late one, `asked_by` one that was posted on demand."""
    parts = _parts(found, audience, in_thread=True, asked_by=asked_by)
    first = _message(found, parts, planned_for=planned_for, asked_by=asked_by)
    return PostedMessage(first, in_thread(first.left_out))


def digest(found: TeamDigest, audience: Audience, *, has_thread: bool = True, asked_by: str | None = None) -> Message:
    """Draw the digest without its thread: for one reader, or to update a posted one."""
    parts = _parts(found, audience, in_thread=has_thread, asked_by=asked_by)
    return _message(found, parts, asked_by=asked_by, may_post=audience.may_act and not audience.is_public)


def _message(
    found: TeamDigest,
    parts: Part,
    *,
    planned_for: datetime | None = None,
    asked_by: str | None = None,
    may_post: bool = False,
) -> Message:
    on_demand = mrkdwn("Posted for {who}, who asked for it.", who=clipped(asked_by, 60)) if asked_by else None
    late = mrkdwn("Late: this was planned for {at}.", at=moment(planned_for)) if planned_for else None
    note = late or on_demand
    shown, posted = _shown(found, asked_by), ViewValue(team=found.team, view=PostedDigest())
    return Message.of(
        header(_greeting(found)),
        context(note) if note else None,
        *parts.pieces,
        actions(
            control("Refresh", REFRESH, shown, suffix="refresh"),
            control("Post for everybody", SHOW_PRIVATELY, posted, suffix="post") if may_post else None,
        ),
        context(mrkdwn("as of {now}", now=moment(found.as_of))),
    )


def _shown(found: TeamDigest, asked_by: str | None = None) -> ViewValue:
    """Return the view for Refresh, with the digest's date and the person it was posted for."""
    return ViewValue(
        team=found.team, view=views.Digest(on=found.on, asked_by=(asked_by or "")[: views.PERSON_NAME_LIMIT])
    )


def _parts(found: TeamDigest, audience: Audience, *, in_thread: bool, asked_by: str | None = None) -> Part:
    """Draw every part; one with a defect is left out and named at the end."""
    within, spared = _shown(found, asked_by), found.spares.part
    shown = (
        spared(DigestPart.ON_CALL, lambda: _on_call(found, audience, in_thread=in_thread), Part())
        + spared(DigestPart.HANDOFFS, lambda: _briefing(found, in_thread=in_thread), Part())
        + Part.of(divider())
        + spared(
            DigestPart.OPEN_INCIDENTS,
            lambda: _incidents(found, within, audience, in_thread=in_thread),
            Part(),
        )
        + spared(DigestPart.YESTERDAY, lambda: _yesterday(found), Part())
    )
    return shown + Part.of(left_out(found.spares.lost))


def _greeting(found: TeamDigest) -> str:
    on = long_date(found.on)
    if found.as_of.hour < _NOON:
        return f"Good morning, team {found.team}. {on}"
    if found.as_of.hour < _EVENING:
        return f"Good afternoon, team {found.team}. {on}"
    return f"Good evening, team {found.team}. {on}"


def _unread(found: TeamDigest, error: FlashdutyError, what: Mrkdwn) -> Part:
    return Part.of(section(lines(what, sentence(FailedCall(error, found.team, found.key_setting)))), evidence(error))


def _on_call(found: TeamDigest, audience: Audience, *, in_thread: bool) -> Part:
    part = found.on_call
    if part is None:
        return Part()
    if isinstance(part, FlashdutyError):
        return _unread(found, part, mrkdwn("*On call* could not be read."))
    if not part.entries:
        return Part.of(section(mrkdwn("*On call:* this team has no schedule in Flashduty.")))
    zone, spared = found.as_of.tzinfo, found.spares.part
    until = found.ahead_until or found.as_of + timedelta(hours=24)

    def ahead() -> Part:
        return coverage_part(part.coverage, part.people, zone, in_thread=in_thread) if part.coverage else Part()

    def changed() -> Part:
        return schedule_changes(part.changes, part.people, zone, in_thread=in_thread) if part.changes else Part()

    return (
        spared(DigestPart.ON_CALL, lambda: _entries(part, in_thread=in_thread), Part())
        + spared(
            DigestPart.HANDOFFS, lambda: _handoffs(found, part, until, audience=audience, in_thread=in_thread), Part()
        )
        + spared(DigestPart.COVERAGE, ahead, Part())
        + spared(DigestPart.CHANGES, changed, Part())
    )


def _entries(part: OnCallPart, *, in_thread: bool) -> Part:
    title = mrkdwn("*On call now*")
    rows = [entry_text(entry, part.people) for entry in part.entries]

    def draw(count: int) -> Drawn:
        left_out = tuple(rows[count:])
        more = rest(len(left_out), in_thread=in_thread)
        shown = [section(row) for row in rows[:count]]
        return Drawn.of(
            *shown, context(more) if more else None, left_out=[Chapter(title, left_out)] if left_out else ()
        )

    return Part.of(section(title), Rows(min(len(rows), _MAX_SCHEDULES), draw))


def _handoffs(found: TeamDigest, part: OnCallPart, until: datetime, *, audience: Audience, in_thread: bool) -> Part:
    """List the handoffs; those with incoming people have a button each."""
    if not part.handoffs:
        return Part.of(context(mrkdwn("No hand-over until {until}.", until=moment(until))))
    title = mrkdwn("*Hand-overs until {until}*", until=moment(until))
    package = found.handoff
    with_button = [shift.change for shift in package.shifts] if package else []
    rows = [_handoff(change, part) for change in part.handoffs if change not in with_button]
    others = listed(title, rows, _MAX_HANDOFFS, in_thread=in_thread) if rows else Part.of(section(title))
    if package is None:
        return others
    return others + incoming_shifts_part(package, _read(found), part.people, team=found.team, audience=audience)


def _handoff(change: Handoff, part: OnCallPart) -> Mrkdwn:
    name = clipped(change.schedule, 100)
    leaving, coming = names(change.leaving, part.people), names(change.coming, part.people)
    if not change.coming:
        return mrkdwn(
            "• {at} {name}: {leaving} leaves, *nobody takes over* ⚠️",
            at=moment(change.at),
            name=name,
            leaving=leaving,
        )
    if not change.leaving:
        return mrkdwn("• {at} {name}: {coming} begins", at=moment(change.at), name=name, coming=coming)
    return mrkdwn(
        "• {at} {name}: {leaving} → {coming}", at=moment(change.at), name=name, leaving=leaving, coming=coming
    )


def _briefing(found: TeamDigest, *, in_thread: bool) -> Part:
    if found.handoff is None or not isinstance(found.on_call, OnCallPart):
        return Part()
    return briefing_part(found.handoff, _read(found), in_thread=in_thread)


def _read(found: TeamDigest) -> OpenIncidents | None:
    return found.incidents if isinstance(found.incidents, OpenIncidents) else None


def _incidents(found: TeamDigest, within: ViewValue, audience: Audience, *, in_thread: bool) -> Part:
    part = found.incidents
    if part is None:
        return Part()
    if isinstance(part, FlashdutyError):
        return _unread(found, part, mrkdwn("*Open incidents* could not be read."))
    return open_incidents(part, within, audience, in_thread=in_thread)


def _yesterday(found: TeamDigest) -> Part:
    part = found.yesterday
    if part is None:
        return Part()
    if isinstance(part, FlashdutyError):
        return yesterday_error(part, found.team, found.key_setting, is_weekly_turn=found.is_weekly_turn)
    return yesterday_part(part)


def digest_failed(team: str, failure: FailedCall) -> Message:
    """Draw the notice that a digest could not be read."""
    return Message.of(
        section(lines(mrkdwn("*The digest of team {team} could not be made.*", team=team), sentence(failure))),
        evidence(failure.error),
        actions(control("Try again", REFRESH, ViewValue(team=team, view=views.Digest()), suffix="retry")),
    )
