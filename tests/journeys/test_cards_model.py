"""Any life of incidents, with faults on every side: after quiet each open incident has one card or one place."""

import asyncio
import os
import random
import re
import sqlite3
from collections import defaultdict
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import replace
from datetime import timedelta

import aiohttp
import asyncpg
import pytest
from harbor import BOB, PAYMENTS
from living import SETTING, Later, cards, cards_at
from pydantic import SecretStr
from way import Way

from bot.app.process import running
from sandbox.faults import Fault
from tests.proofs.chaos.postgres import cluster, fresh_database, skip_or_fail_without

# With FULL_PROOF there are as many runs as 10,000 steps need.
IS_FULL = os.environ.get("FULL_PROOF") == "1"
STEPS = 100 if IS_FULL else 50
RUNS = 70 if IS_FULL else 4
RUNS_ON_POSTGRESQL = 30 if IS_FULL else 2
MOST_OPEN = 6
SECRET = "made-up-secret-0001"
HEADERS = {"X-Flashduty-Bot-Secret": SECRET}
STATES = {"Triggered": "*Unacknowledged*", "Processing": "*Acknowledged*", "Closed": "*Closed*"}
PEOPLE = ("Alice Chen", "Bob Müller", "Carol Diaz")
NAMES = {7001: "Alice Chen", 7002: "Bob Müller", 7004: "Carol Diaz", 7005: "Dana Okoye"}
IN_SLACK = {7001: "<@U0ALICE>", 7002: "<@U0BOB>", 7004: "<@U0CAROL>"}


