"""The look of `check` at who may act for each team, and who is on call and could not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.check_asking import SlackDesk
from bot.findings import Finding, bad, doubtful, good, unseen
from bot.flashduty import FlashdutyError, Person
from bot.on_call_now import Hindrance, hindered, on_call_or_soon
from bot.people import address_of, called
from bot.responders import Responders, Rule, rule_of
from bot.settings_sources import setting_name
from bot.slack_calls import SlackUnwilling
from bot.slack_people import described
from bot.team import SlackPerson, Standing, Team

# As many addresses as are looked for: Slack takes 50 such calls a minute.
MOST_LOOKED_FOR: Final = 20
PAGES: Final = 5
A_LITTLE: Final = timedelta(minutes=1)
_WHY: Final[Mapping[Hindrance, str]] = {
    Hindrance.NO_ADDRESS: "has no e-mail address in Flashduty",
    Hindrance.NOT_VERIFIED: "has not confirmed the e-mail address in Flashduty",
    Hindrance.NOBODY_THERE: "has an e-mail address that nobody has in Slack",
    Hindrance.NO_MEMBER: "is no full member of this Slack workspace",
}


@dataclass
class WhoMay:
    """Looks at the teams one after another; `workspace` is where the bot is installed."""

    desk: SlackDesk
    workspace: str
    now: datetime
    people: dict[str, SlackPerson | None] = field(default_factory=dict)
    """Whoever has been looked for, by address."""

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
        rule = rule_of(team, is_alone=is_alone)
        if rule is Rule.NAMED:
            return good(subject, f"the people and groups of {setting}{also}")
        if rule is Rule.EVERYBODY:
            return good(subject, f"every full member of the workspace: neither channels nor {setting} are set")
        if rule is Rule.NOBODY:
            cure = f"Set {setting}, or {setting_name(team.name, 'slack_channels')}."
            return bad(subject, "nobody but whoever is on call" if team.oncall_may_act else "nobody", cure)
        return await self._in_channels(subject, team, setting, also)

    async def _in_channels(self, subject: str, team: Team, setting: str, also: str) -> Finding:
        members: set[str] = set()
        for channel in sorted(team.channels):
            try:
                members |= await self._members(channel)
            except SlackUnwilling as silence:
                return unseen(subject, f"whoever is in its channels; Slack does not tell who that is ({silence.code})")
        what = f"whoever is in its channels, {len(members)} now, but for guests and other organisations{also}"
        return good(subject, f"{what}; {setting} is not set")

    async def _members(self, channel: str) -> frozenset[str]:
        """List who is in a channel, the bots too; raises SlackUnwilling."""
        found: set[str] = set()
        cursor = ""
        for _ in range(PAGES):
            answer = await self.desk.ask("conversations.members", channel=channel, limit="1000", cursor=cursor)
            if answer.error is not None:
                raise SlackUnwilling("conversations.members", answer.error)
            found |= {str(one) for one in answer.data.get("members") or ()}
            cursor = str(answer.object("response_metadata").get("next_cursor") or "")
            if not cursor:
                break
        return frozenset(found)

    async def _group(self, group: str) -> frozenset[str]:
        answer = await self.desk.ask("usergroups.users.list", usergroup=group)
        if answer.error is not None:
            raise SlackUnwilling("usergroups.users.list", answer.error)
        return frozenset(str(one) for one in answer.data.get("users") or ())

    async def _on_call(self, team: Team, *, is_alone: bool) -> list[Finding]:
        subject = f"{team.name}: on call now"
        lead = team.shifts.lead
        try:
            schedules = await team.flashduty.schedules(
                self.now - A_LITTLE, self.now + lead + A_LITTLE, team_ids=team.flashduty_team_ids
            )
            ids = on_call_or_soon((one for one in schedules if one.is_enabled), self.now, lead)
            people = list((await team.flashduty.persons(ids)).values())
        except FlashdutyError:
            # What is wrong with Flashduty stands at the key.
            return []
        if not people:
            return [good(subject, "nobody")]
        looked_at = people[:MOST_LOOKED_FOR]
        outside = await self._outside(team, looked_at, is_alone=is_alone)
        return [self._judged(subject, team, people, outside)]

    async def _outside(self, team: Team, people: list[Person], *, is_alone: bool) -> list[str]:
        """Say of each who could not act why."""
        found = [f"{called(one)} {_WHY[why]}" for one, why in await hindered(people, self._by_email)]
        if team.oncall_may_act:
            return found
        responders = Responders(is_alone, self._group, self._members)
        for person in people:
            slack = self.people.get(address_of(person))
            if slack is not None and slack.standing is Standing.MEMBER:
                verdict = await responders.is_responder(team, slack)
                found += [f"{called(person)} is no responder of the team"] if verdict.name == "NO" else []
        return found

    def _judged(self, subject: str, team: Team, people: list[Person], outside: list[str]) -> Finding:
        names = ", ".join(map(called, people))
        if not outside:
            return good(subject, f"{names}; all of them may act")
        cure = "Use the same confirmed e-mail address in Slack and Flashduty; a responder may act without."
        if not team.oncall_may_act:
            cure += f" {setting_name(team.name, 'oncall_may_act')}=true lets whoever is on call act."
        return doubtful(subject, f"{names}. Could not act: {'; '.join(outside)}", cure)

    async def _by_email(self, emails: frozenset[str]) -> Mapping[str, SlackPerson | None]:
        for email in sorted(emails - self.people.keys()):
            answer = await self.desk.ask("users.lookupByEmail", email=email)
            if answer.error == "users_not_found":
                self.people[email] = None
            elif answer.error is None:
                self._remember(email, answer.object("user"))
        return {email: self.people[email] for email in emails if email in self.people}

    def _remember(self, email: str, user: Mapping[str, object]) -> None:
        try:
            self.people[email] = described("users.lookupByEmail", user, self.workspace)
        except SlackUnwilling:
            # Not known is not said.
            return
