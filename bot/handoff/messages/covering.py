"""Who covers a shift: the line in the thread, the line under the shift's row, and refusals of "I have it"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement, SectionBlock, StaticSelectElement

from bot.handoff.messages.shift_value import ShiftValue, shift_of, suffix_of
from bot.handoff.model import ShiftId, Takeover
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.buttons import TAKE_OVER, decode, route_of
from bot.messages.message import Message
from bot.messages.size import Drawn
from bot.messages.text import Mrkdwn, clipped, clock_time, lines, moment

_PERSON_LIMIT: Final = 60
_NAME_LIMIT: Final = 100
_COVERED: Final = "covered."
# A time of day is unambiguous within half a day.
_SAME_DAY: Final = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Who covers a shift, with what its line says beside that."""

    schedule: str
    """The schedule's name; empty for one without a name."""
    start: datetime
    taken: Takeover
    paged: Mrkdwn | None = None
    """Whom Flashduty still pages instead."""
    instead_of: str = ""
    """Who covered it before."""


def covered_line(to: Audience, found: Covered) -> Mrkdwn:
    """Say who covers a shift, and whom Flashduty still pages if that is another person."""
    taken, at = found.taken, found.taken.at
    near = abs(found.start - at) < _SAME_DAY
    start = clock_time(found.start) if near else moment(found.start)
    who, name = clipped(taken.person.name, _PERSON_LIMIT), clipped(found.schedule, _NAME_LIMIT) or to.say("the shift")
    if found.instead_of:
        text = to.say(
            "🤝 {who} covers {name} from {start} instead of {before} (said at {at}).",
            who=who,
            name=name,
            start=start,
            before=clipped(found.instead_of, _PERSON_LIMIT),
            at=clock_time(at),
        )
    else:
        text = to.say(
            "🤝 {who} covers {name} from {start} (said at {at}).", who=who, name=name, start=start, at=clock_time(at)
        )
    if not found.paged:
        return text
    return lines(text, to.say("⚠️ Flashduty still pages {who}. To change that, add an override.", who=found.paged))


def takeover_line(to: Audience, found: Covered) -> Message:
    """Draw the line for the thread."""
    return Message.of(section(covered_line(to, found)))


def covered_block(to: Audience, shift: ShiftId, found: Covered) -> SectionBlock:
    """Draw the line under the row of a shift."""
    return SectionBlock(text=section(covered_line(to, found)).text, block_id=f"{_COVERED}{suffix_of(shift)}")


def already_covered(to: Audience, schedule: str, taken: Takeover, *, is_yours: bool = False) -> Message:
    """Say that a person, perhaps the same one, already covers the shift."""
    name = clipped(schedule, _NAME_LIMIT) or to.say("this shift")
    if is_yours:
        return Message.of(section(to.say("You already cover {name} (since {at}).", name=name, at=clock_time(taken.at))))
    who = clipped(taken.person.name, _PERSON_LIMIT)
    return Message.of(
        section(to.say("{who} already covers {name} (since {at}).", who=who, name=name, at=clock_time(taken.at)))
    )


def takeover_denied(to: Audience, team: str, way_in: Mrkdwn) -> Message:
    """Say who may take over a shift, and how to become one of them."""
    text = to.say(
        "*Not noted.* The shift is somebody else's: only responders of team *{team}* may take it over.", team=team
    )
    return Message.of(section(lines(text, way_in)))


def shift_ended(to: Audience, schedule: str, until: datetime) -> Message:
    """Say that a shift has ended."""
    return Message.of(
        section(
            to.say(
                "This shift of {name} ended {until}. Who is on call now: `{command} oncall`",
                command=to.command,
                name=clipped(schedule, _NAME_LIMIT) or to.say("the schedule"),
                until=moment(until),
            )
        )
    )


def shifts_in(blocks: Iterable[Block]) -> dict[ShiftId, str]:
    """List the shifts that a posted message offers to take over, each with the name of its schedule."""
    return {shift_of(value): value.schedule for block in blocks for value in _offers(block)}


def with_covered(to: Audience, blocks: Iterable[Block], covered: Mapping[ShiftId, Covered]) -> Message | None:
    """Redraw a posted message with a line under each covered shift; None where it offers none of them.

    A row keeps its button while somebody covers it whose shift it is not: the shift's own people can take it back.
    """
    # A line that is there already is drawn anew where its row still has a button.
    present = list(blocks)
    redrawn = {f"{_COVERED}{suffix_of(shift)}" for shift in covered if shift in shifts_in(present)}
    if not redrawn:
        return None
    shown: list[Block] = []
    for block in present:
        if block.block_id in redrawn:
            continue
        theirs = [shift for shift in map(shift_of, _offers(block)) if shift in covered]
        shown += [_without(block, theirs, covered) if theirs else block]
        shown += [covered_block(to, shift, covered[shift]) for shift in theirs]
    drawn = Drawn.of(*shown)
    return Message(drawn) if drawn.has_room else None


def _offers(block: Block) -> list[ShiftValue]:
    control = _control(block)
    options = [str(option["value"]) for option in control.get("options", ())]
    written = options or [str(control.get("value", ""))]
    return [value for text in written if (value := decode(ShiftValue, text)) is not None]


def _control(block: Block) -> dict[str, Any]:
    """Return "I have it" of a row, a button or a menu, as JSON; empty for any other block."""
    control = block.accessory if isinstance(block, SectionBlock) else None
    is_offer = isinstance(control, InteractiveElement) and route_of(str(control.action_id)) == TAKE_OVER
    return control.to_dict() if control is not None and is_offer else {}


def _without(block: Block, shifts: Iterable[ShiftId], covered: Mapping[ShiftId, Covered]) -> Block:
    """Remove the offers of these shifts from a row, but for those that their own people may take back."""
    settled = {shift for shift in shifts if covered[shift].taken.is_theirs}
    control = _control(block)
    rest: InteractiveElement | None
    if "options" in control:
        left = [option for option in control["options"] if not _is_of(str(option["value"]), settled)]
        rest = StaticSelectElement(**{**control, "options": left}) if left else None
    else:
        rest = None if settled else ButtonElement(**{**control, "style": None})
    text = block.text if isinstance(block, SectionBlock) else None
    return SectionBlock(text=text, block_id=block.block_id, accessory=rest)


def _is_of(written: str, shifts: set[ShiftId]) -> bool:
    value = decode(ShiftValue, written)
    return value is not None and shift_of(value) in shifts
