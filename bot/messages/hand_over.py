"""The package for whoever takes the pager over today, and the button that says they have it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import ButtonElement

from bot.flashduty import FlashdutyError, Incident, NoisyCheck, Person
from bot.hand_over import HandOverPackage, IncomingShift, Taken, most_urgent
from bot.messages.blocks import context, section
from bot.messages.buttons import TAKE_OVER, Carried, control
from bot.messages.incidents import severity_mark, state, title_link
from bot.messages.message import Message
from bot.messages.names import names
from bot.messages.open_incidents import snooze_rows
from bot.messages.parts import Part, listed, rest
from bot.messages.text import Mrkdwn, clipped, counted, lines, moment, mrkdwn, one_line
from bot.open_incidents import OpenIncidents

MOST_SHIFTS: Final = 3
MOST_INCIDENTS: Final = 5
MOST_SNOOZES: Final = 3
TITLE_LIMIT: Final = 80
NAME_LIMIT: Final = 100

People = Mapping[int, Person]


def hand_over(
    package: HandOverPackage,
    incidents: OpenIncidents | None,
    people: People,
    team: str,
    *,
    in_thread: bool,
) -> Part:
    """Show what the incoming people should know; nothing on days without a hand-over."""
    if not package.shifts:
        return Part()
    shown = [section(_shift(shift, incidents, people), _button(shift, team)) for shift in package.shifts[:MOST_SHIFTS]]
    more = rest(len(package.shifts) - len(shown), in_thread=False)
    return (
        Part.of(*shown, context(more) if more else None)
        + _incidents(incidents, in_thread=in_thread)
        + _noisiest(package.noisiest)
    )


def _shift(shift: IncomingShift, incidents: OpenIncidents | None, people: People) -> Mrkdwn:
    snoozes = incidents.snoozes_between(shift.change.at, shift.until) if incidents else ()
    more = rest(len(snoozes) - MOST_SNOOZES, in_thread=False) if len(snoozes) > MOST_SNOOZES else None
    return lines(
        _heading(shift, people),
        mrkdwn("Snoozes that run out on this shift:") if snoozes else None,
        *snooze_rows(snoozes[:MOST_SNOOZES]),
        more,
    )


def _heading(shift: IncomingShift, people: People) -> Mrkdwn:
    who, name = names(shift.change.coming, people), clipped(shift.change.schedule, NAME_LIMIT)
    start = moment(shift.change.at)
    if shift.until is None:
        return mrkdwn("🤝 *For {who}*, who takes {name} over {start}", who=who, name=name, start=start)
    return mrkdwn(
        "🤝 *For {who}*, who takes {name} over {start}, until {end}",
        who=who,
        name=name,
        start=start,
        end=moment(shift.until),
    )


def _button(shift: IncomingShift, team: str) -> ButtonElement:
    at = int(shift.change.at.timestamp())
    name = clipped(one_line(shift.change.schedule), NAME_LIMIT)
    carried = Carried(team=team, words=f"{shift.schedule_id} {at} {name}")
    return control(
        "I have it", TAKE_OVER, carried, place=f"{shift.schedule_id}.{at}", style="primary", spoken=f"I have {name}"
    )


def _incidents(incidents: OpenIncidents | None, *, in_thread: bool) -> Part:
    if incidents is None or not incidents.incidents:
        return Part()
    title = counted(
        len(incidents.incidents), "*To take over: {count} open incident*", "*To take over: {count} open incidents*"
    )
    rows = [_incident(one, incidents) for one in most_urgent(incidents, MOST_INCIDENTS)]
    return listed(title, rows, MOST_INCIDENTS, in_thread=in_thread)


def _incident(incident: Incident, part: OpenIncidents) -> Mrkdwn:
    return mrkdwn(
        "• {mark} {title} · {state}",
        mark=severity_mark(incident.severity),
        title=title_link(incident, TITLE_LIMIT),
        state=state(incident, part.people, part.as_of),
    )


def _noisiest(found: tuple[NoisyCheck, ...] | FlashdutyError) -> Part:
    if isinstance(found, FlashdutyError) or not found:
        return Part()
    checks = [
        counted(check.alerts, "{name} ({count} alert)", "{name} ({count} alerts)", name=clipped(check.name, NAME_LIMIT))
        for check in found
        if check.name
    ]
    return Part.of(section(mrkdwn("*Noisiest checks of the last day:* {checks}", checks=Mrkdwn(", ").join_all(checks))))


def taken_over(schedule: str, start: datetime, taken: Taken) -> Message:
    """Tell the thread who has the pager, and when they said so."""
    return Message.of(
        section(
            mrkdwn(
                "🤝 *{who}* has {name}, the shift from {start}. Said at {at}.",
                who=clipped(taken.person.name, 60),
                name=clipped(schedule, NAME_LIMIT) or "the pager",
                start=moment(start),
                at=moment(taken.at),
            )
        )
    )


def already_taken(schedule: str, taken: Taken) -> Message:
    """Tell whoever presses second who was first."""
    return Message.of(
        section(
            mrkdwn(
                "{who} already has {name}, since {at}.",
                who=clipped(taken.person.name, 60),
                name=clipped(schedule, NAME_LIMIT) or "the pager",
                at=moment(taken.at),
            )
        )
    )
