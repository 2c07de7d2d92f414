"""The message that takes the place of many cards: how many incidents, how severe, in which Flashduty channels."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from bot.cards.storms.model import StormContents, name_of
from bot.flashduty import Progress, Severity
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.card_facts import COLOURS
from bot.incidents.messages.status import severity_mark
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import SHOW_PRIVATELY, control
from bot.messages.layout import rest
from bot.messages.message import Bar, Message
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment, mrkdwn
from bot.messages.views import ViewValue

MAX_STORM_CHANNELS: Final = 5
CHANNEL_LIMIT: Final = 60


def storm_message(to: Audience, contents: StormContents, team: str) -> Message:
    """Draw the counts of a storm, the moment it began and, once it has, the moment it ended.

    Severities and Flashduty channels are those of the incidents that are open. "Show" is there while any is.
    What was open when cards were switched on is a storm that ended when it began.
    """
    shown = ViewValue(team=team, view=IncidentList(storm=name_of(contents.channel, contents.started_at)))
    show = control(to.label("Show"), SHOW_PRIVATELY, shown, suffix="storm") if contents.open else None
    return Message.of(
        section(lines(_headline(to, contents), dotted(*_states(to, contents)), dotted(*_severities(to, contents)))),
        actions(show) if show else None,
        bar=Bar(COLOURS[_worst(contents)], (_channels(to, contents),)),
    )


def _headline(to: Audience, contents: StormContents) -> Mrkdwn:
    count, since = len(contents.places), moment(contents.started_at)
    if contents.ended_at is None:
        return to.counted(
            count,
            "🌪️ *Incident storm: {count} new incident* since {since}",
            "🌪️ *Incident storm: {count} new incidents* since {since}",
            since=since,
        )
    if contents.ended_at == contents.started_at:
        return to.counted(
            count,
            "🌪️ *{count} incident was open when cards were switched on*, {since}",
            "🌪️ *{count} incidents were open when cards were switched on*, {since}",
            since=since,
        )
    return to.counted(
        count,
        "🌪️ *Incident storm over: {count} incident*, {since} to {until}",
        "🌪️ *Incident storm over: {count} incidents*, {since} to {until}",
        since=since,
        until=moment(contents.ended_at),
    )


def _states(to: Audience, contents: StormContents) -> Iterator[Mrkdwn]:
    found = Counter(one.progress for one in contents.places)
    if count := found[Progress.TRIGGERED]:
        yield to.counted(count, "❗ {count} unacknowledged", "❗ {count} unacknowledged")
    if count := found[Progress.PROCESSING]:
        yield to.counted(count, "👤 {count} acknowledged", "👤 {count} acknowledged")
    if count := found[Progress.CLOSED]:
        yield to.counted(count, "✅ {count} closed", "✅ {count} closed")


def _severities(to: Audience, contents: StormContents) -> Iterator[Mrkdwn]:
    found = Counter(one.severity for one in contents.open)
    for severity in sorted(Severity, key=lambda one: one.rank):
        if found[severity]:
            yield mrkdwn("{mark} {count}", mark=severity_mark(to, severity), count=found[severity])


def _worst(contents: StormContents) -> Progress:
    there = {one.progress for one in contents.places}
    order = (Progress.TRIGGERED, Progress.PROCESSING, Progress.UNKNOWN)
    return next((one for one in order if one in there), Progress.CLOSED)


def _channels(to: Audience, contents: StormContents) -> Rows | None:
    found = Counter(one.flashduty_channel for one in contents.open if one.flashduty_channel).most_common()
    if not found:
        return None
    rows = [
        mrkdwn("• {name} · {count}", name=clipped(name, CHANNEL_LIMIT), count=count)
        for name, count in found[:MAX_STORM_CHANNELS]
    ]

    def draw(count: int) -> Drawn:
        more = rest(to, len(found) - count, in_thread=False)
        return Drawn.of(section(lines(to.say("*Open, by channel in Flashduty*"), *rows[:count], more)))

    return Rows(len(rows), draw)
