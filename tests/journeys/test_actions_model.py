"""Any life of incidents, with people who press at random: cards and the audit trail equal Flashduty after quiet."""

import asyncio
import os
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import pytest
from booked import Book, comments_are_of, is_equal, result_of
from harbor import ALICE, BOB, CAROL, replica_of
from living import SETTING, Later, cards_at
from named import channel_is_true
from pressing import XIAOMING, Crowd, at_once
from pydantic import SecretStr
from sqlalchemy import select
from trails import trail
from way import Way

from bot.runtime.tasks import BackgroundTasks
from bot.storage.database import open_database
from bot.storage.statements import insert_new
from bot.storage.tables import leases
from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault
from tests.proofs.chaos.postgres import cluster, fresh_database, skip_or_fail_without

# With FULL_PROOF there are as many runs as 1,800 steps need: each takes about 20 seconds.
IS_FULL = os.environ.get("FULL_PROOF") == "1"
STEPS = 100 if IS_FULL else 30
RUNS = 12 if IS_FULL else 1
RUNS_ON_POSTGRESQL = 6 if IS_FULL else 1
MOST_OPEN = 3
PEOPLE = ("Alice Chen", "Bob Müller", "Carol Diaz")
WHO = (ALICE, ALICE, BOB, BOB, XIAOMING, CAROL)
WRITES = ("ack", "unack", "snooze", "wake", "resolve", "reopen", "assign", "responder/add", "custom-action/do")
# Whoever is killed closes nothing, and what they had open is found later.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(unclosed|_SelectorTransport|socket):pytest.PytestUnraisableExceptionWarning"
)
LIMITS = TimeLimits(after_ack=0.05, shutdown_notice=0.05)
# Seconds after which a replica that renews nothing is gone, and within which others look for it.
GONE_AFTER, SEEN_WITHIN = 50, 20


