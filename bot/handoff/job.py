"""Tells the channel of each hand-over when it happens, and reminds whoever takes over a while before; once each."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import structlog

from bot.delivery.alert_messages import NOBODY
from bot.delivery.ledger import ScheduledPost
from bot.delivery.publisher import DeliveryFailure, Publisher, Report
from bot.delivery.targets import ChannelMessage
from bot.flashduty import Flashduty, FlashdutyError, Person
from bot.handoff.messages.notices import notice, reminder, reminder_words
from bot.handoff.model import IncomingShift, shift_changes
from bot.incidents.attribution import Attributions
from bot.incidents.model import OpenIncidents
from bot.incidents.queries import people_of, read_open_incidents
from bot.messages import Message, PostedMessage
from bot.oncall.schedules import MISSED_HANDOFF_WINDOW, TeamSchedules
from bot.people.directory import LinkedPerson, address_of, display_name, link_profiles
from bot.people.slack_profiles import SlackProfiles
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.teams.responders import AccessCheck, Verdict
from bot.teams.team import MemberStatus, SlackPerson, Team

log = structlog.get_logger(__name__)

SHIFT_NOTICE: Final = "shift"
SHIFT_REMINDER: Final = "reminder"
REMINDER_TIMEOUT: Final = 20.0
# More incidents than a reminder shows of a kind.
MAX_NAMED_INCIDENTS: Final = 10


@dataclass(frozen=True)
class ShiftNoticeJob:
    """The notices and reminders of all teams; the ledger sees to it that each comes once."""

    publisher: Publisher
    workspace: Workspace
    profiles: SlackProfiles
    acknowledgers: Attributions
    report: Report
    may_act: AccessCheck
    now: Callable[[], datetime]

    async def tick(self, team: Team, team_schedules: TeamSchedules) -> None:
        """Tell what has just happened, and remind those whose shift is near."""
        now = self.now()
        await asyncio.gather(
            *(self._tell(team, team_schedules, at, shifts) for at, shifts in _happened(team, team_schedules, now)),
            *(self._remind(team, team_schedules, who, shifts) for who, shifts in _ahead(team, team_schedules, now)),
        )

    async def _tell(self, team: Team, team_schedules: TeamSchedules, at: datetime, shifts: list[IncomingShift]) -> None:
        if team.announcement_channel is None:
            return

        async def compose() -> PostedMessage:
            ids = {person for one in shifts for person in (*one.change.leaving, *one.change.coming)}
            people = await link_profiles(
                team_schedules.people, ids, self.profiles, notifies=team.shift_notices.mentions
            )
            return PostedMessage(notice(shifts, people, team.name))

        occasion = _occasion(team, f"{SHIFT_NOTICE} {int(at.timestamp())}", at, at + MISSED_HANDOFF_WINDOW)
        await self.publisher.deliver(occasion, team.announcement_channel, compose, ChannelMessage(self.workspace))

    async def _remind(
        self, team: Team, team_schedules: TeamSchedules, person_id: int, shifts: list[IncomingShift]
    ) -> None:
        at = shifts[0].change.at
        kind = f"{SHIFT_REMINDER} {int(at.timestamp())} {person_id}"
        person = team_schedules.people.get(person_id)
        known = await link_profiles({person_id: person} if person else {}, [person_id], self.profiles, notifies=False)
        colleague = known.get(person_id)
        if not isinstance(colleague, LinkedPerson):
            await self._not_known(team, person, at, kind)
            return
        channel = await self._conversation(colleague)
        slack = SlackPerson(colleague.slack_id, colleague.slack_name, MemberStatus.MEMBER, email=address_of(colleague))
        compose = self._composing(team, person_id, slack, shifts)
        await self.publisher.deliver(_occasion(team, kind, at, at), channel, compose, ChannelMessage(self.workspace))

    async def _conversation(self, colleague: LinkedPerson) -> str:
        """Give the conversation with somebody; where it cannot be opened, Slack does it for whoever posts to them."""
        try:
            return await self.workspace.direct_channel(colleague.slack_id)
        except SlackError as refusal:
            log.warning("conversation not opened", code=refusal.code)
            return colleague.slack_id

    def _composing(
        self, team: Team, person_id: int, slack: SlackPerson, shifts: list[IncomingShift]
    ) -> Callable[[], Coroutine[Any, Any, PostedMessage]]:
        async def compose() -> PostedMessage:
            flashduty = team.flashduty.until(asyncio.get_running_loop().time() + REMINDER_TIMEOUT)
            may_act = await self.may_act(team, slack) is not Verdict.NO
            return PostedMessage(
                await draw_reminder(flashduty, team, person_id, shifts, self.now(), self.acknowledgers, may_act=may_act)
            )

        return compose

    async def _not_known(self, team: Team, person: Person | None, at: datetime, kind: str) -> None:
        """Tell who runs the bot that somebody cannot be reminded, once that is certain."""
        address = address_of(person) if person else ""
        known = await self.profiles.by_email(frozenset([address] if address else []))
        if person is not None and (not address or address in known):
            await self._tell_trouble(team, kind, at, f"{display_name(person)}: {NOBODY}")

    async def _tell_trouble(self, team: Team, kind: str, at: datetime, why: str) -> None:
        on = at.astimezone(team.timezone).date()
        log.warning("not reminded", team=team.name, kind=kind, why=why)
        await self.report(DeliveryFailure(team.name, kind, on, None, why, 1, is_final=False))


async def draw_reminder(  # noqa: PLR0917 - what a reminder is about
    flashduty: Flashduty,
    team: Team,
    person_id: int,
    shifts: list[IncomingShift],
    now: datetime,
    acknowledgers: Attributions,
    *,
    may_act: bool,
) -> Message:
    """Read what is open and draw the reminder; without Flashduty it says so and still reminds."""
    incidents: OpenIncidents | FlashdutyError
    try:
        found = await read_open_incidents(flashduty, team, now)
        shown = (*found.unacknowledged[:MAX_NAMED_INCIDENTS], *found.long_open[:MAX_NAMED_INCIDENTS])
        people = await people_of(flashduty, shown)
        incidents = replace(found, people=people, known=await acknowledgers.of(team.name, shown))
    except FlashdutyError as error:
        incidents = error
    words = reminder_words(shifts[0].change.at, person_id)
    has_begun = shifts[0].change.at <= now
    return reminder(shifts, incidents, team.name, team.key_setting, words, has_begun=has_begun, may_act=may_act)


def _occasion(team: Team, kind: str, at: datetime, window_ends: datetime) -> ScheduledPost:
    return ScheduledPost(team.name, kind, at.astimezone(team.timezone).date(), window_ends)


def _happened(
    team: Team, team_schedules: TeamSchedules, now: datetime
) -> Iterable[tuple[datetime, list[IncomingShift]]]:
    if not team.shift_notices.tells_channel:
        return
    changes = shift_changes(team_schedules.schedules, max(now - MISSED_HANDOFF_WINDOW, team_schedules.start), now)
    for at, shifts in groupby(changes, key=lambda one: one.change.at):
        yield at, list(shifts)


def _ahead(team: Team, team_schedules: TeamSchedules, now: datetime) -> Iterable[tuple[int, list[IncomingShift]]]:
    """List who takes over when: one reminder for each person and instant, however many schedules."""
    if not team.shift_notices.reminds_people:
        return
    for _, together in groupby(
        shift_changes(team_schedules.schedules, now, now + team.shift_notices.lead), key=lambda one: one.change.at
    ):
        shifts = list(together)
        for person_id in dict.fromkeys(person for shift in shifts for person in shift.newcomers):
            yield person_id, [shift for shift in shifts if person_id in shift.newcomers]
