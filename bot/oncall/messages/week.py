"""A week of on-call time as a table, a row a day: the answer to `/flashduty oncall week`."""

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Final

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.blocks import TABLE_CHARACTERS, actions, context, header, section, table_block
from bot.messages.buttons import REFRESH, SHARE, WORDS_LIMIT, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.dates import day_of_week, short_date
from bot.messages.message import Message
from bot.messages.names import plain_names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Label, Mrkdwn, clipped, dotted, one_line, verbatim
from bot.messages.views import OnCallWeek, ViewValue
from bot.oncall.messages.schedule_names import schedule_label
from bot.oncall.week import DaySegment, ScheduleWeek, Week

_NAME_LIMIT: Final = 60
_CELL_LIMIT: Final = 200
# A table takes 20 columns (docs.slack.dev/reference/block-kit/blocks/table-block), and the first one names the day.
_MAX_SCHEDULES: Final = 19


def week_table(
    to: Audience,
    found: Week,
    people: Mapping[int, Person],
    words: str,
    team: str,
) -> Message:
    """Draw who is on call on each day, a column for each schedule; schedules that do not fit are counted."""
    shown = _week(found.zone, words, team)
    days = [day_of_week(to, day) for day in found.days]
    columns = _fitting(days, [_column(to, one, people) for one in found.schedules])

    def draw(count: int) -> Drawn:
        more = _more(to, len(found.schedules) - count)
        rows = zip([to.label("Day"), *days], *columns[:count], strict=True)
        return Drawn.of(table_block([list(row) for row in rows]), context(more) if more else None)

    return Message.of(
        header(_headline(to, found.days)),
        Rows(len(columns), draw),
        unread(to, people),
        context(dotted(to.say("Team *{team}*", team=team), to.say("times of {zone}", zone=str(found.zone)))),
        refreshable(
            to,
            control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
            control(to.label("Share in channel"), SHARE, shown) if to.may_share else None,
        ),
    )


def _headline(to: Audience, days: tuple[date, ...]) -> Label:
    return to.label("On call {first} – {last}", first=short_date(to, days[0]), last=short_date(to, days[-1]))


def _more(to: Audience, count: int) -> Mrkdwn | None:
    if not count:
        return None
    return to.counted(
        count,
        "{count} more schedule. Name a part of it: `{command} oncall week primary`",
        "{count} more schedules. Name a part of one: `{command} oncall week primary`",
        command=to.command,
    )


def week_takes_no_time(to: Audience, zone: tzinfo, words: str, team: str) -> Message:
    """Say that a week takes no `at:`, with a button for the week that begins today."""
    return Message.of(
        section(to.say("*The week always begins today*, so `week` takes no `at:`.")),
        actions(control(to.label("Show the week"), REFRESH, _week(zone, words, team), suffix="week")),
    )


def _week(zone: tzinfo, words: str, team: str) -> ViewValue:
    """Return the view for Refresh, which keeps the time zone of the person who requested the week."""
    return ViewValue(team=team, view=OnCallWeek(zone=str(zone), words=words[:WORDS_LIMIT]))


def no_schedule_for_week(to: Audience, words: str, team: str) -> Message:
    """Say that no schedule matches."""
    if not words:
        return Message.of(section(to.say("Team *{team}* has no on-call schedule in Flashduty.", team=team)))
    text = to.say("No schedule of team *{team}* has “{words}” in its name.", team=team, words=clipped(words, 80))
    again = ViewValue(team=team, view=OnCallWeek())
    return Message.of(section(text), actions(control(to.label("Show all"), REFRESH, again, suffix="all")))


def _column(to: Audience, one: ScheduleWeek, people: Mapping[int, Person]) -> list[str]:
    name = clipped(one_line(schedule_label(to, one.schedule)), _NAME_LIMIT)
    return [name, *(clipped(_cell(to, day, people), _CELL_LIMIT) for day in one.days)]


def _cell(to: Audience, day: tuple[DaySegment, ...], people: Mapping[int, Person]) -> str:
    return " → ".join(_stretch(to, stretch, people) for stretch in day)


def _stretch(to: Audience, stretch: DaySegment, people: Mapping[int, Person]) -> Label:
    nobody = to.label("nobody") if stretch.is_known else to.label("not known")
    who = verbatim(plain_names(to, stretch.person_ids, people)) or nobody
    return verbatim(f"{stretch.start:%H:%M} {who}") if stretch.start else who


def _fitting(days: list[Label], columns: list[list[str]]) -> list[list[str]]:
    """Keep as many columns as a table may have and hold."""
    room = TABLE_CHARACTERS - _CELL_LIMIT - sum(map(len, days))
    fitting: list[list[str]] = []
    for column in columns[:_MAX_SCHEDULES]:
        room -= sum(map(len, column))
        if room < 0:
            break
        fitting.append(column)
    return fitting
