"""The handoff part of a digest: the shifts that begin, what their people should know, and "I have it"."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import ButtonElement, SectionBlock

from bot.flashduty import NoisyCheck, Person
from bot.handoff.messages.covering import Covered, covered_block
from bot.handoff.messages.shift_value import ShiftValue, shift_value, suffix_of
from bot.handoff.model import HandoffPackage, IncomingShift, ShiftId, Takeover
from bot.messages.audience import Audience
from bot.messages.blocks import section, select
from bot.messages.buttons import OPTION_VALUE, TAKE_OVER, control, encode
from bot.messages.layout import Part
from bot.messages.names import names
from bot.messages.size import Drawn, Rows
from bot.messages.text import Label, Mrkdwn, clipped, moment, mrkdwn, one_line
from bot.oncall.messages.schedule_names import schedule_label

_MAX_SHIFTS: Final = 3
_NAME_LIMIT: Final = 100
# Slack's limits of a menu: 100 options (docs.slack.dev/reference/block-kit/block-elements/select-menu-element), and 150
# characters of what each carries.
_MAX_MENU_OPTIONS: Final = 100

_People = Mapping[int, Person]


def incoming_shifts_part(to: Audience, package: HandoffPackage, people: _People, *, team: str) -> Part:
    """List the shifts that begin, each with who covers it, or with "I have it" if the reader may press it.

    A shift whose handoff has a notice of its own has the button there alone.
    """
    shown = [
        [
            section(
                _heading(to, shift, people),
                take_over_button(to, shift, team) if _is_offered(to, shift, package) else None,
            ),
            *covered_rows(to, shift, package.takeovers, people=people),
        ]
        for shift in package.shifts[:_MAX_SHIFTS]
    ]
    theirs = [shift for shift in package.shifts[_MAX_SHIFTS:] if _is_offered(to, shift, package)]
    offers = [(to.label("I have {name}", name=_name(to, shift)), encode(_menu_value(shift, team))) for shift in theirs]

    def draw(count: int) -> Drawn:
        others = len(package.shifts) - min(count, _MAX_SHIFTS)
        return Drawn.of(
            *(block for row in shown[:count] for block in row),
            _others(to, others, offers, most=max(0, count - _MAX_SHIFTS)),
        )

    return Part.of(Rows(len(shown) + min(len(offers), _MAX_MENU_OPTIONS), draw))


def _is_offered(to: Audience, shift: IncomingShift, package: HandoffPackage) -> bool:
    return not package.is_announced and may_be_taken(shift, package.takeovers) and to.may_take(shift.newcomers)


def may_be_taken(shift: IncomingShift, takeovers: Mapping[ShiftId, Takeover]) -> bool:
    """Whether nobody covers a shift yet, or somebody whose shift it is not."""
    taken = takeovers.get(shift.id)
    return taken is None or not taken.is_theirs


def covered_rows(
    to: Audience, shift: IncomingShift, takeovers: Mapping[ShiftId, Takeover], *, people: _People
) -> list[SectionBlock]:
    """Draw the line under a shift that says who covers it; nothing while nobody does."""
    taken = takeovers.get(shift.id)
    if taken is None:
        return []
    paged = None if taken.is_theirs else names(to, shift.change.coming, people)
    found = Covered(schedule=_name(to, shift), start=shift.change.at, taken=taken, paged=paged)
    return [covered_block(to, shift.id, found)]


def _others(to: Audience, count: int, offers: Sequence[tuple[Label, str]], most: int) -> SectionBlock | None:
    """Count the shifts without a row of their own, and offer at most `most` of them in a menu."""
    if not count:
        return None
    if 0 < most < len(offers):
        text = to.say("And {count} more shifts; the menu has {offered} of them", count=count, offered=most)
    else:
        text = to.counted(count, "And {count} more shift", "And {count} more shifts")
    return section(text, select(to.label("I have …"), f"{TAKE_OVER}:more", offers[:most]) if offers[:most] else None)


def _heading(to: Audience, shift: IncomingShift, people: _People) -> Mrkdwn:
    """Draw the outgoing and the incoming people, and the time of the shift."""
    who, start = names(to, shift.newcomers, people), moment(shift.change.at)
    gone = [person for person in shift.change.leaving if person not in shift.change.coming]
    changing = mrkdwn("{gone} → *{who}*", gone=names(to, gone, people), who=who) if gone else mrkdwn("*{who}*", who=who)
    if shift.until is None:
        return to.say("🤝 {name}: {changing}, {start}", name=_name(to, shift), changing=changing, start=start)
    return to.say(
        "🤝 {name}: {changing}, {start}, until {end}",
        name=_name(to, shift),
        changing=changing,
        start=start,
        end=moment(shift.until),
    )


def _name(to: Audience, shift: IncomingShift) -> Label:
    return schedule_label(to, one_line(shift.change.schedule))


def _menu_value(shift: IncomingShift, team: str) -> ShiftValue:
    """Shorten the schedule's name to fit a menu's 150 characters."""
    value = shift_value(shift, team)
    while len(encode(value)) > OPTION_VALUE and value.schedule:
        value = replace(value, schedule=value.schedule[:-1])
    return value


def take_over_button(to: Audience, shift: IncomingShift, team: str) -> ButtonElement:
    """Draw "I have it" for a shift."""
    return control(
        to.label("I have it"),
        TAKE_OVER,
        shift_value(shift, team),
        suffix=suffix_of(shift.id),
        style="primary",
        spoken=to.label("I have {name}", name=_name(to, shift)),
    )


def noisiest_checks(to: Audience, found: Sequence[NoisyCheck]) -> tuple[Mrkdwn, ...]:
    """List the checks with the most alerts of the last day, a row each."""
    return tuple(
        to.counted(
            check.alerts, "• {name}: {count} alert", "• {name}: {count} alerts", name=clipped(check.name, _NAME_LIMIT)
        )
        for check in found
        if check.name
    )
