"""The answer to `/flashduty me`."""

from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block

from bot.home.model import MatchProblem, Me, MyShift
from bot.incidents.messages.row import rows
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, header, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.layout import listed
from bot.messages.message import Message
from bot.messages.names import unread
from bot.messages.size import Drawn, Piece, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment
from bot.messages.views import Home, IncidentList, OnCall, ViewValue
from bot.people.directory import display_name

_MAX_INCIDENTS: Final = 5
_MAX_SHIFTS: Final = 20
_NAME_LIMIT: Final = 100

_REMEDIES: Final = {
    MatchProblem.NO_ADDRESS: Mrkdwn(
        "*I cannot tell who you are in Flashduty.* Slack does not show me your e-mail address. Whoever runs the bot can"
        " cure it: the Slack app needs the scope `users:read.email` and to be installed again. A guest account, or an"
        " address that Slack has not confirmed, has none either."
    ),
    MatchProblem.NOT_THERE: Mrkdwn(
        "*I cannot find you in Flashduty.* Nobody there has the e-mail address of your Slack profile. Use the same"
        " address in both, or ask an administrator of the Flashduty account to invite it."
    ),
    MatchProblem.NOT_CERTAIN: Mrkdwn(
        "*I cannot be certain who you are in Flashduty.* The e-mail address of your Slack profile is there, but it is"
        " not verified, or more than one account has it. Verify it in your Flashduty profile, or ask an administrator"
        " to remove the account that is too many."
    ),
}


def not_matched(to: Audience, why: MatchProblem, team: str) -> Message:
    """Say why a person could not be matched to one in Flashduty, and the remedy."""
    now = ViewValue(team=team, view=OnCall())
    return Message.of(
        section(_REMEDIES[why]), actions(control(to.label("Who is on call"), SHOW_PRIVATELY, now, suffix="oncall"))
    )


def me(to: Audience, found: Me, team: str) -> Message:
    """Draw a person's shifts and open incidents."""
    shown = ViewValue(team=team, view=Home())
    return Message.of(
        header(to.label("You and the pager")),
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
        actions(control(to.label("Refresh"), REFRESH, shown, suffix="refresh")),
    )


def _now(to: Audience, found: Me) -> tuple[Piece, ...]:
    if not found.now:
        return (section(to.say("*You are not on call now.*")),)
    rows = [_current(to, shift, found.horizon) for shift in found.now]
    return listed(to, Mrkdwn(""), rows, most=_MAX_SHIFTS, in_thread=False).pieces


def _current(to: Audience, shift: MyShift, horizon: datetime) -> Mrkdwn:
    name = clipped(shift.schedule, _NAME_LIMIT) or "unnamed schedule"
    if shift.end >= horizon:
        return to.say("📟 *You are on call* for {name}, with no hand-over in sight", name=name)
    return to.say("📟 *You are on call* for {name}, until {end}", name=name, end=moment(shift.end))


def _following(to: Audience, found: Me) -> Mrkdwn:
    if not found.following:
        return to.say("No further shift of yours is planned; I looked as far as {end}.", end=moment(found.horizon))
    rows = [_planned(to, shift, found.horizon) for shift in found.following]
    return lines(to.counted(len(rows), "*Your next shift*", "*Your next {count} shifts*"), *rows)


def _planned(to: Audience, shift: MyShift, horizon: datetime) -> Mrkdwn:
    name = clipped(shift.schedule, _NAME_LIMIT) or "unnamed schedule"
    if shift.end >= horizon:
        return to.say("• from {start} on, {name}", start=moment(shift.start), name=name)
    return to.say("• {start} to {end}, {name}", start=moment(shift.start), end=moment(shift.end), name=name)


def _incidents(to: Audience, found: Me, within: ViewValue) -> list[Piece]:
    if not found.incidents:
        return [section(to.say("*Nothing is open with you.*"))]
    total = len(found.incidents)
    if found.is_complete:
        title = to.counted(total, "*{count} open incident is with you*", "*{count} open incidents are with you*")
    else:
        title = to.say("*{count} or more open incidents are with you*", count=total)
    people = {found.person.id: found.person, **found.people}
    drawn = rows(to, found.incidents[:_MAX_INCIDENTS], people, within=within, known=found.known)

    def draw(count: int) -> Drawn:
        return Drawn.of(
            *(block for blocks in drawn[:count] for block in blocks),
            *_more(to, total - count, within.team, command=to.command),
        )

    return [section(title), Rows(len(drawn), draw)]


def _more(to: Audience, count: int, team: str, command: str) -> list[Block]:
    """Count the incidents that are left out, with a button for the team's list."""
    if not count:
        return []
    text = to.counted(
        count,
        "and {count} more: `{command} incidents` has it, among those of the whole team",
        "and {count} more: `{command} incidents` has them, among those of the whole team",
        command=command,
    )
    whole = control(
        to.label("All open incidents"), SHOW_PRIVATELY, ViewValue(team=team, view=IncidentList()), suffix="incidents"
    )
    return [context(text), actions(whole)]