class Life:
    """Random things that happen, and what must be true afterwards."""

    def __init__(self, place, chance, later, all_of_them):
        self.place, self.chance, self.later, self.all = place, chance, later, all_of_them
        self.console, self.crowd, self.book = place.flashduty.console, Crowd(place, chance), Book(place.flashduty)
        self.raised = self.crowd.seen
        self.bots, self.stacks, self.ways = [], {}, {}

    def record(self, incident):
        return self.place.flashduty.account.incidents[incident]

    def some(self, *states):
        found = [one for one in self.raised if self.record(one)["progress"] in states]
        return self.chance.choice(found) if found else None

    def begin(self):
        if len([one for one in self.raised if self.record(one)["progress"] != "Closed"]) < MOST_OPEN:
            severity = self.chance.choice(("Critical", "Warning", "Info"))
            title = f"Host {len(self.raised)} is gone"
            record = self.place.flashduty.raise_incident(title=title, severity=severity, flashduty_channel=5001)
            self.raised.append(record["incident_id"])

    def in_console(self):
        """Let somebody do something in Flashduty itself."""
        by = self.chance.choice(PEOPLE)
        kinds = {
            "acknowledge": ("Triggered",),
            "unacknowledge": ("Processing",),
            "close": ("Triggered", "Processing"),
            "reopen": ("Closed",),
            "snooze": ("Processing",),
            "wake": ("Processing",),
            "escalate": ("Triggered",),
        }
        kind, states = self.chance.choice(list(kinds.items()))
        # Not every rule has a further level.
        if one := self.some(*states):
            with suppress(ValueError):
                getattr(self.console, kind)(one, by=by)

    @property
    def somewhere(self):
        return self.chance.choice(self.bots).url

    async def press(self):
        pressed = await self.crowd.acts(self.chance.choice(WHO), self.somewhere)
        await self.settles()
        return pressed

    async def together(self):
        """Let two or three press at the same time, maybe one of them twice, at whichever replica."""
        await at_once(*(self.crowd.acts(who, self.somewhere) for who in self.chance.sample(WHO, 3)))
        await self.settles()

    async def settles(self):
        await self.place.slack.settled(30, quiet=0.01)
        for press in self.crowd.presses:
            if press.ended is None:
                press.ended = len(self.place.flashduty.calls)
                press.has_heard = self.crowd.is_told(press)

    def fails(self):
        """Let an answer be lost, or come late, or be a refusal."""
        path = f"/incident/{self.chance.choice(WRITES)}"
        fault = self.chance.choice(
            (Fault.lost_answer(), Fault.lost_answer(), Fault.half_body(), Fault.reset(), Fault.delay(0.05),
             Fault.late(0.1), Fault.rate_limited(1), Fault.code("InternalError"))
        )  # fmt: skip
        self.place.flashduty.fail(path, fault, 1)

    async def killed(self):
        """End a replica in the middle of what somebody pressed, without a word, and start another."""
        bot, other = self.chance.sample(self.bots, 2)
        moment = self.chance.choice((self.any_moment, self.before_it_is_made, self.after_it_was_made))
        begun = await self.begun()
        acts = [asyncio.create_task(self.crowd.acts(self.chance.choice(WHO), bot.url))]
        await asyncio.sleep(0)
        if self.chance.random() < 0.3:
            acts.append(asyncio.create_task(self.crowd.acts(self.chance.choice(WHO), other.url)))
        await moment()
        await self.dies(bot)
        begun = await self.begun() - begun
        for press in filter(None, await asyncio.gather(*acts)):
            press.is_cut_off = True
            # Slack took no word to anybody meanwhile; the next process tells of everything that may have been made.
            press.is_lost = not begun[press.who, press.incident]
        await self.settles()
        # In half of the cases others look up at once what it left; else people act before.
        if self.chance.random() < 0.5:
            await self.see_who_is_gone()
        await self.begin_replica()

    async def begun(self):
        """What each person has begun, and may have changed."""
        rows = [row.attempt for row in await trail(self.place) if result_of(row) in {None, "done", "not_known"}]
        return Counter((one.slack_user_id, one.incident_id) for one in rows)

    async def any_moment(self):
        for _ in range(self.chance.choice((1, 5, 20, 80))):
            await asyncio.sleep(0)

    async def before_it_is_made(self):
        for write in WRITES:
            self.place.flashduty.fail(f"/incident/{write}", Fault.hang(), 1)
        await self.any_moment()
        await self.any_moment()

    async def after_it_was_made(self):
        made = len(self.book.changes)
        with suppress(TimeoutError):
            await self.place.slack.until(lambda: len(self.book.changes) > made, timeout=0.2)

    async def dies(self, bot):
        """Let a replica say and write nothing more, and leave its leases behind."""
        self.place.slack.fail("*", Fault.reset(), times=None)
        self.place.flashduty.fail("*", Fault.reset(), times=None)
        left = await self.leases()
        if way := self.ways.pop(bot.url, None):
            way.cut()
        await bot.work.drain(0)
        for task in (*bot.cards.tasks,):
            task.cancel()
        self.bots.remove(bot)
        await self.stacks.pop(bot.url).aclose()
        await self.leases(left)
        self.place.slack.mend()
        self.place.flashduty.mend()
        # Others lead its cards.
        self.later.ahead += 16

    async def see_who_is_gone(self):
        """Let time pass until whoever renews no lease is gone, as others see it."""
        for _ in range(GONE_AFTER // SEEN_WITHIN + 2):
            self.later.ahead += SEEN_WITHIN
            self.place.clock.shift(timedelta(seconds=SEEN_WITHIN))
            for bot in self.bots:
                await bot.tick()
        await self.settles()

    async def leases(self, left=()):
        """Bring back leases that one has released who was to be killed, and give all that there are."""

        async def work(connection):
            for one in left:
                await insert_new(connection, leases, one)
            return (await connection.execute(select(leases))).mappings().all()

        async with open_database(self.place.settings.database_url.get_secret_value()) as database:
            return await database.carry_out(work)

    async def begin_replica(self):
        stack = AsyncExitStack()
        self.all.push_async_callback(stack.aclose)
        settings, way = self.place.settings, None
        if "asyncpg" in (address := settings.database_url.get_secret_value()):
            way = await stack.enter_async_context(Way(address).stands())
            settings = settings.model_copy(update={"database_url": SecretStr(way.address)})
        bot = await stack.enter_async_context(
            replica_of(self.place, settings, monotonic=self.later, work=BackgroundTasks(), time_limits=LIMITS)
        )
        self.bots.append(bot)
        self.stacks[bot.url], self.ways[bot.url] = stack, way

    async def look(self):
        await self.chance.choice(self.bots).cards.look()
        await self.settles()

    async def tick(self):
        await self.chance.choice(self.bots).tick()
        await self.settles()

    async def step(self):
        act = self.chance.choices(
            (self.begin, self.in_console, self.press, self.together, self.fails, self.killed, self.look, self.tick),
            weights=(5, 5, 40, 12, 8, 6, 8, 3),
        )[0]
        print(f"{self.place.clock.now():%H:%M:%S} {act.__name__}")  # noqa: T201 - shown where a test fails
        done = act()
        if done is not None:
            await done
        self.place.clock.shift(timedelta(seconds=self.chance.choice((1, 20, 300))))

    async def quiet(self):
        self.place.clock.thaw()
        self.place.slack.mend()
        self.place.flashduty.mend()
        await self.see_who_is_gone()
        for _ in range(4):
            # Past every pause after a failure.
            self.later.ahead += 60
            self.place.clock.shift(timedelta(minutes=16))
            for bot in self.bots:
                await bot.tick()
                await bot.cards.look()
            await self.place.slack.settled(60)

    async def holds(self):
        rows = await trail(self.place)
        owners, not_known = is_equal(self.book, rows, self.crowd.presses)
        missing = comments_are_of(owners, self.book, not_known)
        assert not missing, missing
        for press in self.crowd.presses:
            assert press.has_heard or press.is_lost or self.crowd.is_told(press), press
            assert press.is_cut_off or not press.shown_error, press
        assert {result_of(row) for row in rows if row.attempt.slack_user_id == CAROL} <= {"refused", "not_done"}
        channel_is_true(self.place, self.raised, owners)


async def lives(number, seed, **more):
    """Let incidents live at random among people who press, and compare after quiet."""
    chance, later = random.Random(seed * 1_000 + number), Later()
    settings = {"CARDS_STORM": "100", "DIGEST_CHANNEL": None, "CUSTOM_ACTIONS": "Restart=9101"}
    settings = {**more, **{SETTING + name: value for name, value in settings.items()}}
    async with (
        cards_at(monotonic=later, calls_a_minute={}, socket_mode=False, **settings) as place,
        AsyncExitStack() as stack,
    ):
        if number % 2:
            # Flashduty has a person of this name, whose address is another: who presses has no account there.
            place.slack.workspace.people[XIAOMING].email = "xiaoming@elsewhere.example"
        life = Life(place, chance, later, stack)
        # The first only made the tables; two others serve, and die.
        await place.bot.cards.stop()
        await life.begin_replica()
        await life.begin_replica()
        life.begin()
        await life.look()
        for _ in range(STEPS):
            await life.step()
        await life.quiet()
        await life.holds()


@pytest.mark.parametrize("number", range(RUNS))
async def test_after_quiet__cards_and_audit_trail_equal_flashduty__and_nothing_is_booked_on_somebody_else(number, seed):
    await lives(number, seed)


@pytest.fixture(scope="module")
def postgresql():
    skip_or_fail_without()
    with cluster() as address:
        yield address


@pytest.mark.parametrize("number", range(RUNS_ON_POSTGRESQL))
async def test_after_quiet__the_same_holds_on_postgresql(number, seed, postgresql):
    await lives(RUNS + number, seed, DATABASE_URL=await fresh_database(postgresql))
