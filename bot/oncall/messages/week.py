"""A week of on-call time as a table: the answer to `/flashduty oncall week`."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.blocks import TABLE_CHARACTERS, TABLE_ROWS, actions, context, header, section, table_block
from bot.messages.buttons import REFRESH, SHARE, WORDS_LIMIT, control
from bot.messages.dates import short_date
from bot.messages.message import Message
from bot.messages.names import plain_names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, counted, dotted, mrkdwn, one_line
from bot.messages.views import OnCallWeek, ViewValue
from bot.oncall.week import DaySegment, ScheduleWeek, Week

_NAME_LIMIT: Final = 60
_CELL_LIMIT: Final = 200


def week_table(
    found: Week,
    people: Mapping[int, Person],
    words: str,
    team: str,
    *,
    audience: Audience,
) -> Message:
    """Draw who is on call on each schedule and day; schedules that do not fit are counted."""
    shown = _week(found.zone, words, team)
    rows = _fitting([_row(one, people) for one in found.schedules])
    heading = ["Schedule", *(short_date(day) for day in found.days)]

    def draw(count: int) -> Drawn:
        more = _more(len(found.schedules) - count, audience.command)
        return Drawn.of(table_block([heading, *rows[:count]]), context(more) if more else None)

    return Message.of(
        header("On call in the next seven days"),
        Rows(len(rows), draw),
        unread(people),
        context(dotted(mrkdwn("Team *{team}*", team=team), mrkdwn("times of {zone}", zone=str(found.zone)))),
        actions(
            control("Refresh", REFRESH, shown, suffix="refresh"),
            control("Share in channel", SHARE, shown) if audience.may_share else None,
        ),
    )


def _more(count: int, command: str) -> Mrkdwn | None:
    if not count:
        return None
    return counted(
        count,
        "{count} more schedule. Name a part of it: `{command} oncall week primary`",
        "{count} more schedules. Name a part of one: `{command} oncall week primary`",
        command=command,
    )


def week_takes_no_time(zone: tzinfo, words: str, team: str) -> Message:
    """Say that a week takes no `at:`, with a button for the week that begins today."""
    return Message.of(
        section(mrkdwn("*The week always begins today*, so `week` takes no `at:`.")),
        actions(control("Show the week", REFRESH, _week(zone, words, team), suffix="week")),
    )


def _week(zone: tzinfo, words: str, team: str) -> ViewValue:
    """Return the view for Refresh, which keeps the time zone of the person who requested the week."""
    return ViewValue(team=team, view=OnCallWeek(zone=str(zone), words=words[:WORDS_LIMIT]))


def no_schedule_for_week(words: str, team: str) -> Message:
    """Say that no schedule matches."""
    if not words:
        return Message.of(section(mrkdwn("Team *{team}* has no on-call schedule in Flashduty.", team=team)))
    text = mrkdwn("No schedule of team *{team}* has “{words}” in its name.", team=team, words=clipped(words, 80))
    again = ViewValue(team=team, view=OnCallWeek())
    return Message.of(section(text), actions(control("Show all", REFRESH, again, suffix="all")))


def _row(one: ScheduleWeek, people: Mapping[int, Person]) -> list[str]:
    name = clipped(one_line(one.schedule), _NAME_LIMIT) or "unnamed schedule"
    return [name, *(clipped(_cell(day, people), _CELL_LIMIT) for day in one.days)]


def _cell(day: tuple[DaySegment, ...], people: Mapping[int, Person]) -> str:
    return " → ".join(_stretch(stretch, people) for stretch in day)


def _stretch(stretch: DaySegment, people: Mapping[int, Person]) -> str:
    who = plain_names(stretch.person_ids, people) or ("nobody" if stretch.is_known else "not known")
    return f"{stretch.start:%H:%M} {who}" if stretch.start else who


def _fitting(rows: list[list[str]]) -> list[list[str]]:
    """Keep as many rows as a table may have and hold."""
    room = TABLE_CHARACTERS - _CELL_LIMIT
    fitting: list[list[str]] = []
    for row in rows[: TABLE_ROWS - 1]:
        room -= sum(len(cell) for cell in row)
        if room < 0:
            break
        fitting.append(row)
    return fitting
