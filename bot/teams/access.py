"""Choose the team for a request, and decide who may use it."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class _Access:
    """One request for access: the person, the channel, and the candidate teams."""

    person: SlackPerson
    channel: str
    name: str | None
    """The team the person named."""
    present: list[Team]
    """The teams of the workspace."""
    serving: list[Team]
    """Those of them that serve the channel."""


class Teams:
    """All teams of this bot; the only place that decides who may view and who may act."""

    def __init__(
        self,
        teams: Iterable[Team],
        *,
        group_members: MemberLookup,
        channel_members: MemberLookup = no_members,
        on_call: AccessCheck = never_on_call,
    ) -> None:
        self._teams = {team.name: team for team in teams}
        self._responders = Responders(
            is_alone=len(self._teams) == 1,
            group_members=group_members,
            channel_members=channel_members,
            on_call=on_call,
        )
        self.may_act = self._responders.may_act

    def __iter__(self) -> Iterator[Team]:
        return iter(self._teams.values())

    def named(self, name: str) -> Team:
        """Return the team of a name; raises KeyError."""
        return self._teams[name]

    async def admit(
        self, person: SlackPerson, needs: Permission, *, workspace: str, channel: str, team_name: str | None
    ) -> Team:
        """Choose the team for a request and check the person's permission; raises AccessDenied.

        The channel decides, then the workspace, then `team_name`, the name in the request. Viewing is for everybody
        in one of the team's channels; in a direct message, for a member of one of them, a responder, or a person on
        call; elsewhere, for a responder named in the settings. Acting is for responders and people on call. Guests and
        people of other organisations may do neither.
        """
        _refuse_outsiders(person)
        present = [team for team in self._teams.values() if _allows(team, workspace)]
        serving = [team for team in present if self._serves(team, channel)]
        team = await self._chosen(
            _Access(person=person, channel=channel, name=team_name, present=present, serving=serving)
        )
        if needs is Permission.RESPOND and (verdict := await self.may_act(team, person)) is not Verdict.YES:
            raise acting_denied(team, verdict)
        return team

    async def admit_to_own(self, person: SlackPerson, needs: Permission, *, workspace: str) -> tuple[Team, ...]:
        """Return all teams a person may use without a channel, as after a shortcut; raises AccessDenied for none."""
        _refuse_outsiders(person)
        present = [team for team in self._teams.values() if _allows(team, workspace)]
        serving = [team for team in present if self._serves(team, "")]
        access = _Access(person=person, channel="", name=None, present=present, serving=serving)
        if needs is Permission.RESPOND:
            verdicts = await _judged(self.may_act, access)
            acting = tuple(team for team, one in zip(present, verdicts, strict=True) if one is Verdict.YES)
            if acting:
                return acting
        own = serving or await self._own_without_channel(access)
        if needs is Permission.RESPOND:
            raise acting_denied(own[0], await self.may_act(own[0], person))
        return tuple(own)

    async def _chosen(self, access: _Access) -> Team:
        if access.name:
            return await self._by_name(access, access.name.casefold())
        if access.serving:
            return _only_one(access.serving)
        if not _is_direct(access.channel):
            # In a channel that no team serves, only responders named in the settings learn which teams there are.
            return _only_one([team for team in await self._own(access) if team.responders])
        return _only_one(await self._own_without_channel(access))

    async def _own_without_channel(self, access: _Access) -> list[Team]:
        """List the person's own teams, or else those they are on call for; raises AccessDenied for none."""
        verdicts: list[Verdict] = []
        own = [team for team in await self._own(access) if team.responders]
        for check in (self._is_own_in_direct_message, self.may_act):
            if not own:
                judged = await _judged(check, access)
                own = [team for team, verdict in zip(access.present, judged, strict=True) if verdict is Verdict.YES]
                verdicts += judged
        if not own:
            unanswered = (_DENIAL_REASONS[one] for one in verdicts if one is not Verdict.NO)
            raise AccessDenied(next(unanswered, DenialReason.NO_TEAM_OF_YOURS))
        return [team for team in own if team.settings.slack_workspaces] or own

    async def _own(self, access: _Access) -> list[Team]:
        verdicts = await _judged(self._responders.is_responder, access)
        return [team for team, verdict in zip(access.present, verdicts, strict=True) if verdict is Verdict.YES]

    async def _by_name(self, access: _Access, name: str) -> Team:
        team = next((team for team in access.present if team.name == name), None)
        if team is None:
            raise AccessDenied(DenialReason.NO_SUCH_TEAM)
        if team in access.serving:
            return team
        verdict = await self._may_name(team, access.person, access.channel)
        if verdict is Verdict.YES:
            return team
        raise AccessDenied(DenialReason.NO_SUCH_TEAM if verdict is Verdict.NO else _DENIAL_REASONS[verdict])

    async def _may_name(self, team: Team, person: SlackPerson, channel: str) -> Verdict:
        """Whether a person may use a team outside its channels; in other channels only if the settings name them."""
        if not _is_direct(channel):
            return await self._responders.is_responder(team, person) if team.responders else Verdict.NO
        own = await self._is_own_in_direct_message(team, person)
        acting = Verdict.YES if own is Verdict.YES else await self.may_act(team, person)
        return own if acting is Verdict.NO else acting

    async def _is_own_in_direct_message(self, team: Team, person: SlackPerson) -> Verdict:
        """Whether a person is a responder, or a member of one of the team's channels."""
        verdict = await self._responders.is_responder(team, person)
        return verdict if verdict is Verdict.YES else await self._responders.is_in_a_channel(team, person)

    def _serves(self, team: Team, channel: str) -> bool:
        return channel in team.channels or (not team.channels and len(self._teams) == 1)

    def team_of(self, name: str | None, channel: str) -> str:
        """Return the name of the team that a request named, or else of the one that serves its channel; or empty."""
        if name and name.casefold() in self._teams:
            return name.casefold()
        serving = [team.name for team in self._teams.values() if channel and self._serves(team, channel)]
        return serving[0] if len(serving) == 1 else ""

    def announces_in(self, team: Team, channel: str) -> str | None:
        """Return the channel for an announcement: the team's channel of the action, or its announcement channel."""
        if channel and self._serves(team, channel):
            return channel
        return team.announcement_channel