class Life:
    """Random things that happen, and what must be true afterwards."""

    def __init__(self, place, chance, later, all_of_them):
        self.place, self.chance, self.later, self.all = place, chance, later, all_of_them
        self.console = place.flashduty.console
        self.raised, self.bots, self.stacks = [], [], {}
        self.deleted, self.with_card, self.comments = set(), set(), defaultdict(list)
        self.titles, self.ways = 0, []
        place.slack.busy_while(lambda: any(one.work.in_progress or one.cards.in_progress for one in self.bots))

    def record(self, incident):
        return self.place.flashduty.account.incidents[incident]

    def some(self, *states):
        found = [one for one in self.raised if self.record(one)["progress"] in states]
        return self.chance.choice(found) if found else None

    def begin(self):
        if len([one for one in self.raised if self.record(one)["progress"] != "Closed"]) < MOST_OPEN:
            number = len(self.raised)
            severity = self.chance.choice(("Critical", "Warning", "Info"))
            alerts = self.chance.choice((1, 1, 7))
            record = self.place.flashduty.raise_incident(
                title=f"Host {number} is gone", severity=severity, flashduty_channel=5001, alerts=alerts
            )
            self.raised.append(record["incident_id"])

    def acknowledge(self):
        if one := self.some("Triggered"):
            self.console.acknowledge(one, by=self.chance.choice(PEOPLE))

    def close(self):
        if one := self.some("Triggered", "Processing"):
            self.console.close(one, by=self.chance.choice(PEOPLE), resolution="Rolled back.")

    def reopen(self):
        if one := self.some("Closed"):
            self.console.reopen(one)

    def unacknowledge(self):
        if one := self.some("Processing"):
            self.console.unacknowledge(one, by=self.chance.choice(PEOPLE))

    def rename(self):
        if one := self.some("Triggered", "Processing"):
            self.titles += 1
            number = self.raised.index(one)
            self.console.text(one, name="title", text=f"Host {number} is gone, as was said {self.titles} times")

    def escalate(self):
        one = self.some("Triggered")
        # After a person has assigned it no rule pages for it any longer, and above the last level is nobody.
        if one:
            with suppress(ValueError):
                self.console.escalate(one)

    def severity(self):
        if one := self.some("Triggered", "Processing"):
            self.console.severity(one, severity=self.chance.choice(("Critical", "Warning", "Info")))

    def add(self):
        if one := self.some("Triggered", "Processing"):
            self.console.add_responders(one, to=[self.chance.choice(PEOPLE)], by=self.chance.choice(PEOPLE))

    def reassign(self):
        if one := self.some("Triggered", "Processing"):
            self.console.reassign(one, to=self.chance.sample(PEOPLE, 2), by=self.chance.choice(PEOPLE))

    def comment(self):
        if one := self.some("Triggered", "Processing"):
            words = f"Looking at {one[-6:].upper()}, {len(self.comments[one]) + 1}."
            self.comments[one].append(words)
            # What is said of an incident that is opened and closed again between two looks may not be told.
            if any("*Closed*" not in card["text"] for card in self.card_of(one)):
                self.with_card.add(words)
            self.console.comment(one, text=words)

    def card_of(self, incident):
        return [one for one in cards(self.place, "Host") if f"#{incident[-6:].upper()}" in one["text"]]

    def snooze(self):
        if one := self.some("Processing"):
            record = self.record(one)
            (self.console.wake if record["snoozed_before"] else self.console.snooze)(one)

    def merge(self):
        found = [one for one in self.raised if self.record(one)["progress"] != "Closed"]
        if len(found) > 1:
            into, other = self.chance.sample(found, 2)
            self.console.merge(into, sources=[other], by=self.chance.choice(PEOPLE))

    def join(self):
        if one := self.some("Triggered", "Processing"):
            self.console.alert(one, count=self.chance.choice((1, 5)))

    def recover(self):
        if one := self.some("Triggered", "Processing"):
            self.console.recover(one, count=self.chance.choice((1, None)))

    def page(self):
        if one := self.some("Triggered", "Processing"):
            self.console.page(one, failed_reason=self.chance.choice(("", "user busy")))

    def hints_fail(self):
        kind = self.chance.choice(("twice", "lost", "delayed", "held"))
        self.place.flashduty.webhooks.faults.plan(kind, seconds=0.2 if kind == "delayed" else 0.0)
        self.place.flashduty.webhooks.let_go(newest_first=self.chance.random() < 0.5)

    async def forge(self):
        named = [*self.raised, "f" * 24]
        incident = {"incident_id": self.chance.choice(named), "title": "Forged", "progress": "Closed"}
        url = f"{self.chance.choice(self.bots).url}/flashduty/webhook/payments"
        body = {"event_type": "i_rslv", "incident": incident}
        async with aiohttp.ClientSession(headers=HEADERS) as session, session.post(url, json=body) as answer:
            assert answer.status == 200

    async def interrupt(self):
        """Let a look end in the middle, as the process that makes it may."""
        look = asyncio.create_task(self.chance.choice(self.bots).cards.look())
        await asyncio.sleep(self.chance.choice((0, 0.005, 0.02)))
        look.cancel()
        await asyncio.gather(look, return_exceptions=True)

    async def replace(self):
        """End a replica, often without a word about what it leads, and start another, which knows what is stored."""
        bot = self.chance.choice(self.bots)
        if self.chance.random() < 0.7:
            for task in (*bot.cards.tasks,):
                task.cancel()
            # Its leases end.
            self.later.ahead += 16
        await self.ends(bot)
        await self.begin_replica()

    async def begin_replica(self):
        stack = AsyncExitStack()
        self.all.push_async_callback(stack.aclose)
        settings = self.place.settings
        if "asyncpg" in settings.database_url.get_secret_value():
            self.ways = [one for one in self.ways if one.is_open]
            way = await stack.enter_async_context(Way(settings.database_url.get_secret_value()).stands())
            self.ways.append(way)
            settings = settings.model_copy(update={"database_url": SecretStr(way.address)})
        # Nobody waits here for what others do meanwhile: on a clock that stands still replies wait for their turn.
        clock = self.place.clock.now
        bot = await stack.enter_async_context(running(settings, clock=clock, monotonic=self.later))
        self.bots.append(bot)
        self.stacks[bot.url] = stack

    async def ends(self, bot):
        self.bots.remove(bot)
        await self.stacks.pop(bot.url).aclose()

    def slack_fails(self):
        method = self.chance.choice(("chat.update", "chat.postMessage"))
        fault = self.chance.choice(
            (Fault.rate_limited(1), Fault.lost_answer(), Fault.reset(), Fault.error("fatal_error"))
        )
        self.place.slack.fail(method, fault, 1)

    def flashduty_fails(self):
        path = self.chance.choice(("/incident/list", "/incident/list-by-ids", "/incident/alert/list", "/person/infos"))
        self.place.flashduty.fail(path, self.chance.choice((Fault.reset(), Fault.html(), Fault.half_body())), 1)

    async def outage(self):
        """Let Slack or Flashduty take nothing while a replica looks; longer pauses would be waited for in real time."""
        slack, flashduty = self.place.slack, self.place.flashduty
        if self.chance.random() < 0.5:
            for method in ("chat.update", "chat.postMessage", "conversations.history", "conversations.replies"):
                slack.fail(method, Fault.error("service_unavailable"), times=None)
        else:
            flashduty.fail("*", self.chance.choice((Fault.reset(), Fault.delay(0.1))), times=None)
        await self.look()
        slack.mend()
        flashduty.mend()

    def cut(self):
        """Take a replica's database away, or give it back."""
        if self.ways:
            way = self.chance.choice(self.ways)
            (way.mend if way.is_cut else way.cut)()

    def delete(self):
        found = [one for one in cards(self.place, "Host") if one["text"].split("#")[1][:6] not in self.deleted]
        if found:
            card = self.chance.choice(found)
            self.deleted.add(card["text"].split("#")[1][:6])
            self.place.slack.delete_message(PAYMENTS, card["ts"])

    async def look(self):
        await self.chance.choice(self.bots).cards.look()

    async def step(self):
        act = self.chance.choices(
            (self.begin, self.acknowledge, self.close, self.reopen, self.severity, self.comment, self.snooze,
             self.merge, self.join, self.recover, self.page, self.add, self.reassign, self.hints_fail, self.forge,
             self.slack_fails, self.flashduty_fails, self.delete, self.look, self.interrupt, self.replace,
             self.unacknowledge, self.rename, self.escalate, self.outage, self.cut),
            weights=(8, 5, 2, 2, 3, 2, 3, 1, 2, 2, 2, 2, 2, 4, 2, 2, 2, 1, 7, 2, 1, 1, 2, 1, 1, 1),
        )[0]  # fmt: skip
        # Shown where a test fails, among the lines of the log.
        print(f"{self.place.clock.now():%H:%M:%S} {act.__name__}")  # noqa: T201
        done = act()
        if done is not None:
            await done
        self.place.clock.shift(timedelta(seconds=self.chance.choice((0, 1, 20))))

    async def quiet(self):
        # Otherwise each reply of a channel would wait longer for its turn than the one before.
        self.place.clock.thaw()
        for side in (self.place.slack, self.place.flashduty, *self.ways):
            side.mend()
        self.place.flashduty.webhooks.faults.clear()
        self.place.flashduty.webhooks.let_go()
        for _ in range(4):
            # Past every pause after a failure.
            self.later.ahead += 40
            self.place.clock.shift(timedelta(minutes=16))
            for bot in self.bots:
                await bot.cards.look()
            await self.place.slack.settled(300)

    async def places(self):
        """The incidents in the message of a storm, by the storm."""
        rows = await rows_of(self.place, "SELECT storm, incident_id FROM cards WHERE storm IS NOT NULL")
        found = {}
        for storm, incident in rows:
            if incident in self.raised:
                found.setdefault(storm, []).append(incident)
        return found

    async def holds(self):
        placed = await self.places()
        storms = [one["text"] for one in self.place.shown(BOB) if one["text"].startswith("🌪️ *Incident storm")]
        assert len(storms) == len(placed)
        assert sorted(map(self.counted, placed.values())) == sorted(map(heads, storms))
        for incident in self.raised:
            found = self.card_of(incident)
            if any(incident in members for members in placed.values()):
                assert found == []
            else:
                self.holds_of_card(incident, found)

    def mentions_hold(self):
        """Nobody is mentioned more often than an incident was assigned to them."""
        said = [one["text"] for one in self.place.slack.seen_by(BOB, PAYMENTS) if one["text"].startswith("📟")]
        for incident in self.raised:
            here = [one for one in said if f"#{incident[-6:].upper()}" in one]
            entries = self.place.flashduty.account.timeline.of(self.record(incident))
            assigned = [one.detail["to"] for one in entries if one.what in {"i_assign", "i_a_rspd"}]
            for person, mention in IN_SLACK.items():
                assert sum(mention in one for one in here) <= sum(person in people for people in assigned), incident

    def counted(self, incidents):
        """What the message of a storm says of its incidents."""
        states = [self.record(one)["progress"] for one in incidents]
        words = (
            ("Triggered", "❗ {} unacknowledged"),
            ("Processing", "👤 {} acknowledged"),
            ("Closed", "✅ {} closed"),
        )
        told = " · ".join(word.format(states.count(state)) for state, word in words if state in states)
        return f"{len(states)} {told}"

    def holds_of_card(self, incident, found):
        record, number = self.record(incident), incident[-6:].upper()
        is_open = record["progress"] != "Closed"
        assert len(found) <= 1, number
        assert found or not is_open or number in self.deleted, number
        for card in found:
            self.is_equal(card["text"], record)

    def is_equal(self, text, record):
        """Compare a card with what Flashduty has, drawn here by hand."""
        title, state, *_ = text.split("\n")
        progress = record["progress"]
        assert title.endswith(f" · {record['title']}>"), text
        assert f" *{record['incident_severity']}* <" in title, text
        assert state.partition(" *")[0] == {"Triggered": "❗", "Processing": "👤", "Closed": "✅"}[progress], text
        assert STATES[progress] in state, text
        acknowledged = [NAMES[one["person_id"]] for one in record["responders"] if one["acknowledged_at"]]
        assert all(name in text for name in acknowledged), (text, acknowledged)
        if progress != "Closed":
            assert ("💤" in state) is (record["snoozed_before"] > self.place.clock.now().timestamp()), text
            assert ("alerts recovered" in state) is bool(record["end_time"]), text
            firing = f"{record['active_alert_cnt']} of {record['alert_cnt']} alerts firing"
            assert (firing in text) is (record["alert_cnt"] > 1 and not record["end_time"]), text
        elif record["closer_id"]:
            assert f"by {NAMES[record['closer_id']]}" in state, text

    def threads_hold(self):
        """No comment comes twice, into whichever card's thread."""
        said = "\n".join(one["text"] for one in self.place.slack.seen_by(BOB, PAYMENTS))
        for incident, comments in self.comments.items():
            for comment in comments:
                assert said.count(comment) <= 1, comment
                if comment in self.with_card and incident[-6:].upper() not in self.deleted:
                    assert said.count(comment) == 1, comment


