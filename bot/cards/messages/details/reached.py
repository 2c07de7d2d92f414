"""Who was reached about an incident, in which ways and when. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.cards.details.model import DetailsContents, Reach, ToldTimeline, reaches
from bot.cards.messages.failed_pages import CHAT_NAME_LIMIT, reason_words, way_words
from bot.cards.messages.story import short_time
from bot.flashduty import FlashdutyError
from bot.incidents.holders import involved
from bot.incidents.messages.card_facts import responder_row
from bot.incidents.messages.status import responder_names
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.layout import rest
from bot.messages.names import enumerated, names
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, escaped, lines, one_line

MAX_REACHED: Final = 15
MAX_WAYS: Final = 6


def reached_rows(to: Audience, contents: DetailsContents) -> Rows | None:
    """List the responders, those who were notified as well, and the chats, each with the ways in which it went."""
    rows = list(_rows(to, contents))
    about_pages = _about_pages(to, contents)
    if not rows and about_pages is None:
        return None

    def draw(count: int) -> Drawn:
        more = rest(to, len(rows) - count, in_thread=False)
        return Drawn.of(section(lines(to.say("*Responders*"), *rows[:count], more, about_pages)))

    return Rows(max(1, min(len(rows), MAX_REACHED)), draw)


def _about_pages(to: Audience, contents: DetailsContents) -> Mrkdwn | None:
    if contents.timeline is None:
        return to.say("⏳ Who was reached, and when: loading …")
    if isinstance(contents.timeline, FlashdutyError):
        return to.say("⚠️ Who was reached, and when, could not be read.")
    return None


def _rows(to: Audience, contents: DetailsContents) -> Iterator[Mrkdwn]:
    told = contents.timeline if isinstance(contents.timeline, ToldTimeline) else ToldTimeline()
    people, chats = reaches(told.told)
    incident, known = contents.incident, contents.known
    named = {**told.cast.people, **contents.people}
    own_names = responder_names(incident)
    for one in involved(incident, known):
        row = responder_row(to, one, named, own_names=own_names, known=known)
        # In the row of the key's owner stands whoever pressed in Slack.
        shown_id = known.presser_id if known.stands_for(one) and known.presser_id else one.person_id
        yield lines(row, _ways(to, people.pop(shown_id, ())))
    for number, found in people.items():
        who = names(to, [number], named, given=told.cast.given)
        yield lines(to.say("• {who}", who=who), _ways(to, found))
    for chat, found in chats.items():
        who = escaped(clipped(one_line(chat), CHAT_NAME_LIMIT)) or to.say("somebody")
        yield lines(to.say("• {who}", who=who), _ways(to, found))


def _ways(to: Audience, found: Iterable[Reach]) -> Mrkdwn | None:
    """Draw the ways on one line, those that did not arrive behind the others."""
    ways = sorted(found, key=lambda one: bool(one.failed_reason))[:MAX_WAYS]
    if not ways:
        return None
    return to.say("      ↳ {ways}", ways=enumerated(to, [_way(to, one) for one in ways]))


def _way(to: Audience, one: Reach) -> Mrkdwn:
    way, at = way_words(to, one.by), short_time(to, one.last_at)
    if one.failed_reason:
        return to.say("⚠️ {way} {at}: {why}", way=way, at=at, why=reason_words(to, one.failed_reason))
    if one.count > 1:
        return to.say("{way} {count} times, last {at}", way=way, count=one.count, at=at)
    return to.say("{way} {at}", way=way, at=at)
