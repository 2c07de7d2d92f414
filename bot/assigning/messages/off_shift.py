"""The warning before people are paged who are not on call."""

from collections.abc import Sequence
from typing import Final

from bot.flashduty import Incident
from bot.incidents.messages.actions.values import AddResponderValue
from bot.incidents.messages.status import title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import ADD_RESPONDER, control
from bot.messages.message import Message
from bot.messages.names import enumerated
from bot.messages.text import Label, Mrkdwn, clipped, escaped, lines, one_line

_NAME_LIMIT: Final = 60


def off_shift(
    to: Audience,
    incident: Incident,
    value: AddResponderValue,
    *,
    off: Sequence[str],
    others: Sequence[str] = (),
    is_known: bool,
) -> Message:
    """Warn that people are not on call, or that this is not known, and ask whether all who were chosen are to be paged.

    `off` are the names of those who are not on call, `others` of those chosen who are.
    """
    warning = _off_call(to, incident, off) if is_known else _not_known(to, incident, off)
    as_well = to.say("On call, and paged as well: {others}.", others=_names(to, others)) if others else None
    page, spoken = _labels(to, incident, value, off=off)
    return Message.of(
        section(lines(warning, as_well, to.say("Nobody was paged yet."))),
        actions(control(page, ADD_RESPONDER, value, suffix="anyway", spoken=spoken)),
    )


def _off_call(to: Audience, incident: Incident, off: Sequence[str]) -> Mrkdwn:
    return to.counted(
        len(off),
        "⚠️ *{who} is not on call in the schedules of this team now.* Page {who} for {title} anyway?",
        "⚠️ *{who} are not on call in the schedules of this team now.* Page them for {title} anyway?",
        who=_names(to, off),
        title=title_link(to, incident),
    )


def _not_known(to: Audience, incident: Incident, off: Sequence[str]) -> Mrkdwn:
    return to.counted(
        len(off),
        "⚠️ *It is not known whether {who} is on call.* Page {who} for {title}?",
        "⚠️ *It is not known whether {who} are on call.* Page them for {title}?",
        who=_names(to, off),
        title=title_link(to, incident),
    )


def _labels(to: Audience, incident: Incident, value: AddResponderValue, *, off: Sequence[str]) -> tuple[Label, Label]:
    count = len(value.person_ids)
    if count == 1 and len(off) == 1:
        who = clipped(one_line(off[0]), _NAME_LIMIT)
        return to.label("Page {who}", who=who), to.label("Page {who} for {num}", who=who, num=incident.num)
    return to.label("Page all {count}", count=count), to.label(
        "Page all {count} for {num}", count=count, num=incident.num
    )


def _names(to: Audience, people: Sequence[str]) -> Mrkdwn:
    return enumerated(to, (escaped(clipped(one_line(one), _NAME_LIMIT)) for one in people))
