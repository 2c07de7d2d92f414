"""People of Flashduty under their Slack names, and whom that notifies."""

import pytest
from recorded import ALICE, BOB, NAMES, NOW, WANG, ahead, schedule, shift

from bot.digest.messages.digest import digest
from bot.digest.model import OnCallPart, TeamDigest
from bot.flashduty import Person
from bot.incidents.model import OpenIncidents
from bot.messages.names import names
from bot.oncall.shifts import on_call
from bot.people.directory import link_profiles
from bot.teams.access import MemberStatus, SlackPerson
from tests.bot.samples import ALONE, EVERYBODY

PEOPLE = {
    number: Person.model_validate(
        {"person_id": number, "person_name": NAMES[number], "email": address, "status": "enabled"}
    )
    for number, address in ((ALICE, "Alice@Harbor.example"), (BOB, "bob@harbor.example"), (WANG, None))
}


class Known:
    """The people of a workspace, by address."""

    def __init__(self, **names):
        self.names = names
        self.asked = []

    async def by_email(self, emails):
        self.asked.append(emails)
        told = {f"{name}@harbor.example": shown for name, shown in self.names.items()}
        return {
            one: SlackPerson("U0" + one[:3].upper(), told[one], MemberStatus.MEMBER) for one in emails if one in told
        }


async def known(*, notifies=False, alice="alice"):
    return await link_profiles(PEOPLE, PEOPLE, Known(alice=alice), notifies=notifies)


async def test_whoever_slack_knows__has_the_name_people_see_there():
    people = await known()
    assert names(ALONE, [ALICE, BOB, WANG], people) == "alice, Bob Müller, 王小明"
    assert people[ALICE].name == "Alice Chen"
    assert people[ALICE].status == "enabled"


async def test_a_mention__only_where_somebody_is_meant_to_be_notified():
    assert names(ALONE, [ALICE, BOB], await known(notifies=True)) == "<@U0ALI>, Bob Müller"


async def test_a_name_that_looks_like_a_mention__is_none():
    assert names(ALONE, [ALICE], await known(alice="<!channel>")) == "&lt;!channel&gt;"


async def test_without_slack__names_are_those_of_flashduty():
    assert await link_profiles(PEOPLE, PEOPLE, None, notifies=True) == PEOPLE


async def test_only_those_on_call__are_looked_up():
    slack = Known(alice="alice", bob="bob")
    people = await link_profiles(PEOPLE, [ALICE, 99], slack, notifies=False)
    assert slack.asked == [frozenset({"alice@harbor.example"})]
    assert names(ALONE, [ALICE, BOB], people) == "alice, Bob Müller"


@pytest.mark.parametrize("notifies", [True, False])
async def test_a_digest__mentions_nobody_unless_it_is_meant_to(notifies):
    rota = schedule("P", shift(ahead(hours=-1), ahead(days=3), ALICE))
    part = OnCallPart((on_call(rota, NOW, NOW),), (), await known(notifies=notifies))
    incidents = OpenIncidents((), is_complete=True, as_of=NOW, people=part.people)
    message = digest(EVERYBODY, TeamDigest("payments", "KEY", NOW.date(), NOW, part, incidents))
    assert ("<@" in str(message.payload)) is notifies