async def rows_of(place, query):
    """Read from the database of a place."""
    address = place.settings.database_url.get_secret_value()
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.partition("///")[2])) as connection:
            return connection.execute(query).fetchall()
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


def heads(text):
    """The number of incidents and their states, of the message of a storm."""
    first, states, *_ = text.split("\n")
    return f"{re.search(r'[0-9]+', first)[0]} {states}"


@pytest.fixture(scope="module")
def postgresql():
    skip_or_fail_without()
    with cluster() as address:
        yield address


async def lives(number, seed, **more):
    """Let incidents live at random, and look at what is in Slack after quiet."""
    chance, later = random.Random(seed * 1_000 + number), Later()
    storm, lag = ((100, 0.0), (100, 3.0), (2, 0.0), (2, 3.0))[number % 4]
    settings = {"CARDS_STORM": str(storm), "CARDS_MENTION": "thread", "WEBHOOK_SECRET": SECRET}
    settings = {**more, **{SETTING + name: value for name, value in settings.items()}}
    # Minutes pass in a moment here: that Slack refuses is drawn, and does not come of how fast the steps are.
    async with cards_at(monotonic=later, calls_a_minute={}, **settings) as place, AsyncExitStack() as stack:
        # Flashduty may return a state from before a change, and hands out pages of any size.
        place.flashduty.habits = replace(place.flashduty.habits, lag=lag, page_size=4)
        url = f"{place.bot.url}/flashduty/webhook/payments"
        place.flashduty.webhooks.add(url=url, headers=HEADERS)
        life = Life(place, chance, later, stack)
        # The first takes what is pushed; two others lead, one after the other.
        await place.bot.cards.stop()
        await life.begin_replica()
        await life.begin_replica()
        for _ in range(STEPS):
            await life.step()
        await life.quiet()
        await life.holds()
        life.mentions_hold()
        life.threads_hold()


@pytest.mark.parametrize("number", range(RUNS))
async def test_after_quiet__every_open_incident_has_one_card_or_place__equal_to_it(number, seed):
    await lives(number, seed)


@pytest.mark.parametrize("number", range(RUNS_ON_POSTGRESQL))
async def test_after_quiet__the_same_holds_on_postgresql__also_for_replicas_that_lose_it(number, seed, postgresql):
    await lives(RUNS + number, seed, DATABASE_URL=await fresh_database(postgresql))
