"""Everything about one incident, in a modal view: what is not read yet says so, what cannot be read as well. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import Block

from bot.cards.details.model import DetailsContents, ToldTimeline
from bot.cards.messages.details.alerts import alert_pieces
from bot.cards.messages.details.reached import reached_rows
from bot.cards.messages.details.similar import similar_rows
from bot.cards.messages.details.timeline import timeline_page
from bot.flashduty import FlashdutyError
from bot.incidents.messages.actions.controls import more_control
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.actions.values import DetailsValue
from bot.incidents.messages.status import severity_mark, snooze, state, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import context, divider, section
from bot.messages.buttons import INCIDENT_DETAILS, REFRESH_SUFFIX, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.names import unread
from bot.messages.size import VIEW, Piece
from bot.messages.text import Mrkdwn, clipped, dotted, escaped, lines, moment, mrkdwn

DETAILS_TITLE: Final = N_("Details")
FLASHDUTY_CHANNEL_LIMIT: Final = 60

_TITLES: Final[dict[str, Marked]] = {
    "timeline": N_("*Timeline*"),
    "alerts": N_("*Alerts*"),
    "similar": N_("*Similar past incidents*"),
}
_UNREAD: Final[dict[str, Marked]] = {
    "timeline": N_("⚠️ The timeline could not be read."),
    "alerts": N_("⚠️ The alerts could not be read."),
    "similar": N_("⚠️ The similar past incidents could not be read."),
}


def incident_details(to: Audience, contents: DetailsContents, place: DetailsValue) -> Message:
    """Draw how an incident stands, who was reached, its timeline, its alerts, and incidents like it."""
    parts = _Parts(to, contents, place)
    return Message.of(
        *_head(to, contents, place),
        divider(),
        reached_rows(to, contents),
        divider(),
        *parts.timeline(),
        divider(),
        *parts.alerts(),
        divider(),
        *parts.similar(),
        unread(to, contents.people),
        size=VIEW,
    )


def later_page(to: Audience, contents: DetailsContents, timeline: ToldTimeline, *, place: DetailsValue) -> Message:
    """Draw an earlier part of the timeline alone."""
    return Message.of(
        *_head(to, contents, place),
        divider(),
        timeline_page(to, timeline, place, detail_url=contents.incident.detail_url),
        unread(to, timeline.cast.people),
        size=VIEW,
    )


def _head(to: Audience, contents: DetailsContents, place: DetailsValue) -> Iterator[Block]:
    incident = contents.incident
    yield section(mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident)))
    stands = dotted(state(to, incident, contents.people, known=contents.known), snooze(to, incident))
    yield section(stands)
    channel = escaped(clipped(incident.channel_name, FLASHDUTY_CHANNEL_LIMIT)) if incident.channel_name else None
    started = to.say("Started {at}", at=moment(incident.started_at))
    yield context(dotted(started, channel, to.say("as of {now}", now=moment(contents.as_of))))
    where = ControlPlace(team=place.team, view=place.view, channel=place.channel, thread=place.thread)
    shown = replace(place, undo_until=0, occasion="")
    refresh = control(to.label("Refresh"), INCIDENT_DETAILS, shown, suffix=REFRESH_SUFFIX)
    yield refreshable(to, more_control(to, incident, where), refresh)


class _Parts:
    """Draws the parts that are read by themselves; a reason that several have is said once."""

    def __init__(self, to: Audience, contents: DetailsContents, place: DetailsValue) -> None:
        self._to = to
        self._contents = contents
        self._place = place
        self._reasons: set[Mrkdwn] = set()

    def timeline(self) -> Iterator[Piece]:
        found = self._contents.timeline
        if isinstance(found, ToldTimeline):
            yield timeline_page(self._to, found, self._place, detail_url=self._contents.incident.detail_url)
        else:
            yield from self._missing("timeline", found)

    def alerts(self) -> Iterator[Piece]:
        found = self._contents.alerts
        if found is None or isinstance(found, FlashdutyError):
            yield from self._missing("alerts", found)
        else:
            yield from alert_pieces(self._to, found)

    def similar(self) -> Iterator[Piece]:
        found = self._contents.similar
        if found is None or isinstance(found, FlashdutyError):
            yield from self._missing("similar", found)
        else:
            yield similar_rows(self._to, found, self._place)

    def _missing(self, name: str, error: FlashdutyError | None) -> Iterator[Block]:
        to, title = self._to, self._to.translated(_TITLES[name])
        if error is None:
            yield section(lines(title, to.say("⏳ Loading …")))
            return
        why = sentence(to, FailedCall(error, self._place.team, self._contents.key_setting))
        is_said = why in self._reasons
        self._reasons.add(why)
        yield section(lines(title, to.translated(_UNREAD[name]), None if is_said else why))
        yield evidence(to, error)
