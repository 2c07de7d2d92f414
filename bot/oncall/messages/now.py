"""Who is on call: the answer to `/flashduty oncall`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, header, section
from bot.messages.buttons import REFRESH, SHARE, WORDS_LIMIT, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.dates import short_date
from bot.messages.message import Message
from bot.messages.names import MAX_NAMES, names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Label, Mrkdwn, clipped, dotted, lines, moment, mrkdwn
from bot.messages.views import OnCall as OnCallView
from bot.messages.views import ViewValue
from bot.oncall.messages.schedule_names import in_role, schedule_label
from bot.oncall.shifts import OnCallEntry, ShiftSpan
from bot.oncall.time_expressions import TimeExpression, TimeProblem
from bot.people.directory import display_name

_MAX_SCHEDULES: Final = 30
_MAX_KNOWN_SCHEDULES: Final = 20
_PERSON_LIMIT: Final = 60


@dataclass(frozen=True)
class OnCallAnswer:
    """The schedules that match a request, and what else the answer says."""

    words: str
    entries: tuple[OnCallEntry, ...]
    people: Mapping[int, Person]
    as_of: datetime
    known_schedules: tuple[str, ...] = ()
    at: datetime | None = None
    """The requested instant, in the person's time zone; None for now."""
    may_be_more: bool = False
    """Whether Flashduty has, or may have, schedules that it did not return."""


def on_call_answer(to: Audience, found: OnCallAnswer, team: str) -> Message:
    """Draw who is on call on each schedule, until when, and who is next."""
    shown = ViewValue(team=team, view=_view(found))
    if not found.entries:
        return _nothing(to, found, team)
    entries = [
        section(entry_text(to, entry, found.people, has_phones=not to.is_public))
        for entry in found.entries[:_MAX_SCHEDULES]
    ]

    def draw(count: int) -> Drawn:
        more = len(found.entries) - count
        return Drawn.of(*entries[:count], context(_more(to, more)) if more else None)

    return Message.of(
        header(_headline(to, found.at)),
        Rows(len(entries), draw),
        context(to.say("There may be more: Flashduty did not return all schedules.")) if found.may_be_more else None,
        unread(to, found.people),
        context(dotted(to.say("Team *{team}*", team=team), to.say("as of {now}", now=moment(found.as_of)))),
        refreshable(
            to,
            control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
            control(to.label("Share in channel"), SHARE, shown) if to.may_share else None,
        ),
    )


def _view(found: OnCallAnswer) -> OnCallView:
    words = found.words[:WORDS_LIMIT]
    if found.at is None:
        return OnCallView(words=words)
    at = found.at.astimezone(UTC).replace(second=0, microsecond=0)
    return OnCallView(words=words, at=at, zone=str(found.at.tzinfo))


def _headline(to: Audience, at: datetime | None) -> Label:
    if at is None:
        return to.label("On call now")
    return to.label(
        "On call on {day} at {time} ({zone})", day=short_date(to, at), time=f"{at:%H:%M}", zone=str(at.tzinfo)
    )


def unknown_time(to: Audience, when: TimeExpression, team: str, now: datetime) -> Message:
    """Say why an instant cannot be shown, and which can; `now` is in the time zone of the question."""
    return Message.of(
        section(
            lines(
                _why(to, when),
                to.say(
                    "Try `{command} oncall at:+6h`, `at:18:00`, `at:tomorrow 18:00`, `at:friday noon` or `at:{day} 18:00`.",
                    command=to.command,
                    day=f"{now + timedelta(days=2):%Y-%m-%d}",
                ),
            )
        ),
        actions(control(to.label("On call now"), REFRESH, ViewValue(team=team, view=OnCallView()), suffix="now")),
    )


def _why(to: Audience, when: TimeExpression) -> Mrkdwn:
    said = clipped(when.text, 60)
    if when.problem is TimeProblem.OVER:
        return to.say("“{said}” is over. Choose a time from now to 30 days ahead.", said=said)
    if when.problem is TimeProblem.TOO_FAR:
        return to.say("“{said}” is too far ahead. Choose a time from now to 30 days ahead.", said=said)
    if not said:
        return to.say("There is no time after `at:`.")
    return to.say("Not a time: “{said}”.", said=said)


