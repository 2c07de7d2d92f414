"""Post each handoff to the team's channel when it happens, and remind the people whose shift begins soon; each once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

import structlog

from bot.delivery.model import NO_SUCH_MEMBER, DeliveryFailure, ScheduledPost
from bot.delivery.publisher import Publisher, Report
from bot.delivery.targets import ChannelMessage
from bot.flashduty import Flashduty, FlashdutyError, Person
from bot.handoff.messages.notices import notice, reminder
from bot.handoff.model import IncomingShift, shift_changes
from bot.handoff.takeovers import Takeovers
from bot.incidents.attribution import Attributions
from bot.incidents.model import OpenIncidents
from bot.incidents.queries import people_of, read_open_incidents
from bot.messages import Message, PostedMessage
from bot.messages.audience import Audience
from bot.oncall.schedules import MISSED_HANDOFF_WINDOW, TeamSchedules
from bot.people.audiences import Audiences
from bot.people.directory import LinkedPerson, address_of, display_name, link_profiles
from bot.people.slack_profiles import SlackProfiles
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.postings import PostingKind
from bot.teams.responders import AccessCheck, Verdict
from bot.teams.team import MemberStatus, SlackPerson, Team

log = structlog.get_logger(__name__)

REMINDER_TIMEOUT: Final = 20.0
# More incidents of a kind than a reminder shows.
MAX_NAMED_INCIDENTS: Final = 15


@dataclass(frozen=True, kw_only=True)
class _Reminder:
    """What one reminder is about: a person, and their shifts that begin at one instant."""

    team: Team
    person_id: int
    shifts: list[IncomingShift]

    @property
    def at(self) -> datetime:
        return self.shifts[0].change.at

    @property
    def local_date(self) -> date:
        return self.at.astimezone(self.team.timezone).date()


class ShiftNoticeJob:
    """The notices and reminders of all teams; the publisher posts each once."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        workspace: Workspace,
        profiles: SlackProfiles,
        attributions: Attributions,
        report: Report,
        may_act: AccessCheck,
        audiences: Audiences,
        takeovers: Takeovers,
        now: Callable[[], datetime],
    ) -> None:
        self._audiences = audiences
        self._takeovers = takeovers
        self._publisher = publisher
        self._workspace = workspace
        self._profiles = profiles
        self._attributions = attributions
        self._report = report
        self._may_act = may_act
        self._now = now
        self._target = ChannelMessage(workspace)

    async def tick(self, team: Team, current: TeamSchedules) -> None:
        """Post the handoffs of the last hour, and send the reminders that are due."""
        now = self._now()
        await asyncio.gather(
            *(self._post_notice(team, current, at, shifts=shifts) for at, shifts in _happened(team, current, now)),
            *(self._remind(one, current) for one in _reminders(team, current, now)),
        )

    async def _post_notice(
        self, team: Team, current: TeamSchedules, at: datetime, *, shifts: list[IncomingShift]
    ) -> None:
        if team.announcement_channel is None:
            return

        async def compose() -> PostedMessage:
            ids = {person for one in shifts for person in (*one.change.leaving, *one.change.coming)}
            mentions = team.shift_notices.mentions
            people = await link_profiles(current.people, ids, self._profiles, notifies=mentions)
            return PostedMessage(
                notice(
                    await self._audiences.of_channel(team),
                    shifts,
                    people,
                    team=team.name,
                    takeovers=await self._takeovers.of_shifts(team.name, [one.id for one in shifts]),
                )
            )

        post = ScheduledPost(
            team=team.name,
            kind=PostingKind.SHIFT_NOTICE,
            subject=f"{int(at.timestamp())}",
            local_date=at.astimezone(team.timezone).date(),
            window_ends=at + MISSED_HANDOFF_WINDOW,
        )
        await self._publisher.deliver(post, team.announcement_channel, compose, target=self._target)

    async def _remind(self, due: _Reminder, current: TeamSchedules) -> None:
        person = current.people.get(due.person_id)
        people = {due.person_id: person} if person else {}
        linked = (await link_profiles(people, [due.person_id], self._profiles, notifies=False)).get(due.person_id)
        if not isinstance(linked, LinkedPerson):
            await self._report_unlinked(due, person)
            return
        channel = await self._conversation(linked)
        slack = SlackPerson(linked.slack_id, linked.slack_name, MemberStatus.MEMBER, email=address_of(linked))
        post = ScheduledPost(
            team=due.team.name,
            kind=PostingKind.REMINDER,
            subject=f"{int(due.at.timestamp())} {due.person_id}",
            local_date=due.local_date,
            window_ends=due.at,
            person_id=due.person_id,
        )
        await self._publisher.deliver(post, channel, self._composing(due, slack), target=self._target)

    async def _conversation(self, linked: LinkedPerson) -> str:
        """Return the direct-message channel, or the user id, for which Slack opens the channel on posting."""
        try:
            return await self._workspace.direct_channel(linked.slack_id)
        except SlackError as refusal:
            log.warning("shift_reminder.conversation_not_opened", code=refusal.code)
            return linked.slack_id

    def _composing(self, due: _Reminder, slack: SlackPerson) -> Callable[[], Coroutine[Any, Any, PostedMessage]]:
        async def compose() -> PostedMessage:
            may_act = await self._may_act(due.team, slack) is not Verdict.NO
            to = await self._audiences.of_person(slack, due.team, may_act=may_act)
            until = asyncio.get_running_loop().time() + REMINDER_TIMEOUT
            message = await draw_reminder(
                due.team.flashduty.speaking(to.language.code).until(until),
                due.team,
                person_id=due.person_id,
                shifts=due.shifts,
                now=self._now(),
                attributions=self._attributions,
                audience=to,
            )
            return PostedMessage(message)

        return compose

    async def _report_unlinked(self, due: _Reminder, person: Person | None) -> None:
        """Alert the operators, once it is certain that Slack has no such address."""
        if person is None:
            return
        address = address_of(person)
        known = await self._profiles.by_email(frozenset([address] if address else []))
        if address and address not in known:
            return
        log.warning("shift_reminder.not_sent", team=due.team.name, person=person.id, why=NO_SUCH_MEMBER)
        await self._report(
            DeliveryFailure(
                team=due.team.name,
                kind=PostingKind.REMINDER,
                local_date=due.local_date,
                channel=None,
                why=NO_SUCH_MEMBER,
                attempts=1,
                is_final=False,
                person_id=person.id,
                person_name=display_name(person),
            )
        )


