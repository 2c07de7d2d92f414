"""Which threads are told when: news at once, and what a new leader only looks at in turn."""

import pytest

from bot.cards.telling import MAX_TELLING, CardTeller
from bot.runtime.tasks import BackgroundTasks
from bot.storage.cards.cards import CardTable
from bot.storage.rate_limits import RateLimitTable, replies
from tests.bot.cards.desk import CHANNEL, HeldLease, desk_at

CARDS = MAX_TELLING + 2


class Tellers:
    """A teller of many cards, on a real database between the pretend Slack and the pretend Flashduty."""

    def __init__(self, desk):
        self.desk, self.lease, self.tasks = desk, HeldLease(), BackgroundTasks()
        self.teller = CardTeller(
            threads=desk.replica(),
            editor=None,
            cards=CardTable(desk.database),
            tasks=self.tasks,
            now=desk.slack.clock.now,
        )

    async def cards(self, count):
        incidents = []
        for _ in range(count):
            await self.desk.begins(severity="Warning")
            incidents.append(await self.desk.team.flashduty.incident(self.desk.id))
        self.desk.flashduty.calls.clear()
        return incidents

    def checks(self, incident, **how):
        self.teller.submit(self.desk.team, incident, self.lease, is_news=False, **how)

    async def told(self):
        await self.tasks.drain(20)
        return [call.body["incident_id"] for call in self.desk.flashduty.calls if call.path == "/incident/feed"]


async def test_a_replica_that_leads_again__tells_nothing_that_it_read_before_another_led(database):
    async with desk_at(database, cards_channel=CHANNEL) as desk:
        await desk.begins(severity="Warning")
        other = desk.replica("two")

        async def another_leads(_seconds):
            desk.flashduty.console.add_responders(desk.id, to=["王小明"], by="Alice Chen")
            assert await desk.tells(other)
            tellers.lease.term += 1

        desk.sleep = another_leads
        tellers = Tellers(desk)
        now = desk.slack.clock.now().timestamp()
        await RateLimitTable(database).book(replies(CHANNEL), now=now, slots=10)
        tellers.teller.submit(desk.team, await desk.team.flashduty.incident(desk.id), tellers.lease)
        await tellers.told()
        (mention,) = (one for one in desk.thread() if one.startswith("📟"))
        assert mention.startswith("📟 Assigned to 3 people")
        assert tellers.teller.is_untold("payments", desk.id)


@pytest.fixture
async def tellers(database):
    async with desk_at(database) as desk:
        yield Tellers(desk)


async def test_a_replica_that_no_longer_leads__looks_at_no_thread(tellers):
    for incident in await tellers.cards(CARDS):
        tellers.checks(incident)
    tellers.lease.seconds = 0.0
    assert await tellers.told() == []


async def test_many_threads_with_news__take_a_few_tasks(tellers):
    incidents = await tellers.cards(CARDS)
    for incident in incidents:
        tellers.teller.submit(tellers.desk.team, incident, tellers.lease)
    assert tellers.tasks.in_progress == MAX_TELLING
    assert sorted(await tellers.told()) == sorted(one.id for one in incidents)
    assert not any(tellers.teller.is_untold("payments", one.id) for one in incidents)


async def test_news__does_not_wait_behind_threads_that_are_only_looked_at__and_each_is_told_once(tellers):
    incidents = await tellers.cards(CARDS)
    for incident in incidents:
        tellers.checks(incident)
    tellers.teller.submit(tellers.desk.team, incidents[-1], tellers.lease)
    tellers.checks(incidents[-1])
    told = await tellers.told()
    assert told[0] == incidents[-1].id
    assert sorted(told) == sorted(one.id for one in incidents)
