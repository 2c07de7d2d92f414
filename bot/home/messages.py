"""The answer to `/flashduty me`."""

from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block

from bot.home.model import MatchProblem, Me, MyShift
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.row import rows
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, header, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.language import N_
from bot.messages.layout import listed
from bot.messages.message import Message
from bot.messages.names import unread
from bot.messages.size import Drawn, Piece, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment
from bot.messages.views import Home, OnCall, ViewValue
from bot.oncall.messages.schedule_names import schedule_label
from bot.people.directory import display_name

_MAX_INCIDENTS: Final = 5
_MAX_SHIFTS: Final = 20

_REMEDIES: Final = {
    MatchProblem.NO_ADDRESS: N_(
        "*Your account in Flashduty is not known: Slack does not show the bot your e-mail.* Ask the bot's administrator"
        " to add the scope `users:read.email` and to install the Slack app again. Guests, and people whose e-mail Slack"
        " has not confirmed, cannot be matched."
    ),
    MatchProblem.NOT_THERE: N_(
        "*Your account in Flashduty was not found: nobody there has the e-mail of your Slack profile.* Use the same"
        " e-mail in Slack and Flashduty, or ask an administrator of the Flashduty account to invite it."
    ),
    MatchProblem.NOT_CERTAIN: N_(
        "*Your account in Flashduty is not certain: your e-mail is not verified there, or several accounts have it.*"
        " Verify it in your Flashduty profile, or ask an administrator to remove the duplicate account."
    ),
}


def not_matched(to: Audience, why: MatchProblem, team: str) -> Message:
    """Say why a person could not be matched to one in Flashduty, and the remedy."""
    now = ViewValue(team=team, view=OnCall())
    return Message.of(
        section(to.translated(_REMEDIES[why])),
        actions(control(to.label("On call now"), SHOW_PRIVATELY, now, suffix="oncall")),
    )


def me(to: Audience, found: Me, team: str) -> Message:
    """Draw a person's shifts and open incidents."""
    shown = ViewValue(team=team, view=Home())
    return Message.of(
        header(to.label("Your on-call")),
        *_now(to, found),
        section(_following(to, found)),
        *_incidents(to, found, shown),
        unread(to, found.people),
        context(
            dotted(
                to.say(
                    "You are *{name}* in Flashduty",
                    name=clipped(display_name(found.person), 60),
                ),
                to.say("Team *{team}*", team=team),
                to.say("as of {now}", now=moment(found.as_of)),
            )
        ),
        refreshable(to, control(to.label("Refresh"), REFRESH, shown, suffix="refresh")),
    )


def _now(to: Audience, found: Me) -> tuple[Piece, ...]:
    if not found.now:
        return (section(to.say("*You are not on call now.*")),)
    rows = [current_shift(to, shift, found.horizon) for shift in found.now]
    return listed(to, Mrkdwn(""), rows, most=_MAX_SHIFTS, in_thread=False).pieces


def current_shift(to: Audience, shift: MyShift, horizon: datetime) -> Mrkdwn:
    """Say until when a person is on call; one who still is where the reading ends has no handoff scheduled."""
    name = schedule_label(to, shift.schedule)
    if shift.end >= horizon:
        return to.say("📟 *You are on call* for {name}, no handoff scheduled", name=name)
    return to.say("📟 *You are on call* for {name}, until {end}", name=name, end=moment(shift.end))


def _following(to: Audience, found: Me) -> Mrkdwn:
    if not found.following:
        return to.say("You have no further shift (checked to {end}).", end=moment(found.horizon))
    rows = [planned_shift(to, shift, found.horizon) for shift in found.following]
    return lines(to.counted(len(rows), "*Your next shift*", "*Your next {count} shifts*"), *rows)


def planned_shift(to: Audience, shift: MyShift, horizon: datetime) -> Mrkdwn:
    """Say from when until when a person is on call; without an end for one that is where the reading ends."""
    name = schedule_label(to, shift.schedule)
    if shift.end >= horizon:
        return to.say("• from {start}, {name}", start=moment(shift.start), name=name)
    return to.say("• {start} to {end}, {name}", start=moment(shift.start), end=moment(shift.end), name=name)


def _incidents(to: Audience, found: Me, within: ViewValue) -> list[Piece]:
    if not found.incidents:
        return [section(to.say("*You have no open incidents.*"))]
    total = len(found.incidents)
    if found.is_complete:
        title = to.counted(total, "*{count} open incident assigned to you*", "*{count} open incidents assigned to you*")
    else:
        title = to.say("*{count} or more open incidents assigned to you*", count=total)
    people = {found.person.id: found.person, **found.people}
    drawn = rows(to, found.incidents[:_MAX_INCIDENTS], people, within=within, known=found.known)

    def draw(count: int) -> Drawn:
        return Drawn.of(
            *(block for blocks in drawn[:count] for block in blocks),
            *_more(to, total - count, within.team),
        )

    return [section(title), Rows(len(drawn), draw)]


def _more(to: Audience, count: int, team: str) -> list[Block]:
    """Count the incidents that are left out, with a button for the team's list."""
    if not count:
        return []
    whole = control(
        to.label("All open incidents"), SHOW_PRIVATELY, ViewValue(team=team, view=IncidentList()), suffix="incidents"
    )
    return [context(to.counted(count, "and {count} more", "and {count} more")), actions(whole)]