async def draw_reminder(
    flashduty: Flashduty,
    team: Team,
    *,
    person_id: int,
    shifts: list[IncomingShift],
    now: datetime,
    attributions: Attributions,
    audience: Audience,
) -> Message:
    """Draw a reminder with the open incidents, or with the error of Flashduty in their place."""
    incidents: OpenIncidents | FlashdutyError
    try:
        found = await read_open_incidents(flashduty, team, now)
        shown = found.in_order[:MAX_NAMED_INCIDENTS]
        people = await people_of(flashduty, shown)
        incidents = replace(found, people=people, known=await attributions.of(team.name, shown))
    except FlashdutyError as error:
        incidents = error
    has_begun = shifts[0].change.at <= now
    return reminder(
        audience,
        shifts,
        incidents,
        team=team.name,
        key_setting=team.key_setting,
        person_id=person_id,
        has_begun=has_begun,
    )


def _happened(team: Team, current: TeamSchedules, now: datetime) -> Iterable[tuple[datetime, list[IncomingShift]]]:
    if not team.shift_notices.posts_to_channel:
        return
    changes = shift_changes(current.schedules, max(now - MISSED_HANDOFF_WINDOW, current.start), now)
    for at, shifts in groupby(changes, key=lambda one: one.change.at):
        yield at, list(shifts)


def _reminders(team: Team, current: TeamSchedules, now: datetime) -> Iterable[_Reminder]:
    """List the reminders that are due: one for each person and instant, however many schedules."""
    if not team.shift_notices.reminds_people:
        return
    soon = shift_changes(current.schedules, now, now + team.shift_notices.lead)
    for _, together in groupby(soon, key=lambda one: one.change.at):
        shifts = list(together)
        for person_id in dict.fromkeys(person for shift in shifts for person in shift.newcomers):
            own = [shift for shift in shifts if person_id in shift.newcomers]
            yield _Reminder(team=team, person_id=person_id, shifts=own)
