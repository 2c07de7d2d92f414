"""Keeps Slack user groups equal to who is on call, after somebody has seen what that changes and agreed."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Final

import structlog

from bot.flashduty import Person
from bot.ledger import Occasion
from bot.messages import Posting
from bot.messages.usergroups import SOME_UNKNOWN, Decision, Proposal, proposal, trouble
from bot.notes import Notes
from bot.noticeboard import Noticeboard
from bot.people import Acquaintances, address_of
from bot.poster import Poster
from bot.rotas import Rota, Rotas
from bot.slack_calls import SlackUnwilling
from bot.store import StoreUnavailable
from bot.teams import Team
from bot.turns import SLACK_SLOW_TIER, Turns
from bot.upkeep import Upkeep
from bot.usergroups import GroupPlan, on_duty
from bot.ways import AsMessage
from bot.workspace import Workspace

log = structlog.get_logger(__name__)

DECISIONS: Final = "group decision"
WEEK: Final = timedelta(days=7)
# Somebody has left, or become a guest, since they were looked up.
OF_SOMEBODY: Final = frozenset({"invalid_users", "invalid_user", "failed_for_some_users", "user_not_found"})


@dataclass(frozen=True)
class Wanted:
    """Who belongs in a group now, as far as Slack knows them; `unknown` are on call and not in Slack."""

    members: frozenset[str]
    unknown: tuple[Person, ...]
    trouble: str | None = None
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Followed:
    """What became of a group: who was put in and taken out, or why nothing was changed."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    trouble: str | None = None


class NotSureError(Exception):
    """It is not known who belongs in a group at this moment, so it is left alone."""


