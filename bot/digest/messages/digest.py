"""The digest: what is needed first in the message, the rest in its thread."""

from datetime import datetime
from typing import Final

from bot.digest.messages.brief import Brief
from bot.digest.messages.headline import headline
from bot.digest.messages.on_call import change_lines, coverage_lines, handoff_lines, schedule_lines
from bot.digest.messages.yesterday import yesterday_error, yesterday_line
from bot.digest.model import DigestPart, TeamDigest
from bot.flashduty import FlashdutyError
from bot.handoff.messages.package import noisiest_checks
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.open_incidents import incident_counts, other_incidents, unacknowledged_rows
from bot.incidents.model import OpenIncidents
from bot.messages import views
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, divider, header, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.dates import long_date
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.errors.left_out import left_out
from bot.messages.layout import Part, in_thread, listed, rest
from bot.messages.message import Message, PostedMessage
from bot.messages.size import Chapter
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment
from bot.messages.views import PostedDigest, ViewValue

# Where there is no thread, so many rows of each chapter follow in the message that one person sees.
_MAX_DETAILS: Final = 10


def posted_digest(
    to: Audience, found: TeamDigest, *, planned_for: datetime | None = None, asked_by: str | None = None
) -> PostedMessage:
    """Draw the digest to post; `planned_for` marks a late one, `asked_by` one that was posted on demand."""
    drawn = _parts(to, found, has_thread=True, asked_by=asked_by)
    first = _message(to, found, drawn.part, planned_for=planned_for, asked_by=asked_by)
    return PostedMessage(first, in_thread(to, (*first.left_out, *drawn.chapters)))


def digest(to: Audience, found: TeamDigest, *, has_thread: bool = True, asked_by: str | None = None) -> Message:
    """Draw the digest without its thread: for one reader, who sees the details below, or to update a posted one."""
    drawn = _parts(to, found, has_thread=has_thread, asked_by=asked_by)
    details = Part() if to.is_public else _details(to, drawn.chapters)
    return _message(to, found, drawn.part + details, asked_by=asked_by, may_post=to.may_act and not to.is_public)


def _details(to: Audience, chapters: tuple[Chapter, ...]) -> Part:
    shown = Part.of(divider()) if chapters else Part()
    for chapter in chapters:
        shown += listed(to, chapter.title, chapter.rows, most=_MAX_DETAILS, in_thread=False)
    return shown


def _message(
    to: Audience,
    found: TeamDigest,
    parts: Part,
    *,
    planned_for: datetime | None = None,
    asked_by: str | None = None,
    may_post: bool = False,
) -> Message:
    shown, posted = _shown(found, asked_by), ViewValue(team=found.team, view=PostedDigest())
    has_incidents = isinstance(found.incidents, OpenIncidents) and found.incidents.incidents
    all_open = ViewValue(team=found.team, view=IncidentList())
    return Message.of(
        header(headline(to, found)),
        context(
            dotted(
                to.say("Digest of team *{team}*, {date}", team=found.team, date=long_date(to, found.on)),
                to.say("late, due {at}", at=moment(planned_for)) if planned_for else None,
                to.say("posted for {who}", who=clipped(asked_by, 60)) if asked_by else None,
            )
        ),
        *parts.pieces,
        refreshable(
            to,
            control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
            control(to.label("All open incidents"), SHOW_PRIVATELY, all_open, suffix="list") if has_incidents else None,
            control(to.label("Post for everybody"), SHOW_PRIVATELY, posted, suffix="post") if may_post else None,
        ),
        context(to.say("as of {now}", now=moment(found.as_of))),
    )


def _shown(found: TeamDigest, asked_by: str | None = None) -> ViewValue:
    """Return the view for Refresh, with the digest's date and the person it was posted for."""
    return ViewValue(
        team=found.team, view=views.Digest(on=found.on, asked_by=(asked_by or "")[: views.PERSON_NAME_LIMIT])
    )


