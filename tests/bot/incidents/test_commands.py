"""The runner of everything that changes an incident, through the real client."""

import asyncio
from datetime import timedelta
from typing import ClassVar

import pytest
from pydantic import SecretStr
from recorded import NOW, team_with

from bot.audit.model import AuditAction
from bot.flashduty import Account, Flashduty, FlashdutyError, Progress, open_pool
from bot.incidents.actions.command import Actor, KeyIdentity, UnknownOutcomeError, VisibleCommand, WriteState
from bot.incidents.actions.key_identities import IDENTITY_MAX_AGE
from bot.incidents.actions.runner import CommandRunner
from bot.messages.changes import actions
from bot.teams.access import AccessDenied, MemberStatus, SlackPerson
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from tests.bot.samples import ALONE

ALICE = SlackPerson("U0ALICE", "Alice Chen", MemberStatus.MEMBER)


class Acknowledge(VisibleCommand):
    """A command whose success shows in the incident."""

    action: ClassVar = AuditAction.ACKNOWLEDGE
    wanted: ClassVar = frozenset({Progress.TRIGGERED})

    def words(self, to, incident_id):
        return actions.acknowledging(to, incident_id)

    async def write(self, flashduty, incident_ids):
        await flashduty.acknowledge(*incident_ids)

    def is_made(self, incident):
        return incident.progress is Progress.PROCESSING


class Unseen(Acknowledge):
    """A command whose success shows nowhere, as a comment's does not show in the incident."""

    def applied(self, before, identity, at):
        del identity, at
        return before

    async def verify(self, actor, before):
        del actor, before
        return WriteState.UNKNOWN, None


class Learning(Acknowledge):
    """A command whose result follows from whom the key acts as."""

    def applied(self, before, identity, at):
        del at
        return before if identity is not None else None

    def key_identity(self, before, after, at):
        del before, after, at
        return KeyIdentity(person_id=7005, clock_ahead=timedelta())


@pytest.fixture
async def flashduty():
    async with PretendFlashduty(clock=Clock(NOW, frozen=True), account=harbor_account(NOW)) as pretend:
        yield pretend


@pytest.fixture
async def actor(flashduty):
    async with open_pool(flashduty.url) as pool:
        client = Flashduty(pool, Account(), team="payments", app_key=SecretStr(flashduty.keys["payments"]))
        team = team_with(client, flashduty_team_ids=(4001,))
        deadline = asyncio.get_running_loop().time() + 30
        yield Actor(team=team, person=ALICE, to=ALONE, flashduty=client, deadline=deadline)


@pytest.fixture
def runner():
    return CommandRunner(lambda: NOW)


def raised(flashduty, channel=5001, **given):
    return flashduty.raise_incident(title="Card payments fail", flashduty_channel=channel, **given)["incident_id"]


def paths(flashduty):
    return [call.path for call in flashduty.calls]


async def test_a_lost_answer__of_a_command_that_shows_nowhere__is_not_known(flashduty, actor, runner):
    incident = raised(flashduty)
    flashduty.fail("/incident/ack", Fault.half_body(), times=None)
    with pytest.raises(UnknownOutcomeError) as unknown:
        await runner.run(Unseen(), [incident], actor)
    assert unknown.value.incident_id == incident
    assert paths(flashduty).count("/incident/info") == 1


async def test_a_confirmed_write__that_shows_nowhere__is_made_and_not_read_back(flashduty, actor, runner):
    (outcome,) = await runner.run(Unseen(), [raised(flashduty)], actor)
    assert outcome.change is not None
    assert outcome.after == outcome.before
    assert paths(flashduty).count("/incident/info") == 1


async def test_an_answer_that_may_be_lost__where_nothing_was_changed__fails_as_the_write_did(flashduty, actor, runner):
    incident = raised(flashduty)
    flashduty.fail("/incident/ack", Fault.html(502), times=None)
    flashduty.fail("/incident/ack", Fault.reset(), times=None)
    with pytest.raises(FlashdutyError) as failed:
        await runner.run(Acknowledge(), [incident], actor)
    assert failed.value.operation.path == "/incident/ack"
    assert flashduty.account.incidents[incident]["progress"] == "Triggered"


async def test_several_incidents__are_changed_by_one_write__and_those_in_another_state_left_alone(
    flashduty, actor, runner
):
    closed, first, second = (raised(flashduty) for _ in range(3))
    flashduty.account.incidents[closed]["progress"] = "Closed"
    outcomes = await runner.run(Acknowledge(), [first, closed, second], actor)
    assert [outcome.before.id for outcome in outcomes] == [first, closed, second]
    assert [outcome.change is not None for outcome in outcomes] == [True, False, True]
    assert paths(flashduty).count("/incident/ack") == 1


async def test_an_incident_outside_the_scope__keeps_all_of_them_from_being_changed(flashduty, actor, runner):
    foreign, own = raised(flashduty, channel=5003), raised(flashduty)
    with pytest.raises(AccessDenied):
        await runner.run(Acknowledge(), [own, foreign], actor)
    assert "/incident/ack" not in paths(flashduty)


async def test_two_at_once__wait_for_each_other(flashduty, actor, runner):
    incident = raised(flashduty)
    flashduty.fail("/incident/ack", Fault.delay(0.05), times=1)
    outcomes = await asyncio.gather(*(runner.run(Acknowledge(), [incident], actor) for _ in range(3)))
    assert sum(outcome.change is not None for (outcome,) in outcomes) == 1
    assert paths(flashduty).count("/incident/ack") == 1


async def test_a_write__leaves_time_for_a_look(flashduty, actor, runner):
    """The deadline of the whole is nearer than what is kept back: the write is not even begun."""
    near = Actor(
        team=actor.team,
        person=ALICE,
        to=ALONE,
        flashduty=actor.flashduty,
        deadline=asyncio.get_running_loop().time() + timedelta(seconds=5).total_seconds(),
    )
    with pytest.raises(FlashdutyError):
        await runner.run(Acknowledge(), [raised(flashduty)], near)
    assert "/incident/ack" not in paths(flashduty)


async def test_whom_a_key_acts_as__is_learned_anew_after_an_hour(flashduty, actor):
    elapsed, reads = [0.0], []
    runner = CommandRunner(lambda: NOW, lambda: elapsed[-1])
    for seconds in (0.0, IDENTITY_MAX_AGE - 1, IDENTITY_MAX_AGE):
        elapsed.append(seconds)
        before = len(flashduty.calls)
        await runner.run(Learning(), [raised(flashduty)], actor)
        reads.append(paths(flashduty)[before:].count("/incident/info"))
    assert reads == [2, 1, 2]
