"""Shift notices: the post to the channel at a handoff, and the reminder before a shift."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.flashduty import FlashdutyError, Person
from bot.handoff.messages.package import take_over_button
from bot.handoff.model import IncomingShift
from bot.incidents.messages.open_incidents import open_incidents
from bot.incidents.model import OpenIncidents
from bot.messages.audience import Audience
from bot.messages.blocks import Block, actions, context, divider, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.layout import rest
from bot.messages.message import Message
from bot.messages.names import names
from bot.messages.size import Drawn, Piece, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, escaped, lines, moment
from bot.messages.views import Home, Reminder, ViewValue

_MAX_SHIFTS: Final = 20
_NAME_LIMIT: Final = 100

_People = Mapping[int, Person]


def notice(to: Audience, shifts: Sequence[IncomingShift], people: _People, team: str) -> Message:
    """Draw the handoffs of one instant for the channel."""
    return Message.of(
        _shifts(
            to,
            [
                section(_handed_over(to, shift, people), take_over_button(to, shift, team) if shift.newcomers else None)
                for shift in shifts
            ],
        )
    )


def _shifts(to: Audience, drawn: Sequence[Block]) -> Rows:
    """Show at most 20 shifts, and count the others."""

    def draw(count: int) -> Drawn:
        more = rest(to, len(drawn) - count, in_thread=False)
        return Drawn.of(*drawn[:count], context(more) if more else None)

    return Rows(min(len(drawn), _MAX_SHIFTS), draw)


def _handed_over(to: Audience, shift: IncomingShift, people: _People) -> Mrkdwn:
    change = shift.change
    name = escaped(clipped(change.schedule, _NAME_LIMIT) or "unnamed schedule")
    leaving, coming = names(to, change.leaving, people), names(to, change.coming, people)
    if not change.coming:
        return to.say("⚠️ {leaving} → *nobody* on {name}, since {at}", leaving=leaving, name=name, at=moment(change.at))
    if shift.until is None:
        if not change.leaving:
            return to.say("📟 *{coming}* now on {name}", coming=coming, name=name)
        return to.say("📟 {leaving} → *{coming}* on {name}", leaving=leaving, coming=coming, name=name)
    until = moment(shift.until)
    if not change.leaving:
        return to.say("📟 *{coming}* now on {name}, until {until}", coming=coming, name=name, until=until)
    return to.say(
        "📟 {leaving} → *{coming}* on {name}, until {until}", leaving=leaving, coming=coming, name=name, until=until
    )


def reminder(
    to: Audience,
    shifts: Sequence[IncomingShift],
    incidents: OpenIncidents | FlashdutyError,
    *,
    team: str,
    key_setting: str,
    person_id: int,
    has_begun: bool = False,
) -> Message:
    """Draw the reminder of a person's shifts, with the open incidents; `person_id` is the person in Flashduty.

    Nothing in it acts for somebody whose press would be refused.
    """
    shown = ViewValue(team=team, view=Reminder(at=shifts[0].change.at, person_id=person_id))
    return Message.of(
        _shifts(to, [section(_has_begun(to, shift) if has_begun else _begins(to, shift)) for shift in shifts]),
        divider(),
        *_open(to, incidents, shown, key_setting=key_setting),
        actions(
            control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
            control(to.label("My shifts"), SHOW_PRIVATELY, ViewValue(team=team, view=Home()), suffix="me"),
        ),
        context(
            dotted(
                to.say("Team *{team}*", team=team),
                to.say("as of {now}", now=moment(incidents.as_of)) if isinstance(incidents, OpenIncidents) else None,
            )
        ),
    )


def _begins(to: Audience, shift: IncomingShift) -> Mrkdwn:
    name, start = clipped(shift.change.schedule, _NAME_LIMIT) or "unnamed schedule", moment(shift.change.at)
    if shift.until is None:
        return to.say(
            "⏰ *You take over {name}* {start}, with no hand-over in sight after that", name=name, start=start
        )
    return to.say("⏰ *You take over {name}* {start}, until {until}", name=name, start=start, until=moment(shift.until))


def _has_begun(to: Audience, shift: IncomingShift) -> Mrkdwn:
    name, start = clipped(shift.change.schedule, _NAME_LIMIT) or "unnamed schedule", moment(shift.change.at)
    if shift.until is None:
        return to.say(
            "📟 *You took {name} over* {start}, with no hand-over in sight after that", name=name, start=start
        )
    return to.say("📟 *You took {name} over* {start}, until {until}", name=name, start=start, until=moment(shift.until))


def _open(
    to: Audience, incidents: OpenIncidents | FlashdutyError, within: ViewValue, key_setting: str
) -> tuple[Piece, ...]:
    if isinstance(incidents, FlashdutyError):
        failure = FailedCall(incidents, within.team, key_setting)
        why = to.say("*Open incidents* could not be read. {why}", why=sentence(to, failure))
        return section(why), evidence(to, incidents)
    if not incidents.incidents:
        return (section(to.say("*Nothing is open.*")),)
    return open_incidents(to, incidents, within, in_thread=False).pieces


def no_such_shift(to: Audience, team: str) -> Message:
    """Say that the shift of a reminder is no longer the person's."""
    return Message.of(
        section(to.say("*That shift is not yours any more*, or it is over. The schedules have changed since.")),
        actions(control(to.label("My shifts"), REFRESH, ViewValue(team=team, view=Home()), suffix="me")),
    )


def schedules_unread(to: Audience, failure: FailedCall) -> Message:
    """Draw the notice that the schedules cannot be read, with the reason."""
    head = to.say(
        "⚠️ *The schedules of team {team} cannot be read*, so hand-overs are not told, and user groups and the topic are"
        " left as they are.",
        team=failure.team,
    )
    return Message.of(section(lines(head, sentence(to, failure))), evidence(to, failure.error))


def schedules_read_again(to: Audience, team: str) -> Message:
    """Draw the notice that the schedules can be read again."""
    return Message.of(section(to.say("✅ The schedules of team {team} can be read again.", team=team)))