def _more(to: Audience, count: int) -> Mrkdwn:
    return to.counted(
        count,
        "{count} more schedule. Name a part of it: `{command} oncall primary`",
        "{count} more schedules. Name a part of one: `{command} oncall primary`",
        command=to.command,
    )


def _nothing(to: Audience, found: OnCallAnswer, team: str) -> Message:
    if not found.known_schedules:
        return Message.of(section(to.say("Team *{team}* has no on-call schedule in Flashduty.", team=team)))
    known = [mrkdwn("• {name}", name=clipped(name, 80)) for name in found.known_schedules[:_MAX_KNOWN_SCHEDULES]]
    text = to.say(
        "No schedule has “{words}” in its name. Team *{team}* has these:",
        words=clipped(found.words, 80),
        team=team,
    )
    blocks: list[Block] = [section(lines(text, *known))]
    return Message.of(
        *blocks, actions(control(to.label("Show all"), REFRESH, ViewValue(team=team, view=OnCallView()), suffix="all"))
    )


def entry_text(to: Audience, entry: OnCallEntry, people: Mapping[int, Person], *, has_phones: bool = False) -> Mrkdwn:
    """Draw who is on call on one schedule now and next; with `has_phones` also the numbers of those on call now."""
    return lines(
        _now(to, entry, people),
        _phones(to, entry.now, people) if has_phones and entry.now is not None else None,
        _next(to, entry, people),
    )


def _now(to: Audience, entry: OnCallEntry, people: Mapping[int, Person]) -> Mrkdwn:
    name = schedule_label(to, entry.schedule)
    if entry.now is None and not entry.is_known:
        return to.say("⚠️ *{name}*: schedule not available for that time", name=name)
    if entry.now is None:
        return to.say("⚠️ *{name}*: *nobody is on call*", name=name)
    who = on_call_names(to, entry.now, people)
    if entry.until_is_known:
        return to.say("📟 *{name}*: {who}, until {end}", name=name, who=who, end=moment(entry.now.end))
    return to.say("📟 *{name}*: {who}, no handoff scheduled", name=name, who=who)


def _next(to: Audience, entry: OnCallEntry, people: Mapping[int, Person]) -> Mrkdwn | None:
    if entry.following is not None:
        who = on_call_names(to, entry.following, people)
        return to.say("Next: {who}, from {start}", who=who, start=moment(entry.following.start))
    if not entry.is_known or (entry.now is not None and not entry.until_is_known):
        return None
    if not entry.is_computed:
        return to.say("Flashduty does not say who is next.")
    return to.say("No one scheduled after that (checked to {end}).", end=moment(entry.horizon))


def on_call_names(to: Audience, watch: ShiftSpan, people: Mapping[int, Person]) -> Mrkdwn:
    """Name the people of a span, with their roles where there is more than one."""
    filled = [duty for duty in watch.duties if duty.person_ids]
    if len({duty.role_id for duty in filled}) < 2:  # noqa: PLR2004 - one role needs no telling apart
        return _bold(to, watch.person_ids, people)
    return to.say(", ").join_all(in_role(to, _bold(to, duty.person_ids, people), duty.role_id) for duty in filled)


def _bold(to: Audience, ids: Sequence[int], people: Mapping[int, Person]) -> Mrkdwn:
    return mrkdwn("*{who}*", who=names(to, ids, people))


def _phones(to: Audience, watch: ShiftSpan, people: Mapping[int, Person]) -> Mrkdwn | None:
    """Draw the phone numbers as Flashduty returns them, which masks them; None where it returns none."""
    numbers = [
        mrkdwn("{who} {phone}", who=clipped(display_name(person), _PERSON_LIMIT), phone=clipped(person.phone, 40))
        for number in watch.person_ids[:MAX_NAMES]
        if (person := people.get(number)) is not None and person.phone
    ]
    return mrkdwn("☎️ {numbers}", numbers=to.say(", ").join_all(numbers)) if numbers else None