def _parts(to: Audience, found: TeamDigest, *, has_thread: bool, asked_by: str | None = None) -> Brief:
    """Draw every part, the facts before the incidents; one with a defect is left out and named at the end."""
    spared, within = found.spares.part, _shown(found, asked_by)
    shown = (
        spared(DigestPart.OPEN_INCIDENTS, lambda: _counts(to, found), Brief())
        + spared(DigestPart.ON_CALL, lambda: _on_call(to, found, has_thread=has_thread), Brief())
        + spared(DigestPart.YESTERDAY, lambda: _yesterday(to, found), Brief())
        + spared(DigestPart.OPEN_INCIDENTS, lambda: _rows(to, found, within, has_thread=has_thread), Brief())
        + spared(DigestPart.NOISE, lambda: _noise(to, found), Brief())
    )
    return shown + Brief.of(left_out(to, found.spares.lost))


def _unread(to: Audience, found: TeamDigest, error: FlashdutyError, what: Mrkdwn) -> Brief:
    why = sentence(to, FailedCall(error, found.team, found.key_setting))
    return Brief.of(section(lines(what, why)), evidence(to, error))


def _counts(to: Audience, found: TeamDigest) -> Brief:
    part = found.incidents
    if part is None:
        return Brief()
    if isinstance(part, FlashdutyError):
        return _unread(to, found, part, what=to.say("*Open incidents* could not be read."))
    if not part.incidents:
        return Brief()
    return Brief.of(section(incident_counts(to, part)), chapters=[other_incidents(to, part)])


def _rows(to: Audience, found: TeamDigest, within: ViewValue, *, has_thread: bool) -> Brief:
    """Draw the first incidents, which are not among the others."""
    part = found.incidents
    if not isinstance(part, OpenIncidents):
        return Brief()

    def rest_of(count: int) -> Mrkdwn | None:
        # What one person sees has the others below.
        return rest(to, count, in_thread=has_thread) if to.is_public else None

    rows = unacknowledged_rows(to, part, within, rest_of=rest_of)
    return Brief(Part.of(divider()) + rows) if rows.pieces else Brief()


def _on_call(to: Audience, found: TeamDigest, *, has_thread: bool) -> Brief:
    part = found.on_call
    if part is None:
        return Brief()
    if isinstance(part, FlashdutyError):
        return _unread(to, found, part, what=to.say("*On call* could not be read."))
    if not part.entries:
        return Brief.of(section(to.say("*On call:* this team has no schedule in Flashduty.")))
    zone, spared, people = found.as_of.tzinfo, found.spares.part, part.people

    def ahead() -> Brief:
        return coverage_lines(to, part.coverage, people, zone=zone) if part.coverage else Brief()

    def changed() -> Brief:
        return change_lines(to, part.changes, people, zone=zone) if part.changes else Brief()

    def handed_over() -> Brief:
        return handoff_lines(to, part, found.handoff, team=found.team, in_thread=has_thread)

    return (
        spared(DigestPart.ON_CALL, lambda: schedule_lines(to, part, in_thread=has_thread), Brief())
        + spared(DigestPart.HANDOFFS, handed_over, Brief())
        + spared(DigestPart.COVERAGE, ahead, Brief())
        + spared(DigestPart.CHANGES, changed, Brief())
    )


def _noise(to: Audience, found: TeamDigest) -> Brief:
    """List the noisiest checks, on days with a handoff."""
    if found.handoff is None or isinstance(found.handoff.noisiest, FlashdutyError):
        return Brief()
    rows = noisiest_checks(to, found.handoff.noisiest)
    return Brief.of(chapters=[Chapter(to.say("*Noisiest checks of the last day*"), rows)] if rows else ())


def _yesterday(to: Audience, found: TeamDigest) -> Brief:
    part = found.yesterday
    if part is None:
        return Brief()
    if isinstance(part, FlashdutyError):
        return Brief(
            yesterday_error(to, part, found.team, key_setting=found.key_setting, is_weekly_turn=found.is_weekly_turn)
        )
    return yesterday_line(to, part)


def digest_failed(to: Audience, team: str, failure: FailedCall) -> Message:
    """Draw the notice that a digest could not be read."""
    return Message.of(
        section(
            lines(
                to.say("*The digest of team {team} could not be read from Flashduty.*", team=team),
                sentence(to, failure),
            )
        ),
        evidence(to, failure.error),
        actions(control(to.label("Try again"), REFRESH, ViewValue(team=team, view=views.Digest()), suffix="retry")),
    )