@dataclass(frozen=True)
class GroupFollowers:
    """The user groups of all teams; unchanged groups cost no write, and all replicas share one pace."""

    poster: Poster
    workspace: Workspace
    noticeboard: Noticeboard
    acquaintances: Acquaintances
    notes: Notes
    turns: Turns
    rotas: Rotas
    upkeep: Upkeep
    now: Callable[[], datetime]

    async def tick(self, team: Team, rota: Rota) -> None:
        """Look after a team's groups, one after another; nothing is changed by what Flashduty said a while ago."""
        if not rota.is_fresh:
            return
        for plan in team.usergroups:
            try:
                async with self.upkeep.lock(_subject(plan)):
                    await self._look_after(team, plan, rota)
            except StoreUnavailable as error:
                log.error("group left alone", group=plan.group, why=str(error))  # noqa: TRY400 - the driver's words
            except NotSureError:
                log.info("group left alone, somebody's Slack account is not known yet", group=plan.group)

    async def _look_after(self, team: Team, plan: GroupPlan, rota: Rota) -> None:
        wanted = await self._wanted(plan, rota)
        decision = await self._decision(team, plan)
        if decision is None:
            await self._propose(team, plan, rota)
            return
        is_right = wanted.trouble is None and await self.upkeep.is_known(team, _subject(plan), _state(wanted))
        if decision.follows and not is_right and await self.upkeep.is_mine(team, _subject(plan)):
            await self._tell(team, plan, await self._follow(team, plan, wanted), wanted, decision.handle)

    async def _wanted(self, plan: GroupPlan, rota: Rota) -> Wanted:
        """Find who belongs in it; raises NotSureError where Flashduty or Slack has not told who somebody is."""
        duty = on_duty(plan, rota.schedules, self.now())
        found = [rota.people[number] for number in duty.person_ids if number in rota.people]
        known = await self.acquaintances.by_email(frozenset(filter(None, map(address_of, found))))
        if len(found) < len(duty.person_ids) or any(address_of(one) not in {"", *known} for one in found):
            raise NotSureError
        matched = {slack.id for one in found if (slack := known.get(address_of(one))) is not None}
        unknown = tuple(one for one in found if known.get(address_of(one)) is None)
        why_not = _why_not(duty.missing, found, matched)
        return Wanted(frozenset(matched) | plan.pinned, unknown, why_not, frozenset(known))

    async def _propose(self, team: Team, plan: GroupPlan, rota: Rota) -> None:
        if team.home is None:
            return
        today = self.now().astimezone(team.timezone).date()
        monday = today - timedelta(days=today.weekday())
        ends = datetime.combine(monday + WEEK, time(), tzinfo=team.timezone)
        occasion = Occasion(team.name, f"{_subject(plan)} {plan.signature}", monday, ends)

        async def compose() -> Posting:
            return Posting(proposal(await self._proposed(plan, rota), team.name))

        await self.poster.deliver(occasion, team.home, compose, AsMessage(self.workspace))

    async def _proposed(self, plan: GroupPlan, rota: Rota) -> Proposal:
        """Work out what following would change now; raises SlackUnwilling and NotSureError."""
        wanted = await self._wanted(plan, rota)
        await self.turns.wait(SLACK_SLOW_TIER)
        described = await self.noticeboard.described(plan.group)
        handle, members = described or (plan.group, frozenset())
        names = {schedule.id: schedule.name for schedule in rota.schedules}
        return Proposal(
            plan,
            handle,
            tuple(names.get(source.schedule_id, str(source.schedule_id)) for source in plan.sources),
            added=await self.named(wanted.members - members),
            removed=await self.named(members - wanted.members),
            staying=await self.named(wanted.members & members),
            unknown=tuple(person.name for person in wanted.unknown),
            trouble=wanted.trouble if described else "no_such_subteam",
        )

    async def named(self, members: Iterable[str]) -> tuple[str, ...]:
        """Give people's Slack names, in order; an id where Slack does not tell."""
        return tuple(sorted(await asyncio.gather(*map(self._name, members))))

    async def _name(self, user_id: str) -> str:
        try:
            return (await self.workspace.person(user_id)).name
        except SlackUnwilling:
            return user_id

    async def _follow(self, team: Team, plan: GroupPlan, wanted: Wanted) -> Followed:
        """Make a group equal; an empty schedule leaves it alone, as Slack knows no group without people."""
        if wanted.trouble is not None:
            return Followed(trouble=wanted.trouble)
        try:
            await self.turns.wait(SLACK_SLOW_TIER)
            present = await self.noticeboard.members(plan.group)
            if present != wanted.members:
                await self.turns.wait(SLACK_SLOW_TIER)
                await self.noticeboard.set_members(plan.group, wanted.members)
        except SlackUnwilling as refusal:
            log.warning("group not changed", group=plan.group, method=refusal.method, code=refusal.code)
            if refusal.code in OF_SOMEBODY:
                await self.acquaintances.forget(wanted.emails)
            return Followed(trouble=refusal.code)
        await self.upkeep.know(team, _subject(plan), _state(wanted))
        return Followed(wanted.members - present, present - wanted.members)

    async def _tell(self, team: Team, plan: GroupPlan, outcome: Followed, wanted: Wanted, handle: str) -> None:
        code = outcome.trouble or (SOME_UNKNOWN if wanted.unknown else None)
        if code is None:
            await self.upkeep.right(team, _subject(plan))
            return
        message = trouble(handle, code, tuple(person.name for person in wanted.unknown), team.name)
        await self.upkeep.tell(team, _subject(plan), code, message)

    async def _decision(self, team: Team, plan: GroupPlan) -> Decision | None:
        held = await self.notes.read(team.name, DECISIONS, [_decision_name(plan)], self.now())
        return _decision(held[_decision_name(plan)]) if held else None

    async def decide(self, team: Team, plan: GroupPlan, mine: Decision) -> Decision:
        """Note what somebody says to a plan unless somebody has already; give the answer that counts.

        Raises StoreUnavailable.
        """
        body = json.dumps({**asdict(mine), "at": mine.at.isoformat()})
        return _decision(await self.notes.first(team.name, DECISIONS, _decision_name(plan), body))

    async def follow_now(self, team: Team, plan: GroupPlan) -> Followed:
        """Make a group equal right after somebody agreed; raises StoreUnavailable and NotSureError."""
        rota = await self.rotas.of(team)
        if rota is None or not rota.is_fresh:
            raise NotSureError
        async with self.upkeep.lock(_subject(plan)):
            return await self._follow(team, plan, await self._wanted(plan, rota))


def _subject(plan: GroupPlan) -> str:
    return f"group {plan.group}"


def _state(wanted: Wanted) -> str:
    return " ".join(sorted(wanted.members))


def _decision_name(plan: GroupPlan) -> str:
    return f"{plan.group} {plan.signature}"


def _decision(body: str) -> Decision:
    held = json.loads(body)
    return Decision(held["handle"], held["follows"], held["who"], datetime.fromisoformat(held["at"]))


def _why_not(missing: tuple[int, ...], found: list[Person], matched: set[str]) -> str | None:
    if missing:
        return "no_such_schedule"
    if not found:
        return "nobody_on_call"
    return None if matched else "nobody_known"
