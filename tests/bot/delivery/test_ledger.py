"""One row, several replicas whose clocks agree about nothing."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.delivery.ledger import FIRST_RETRY_PAUSE, LONGEST_RETRY_PAUSE, POSTING_LEASE, REPORT_AFTER, Ledger, retry_pause
from bot.delivery.model import PostedAt, ScheduledPost
from bot.storage.database import open_database
from bot.storage.postings import PostingKind, PostingTable

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
ENDS = NINE + timedelta(hours=3)
DIGEST = ScheduledPost(team="payments", kind=PostingKind.DIGEST, local_date=date(2026, 11, 24), window_ends=ENDS)


@dataclass
class Running:
    """A clock that only runs forward."""

    seconds: float = 0

    def __call__(self):
        return self.seconds


def replica(database, name="one", running=None):
    return Ledger(PostingTable(database), owner=name, monotonic=running or Running(), random=lambda: 0.5)


async def test_claim__while_another_holds_the_lease__is_none(database):
    assert await replica(database).claim(DIGEST, NINE)
    assert await replica(database, "two").claim(DIGEST, NINE) is None


async def test_claim__after_it_was_done__is_none_for_ever(database):
    one, running = replica(database), Running()
    await one.claim(DIGEST, NINE)
    await one.done(DIGEST.key, PostedAt("C0ONE", "1.0"))
    two = replica(database, "two", running)
    for _ in range(3):
        assert await two.claim(DIGEST, NINE) is None
        running.seconds += 2 * POSTING_LEASE


async def test_claim__of_a_dead_replicas_lease__comes_when_it_was_watched_for_its_whole_length(database):
    await replica(database).claim(DIGEST, NINE)
    running = Running()
    two = replica(database, "two", running)
    assert await two.claim(DIGEST, NINE) is None
    running.seconds += POSTING_LEASE - 1
    assert await two.claim(DIGEST, NINE) is None
    running.seconds += 1
    taken = await two.claim(DIGEST, NINE)
    assert (taken.owner, taken.attempts) == ("two", 2)


@pytest.mark.parametrize("jump", [timedelta(days=-2), timedelta(hours=2), timedelta(days=400)])
async def test_claim__with_a_clock_that_jumps__takes_nobodys_lease(database, jump):
    await replica(database).claim(DIGEST, NINE)
    two = replica(database, "two")
    assert await two.claim(DIGEST, NINE) is None
    assert await two.claim(DIGEST, NINE + jump) is None


async def test_begin__after_the_lease_was_lost__is_refused(database):
    mine = await replica(database).claim(DIGEST, NINE)
    running = Running()
    two = replica(database, "two", running)
    await two.claim(DIGEST, NINE)
    running.seconds += POSTING_LEASE
    assert await two.claim(DIGEST, NINE)
    assert await replica(database).begin(mine, "C0ONE") is None


async def test_begin__runs_the_lease_anew(database):
    one, running = replica(database), Running()
    mine = await one.claim(DIGEST, NINE)
    two = replica(database, "two", running)
    await two.claim(DIGEST, NINE)
    running.seconds += POSTING_LEASE - 1
    await one.begin(mine, "C0ONE")
    running.seconds += 2
    assert await two.claim(DIGEST, NINE) is None


async def test_failed__leaves_the_row_alone_for_the_pause(database):
    one = replica(database)
    mine = await one.claim(DIGEST, NINE)
    await one.failed(mine, NINE, "channel_not_found", may_be_posted=False)
    wait = timedelta(seconds=retry_pause(1, 0.5))
    assert await one.claim(DIGEST, NINE + wait - timedelta(seconds=1)) is None
    again = await one.claim(DIGEST, NINE + wait)
    assert (again.attempts, again.last_error) == (2, "channel_not_found")


async def test_failed__noted_by_a_clock_far_ahead__is_tried_again_after_the_pause_all_the_same(database):
    ahead = replica(database)
    mine = await ahead.claim(DIGEST, NINE)
    await ahead.failed(mine, NINE + timedelta(days=3), "timed out", may_be_posted=False)
    running = Running()
    two = replica(database, "two", running)
    assert await two.claim(DIGEST, NINE) is None
    running.seconds += retry_pause(1, 0)
    assert await two.claim(DIGEST, NINE)


async def test_given_up__by_a_clock_that_is_wrong_for_a_moment__is_nothing(database):
    running = Running()
    one = replica(database, "one", running)
    await one.claim(DIGEST, NINE)
    assert await one.given_up(ENDS + timedelta(days=1)) == []
    assert await one.given_up(NINE) == []
    running.seconds += REPORT_AFTER.total_seconds()
    assert await one.given_up(ENDS + timedelta(days=1)) == []


async def test_claim__of_ones_own_lease_that_one_was_never_told_of__is_given_again(database):
    one = replica(database)
    await one.claim(DIGEST, NINE)
    again = await one.claim(DIGEST, NINE)
    assert (again.owner, again.attempts) == ("one", 2)


async def test_give_back__lets_the_next_one_in_at_once(database):
    one = replica(database)
    await one.give_back(await one.claim(DIGEST, NINE))
    taken = await replica(database, "two").claim(DIGEST, NINE)
    assert taken.attempts == 1


async def test_given_up__tells_one_replica_once(database):
    running = Running()
    one, two = replica(database, "one", running), replica(database, "two", running)
    mine = await one.claim(DIGEST, NINE)
    await one.failed(mine, NINE, "is_archived", may_be_posted=False)
    assert await one.given_up(ENDS) == []
    later = ENDS + REPORT_AFTER + timedelta(seconds=1)
    assert [*await one.given_up(later), *await two.given_up(later)] == []
    running.seconds += REPORT_AFTER.total_seconds()
    told = [*await one.given_up(later), *await two.given_up(later), *await one.given_up(later)]
    assert [(entry.key, entry.last_error) for entry in told] == [(DIGEST.key, "is_archived")]


@given(st.floats(0, 1))
def test_pauses__grow_and_stay_within_the_longest(chance):
    pauses = [retry_pause(attempts, chance) for attempts in range(1, 40)]
    assert all(FIRST_RETRY_PAUSE * 0.75 <= each <= LONGEST_RETRY_PAUSE for each in pauses)
    assert all(earlier <= later for earlier, later in itertools.pairwise(pauses))


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["claim", "begin", "post", "done", "failed", "give_back", "die"]),
        st.sampled_from([0, 1, 40, 95, 1000]),
        st.sampled_from([0, -7200, 7200, 86400]),
    ),
    max_size=40,
)


class Desk:
    """Three replicas doing one step at a time, each only what its own memory allows."""

    def __init__(self, database):
        self.database = database
        self.running = [Running() for _ in range(3)]
        self.ledgers = [replica(database, f"replica {n}", self.running[n]) for n in range(3)]
        self.held = [None] * 3
        self.begun_at = [None] * 3
        self.posts = []
        self.lives = 0

    async def step(self, who, what, jump):
        now, ledger = NINE + timedelta(seconds=self.running[who].seconds + jump), self.ledgers[who]
        held = self.held[who]
        if what == "die":
            self.lives += 1
            self.ledgers[who] = replica(self.database, f"replica {who}, life {self.lives}", self.running[who])
            self.held[who] = None
        elif what == "claim" and held is None:
            self.held[who] = await ledger.claim(DIGEST, now)
            self.begun_at[who] = None
        elif what == "begin" and held is not None:
            self.held[who] = await ledger.begin(held, "C0ONE")
            self.begun_at[who] = self.running[who].seconds
        elif what == "post" and held is not None and self.begun_at[who] is not None:
            await self.post(who)
        elif what in {"failed", "give_back"} and held is not None and self.begun_at[who] is None:
            given = ledger.give_back(held) if what == "give_back" else self.fail(ledger, held, now)
            await given
            self.held[who] = None

    async def fail(self, ledger, held, now):
        await ledger.failed(held, now, "why", may_be_posted=False)

    async def post(self, who):
        # The poster gives up a post long before its lease ends.
        if self.running[who].seconds - self.begun_at[who] < POSTING_LEASE / 2:
            self.posts.append(who)
            await self.ledgers[who].done(DIGEST.key, PostedAt("C0ONE", f"{len(self.posts)}.0"))
        self.held[who] = None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_replicas_do__with_whatever_clocks__it_is_posted_once_and_never_lost(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("any")
    async with open_database(f"sqlite+aiosqlite:///{folder}/bot.db") as database:
        desk = Desk(database)
        for who, what, seconds, jump in steps:
            for running in desk.running:
                running.seconds += seconds
            await desk.step(who, what, jump)
        assert len(desk.posts) <= 1
        # Whoever is left alone with the row gets it: one look, one lease or pause, one claim.
        await desk.step(0, "die", 0)
        for _ in range(2):
            desk.running[0].seconds += LONGEST_RETRY_PAUSE
            if not desk.posts:
                for what in ("claim", "begin", "post"):
                    await desk.step(0, what, 0)
        assert len(desk.posts) == 1
