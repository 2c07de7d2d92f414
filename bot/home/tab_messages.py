"""The Home tab: what is open, who is on call, the reader's own shifts, and what does not work at present."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import FlashdutyError, Incident, Person, Severity
from bot.home.messages import current_shift, planned_shift
from bot.home.model import MyShift
from bot.home.present_limits import LimitKind, PresentLimit
from bot.home.tab import OnCallNow, TeamTab
from bot.incidents.holders import UNKNOWN, is_with
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.row import leading_incident, row
from bot.incidents.messages.status import title_link
from bot.incidents.model import OpenIncidents, by_urgency
from bot.messages.audience import Audience
from bot.messages.blocks import context, divider, header, section
from bot.messages.buttons import REFRESH, SHOW_PRIVATELY, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.errors import FailedCall, evidence, sentence
from bot.messages.language import N_, Language, Marked
from bot.messages.message import Message
from bot.messages.size import VIEW, Drawn, Piece, Rows
from bot.messages.text import Label, Mrkdwn, channel_link, clipped, dotted, escaped, lines, moment
from bot.messages.views import HomeTab, MentionCode, OnCall, ViewValue
from bot.oncall.messages.now import entry_text
from bot.people.language_messages import language_buttons, language_line
from bot.people.mention_messages import mention_buttons, mention_choice_line

MAX_TAB_INCIDENTS: Final = 30
MAX_SCHEDULES: Final = 10
MAX_OWN: Final = 10
MAX_SHIFTS: Final = 3
_NAME_LIMIT: Final = 80

_LIMITS: Final[Mapping[LimitKind, Marked]] = {
    LimitKind.DATABASE: N_("• The database does not answer: digests, shift notices and reminders are not posted."),
    LimitKind.TOPIC: N_("• The topic of {channel} is not kept up to date. Slack says `{code}`."),
    LimitKind.USER_GROUP: N_("• The user group {group} is not kept in sync with on-call. Slack says `{code}`."),
}


@dataclass(frozen=True, kw_only=True)
class HomeContent:
    """Everything the tab shows: a part for each team, the limits, who the reader is in Slack, and their language."""

    teams: tuple[TeamTab, ...]
    limits: tuple[PresentLimit, ...]
    slack_id: str
    chosen: Language | None = None
    """The language that the reader chose; None where they follow Slack."""

    is_choice_lost: bool = False
    """Whether a choice of the language was made just now and could not be stored."""

    mention: MentionCode = ""
    """Where the reader is mentioned for an assignment; empty where that could not be read."""

    is_mention_lost: bool = False
    """Whether a choice of that was made just now and could not be stored."""


def home_tab(to: Audience, content: HomeContent) -> Message:
    """Draw the tab: unacknowledged first, then who is on call, the reader's own, and what does not work."""
    rows, total = _incident_rows(to, content), sum(1 for _ in _open(content))
    return Message.of(
        header(_headline(to, content)),
        *_failures(to, content),
        Rows(len(rows), lambda count: _incidents(to, rows[:count], total)) if rows else None,
        _own(to, content),
        divider(),
        *_on_call(to, content),
        *_shifts(to, content),
        _limits(to, content.limits),
        _ways_on(to, content.teams),
        context(dotted(_teams(to, content.teams), to.say("as of {now}", now=moment(to.now)))),
        *_mention(to, content),
        section(lines(_lost_choice(to) if content.is_choice_lost else None, language_line(to, content.chosen))),
        language_buttons(to, lambda choice: ViewValue(team="", view=HomeTab(language=choice))),
        size=VIEW,
    )


def _incidents(to: Audience, rows: Iterable[tuple[Block, ...]], total: int) -> Drawn:
    shown = list(rows)
    left = total - len(shown)
    more = context(to.counted(left, "and {count} more open incident", "and {count} more open incidents"))
    return Drawn.of(*(block for one in shown for block in one), more if left else None)


