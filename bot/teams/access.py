"""Which team serves a channel, a person or a workspace, and who is let through to it."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final

from bot.config.plans import ShiftPlan
from bot.teams.responders import AccessCheck, MemberLookup, Responders, Verdict, never_on_call, no_members
from bot.teams.team import AccessDenied, ChannelOwners, DenialReason, MemberStatus, Permission, SlackPerson, Team

__all__ = [
    "AccessDenied",
    "ChannelOwners",
    "DenialReason",
    "MemberStatus",
    "Permission",
    "ShiftPlan",
    "SlackPerson",
    "Team",
    "Teams",
    "Verdict",
]


class Teams:
    """All teams of this bot; the one place that decides who may look and who may act."""

    def __init__(
        self,
        teams: Iterable[Team],
        group_members: MemberLookup,
        channel_members: MemberLookup = no_members,
        on_call: AccessCheck = never_on_call,
    ) -> None:
        self._teams = {team.name: team for team in teams}
        self._responders = Responders(len(self._teams) == 1, group_members, channel_members, on_call)
        self.may_act = self._responders.may_act

    def __iter__(self) -> Iterator[Team]:
        return iter(self._teams.values())

    def named(self, name: str) -> Team:
        """Give the team of a name; raises KeyError for one there is not."""
        return self._teams[name]

    async def admit(
        self, person: SlackPerson, needs: Permission, *, workspace: str, channel: str, asked: str | None
    ) -> Team:
        """Choose the team for a request and let the person through, or raise Refused.

        The channel decides, then the workspace, then `asked`. Looking needs one of the team's channels; in a direct
        message somebody who is in one of them, a responder, or whoever is on call; elsewhere a responder whom the
        settings name. Acting needs a responder or whoever is on call. Guests and people from other organisations do
        neither.
        """
        if person.status is MemberStatus.GUEST:
            raise AccessDenied(DenialReason.GUEST)
        if person.status is not MemberStatus.MEMBER:
            raise AccessDenied(DenialReason.STRANGER)
        here = [team for team in self._teams.values() if _allows(team, workspace)]
        serving = [team for team in here if self._serves(team, channel)]
        team = await self._chosen(person, here, serving, channel, asked)
        if needs is Permission.RESPOND and (verdict := await self.may_act(team, person)) is not Verdict.YES:
            raise acting_denied(team, verdict)
        return team

    async def _chosen(
        self, person: SlackPerson, here: list[Team], serving: list[Team], channel: str, asked: str | None
    ) -> Team:
        if asked:
            return await self._asked_for(person, here, serving, channel, asked.casefold())
        if serving:
            return _only_one(serving)
        if not _is_direct(channel):
            # Where nobody is served, only named responders are told without asking what teams there are.
            return _only_one([team for team in await self._own(here, person) if team.responders])
        return await self._in_direct(here, person)

    async def _in_direct(self, here: list[Team], person: SlackPerson) -> Team:
        """Choose a team for somebody's own conversation: one that knows them, or else one they are on call for."""
        verdicts: list[Verdict] = []
        own = [team for team in await self._own(here, person) if team.responders]
        for judge in (self._is_own_in_direct, self.may_act):
            if not own:
                judged = await _judged(judge, here, person)
                own = [team for team, verdict in zip(here, judged, strict=True) if verdict is Verdict.YES]
                verdicts += judged
        if not own:
            silent = (_WHY[one] for one in verdicts if one is not Verdict.NO)
            raise AccessDenied(next(silent, DenialReason.NO_TEAM_OF_YOURS))
        return _only_one([team for team in own if team.workspaces] or own)

    async def _own(self, here: list[Team], person: SlackPerson) -> list[Team]:
        verdicts = await _judged(self._responders.is_responder, here, person)
        return [team for team, verdict in zip(here, verdicts, strict=True) if verdict is Verdict.YES]

    async def _asked_for(
        self, person: SlackPerson, here: list[Team], serving: list[Team], channel: str, asked: str
    ) -> Team:
        team = next((team for team in here if team.name == asked), None)
        if team is None:
            raise AccessDenied(DenialReason.NO_SUCH_TEAM)
        if team in serving:
            return team
        verdict = await self._knows(team, person, channel)
        if verdict is Verdict.YES:
            return team
        raise AccessDenied(DenialReason.NO_SUCH_TEAM if verdict is Verdict.NO else _WHY[verdict])

    async def _knows(self, team: Team, person: SlackPerson, channel: str) -> Verdict:
        """Tell whether a team is for somebody outside its channels; in other people's only where it names them."""
        if not _is_direct(channel):
            return await self._responders.is_responder(team, person) if team.responders else Verdict.NO
        own = await self._is_own_in_direct(team, person)
        acting = Verdict.YES if own is Verdict.YES else await self.may_act(team, person)
        return own if acting is Verdict.NO else acting

    async def _is_own_in_direct(self, team: Team, person: SlackPerson) -> Verdict:
        """Tell whether somebody is a responder, or sees in a channel what the team is answered there."""
        verdict = await self._responders.is_responder(team, person)
        return verdict if verdict is Verdict.YES else await self._responders.is_in_a_channel(team, person)

    def _serves(self, team: Team, channel: str) -> bool:
        return channel in team.channels or (not team.channels and len(self._teams) == 1)

    def announces_in(self, team: Team, channel: str) -> str | None:
        """Say where a team hears what was done: in the channel where it was done, or else in the team's own."""
        if channel and self._serves(team, channel):
            return channel
        return team.announcement_channel


_WHY: Final = {
    Verdict.NO: DenialReason.NOT_A_RESPONDER,
    Verdict.SLACK_SILENT: DenialReason.MEMBERS_UNREAD,
    Verdict.FLASHDUTY_SILENT: DenialReason.ON_CALL_UNREAD,
}


def acting_denied(team: Team, verdict: Verdict) -> AccessDenied:
    """Say why somebody may not act for a team that they may look at."""
    channels = () if team.responders else tuple(sorted(team.channels))
    return AccessDenied(_WHY[verdict], (team.name,), channels, on_call=team.oncall_may_act)


async def _judged(judge: AccessCheck, teams: list[Team], person: SlackPerson) -> list[Verdict]:
    return list(await asyncio.gather(*(judge(team, person) for team in teams)))


def _allows(team: Team, workspace: str) -> bool:
    return not team.workspaces or workspace in team.workspaces


def _is_direct(channel: str) -> bool:
    """Tell whether nobody else is there; views and shortcuts have no channel."""
    return not channel or channel.startswith("D")


def _only_one(teams: list[Team]) -> Team:
    if not teams:
        raise AccessDenied(DenialReason.NOT_SERVED)
    if len(teams) > 1:
        raise AccessDenied(DenialReason.WHICH_TEAM, tuple(team.name for team in teams))
    return teams[0]
