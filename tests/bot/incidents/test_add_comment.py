"""A comment through the runner and the real client, and the list of open incidents it is chosen from."""

import asyncio

import pytest
from pydantic import SecretStr
from recorded import NOW, team_with

from bot.flashduty import Account, Code, Flashduty, FlashdutyError, open_pool
from bot.incidents.actions.command import Actor, UnknownOutcomeError
from bot.incidents.actions.runner import CommandRunner
from bot.incidents.commenting.add_comment import AddComment
from bot.incidents.open_list import OpenIncidentList, matching, typed_number
from bot.teams.access import AccessDenied, MemberStatus, SlackPerson
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from tests.bot.samples import ALONE

ALICE = SlackPerson("U0ALICE", "Alice Chen", MemberStatus.MEMBER)
PAYMENTS, SEARCH = 5001, "Search"


@pytest.fixture
async def flashduty():
    async with PretendFlashduty(clock=Clock(NOW, frozen=True), account=harbor_account(NOW)) as pretend:
        yield pretend


@pytest.fixture
async def team(flashduty):
    async with open_pool(flashduty.url) as pool:
        client = Flashduty(pool, Account(), team="payments", app_key=SecretStr(flashduty.keys["payments"]))
        yield team_with(client, flashduty_team_ids=(4001,), timezone="Europe/Berlin")


@pytest.fixture
def add(team):
    """Add a comment as Alice, with this many seconds."""

    async def run(incident_id, text="Alice Chen in Slack: restarting", seconds=30.0):
        deadline = asyncio.get_running_loop().time() + seconds
        actor = Actor(team=team, person=ALICE, to=ALONE, flashduty=team.flashduty.until(deadline), deadline=deadline)
        (outcome,) = await CommandRunner(lambda: NOW).run(AddComment(text=text), [incident_id], actor)
        return outcome

    return run


def paths(flashduty):
    return [call.path for call in flashduty.calls]


@pytest.mark.parametrize("progress", ["Triggered", "Processing", "Closed"])
async def test_a_comment__on_an_incident_however_far_it_is__is_written_once(flashduty, add, progress):
    incident = flashduty.raise_incident(progress=progress)
    outcome = await add(incident["incident_id"])
    assert outcome.known == outcome.before
    (comment,) = flashduty.account.comments
    assert (comment.incident_id, comment.source) == (incident["incident_id"], "Alice Chen in Slack: restarting")
    assert paths(flashduty).count("/incident/comment") == 1
    assert paths(flashduty).count("/incident/info") == 1


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.hang()], ids=["answer lost", "answer late"])
async def test_a_comment__whose_answer_is_lost__is_not_known_and_not_sent_again(flashduty, add, fault):
    incident = flashduty.raise_incident()
    flashduty.fail("/incident/comment", fault)
    with pytest.raises(UnknownOutcomeError) as caught:
        await add(incident["incident_id"], seconds=10.5)
    assert "could not confirm that the comment was added" in caught.value.in_doubt
    await flashduty.settled()
    assert paths(flashduty).count("/incident/comment") == 1


async def test_a_comment__that_is_refused__is_not_there(flashduty, add):
    incident = flashduty.raise_incident()
    flashduty.fail("/incident/comment", Fault.code("AccessDenied"))
    with pytest.raises(FlashdutyError) as caught:
        await add(incident["incident_id"])
    assert caught.value.code is Code.ACCESS_DENIED
    assert flashduty.account.comments == []


async def test_a_comment__on_another_teams_incident__is_refused(flashduty, add):
    others = next(one for one in flashduty.account.incidents.values() if one["channel_name"].startswith(SEARCH))
    with pytest.raises(AccessDenied):
        await add(others["incident_id"])
    assert flashduty.account.comments == []


class Ticking:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


async def test_the_list__is_read_again_after_30_seconds_and_once_for_many(flashduty, team):
    ticking = Ticking()
    listed = OpenIncidentList(lambda: NOW, ticking)
    found = await asyncio.gather(*(listed.get(team) for _ in range(5)))
    assert len({tuple(one.id for one in each) for each in found}) == 1
    assert {one.is_open for one in found[0]} == {True}
    ticking.at = 30.0
    assert await listed.get(team) == found[0]
    assert paths(flashduty) == ["/incident/list"]
    ticking.at = 30.1
    raised = flashduty.raise_incident(title="Something new")
    assert raised["incident_id"] in {one.id for one in await listed.get(team)}
    assert paths(flashduty) == ["/incident/list"] * 2


@pytest.mark.parametrize("fault", [Fault.code("InternalError"), Fault.code("AccessDenied"), Fault.html(502)])
async def test_the_list__that_cannot_be_read__is_nothing_and_is_asked_for_again(flashduty, team, fault):
    listed = OpenIncidentList(lambda: NOW)
    flashduty.fail("/incident/list", fault, times=None)
    assert await listed.get(team) is None
    flashduty.mend()
    assert await listed.get(team)


async def test_the_list__is_that_of_the_team(team):
    found = await OpenIncidentList(lambda: NOW).get(team)
    assert found
    assert not any(one.channel_name.startswith(SEARCH) for one in found)


async def test_words__find_incidents_by_number_and_title(flashduty, team):
    raised = flashduty.raise_incident(title="支付网关 Gateway is DOWN")
    found = await OpenIncidentList(lambda: NOW).get(team)
    for typed in (
        raised["num"],
        f"#{raised['num'].lower()}",
        "gateway down",
        "支付网关",
        raised["num"][:3] + " gateway",
    ):
        assert raised["incident_id"] in {one.id for one in matching(found, typed)}, typed
    assert matching(found, "") == found
    assert matching(found, "no such words") == ()


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0e83ee", "0E83EE"), (" #0E83EE ", "0E83EE"), ("A" * 24, "a" * 24), ("0E83E", ""), ("database", ""), ("", "")],
)
def test_a_typed_number__is_known_by_its_shape(typed, number):
    assert typed_number(typed) == number
