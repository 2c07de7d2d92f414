"""The handoff part of a digest: the shifts that begin, what their people should know, and "I have it"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field
from slack_sdk.models.blocks import ButtonElement, SectionBlock

from bot.flashduty import FlashdutyError, Incident, NoisyCheck, Person
from bot.handoff.model import HandoffPackage, IncomingShift, Takeover, most_urgent
from bot.incidents.holders import UNKNOWN
from bot.incidents.messages.open_incidents import snooze_rows
from bot.incidents.messages.status import severity_mark, state, title_link
from bot.incidents.model import OpenIncidents
from bot.messages.audience import Audience
from bot.messages.blocks import section, select
from bot.messages.buttons import (
    OPTION_VALUE,
    TAKE_OVER,
    ButtonValue,
    FlashdutyId,
    StorableText,
    UnixTime,
    control,
    encode,
)
from bot.messages.layout import Part, listed, rest
from bot.messages.message import Message
from bot.messages.names import names
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, lines, moment, mrkdwn, one_line

_MAX_SHIFTS: Final = 3
_MAX_INCIDENTS: Final = 5
_MAX_SNOOZES: Final = 3
_TITLE_LIMIT: Final = 80
_NAME_LIMIT: Final = 100
# Slack's limits of a menu: 100 options (docs.slack.dev/reference/block-kit/block-elements/select-menu-element), and 150
# characters of what each carries.
_MAX_MENU_OPTIONS: Final = 100
SHORT_NAME_LIMIT: Final = 40

_People = Mapping[int, Person]


@dataclass(frozen=True, kw_only=True)
class ShiftValue(ButtonValue):
    """The value of "I have it": the shift for the bot, and the schedule's name for people.

    The keys are short: beside an id and a team's name of 60 characters there is little room in a menu.
    """

    schedule_id: Annotated[FlashdutyId, Field(alias="id")]
    starts_at: Annotated[UnixTime, Field(alias="at")]
    schedule: Annotated[StorableText, Field(alias="name", max_length=SHORT_NAME_LIMIT)] = ""


def incoming_shifts_part(
    to: Audience,
    package: HandoffPackage,
    incidents: OpenIncidents | None,
    people: _People,
    *,
    team: str,
) -> Part:
    """List the shifts that begin, each with "I have it" if the reader may press it."""
    shown = [
        section(
            _shift(to, shift, incidents, people=people),
            take_over_button(to, shift, team) if to.may_take(shift.newcomers) else None,
        )
        for shift in package.shifts[:_MAX_SHIFTS]
    ]

    theirs = [shift for shift in package.shifts[_MAX_SHIFTS:] if to.may_take(shift.newcomers)]
    offers = [(f"I have {_name(shift)}", encode(_menu_value(shift, team))) for shift in theirs]

    def draw(count: int) -> Drawn:
        others = len(package.shifts) - min(count, _MAX_SHIFTS)
        return Drawn.of(*shown[:count], _others(to, others, offers, most=max(0, count - _MAX_SHIFTS)))

    return Part.of(Rows(len(shown) + min(len(offers), _MAX_MENU_OPTIONS), draw))


def briefing_part(to: Audience, package: HandoffPackage, incidents: OpenIncidents | None, *, in_thread: bool) -> Part:
    """Draw what the incoming people should know; empty on days without a handoff."""
    if not package.shifts:
        return Part()
    return _incidents(to, incidents, in_thread=in_thread) + _noisiest(to, package.noisiest)


def _others(to: Audience, count: int, offers: Sequence[tuple[str, str]], most: int) -> SectionBlock | None:
    """Count the shifts without a row of their own, and offer at most `most` of them in a menu."""
    if not count:
        return None
    text = to.counted(count, "And {count} more shift begins", "And {count} more shifts begin")
    if 0 < most < len(offers):
        text = to.say("{text}; the menu has the first {count}", text=text, count=most)
    return section(text, select(to.label("I have …"), f"{TAKE_OVER}:more", offers[:most]) if offers[:most] else None)


def _shift(to: Audience, shift: IncomingShift, incidents: OpenIncidents | None, people: _People) -> Mrkdwn:
    snoozes = incidents.snoozes_between(shift.change.at, shift.until) if incidents else ()
    more = rest(to, len(snoozes) - _MAX_SNOOZES, in_thread=False) if len(snoozes) > _MAX_SNOOZES else None
    return lines(
        _heading(to, shift, people),
        to.say("Snoozes that run out on this shift:") if snoozes else None,
        *snooze_rows(to, snoozes[:_MAX_SNOOZES]),
        more,
    )


def _heading(to: Audience, shift: IncomingShift, people: _People) -> Mrkdwn:
    """Draw the outgoing and the incoming people, and the time of the shift."""
    who, start = names(to, shift.newcomers, people), moment(shift.change.at)
    gone = [person for person in shift.change.leaving if person not in shift.change.coming]
    changing = mrkdwn("{gone} → *{who}*", gone=names(to, gone, people), who=who) if gone else mrkdwn("*{who}*", who=who)
    if shift.until is None:
        return mrkdwn("🤝 {name}: {changing}, {start}", name=_name(shift), changing=changing, start=start)
    return to.say(
        "🤝 {name}: {changing}, {start}, until {end}",
        name=_name(shift),
        changing=changing,
        start=start,
        end=moment(shift.until),
    )


def _name(shift: IncomingShift) -> str:
    return clipped(one_line(shift.change.schedule), _NAME_LIMIT) or "unnamed schedule"


def _value(shift: IncomingShift, team: str) -> ShiftValue:
    name = clipped(one_line(shift.change.schedule), SHORT_NAME_LIMIT)
    starts_at = int(shift.change.at.timestamp())
    return ShiftValue(team=team, schedule_id=shift.schedule_id, starts_at=starts_at, schedule=name)


def _menu_value(shift: IncomingShift, team: str) -> ShiftValue:
    """Shorten the schedule's name to fit a menu's 150 characters."""
    value = _value(shift, team)
    while len(encode(value)) > OPTION_VALUE and value.schedule:
        value = replace(value, schedule=value.schedule[:-1])
    return value


def take_over_button(to: Audience, shift: IncomingShift, team: str) -> ButtonElement:
    """Draw "I have it" for a shift."""
    suffix = f"{shift.schedule_id}.{int(shift.change.at.timestamp())}"
    return control(
        to.label("I have it"),
        TAKE_OVER,
        _value(shift, team),
        suffix=suffix,
        style="primary",
        spoken=f"I have {_name(shift)}",
    )


def _incidents(to: Audience, incidents: OpenIncidents | None, *, in_thread: bool) -> Part:
    if incidents is None or not incidents.incidents:
        return Part()
    count = len(incidents.incidents)
    if incidents.is_complete:
        title = to.counted(count, "*To take over: {count} open incident*", "*To take over: {count} open incidents*")
    else:
        title = to.say("*To take over: {count} or more open incidents*", count=count)
    rows = [_incident(to, one, incidents) for one in most_urgent(incidents, _MAX_INCIDENTS)]
    return listed(to, title, rows, most=_MAX_INCIDENTS, in_thread=in_thread)


def _incident(to: Audience, incident: Incident, part: OpenIncidents) -> Mrkdwn:
    return mrkdwn(
        "• {mark} {title} · {state}",
        mark=severity_mark(to, incident.severity),
        title=title_link(to, incident, _TITLE_LIMIT),
        state=state(to, incident, part.people, known=part.known.get(incident.id, UNKNOWN)),
    )


def _noisiest(to: Audience, found: tuple[NoisyCheck, ...] | FlashdutyError) -> Part:
    if isinstance(found, FlashdutyError) or not found:
        return Part()
    checks = [
        to.counted(
            check.alerts, "{name} ({count} alert)", "{name} ({count} alerts)", name=clipped(check.name, _NAME_LIMIT)
        )
        for check in found
        if check.name
    ]
    if not checks:
        return Part()
    return Part.of(section(to.say("*Noisiest checks of the last day:* {checks}", checks=Mrkdwn(", ").join_all(checks))))


def takeover_line(
    to: Audience, schedule: str, start: datetime, taken: Takeover, paged: Mrkdwn | None = None
) -> Message:
    """Draw the line that a person has a shift, and whom Flashduty still pages if that is another person."""
    text = to.say(
        "🤝 *{who}* has {name}, the shift from {start} (pressed {at}).",
        who=clipped(taken.person.name, 60),
        name=clipped(schedule, _NAME_LIMIT) or "the pager",
        start=moment(start),
        at=moment(taken.at),
    )
    if not paged:
        return Message.of(section(text))
    still = to.say("⚠️ Flashduty itself still pages {who}: an override in the schedule changes that.", who=paged)
    return Message.of(section(lines(text, still)))


def already_taken(to: Audience, schedule: str, taken: Takeover, *, is_yours: bool = False) -> Message:
    """Say that a person, perhaps the same one, already has the shift."""
    name = clipped(schedule, _NAME_LIMIT) or "this shift"
    if is_yours:
        return Message.of(section(to.say("You already cover {name}, since {at}.", name=name, at=moment(taken.at))))
    return Message.of(
        section(
            to.say(
                "{who} already said so for {name}, {at}.",
                who=clipped(taken.person.name, 60),
                name=name,
                at=moment(taken.at),
            )
        )
    )


def takeover_denied(to: Audience, team: str, way_in: Mrkdwn) -> Message:
    """Say who may take over a shift, and how to become one of them."""
    text = "This shift is somebody else's, and taking it over is for the responders of team *{team}*."
    return Message.of(section(lines(to.say(text, team=team), way_in)))


def shift_ended(to: Audience, schedule: str, until: datetime, *, command: str) -> Message:
    """Say that a shift has ended."""
    return Message.of(
        section(
            to.say(
                "This shift of {name} ended {until}. `{command} oncall` tells who has the pager now.",
                command=command,
                name=clipped(schedule, _NAME_LIMIT) or "the pager",
                until=moment(until),
            )
        )
    )
