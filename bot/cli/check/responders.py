"""The look of `check` at who may act for each team, and who is on call and could not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.cli.check.members import CheckedChannel, CheckedChannels
from bot.cli.check.probe import NOT_SLACK, SlackProbe
from bot.cli.check.results import Finding, bad, doubtful, good, unseen
from bot.config.setting_names import setting_name
from bot.flashduty import FlashdutyError, Person
from bot.oncall.current import LookupProblem, on_call_or_soon, unable_to_act
from bot.people.directory import address_of, display_name
from bot.slack.api import SlackError
from bot.slack.users import described
from bot.teams.responders import ResponderRule, Responders, Verdict, responder_rule
from bot.teams.team import SlackPerson, Team

# As many addresses as are looked for: Slack takes 50 such calls a minute.
MOST_LOOKED_FOR: Final = 20
A_LITTLE: Final = timedelta(minutes=1)
_WHY: Final[Mapping[LookupProblem, str]] = {
    LookupProblem.NO_ADDRESS: "has no e-mail address in Flashduty",
    LookupProblem.NOT_VERIFIED: "has not confirmed the e-mail address in Flashduty",
    LookupProblem.NOBODY_THERE: "has an e-mail address that nobody has in Slack",
    LookupProblem.NO_MEMBER: "is no full member of this Slack workspace",
}


_TOO_MANY: Final = f"only {MOST_LOOKED_FOR} are looked for"
_NOT_TOLD: Final = "Flashduty does not tell who that is"


@dataclass
class _Judged:
    """What was found out about the people on call: who may act, who could not and why, and of whom that is not known.

    `unknown` has names by the word for what stood in the way.
    """

    able: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)

    def not_known(self, name: str, why: str) -> None:
        """Note somebody who cannot be looked at."""
        self.unknown.setdefault(why, []).append(name)


@dataclass
class WhoMay:
    """Looks at the teams one after another; `workspace` is where the bot is installed."""

    desk: SlackProbe
    workspace: str
    now: datetime
    people: dict[str, SlackPerson | None] = field(default_factory=dict)
    """Whoever has been looked for, by address."""
    silences: dict[str, str] = field(default_factory=dict)
    """Why somebody could not be looked for, by address."""

    def __post_init__(self) -> None:
        self.places = CheckedChannels(self.desk)

    async def check(self, teams: Iterable[Team]) -> list[Finding]:
        """Say for each team who may act, and who is on call now or soon and could not."""
        teams = list(teams)
        found: list[Finding] = []
        for team in teams:
            found.append(await self._responders(team, is_alone=len(teams) == 1))
            found += await self._on_call(team, is_alone=len(teams) == 1)
        return found

    async def _responders(self, team: Team, *, is_alone: bool) -> Finding:
        subject, setting = f"{team.name}: who may act", setting_name(team.name, "responders")
        also = "; so may whoever is on call" if team.oncall_may_act else ""
        rule = responder_rule(team, is_alone=is_alone)
        if rule is ResponderRule.NAMED:
            return await self._named(subject, team, setting, also=also)
        if rule is ResponderRule.EVERYBODY:
            return good(
                subject,
                f"every full member of the workspace: neither channels nor {setting} are set. Slack tells how many that"
                " is only with a further scope",
            )
        if rule is ResponderRule.NOBODY:
            cure = f"Set {setting}, or {setting_name(team.name, 'slack_channels')}."
            return bad(subject, "nobody but whoever is on call" if team.oncall_may_act else "nobody", cure)
        return await self._in_channels(subject, team, setting, also=also)

    async def _named(self, subject: str, team: Team, setting: str, also: str) -> Finding:
        what = f"the people and groups of {setting}"
        groups = {one: await self.places.look(one) for one in team.responders if one.startswith("S")}
        silent = [f"{one} ({place.silence})" for one, place in groups.items() if place.silence]
        if silent:
            return unseen(subject, f"{what}; Slack does not tell who is in {', '.join(silent)}")
        people = {one for one in team.responders if not one.startswith("S")}
        count = len(people.union(*(place.members for place in groups.values())))
        return good(subject, f"{what}, {'one person' if count == 1 else f'{count} people'}{also}")

    async def _in_channels(self, subject: str, team: Team, setting: str, also: str) -> Finding:
        places: list[CheckedChannel] = [await self.places.look(channel) for channel in sorted(team.channels)]
        silence = next((one.silence for one in places if one.silence), "")
        if silence:
            return unseen(subject, f"whoever is in its channels; Slack does not tell who that is ({silence})")
        count = len(frozenset[str]().union(*(one.members for one in places)))
        told = f"{count}" if all(one.is_whole for one in places) else f"more than {count}"
        what = f"whoever is in its channels, {told} now, but for guests and other organisations{also}"
        return good(subject, f"{what}; {setting} is not set")

    async def _on_call(self, team: Team, *, is_alone: bool) -> list[Finding]:
        subject = f"{team.name}: on call now"
        lead = team.shift_notices.lead
        try:
            found = await team.flashduty.schedules(
                self.now - A_LITTLE, self.now + lead + A_LITTLE, team_ids=team.flashduty_team_ids
            )
            ids = on_call_or_soon((one for one in found if one.is_enabled), self.now, lead)
            people = await team.flashduty.persons(ids)
        except FlashdutyError:
            # What is wrong with Flashduty stands at the key.
            return []
        judged = _Judged()
        for number in ids:
            if number not in people:
                judged.not_known(f"person {number}", _NOT_TOLD)
        await self._judge(team, [people[number] for number in ids if number in people], judged, is_alone=is_alone)
        return list(_found(subject, team, judged))

    async def _judge(self, team: Team, people: list[Person], judged: _Judged, *, is_alone: bool) -> None:
        for person in people[MOST_LOOKED_FOR:]:
            judged.not_known(display_name(person), _TOO_MANY)
        looked_at = people[:MOST_LOOKED_FOR]
        hindrances = {one.id: why for one, why in await unable_to_act(looked_at, self._by_email)}
        responders = Responders(
            is_alone=is_alone, group_members=self.places.members, channel_members=self.places.members
        )
        for person in looked_at:
            name, why = display_name(person), hindrances.get(person.id)
            slack = self.people.get(address_of(person))
            if why is not None:
                judged.outside.append(f"{name} {_WHY[why]}")
            elif slack is None:
                judged.not_known(name, self.silences.get(address_of(person), _NOT_TOLD))
            elif team.oncall_may_act:
                judged.able.append(name)
            else:
                await self._judge_by_settings(team, name, slack, responders=responders, judged=judged)

    async def _judge_by_settings(
        self, team: Team, name: str, slack: SlackPerson, responders: Responders, judged: _Judged
    ) -> None:
        verdict = await responders.is_responder(team, slack)
        if verdict is Verdict.YES:
            judged.able.append(name)
        elif verdict is Verdict.NO:
            judged.outside.append(f"{name} is no responder of the team")
        else:
            judged.not_known(name, await self._silence(team))

    async def _silence(self, team: Team) -> str:
        """Say why Slack does not tell who is in the team's groups or channels."""
        asked = [one for one in team.responders if one.startswith("S")] if team.responders else sorted(team.channels)
        for place in asked:
            try:
                await self.places.members(place)
            except SlackError as silence:
                return silence.code
        return "no answer in time"

    async def _by_email(self, emails: frozenset[str]) -> Mapping[str, SlackPerson | None]:
        for email in sorted(emails - self.people.keys() - self.silences.keys()):
            answer = await self.desk.ask("users.lookupByEmail", email=email)
            if answer.error == "users_not_found":
                self.people[email] = None
            elif answer.error is not None:
                self.silences[email] = answer.error
            else:
                self._remember(email, answer.object("user"))
        return {email: self.people[email] for email in emails if email in self.people}

    def _remember(self, email: str, user: Mapping[str, object]) -> None:
        try:
            self.people[email] = described("users.lookupByEmail", user, self.workspace)
        except SlackError:
            self.silences[email] = NOT_SLACK


def _found(subject: str, team: Team, judged: _Judged) -> Iterator[Finding]:
    """Say who may act and who could not; that all may, or that it is nobody, only where nothing is unknown."""
    if judged.outside:
        cure = "Use the same confirmed e-mail address in Slack and Flashduty; a responder may act without."
        if not team.oncall_may_act:
            cure += f" {setting_name(team.name, 'oncall_may_act')}=true lets whoever is on call act."
        may = f"{', '.join(judged.able)} may act. " if judged.able else ""
        yield doubtful(subject, f"{may}Could not act: {'; '.join(judged.outside)}", cure)
    elif judged.able:
        all_of_them = "may act" if judged.unknown else "all of them may act"
        yield good(subject, f"{', '.join(judged.able)}; {all_of_them}")
    elif not judged.unknown:
        yield good(subject, "nobody")
    for why, names in judged.unknown.items():
        yield unseen(subject, f"{', '.join(names)} cannot be looked at ({why})")
