"""Shift notices: the post to the channel at a handoff, and the reminder before a shift."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.flashduty import FlashdutyError, Person
from bot.handoff.messages.package import covered_rows, may_be_taken, take_over_button
from bot.handoff.model import IncomingShift, ShiftId, Takeover
from bot.incidents.messages.open_incidents import open_incidents
from bot.incidents.model import OpenIncidents
from bot.messages.audience import Audience
from bot.messages.blocks import Block, actions, context, divider, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.layout import rest
from bot.messages.message import Message
from bot.messages.names import names
from bot.messages.size import Drawn, Piece, Rows
from bot.messages.text import Mrkdwn, dotted, escaped, lines, moment
from bot.messages.views import Home, Reminder, ViewValue
from bot.oncall.messages.schedule_names import schedule_label

_MAX_SHIFTS: Final = 20
NO_TAKEOVERS: Final[Mapping[ShiftId, Takeover]] = {}

_People = Mapping[int, Person]


def notice(
    to: Audience,
    shifts: Sequence[IncomingShift],
    people: _People,
    team: str,
    *,
    takeovers: Mapping[ShiftId, Takeover] = NO_TAKEOVERS,
) -> Message:
    """Draw the handoffs of one instant for the channel."""
    rows = [
        (
            section(
                _handed_over(to, shift, people),
                take_over_button(to, shift, team) if shift.newcomers and may_be_taken(shift, takeovers) else None,
            ),
            *covered_rows(to, shift, takeovers, people=people),
        )
        for shift in shifts
    ]
    return Message.of(_shifts(to, rows))


def _shifts(to: Audience, drawn: Sequence[Sequence[Block]]) -> Rows:
    """Show at most 20 shifts, and count the others."""

    def draw(count: int) -> Drawn:
        more = rest(to, len(drawn) - count, in_thread=False)
        return Drawn.of(*(block for row in drawn[:count] for block in row), context(more) if more else None)

    return Rows(min(len(drawn), _MAX_SHIFTS), draw)


def _handed_over(to: Audience, shift: IncomingShift, people: _People) -> Mrkdwn:
    change = shift.change
    name = escaped(schedule_label(to, change.schedule))
    leaving, coming = names(to, change.leaving, people), names(to, change.coming, people)
    if not change.coming:
        return to.say(
            "⚠️ {name}: *nobody is on call* after {leaving}, since {at}",
            name=name,
            leaving=leaving,
            at=moment(change.at),
        )
    if shift.until is None:
        if not change.leaving:
            return to.say("📟 {name}: *{coming}* on call", name=name, coming=coming)
        return to.say("📟 {name}: {leaving} → *{coming}*", name=name, leaving=leaving, coming=coming)
    until = moment(shift.until)
    if not change.leaving:
        return to.say("📟 {name}: *{coming}* on call until {until}", name=name, coming=coming, until=until)
    return to.say(
        "📟 {name}: {leaving} → *{coming}*, until {until}", name=name, leaving=leaving, coming=coming, until=until
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
        _shifts(to, [[section(_has_begun(to, shift) if has_begun else _begins(to, shift))] for shift in shifts]),
        divider(),
        *_open(to, incidents, shown, key_setting=key_setting),
        refreshable(
            to,
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
    name, start = schedule_label(to, shift.change.schedule), moment(shift.change.at)
    if shift.until is None:
        return to.say("⏰ *Your {name} shift starts {start}*, no handoff scheduled after that", name=name, start=start)
    until = moment(shift.until)
    return to.say("⏰ *Your {name} shift starts {start}*, until {until}", name=name, start=start, until=until)


def _has_begun(to: Audience, shift: IncomingShift) -> Mrkdwn:
    name, start = schedule_label(to, shift.change.schedule), moment(shift.change.at)
    if shift.until is None:
        return to.say("📟 *Your {name} shift started {start}*, no handoff scheduled after that", name=name, start=start)
    until = moment(shift.until)
    return to.say("📟 *Your {name} shift started {start}*, until {until}", name=name, start=start, until=until)


def _open(
    to: Audience, incidents: OpenIncidents | FlashdutyError, within: ViewValue, key_setting: str
) -> tuple[Piece, ...]:
    if isinstance(incidents, FlashdutyError):
        failure = FailedCall(incidents, within.team, key_setting)
        why = to.say("*Open incidents* could not be read. {why}", why=sentence(to, failure))
        return section(why), evidence(to, incidents)
    return open_incidents(to, incidents, within).pieces


def no_such_shift(to: Audience, team: str) -> Message:
    """Say that the shift of a reminder is no longer the person's."""
    return Message.of(
        section(to.say("*That shift is no longer yours*, or it is over: the schedule has changed.")),
        actions(control(to.label("My shifts"), REFRESH, ViewValue(team=team, view=Home()), suffix="me")),
    )


def schedules_unread(to: Audience, failure: FailedCall) -> Message:
    """Draw the notice that the schedules cannot be read, with the reason."""
    head = to.say(
        "⚠️ *Flashduty did not return the schedules of team {team}.* No handoff notices for now; user groups and topic"
        " stay as they are.",
        team=failure.team,
    )
    return Message.of(section(lines(head, sentence(to, failure))), evidence(to, failure.error))


def schedules_read_again(to: Audience, team: str) -> Message:
    """Draw the notice that the schedules can be read again."""
    return Message.of(section(to.say("✅ Flashduty returns the schedules of team {team} again.", team=team)))
