"""Checks of who may act for each team, and whether the people on call may."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.cli.check.members import MemberList, MemberLists
from bot.cli.check.probe import NOT_SLACK, SlackProbe
from bot.cli.check.results import Finding, failed, not_checked, passed, warning
from bot.config.names.setting_names import setting_name
from bot.flashduty import FlashdutyError, Person
from bot.oncall.current import LookupProblem, on_call_or_soon, unable_to_act
from bot.people.directory import address_of, display_name
from bot.slack.api import SlackError
from bot.slack.users import parse_user
from bot.teams.responders import ResponderRule, Responders, Verdict, responder_rule
from bot.teams.team import SlackPerson, Team

# Slack takes 50 users.lookupByEmail calls a minute.
MAX_EMAIL_LOOKUPS: Final = 20
_SCHEDULE_MARGIN: Final = timedelta(minutes=1)
_LOOKUP_PROBLEMS: Final[Mapping[LookupProblem, str]] = {
    LookupProblem.NO_ADDRESS: "has no e-mail address in Flashduty",
    LookupProblem.NOT_VERIFIED: "has not confirmed the e-mail address in Flashduty",
    LookupProblem.NOBODY_THERE: "has an e-mail address that nobody has in Slack",
    LookupProblem.NO_MEMBER: "is no full member of this Slack workspace",
}
_OVER_LOOKUP_LIMIT: Final = f"only {MAX_EMAIL_LOOKUPS} are looked for"
_NO_PERSON: Final = "Flashduty does not tell who that is"


@dataclass
class _OnCallPeople:
    """The names of the people on call: those who may act, those who may not, and those who could not be checked.

    `unable` has the reason behind each name; `unchecked` has names by the reason.
    """

    able: list[str] = field(default_factory=list)
    unable: list[str] = field(default_factory=list)
    unchecked: dict[str, list[str]] = field(default_factory=dict)

    def add_unchecked(self, name: str, why: str) -> None:
        """Add somebody who could not be checked."""
        self.unchecked.setdefault(why, []).append(name)


class ResponderCheck:
    """Checks the teams in turn, and caches what Slack returned; `workspace` is where the bot is installed."""

    def __init__(self, probe: SlackProbe, workspace: str, now: datetime) -> None:
        self._probe = probe
        self._workspace = workspace
        self._now = now
        self._member_lists = MemberLists(probe)
        # By e-mail address: the person, None where nobody has it; and the error of a lookup that failed.
        self._people: dict[str, SlackPerson | None] = {}
        self._lookup_errors: dict[str, str] = {}

    async def check(self, teams: Iterable[Team]) -> list[Finding]:
        """Report for each team who may act, and who is on call now or soon and may not."""
        teams = list(teams)
        findings: list[Finding] = []
        for team in teams:
            findings.append(await self._responders(team, is_alone=len(teams) == 1))
            findings += await self._on_call(team, is_alone=len(teams) == 1)
        return findings

    async def _responders(self, team: Team, *, is_alone: bool) -> Finding:
        subject, setting = f"{team.name}: who may act", setting_name(team.name, "responders")
        also = "; so may whoever is on call" if team.oncall_may_act else ""
        rule = responder_rule(team, is_alone=is_alone)
        if rule is ResponderRule.NAMED:
            return await self._named(subject, team, setting, also=also)
        if rule is ResponderRule.EVERYBODY:
            return passed(
                subject,
                f"every full member of the workspace: neither channels nor {setting} are set. Slack tells how many that"
                " is only with a further scope",
            )
        if rule is ResponderRule.NOBODY:
            remedy = f"Set {setting}, or {setting_name(team.name, 'slack_channels')}."
            return failed(subject, "nobody but whoever is on call" if team.oncall_may_act else "nobody", remedy)
        return await self._in_channels(subject, team, setting, also=also)

    async def _named(self, subject: str, team: Team, setting: str, also: str) -> Finding:
        what = f"the people and groups of {setting}"
        groups = {group: await self._member_lists.read(group) for group in team.responders if group.startswith("S")}
        unread = [f"{group} ({members.error})" for group, members in groups.items() if members.error]
        if unread:
            return not_checked(subject, f"{what}; Slack does not tell who is in {', '.join(unread)}")
        people = {user for user in team.responders if not user.startswith("S")}
        count = len(people.union(*(group.members for group in groups.values())))
        return passed(subject, f"{what}, {'one person' if count == 1 else f'{count} people'}{also}")

    async def _in_channels(self, subject: str, team: Team, setting: str, also: str) -> Finding:
        channels: list[MemberList] = [await self._member_lists.read(channel) for channel in sorted(team.channels)]
        error = next((channel.error for channel in channels if channel.error), "")
        if error:
            return not_checked(subject, f"whoever is in its channels; Slack does not tell who that is ({error})")
        count = len(frozenset[str]().union(*(channel.members for channel in channels)))
        number = f"{count}" if all(channel.is_complete for channel in channels) else f"more than {count}"
        what = f"whoever is in its channels, {number} now, but for guests and other organisations{also}"
        return passed(subject, f"{what}; {setting} is not set")

    async def _on_call(self, team: Team, *, is_alone: bool) -> list[Finding]:
        subject = f"{team.name}: on call now"
        lead = team.shift_notices.lead
        try:
            schedules = await team.flashduty.schedules(
                self._now - _SCHEDULE_MARGIN, self._now + lead + _SCHEDULE_MARGIN, team_ids=team.flashduty_team_ids
            )
            ids = on_call_or_soon((schedule for schedule in schedules if schedule.is_enabled), self._now, lead)
            people = await team.flashduty.persons(ids)
        except FlashdutyError:
            # The findings of the key report errors of Flashduty.
            return []
        on_call = _OnCallPeople()
        for number in ids:
            if number not in people:
                on_call.add_unchecked(f"person {number}", _NO_PERSON)
        await self._sort(team, [people[number] for number in ids if number in people], on_call, is_alone=is_alone)
        return list(_on_call_findings(subject, team, on_call))

    async def _sort(self, team: Team, people: list[Person], on_call: _OnCallPeople, *, is_alone: bool) -> None:
        """Add each person to the list of `on_call` that applies."""
        for person in people[MAX_EMAIL_LOOKUPS:]:
            on_call.add_unchecked(display_name(person), _OVER_LOOKUP_LIMIT)
        people = people[:MAX_EMAIL_LOOKUPS]
        problems = {person.id: problem for person, problem in await unable_to_act(people, self._by_email)}
        members = self._member_lists.members
        responders = Responders(is_alone=is_alone, group_members=members, channel_members=members)
        for person in people:
            name, problem = display_name(person), problems.get(person.id)
            slack_person = self._people.get(address_of(person))
            if problem is not None:
                on_call.unable.append(f"{name} {_LOOKUP_PROBLEMS[problem]}")
            elif slack_person is None:
                on_call.add_unchecked(name, self._lookup_errors.get(address_of(person), _NO_PERSON))
            elif team.oncall_may_act:
                on_call.able.append(name)
            else:
                await self._sort_by_settings(team, name, slack_person, responders=responders, on_call=on_call)

    async def _sort_by_settings(
        self, team: Team, name: str, slack_person: SlackPerson, responders: Responders, on_call: _OnCallPeople
    ) -> None:
        verdict = await responders.is_responder(team, slack_person)
        if verdict is Verdict.YES:
            on_call.able.append(name)
        elif verdict is Verdict.NO:
            on_call.unable.append(f"{name} is no responder of the team")
        else:
            on_call.add_unchecked(name, await self._member_list_error(team))

    async def _member_list_error(self, team: Team) -> str:
        """Give the first error of reading the team's groups, or its channels where it names no responders."""
        groups = [responder for responder in team.responders if responder.startswith("S")]
        for list_id in groups if team.responders else sorted(team.channels):
            try:
                await self._member_lists.members(list_id)
            except SlackError as error:
                return error.code
        return "no answer in time"

    async def _by_email(self, emails: frozenset[str]) -> Mapping[str, SlackPerson | None]:
        for email in sorted(emails - self._people.keys() - self._lookup_errors.keys()):
            response = await self._probe.call("users.lookupByEmail", email=email)
            if response.error == "users_not_found":
                self._people[email] = None
            elif response.error is not None:
                self._lookup_errors[email] = response.error
            else:
                self._cache_person(email, response.object("user"))
        return {email: self._people[email] for email in emails if email in self._people}

    def _cache_person(self, email: str, user: Mapping[str, object]) -> None:
        try:
            self._people[email] = parse_user("users.lookupByEmail", user, self._workspace)
        except SlackError:
            self._lookup_errors[email] = NOT_SLACK


def _on_call_findings(subject: str, team: Team, on_call: _OnCallPeople) -> Iterator[Finding]:
    """Report who may act and who may not; "all of them" and "nobody" only where everybody was checked."""
    if on_call.unable:
        remedy = "Use the same confirmed e-mail address in Slack and Flashduty; a responder may act without."
        if not team.oncall_may_act:
            remedy += f" {setting_name(team.name, 'oncall_may_act')}=true lets whoever is on call act."
        able = f"{', '.join(on_call.able)} may act. " if on_call.able else ""
        yield warning(subject, f"{able}Could not act: {'; '.join(on_call.unable)}", remedy)
    elif on_call.able:
        extent = "may act" if on_call.unchecked else "all of them may act"
        yield passed(subject, f"{', '.join(on_call.able)}; {extent}")
    elif not on_call.unchecked:
        yield passed(subject, "nobody")
    for why, names in on_call.unchecked.items():
        yield not_checked(subject, f"{', '.join(names)} cannot be looked at ({why})")