_DENIAL_REASONS: Final = {
    Verdict.NO: DenialReason.NOT_A_RESPONDER,
    Verdict.SLACK_UNAVAILABLE: DenialReason.MEMBERS_UNREAD,
    Verdict.FLASHDUTY_UNAVAILABLE: DenialReason.ON_CALL_UNREAD,
}


def acting_denied(team: Team, verdict: Verdict) -> AccessDenied:
    """Build the denial for a person who may view a team but not act for it."""
    channels = () if team.responders else tuple(sorted(team.channels))
    return AccessDenied(_DENIAL_REASONS[verdict], (team.name,), channels, on_call=team.oncall_may_act)


async def _judged(check: AccessCheck, access: _Access) -> list[Verdict]:
    return list(await asyncio.gather(*(check(team, access.person) for team in access.present)))


def _refuse_outsiders(person: SlackPerson) -> None:
    if person.status is MemberStatus.GUEST:
        raise AccessDenied(DenialReason.GUEST)
    if person.status is not MemberStatus.MEMBER:
        raise AccessDenied(DenialReason.STRANGER)


def _allows(team: Team, workspace: str) -> bool:
    return not team.settings.slack_workspaces or workspace in team.settings.slack_workspaces


def _is_direct(channel: str) -> bool:
    """Whether the channel is a direct message, or missing, as with a view or a shortcut."""
    return not channel or channel.startswith("D")


def _only_one(teams: list[Team]) -> Team:
    if not teams:
        raise AccessDenied(DenialReason.NOT_SERVED)
    if len(teams) > 1:
        raise AccessDenied(DenialReason.WHICH_TEAM, tuple(team.name for team in teams))
    return teams[0]