def _lost_choice(to: Audience) -> Mrkdwn:
    return to.say("⚠️ *The language was not changed: the bot's database does not answer.* Choose it again in a minute.")


def _mention(to: Audience, content: HomeContent) -> Iterator[Block]:
    """Offer where the reader is mentioned, where a team of theirs has cards."""
    if not any(tab.team.settings.card_plan for tab in content.teams):
        return
    said = lines(
        _lost_mention(to) if content.is_mention_lost else None,
        mention_choice_line(to, content.mention),
    )
    if said:
        yield section(said)
        yield mention_buttons(to, lambda choice: ViewValue(team="", view=HomeTab(mention=choice)))


def _lost_mention(to: Audience) -> Mrkdwn:
    return to.say(
        "⚠️ *Where you are mentioned was not changed: the bot's database does not answer.* Choose it again in a minute."
    )


def _open(content: HomeContent) -> Iterator[tuple[TeamTab, Incident]]:
    for one in content.teams:
        if isinstance(one.incidents, OpenIncidents):
            yield from ((one, incident) for incident in one.incidents.incidents)


def _headline(to: Audience, content: HomeContent) -> Label:
    unacknowledged = [one for tab in content.teams for one in _unacknowledged(tab)]
    critical = sum(one.severity is Severity.CRITICAL for one in unacknowledged)
    if unacknowledged and critical:
        return to.counted_label(
            len(unacknowledged),
            "{count} unacknowledged, {critical} critical",
            "{count} unacknowledged, {critical} critical",
            critical=critical,
        )
    if unacknowledged:
        return to.counted_label(len(unacknowledged), "{count} unacknowledged", "{count} unacknowledged")
    if any(isinstance(tab.incidents, FlashdutyError) for tab in content.teams):
        return to.label("Not all incidents could be read")
    if any(True for _ in _open(content)):
        return to.label("All open incidents are acknowledged or snoozed")
    return to.label("No open incidents")


def _unacknowledged(tab: TeamTab) -> tuple[Incident, ...]:
    return tab.incidents.unacknowledged if isinstance(tab.incidents, OpenIncidents) else ()


def _failures(to: Audience, content: HomeContent) -> Iterator[Block]:
    """Say for each team what could not be read; what could be read is shown all the same."""
    for tab in content.teams:
        error = next((one for one in (tab.incidents, tab.on_call, tab.reader) if isinstance(one, FlashdutyError)), None)
        if error is not None:
            failed = FailedCall(error, tab.team.name, tab.team.key_setting)
            yield section(
                lines(
                    to.say("*Not everything of team {team} could be read.*", team=tab.team.name), sentence(to, failed)
                )
            )
            yield evidence(to, error)


def _incident_rows(to: Audience, content: HomeContent) -> list[tuple[Block, ...]]:
    """Draw the most urgent incidents of all teams together."""
    found = sorted(_open(content), key=lambda pair: by_urgency(pair[1], to.now))
    leading = leading_incident(to, (incident for _, incident in found))
    return [
        row(
            to,
            incident,
            tab.incidents.people,
            within=ViewValue(team=tab.team.name, view=HomeTab()),
            known=tab.incidents.known.get(incident.id, UNKNOWN),
            leads=incident.id == leading,
        )
        for tab, incident in found[:MAX_TAB_INCIDENTS]
        if isinstance(tab.incidents, OpenIncidents)
    ]


def _own(to: Audience, content: HomeContent) -> Piece | None:
    """Name the open incidents that are assigned to the reader, or that the reader acknowledged in Slack."""
    own = [incident for tab in content.teams for incident in _own_of(tab, content.slack_id)]
    if not own:
        return None
    shown = [title_link(to, incident, limit=_NAME_LIMIT) for incident in own[:MAX_OWN]]
    title = to.counted(len(own), "*{count} open incident assigned to you*", "*{count} open incidents assigned to you*")
    return section(lines(title, *shown))


