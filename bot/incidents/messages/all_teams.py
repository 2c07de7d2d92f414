"""The open incidents of all teams of a person, as the shortcut "Open incidents" shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import FlashdutyError, Incident, Severity
from bot.incidents.holders import UNKNOWN
from bot.incidents.messages.row import leading_incident, row
from bot.incidents.model import OpenIncidents, by_urgency
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import REFRESH, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, dotted, escaped, lines, moment
from bot.messages.views import AllOpenIncidents, ViewValue

ALL_TEAMS_TITLE: Final[Marked] = N_("Open incidents")
MAX_SHOWN: Final = 30
_WAY_BACK: Final = "way back"


@dataclass(frozen=True, kw_only=True)
class TeamIncidents:
    """The open incidents of one team; an error stands where Flashduty did not answer."""

    team: str
    found: OpenIncidents | FlashdutyError
    key_setting: str = ""
    """The setting of the team's key, for an error."""


def all_open_incidents(to: Audience, teams: Sequence[TeamIncidents]) -> Message:
    """Draw the most urgent open incidents of all teams together, each with the menu of what can be done."""
    found = sorted(_open(teams), key=lambda pair: by_urgency(pair[1], to.now))
    leading = leading_incident(to, (incident for _, incident in found))
    shown = [
        row(
            to,
            incident,
            of_team.people,
            within=ViewValue(team=team, view=AllOpenIncidents()),
            known=of_team.known.get(incident.id, UNKNOWN),
            leads=incident.id == leading,
        )
        for (team, of_team), incident in found[:MAX_SHOWN]
    ]
    more = len(found) - len(shown)
    return Message.of(
        section(_headline(to, [incident for _, incident in found], teams)),
        *_failures(to, teams),
        Rows(len(shown), lambda count: Drawn.of(*(block for one in shown[:count] for block in one))) if shown else None,
        context(to.counted(more, "and {count} more open incident", "and {count} more open incidents"))
        if more
        else None,
        refreshable(to, control(to.label("Refresh"), REFRESH, _value(), suffix="refresh")),
        context(dotted(_names(to, teams), to.say("as of {now}", now=moment(to.now)))),
    )


def with_way_back(to: Audience, message: Message) -> Message:
    """Add the button that leads from an incident back to the list, in the same view; once, where it is there already."""
    back = control(to.translated_label(ALL_TEAMS_TITLE), REFRESH, _value(), suffix="back")
    others = (block for block in message.all_blocks if block.block_id != _WAY_BACK)
    return Message.of(*others, actions(back, block_id=_WAY_BACK))


def _value() -> ViewValue:
    return ViewValue(team="", view=AllOpenIncidents())


def _open(teams: Sequence[TeamIncidents]) -> Iterator[tuple[tuple[str, OpenIncidents], Incident]]:
    for one in teams:
        if isinstance(one.found, OpenIncidents):
            yield from (((one.team, one.found), incident) for incident in one.found.incidents)


def _headline(to: Audience, found: Sequence[Incident], teams: Sequence[TeamIncidents]) -> Mrkdwn:
    waiting = [
        one for of_team in teams if isinstance(of_team.found, OpenIncidents) for one in of_team.found.unacknowledged
    ]
    critical = sum(one.severity is Severity.CRITICAL for one in waiting)
    if waiting:
        return to.counted(
            len(waiting),
            "*{count} unacknowledged, {critical} critical*",
            "*{count} unacknowledged, {critical} critical*",
            critical=critical,
        )
    if any(isinstance(of_team.found, FlashdutyError) for of_team in teams):
        return to.say("*Not all incidents could be read*")
    return to.say("*All open incidents are acknowledged or snoozed*") if found else to.say("*No open incidents*")


def _failures(to: Audience, teams: Sequence[TeamIncidents]) -> Iterator[Block]:
    for one in teams:
        if isinstance(one.found, FlashdutyError):
            failed = FailedCall(one.found, one.team, one.key_setting)
            text = to.say("*The incidents of team {team} could not be read.*", team=one.team)
            yield section(lines(text, sentence(to, failed)))
            yield evidence(to, one.found)


def _names(to: Audience, teams: Sequence[TeamIncidents]) -> Mrkdwn:
    named = to.say(", ").join_all(escaped(one.team) for one in teams)
    return to.say("Teams {teams}", teams=named)
