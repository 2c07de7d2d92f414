"""A page of an incident's timeline, newest first. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import Block

from bot.cards.details.model import TimelineRow, ToldTimeline, timeline_rows
from bot.cards.messages.details.entries import row_sentences
from bot.cards.messages.story import short_time, timeline_link
from bot.incidents.messages.actions.values import DetailsValue
from bot.messages.audience import Audience
from bot.messages.blocks import SECTION_LIMIT, actions, context, section
from bot.messages.buttons import INCIDENT_DETAILS, control
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, dotted, lines, mrkdwn, shortened

TIMELINE_PAGE_ROWS: Final = 20


def timeline_page(to: Audience, timeline: ToldTimeline, place: DetailsValue, *, detail_url: str) -> Rows:
    """Draw a page of a timeline, with the way to the pages beside it."""
    entries = [one for one in timeline.told if not place.until or one.entry.created_ms <= place.until]
    rows = timeline_rows(entries)
    until = place.until or max((one.entry.created_ms for one in entries), default=0)
    shown = rows[place.skip : place.skip + TIMELINE_PAGE_ROWS]

    def draw(count: int) -> Drawn:
        end = place.skip + min(count, len(shown))
        title = to.say("*Timeline*, newest first") if shown else to.say("*Timeline*")
        of_them = to.say("{first}–{last} of {all}", first=place.skip + 1, last=end, all=len(rows))
        head = dotted(title, of_them if place.skip or end < len(rows) else None)
        said = [_row(to, one, timeline) for one in shown[:count]] or [to.say("Nothing so far.")]
        return Drawn.of(
            *_paragraphs(head, said),
            context(to.say("Earlier entries: {timeline}", timeline=timeline_link(to, detail_url)))
            if end >= len(rows) and not timeline.is_complete
            else None,
            _ways_on(to, place, until, end=end, is_last=end >= len(rows)),
        )

    return Rows(max(1, len(shown)), draw)


def _row(to: Audience, row: TimelineRow, timeline: ToldTimeline) -> Mrkdwn:
    said, at = lines(*row_sentences(to, row, timeline.cast)), row.told.entry.created_at
    return mrkdwn("{at}  {said}", at=short_time(to, at), said=said) if at is not None else said


def _paragraphs(head: Mrkdwn, rows: Sequence[Mrkdwn]) -> Iterator[Block]:
    """Draw lines below a headline, as many blocks of them as they need."""
    paragraph = [head]
    for row in rows:
        if sum(len(one) + 1 for one in paragraph) + len(row) > SECTION_LIMIT:
            yield section(lines(*paragraph))
            paragraph = []
        paragraph.append(shortened(row, SECTION_LIMIT))
    yield section(lines(*paragraph))


def _ways_on(to: Audience, place: DetailsValue, until: int, *, end: int, is_last: bool) -> Block | None:
    """Draw the controls for newer and for older entries; the newest ones stand among all details."""
    back = max(0, place.skip - TIMELINE_PAGE_ROWS)
    newer = replace(place, skip=back, until=until if back else 0)
    older = replace(place, skip=end, until=until)
    controls = [
        control(to.label("Newer"), INCIDENT_DETAILS, newer, suffix="newer") if place.skip else None,
        None if is_last else control(to.label("Older"), INCIDENT_DETAILS, older, suffix="older"),
    ]
    return actions(*controls) if any(controls) else None