def _own_of(tab: TeamTab, slack_id: str) -> list[Incident]:
    if not isinstance(tab.incidents, OpenIncidents) or not isinstance(tab.reader, Person):
        return []
    known, number = tab.incidents.known, tab.reader.id
    return [
        one for one in tab.incidents.incidents if is_with(one, known.get(one.id, UNKNOWN), number, slack_id=slack_id)
    ]


def _on_call(to: Audience, content: HomeContent) -> Iterator[Block]:
    entries = [(one, entry) for one in _watches(content) for entry in one.entries]
    if entries:
        yield section(to.say("*On call now*"))
    yield from (section(entry_text(to, entry, one.people)) for one, entry in entries[:MAX_SCHEDULES])
    if len(entries) > MAX_SCHEDULES:
        more = len(entries) - MAX_SCHEDULES
        yield context(to.counted(more, "and {count} more schedule", "and {count} more schedules"))


def _watches(content: HomeContent) -> Iterator[OnCallNow]:
    return (tab.on_call for tab in content.teams if isinstance(tab.on_call, OnCallNow))


def _shifts(to: Audience, content: HomeContent) -> Iterator[Block]:
    """Name the reader's present and next shifts; a sentence where the reader is nobody in Flashduty for certain."""
    if content.teams and all(tab.reader is None for tab in content.teams):
        yield context(
            to.say(
                "Your own shifts are not shown: no person in Flashduty has the confirmed e-mail address of your Slack"
                " profile. Use the same e-mail in both."
            )
        )
        return
    shifts = sorted(
        ((shift, one.horizon) for one in _watches(content) for shift in one.shifts), key=lambda found: found[0].start
    )
    is_unread = any(isinstance(one, FlashdutyError) for tab in content.teams for one in (tab.on_call, tab.reader))
    if not shifts and is_unread:
        return
    if not shifts:
        horizon = moment(max(one.horizon for one in _watches(content)))
        yield section(to.say("*Your on-call:* no shift of yours (checked to {end}).", end=horizon))
        return
    yield section(lines(to.say("*Your on-call*"), *(_shift(to, *found) for found in shifts[:MAX_SHIFTS])))


def _shift(to: Audience, shift: MyShift, horizon: datetime) -> Mrkdwn:
    if shift.start <= to.now:
        return current_shift(to, shift, horizon)
    return planned_shift(to, shift, horizon)


def _limits(to: Audience, limits: Sequence[PresentLimit]) -> Block | None:
    if not limits:
        return None
    rows = [
        to.translated(
            _LIMITS[one.kind],
            channel=channel_link(one.subject),
            group=Mrkdwn(f"<!subteam^{one.subject}>"),
            code=clipped(one.code, 60),
        )
        for one in dict.fromkeys(limits)
    ]
    return section(lines(to.say("⚠️ *What this bot cannot do at present*"), *rows))


def _ways_on(to: Audience, teams: Sequence[TeamTab]) -> Block:
    """Offer to draw the tab again, and for a reader with one team the whole list and who is on call."""
    again = control(to.label("Refresh"), REFRESH, ViewValue(team="", view=HomeTab()), suffix="refresh")
    if len(teams) != 1:
        return refreshable(to, again)
    team = teams[0].team.name
    return refreshable(
        to,
        control(
            to.label("All open incidents"), SHOW_PRIVATELY, ViewValue(team=team, view=IncidentList()), suffix="list"
        ),
        control(to.label("Who is on call"), SHOW_PRIVATELY, ViewValue(team=team, view=OnCall()), suffix="oncall"),
        again,
    )


def _teams(to: Audience, teams: Iterable[TeamTab]) -> Mrkdwn:
    named = [escaped(tab.team.name) for tab in teams]
    if len(named) == 1:
        return to.say("Team *{team}*", team=named[0])
    return to.say("Teams {teams}", teams=to.say(", ").join_all(named))
