"""Three replicas, one database, `kill -9` again and again, and an account of what came of it.

Only processes started here are killed. A run ends by itself when its story does.
"""

import asyncio
import multiprocessing
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.storage.database import open_database
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKey, PostingKind, PostingTable
from tests.proofs.chaos.pretend_slack import SmallSlack, listening
from tests.proofs.chaos.replica import Orders, live
from tests.proofs.chaos.story import Story

REPLICAS = 3
# The share of each window in which replicas are killed: somebody must live to see a lease end.
DEADLY = 0.4
KILLS_PER_DATE = 22
# What goes wrong at Slack, by kind: faults of chat.postMessage, then of conversations.history.
FAULTS = {
    "honours": (("cut", "broken", "slow", "error:ratelimited"), ("broken", "error:missing_scope", "error:ratelimited")),
    "ignores": (("cut", "broken", "slow", "error:ratelimited"), ("broken", "slow", "error:ratelimited")),
    # Without leave to look, and with honest answers: what a kill between post and mark does is all there is to see.
    "ignores, and nobody may look": (("slow", "error:ratelimited"), ("error:missing_scope",)),
}
FAULT_SHARE = 0.15


@dataclass
class Account:
    """What happened: `torn` counts messages whose poster was killed before they were marked."""

    kills: int = 0
    occasions: int = 0
    posts: int = 0
    missed: set = field(default_factory=set)
    twice: set = field(default_factory=set)
    unexplained: set = field(default_factory=set)
    torn: int = 0
    restarts: int = 0
    stories: list = field(default_factory=list)
    cuts: int = 0

    def __str__(self):
        return (
            f"{self.kills} kills, {self.restarts} other ends, {self.cuts} connections cut,"
            f" {self.torn} kills between post and mark;"
            f" {self.occasions} digests: {len(self.missed)} missed, {len(self.twice)} twice"
            f" ({len(self.unexplained)} of them without such a kill)"
        )


class Chaos:
    def __init__(self, database, slack, kind, story, *, seed, log, cut=None):
        self._log = log
        self._database, self._slack, self._story, self._cut = database, slack, story, cut
        self._chance = random.Random(seed)
        self._processes = {}
        self._started = 0
        self._done_at_kill = {}
        self.account = Account()
        slack.faults = self._fault
        self._kinds = FAULTS[kind]
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.proofs.chaos.replica"])

    def _fault(self, method):
        of_posts, of_looks = self._kinds
        if method == "chat.postMessage":
            return self._chance.choice(of_posts) if self._chance.random() < FAULT_SHARE else None
        always = of_looks == ("error:missing_scope",)
        return self._chance.choice(of_looks) if always or self._chance.random() < FAULT_SHARE else None

    def _start(self):
        self._started += 1
        name = f"replica {self._started}"
        process = self._context.Process(
            target=live, args=(Orders(name, self._database, self._slack.url, self._story, self._log),), daemon=True
        )
        process.start()
        self._processes[name] = process

    async def run(self):
        async with open_database(self._database) as database:
            try:
                for _ in range(REPLICAS):
                    self._start()
                async with asyncio.timeout(self._story.end - time.monotonic() + 20), asyncio.TaskGroup() as group:
                    others = [group.create_task(self._restart_the_dead())]
                    others += [group.create_task(self._cut_connections())] if self._cut else []
                    await self._kill_all_along(database)
                    await asyncio.sleep(max(0, self._story.end - time.monotonic()))
                    for task in others:
                        task.cancel()
            finally:
                await asyncio.to_thread(self._end_all)
            self._add_up()
            await self._explain(database)
        return self.account

    def _end_all(self):
        for process in self._processes.values():
            process.kill()
            process.join()
            process.close()

    async def _kill_all_along(self, database):
        for day in range(self._story.dates):
            begin = self._story.begin + day * self._story.seconds_per_date
            await asyncio.sleep(max(0, begin - time.monotonic()))
            pause = self._story.seconds_per_date * DEADLY / KILLS_PER_DATE
            for n in range(KILLS_PER_DATE):
                await self._kill_one(database, begin + (n + self._chance.random()) * pause)

    async def _kill_one(self, database, at):
        """Kill somebody at that time, or whoever posts something before, a moment after the request came."""
        seen = len(self._slack.messages)
        victim = None
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, at - time.monotonic())), self._slack.posted:
                await self._slack.posted.wait_for(lambda: len(self._slack.messages) > seen)
                victim = self._slack.messages[seen]["replica"]
        if victim is not None:
            await asyncio.sleep(self._chance.choice([0, 0, 0.002, 0.01, 0.05]))
        alive = [name for name, process in self._processes.items() if process.is_alive()]
        name = victim if victim in alive else self._chance.choice(alive or [None])
        if name is not None:
            await self._kill(database, name)

    async def _kill(self, database, name):
        process = self._processes.pop(name)
        process.kill()
        await asyncio.to_thread(process.join)
        process.close()
        self.account.kills += 1
        self._done_at_kill[name] = await self._done(database)
        self._start()

    async def _done(self, database):
        """List what is marked done; our own connection may be the one that is cut."""
        for _ in range(10):
            with suppress(DatabaseUnavailable):
                async with database.transaction() as connection:
                    rows = await connection.exec_driver_sql("SELECT team, local_date FROM postings WHERE is_done")
                    return {(team, str(local_date)) for team, local_date in rows}
        raise AssertionError("the database did not answer ten times")

    async def _restart_the_dead(self):
        while True:
            await asyncio.sleep(0.1)
            for name, process in list(self._processes.items()):
                if not process.is_alive() and time.monotonic() < self._story.end - 0.5:
                    del self._processes[name]
                    process.close()
                    self.account.restarts += 1
                    self._start()

    async def _cut_connections(self):
        while True:
            await asyncio.sleep(self._chance.uniform(0.3, 1.2))
            await self._cut(self._chance)
            self.account.cuts += 1

    def _add_up(self):
        account, counted = self.account, self._slack.counted()
        wanted = self._story.occasions()
        account.occasions, account.posts = len(wanted), sum(counted.values())
        account.missed = wanted - set(counted)
        account.twice = {what for what, times in counted.items() if times > 1}
        torn = [what for what, replica in self._posted() if what not in self._done_at_kill.get(replica, {what})]
        account.torn = len(torn)
        # Every message but one must have a kill of its own.
        account.unexplained = {what for what in account.twice if torn.count(what) < counted[what] - 1}

    async def _explain(self, database):
        """Tell what the database and the log know about each thing that went wrong."""
        for team, day in sorted(self.account.missed | self.account.unexplained):
            key = PostingKey(team, PostingKind.DIGEST, date.fromisoformat(day))
            row = await PostingTable(database).get_or_add(key, window_ends=self._story.now(self._story.end))
            self.account.stories += [str(row), *await asyncio.to_thread(self._logged, team, day)]

    def _logged(self, *words):
        log = Path(self._log)
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if all(word in line for word in words)]

    def _posted(self):
        for message in self._slack.messages:
            payload = message["metadata"]["event_payload"]
            yield (payload["team"], payload["date"]), message["replica"]


async def chaos(database, kind, *, dates, seed, log, cut=None):
    """Run one story and give the account of it; `cut` ends a connection to the database from outside.

    Replicas write to the file `log`; what it says about what went wrong comes with the account.
    """
    slack = SmallSlack(honours_client_msg_id=kind == "honours")
    async with listening(slack):
        story = Story(time.monotonic() + 2.0, dates)
        return await Chaos(database, slack, kind, story, seed=seed, log=log, cut=cut).run()
