"""Read who the people are in Slack to whom an incident was just assigned, and where each is to be mentioned."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.cards.mentions.model import Placed, place_of
from bot.config.plans import CardMention
from bot.flashduty import Incident
from bot.incidents.holders import Attribution
from bot.people.directory import PartialPeople, address_of, look_up_people
from bot.people.mention_choices import MentionChoice, MentionChoices
from bot.people.slack_profiles import SlackProfiles
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.cards.cards import StoredCard
from bot.teams.team import SlackPerson, Team

log = structlog.get_logger(__name__)

# Until then an assignment waits for names, profiles and members that could not be read.
AWAIT_PEOPLE: Final = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class NewAssignments:
    """Whom an incident was assigned to since the last look, by person id with the time in ms, and its card.

    `entry_times` are those of all entries since then, in ms.
    """

    team: Team
    setting: CardMention
    card: StoredCard
    incident: Incident
    known: Attribution
    assigned: Mapping[int, int]
    entry_times: frozenset[int]
    now: datetime

    @property
    def is_young(self) -> bool:
        """Whether it is worth waiting for what could not be read."""
        newest = max(self.assigned.values(), default=0) / 1_000
        return self.now.timestamp() - newest < AWAIT_PEOPLE.total_seconds()


@dataclass(frozen=True, kw_only=True)
class Mentioned:
    """A person who is to be mentioned: when the incident was assigned to them, in ms, and where."""

    person_id: int
    slack: SlackPerson
    at_ms: int
    placed: Placed


class MentionedPeople:
    """Reads the people, their choices and the members of the card's channel."""

    def __init__(self, *, workspace: Workspace, profiles: SlackProfiles, choices: MentionChoices) -> None:
        self._workspace = workspace
        self._profiles = profiles
        self._choices = choices

    async def of(self, found: NewAssignments) -> tuple[Mentioned, ...] | None:
        """List who is to be mentioned; None where that is better read again later. Raises DatabaseUnavailable.

        Only full members of the workspace are, whose address Flashduty does not have unverified.
        """
        people = await self._in_slack(found)
        if not people:
            return None if people is None else ()
        choices = await self._choices.of([one.id for one in people.values()])
        members = await self._members(found, {one.id for one in people.values()}, choices)
        if members is None:
            return None
        return tuple(
            Mentioned(person_id=number, slack=slack, at_ms=found.assigned[number], placed=placed)
            for number, slack in people.items()
            if (placed := place_of(found.setting, choices.get(slack.id), is_member=slack.id in members)) is not None
        )

    async def _in_slack(self, found: NewAssignments) -> dict[int, SlackPerson] | None:
        people = await look_up_people(found.team.flashduty, found.assigned)
        confirmed = [people[one] for one in found.assigned if one in people]
        addresses = {
            one.id: address
            for one in confirmed
            if one.is_address_verified is not False and (address := address_of(one))
        }
        profiles = await self._profiles.by_email(frozenset(addresses.values())) if addresses else {}
        is_partial = isinstance(people, PartialPeople) or not profiles.keys() >= set(addresses.values())
        if is_partial and found.is_young:
            return None
        presser = found.known.presser
        return {
            number: replace(slack, email=address)
            for number, address in addresses.items()
            if (slack := profiles.get(address)) is not None and (presser is None or slack.id != presser.id)
        }

    async def _members(
        self, found: NewAssignments, people: Collection[str], choices: Mapping[str, MentionChoice]
    ) -> Collection[str] | None:
        """Return who is in the card's channel; all of these people where Slack does not list them; None to wait."""
        if all(choices.get(one, found.setting) in {"dm", "off"} for one in people):
            return people
        try:
            return await self._workspace.channel_members(found.card.channel)
        except SlackError as refusal:
            log.warning("card.members_unread", channel=found.card.channel, code=refusal.code)
            return None if refusal.is_passing and found.is_young else people
