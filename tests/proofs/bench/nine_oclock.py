"""Whether twenty teams' digests at nine keep within Flashduty's limits, with one replica and two; and other ways."""

import asyncio
from typing import Final

from bot.flashduty.operation import ACCOUNT_PER_SECOND
from tests.proofs.bench.mornings import Morning, allowed, morning
from tests.proofs.bench.other_ways import Way, a_call_per_schedule, a_plain_burst
from tests.proofs.bench.row import Row, ratio
from tests.proofs.bench.twenty_teams import SCHEDULES, TEAMS

ROUNDS: Final = 3
GOAL: Final = 1.3
MOST_CALLS: Final = 5
REPLICAS: Final = {1: "one replica", 2: "two replicas on one database"}


def measure() -> list[Row]:
    """Let it be nine some times for one replica and for two, each time with limits nobody has used yet."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    digests = {replicas: [await morning(replicas) for _ in range(ROUNDS)] for replicas in REPLICAS}
    every = [one for rounds in digests.values() for one in rounds]
    beside_cards = [await morning(1, has_cards=True) for _ in range(ROUNDS)]
    return [
        *(row for replicas, rounds in digests.items() for row in _rows(REPLICAS[replicas], rounds)),
        *_rows("one replica, with cards on", beside_cards),
        _calls(every),
        _other("a call for each schedule, through the same client and limiter", await a_call_per_schedule()),
        _other("a plain burst of the digests' own calls, without pacing", await a_plain_burst(digests[1][0].calls)),
    ]


def _rows(who: str, rounds: list[Morning]) -> list[Row]:
    typical = sorted(rounds, key=lambda one: one.ratio)[len(rounds) // 2]
    calls, worst = len(typical.calls), max(one.ratio for one in rounds)
    return [
        ratio(
            f"time for {len(TEAMS)} digests of {SCHEDULES} schedules at 09:00, over what the limits allow, {who}",
            f"from the tick to the last digest in Slack, over calls / 50 a second; median of {ROUNDS} mornings."
            f" Without any spacing, 50 at once each second, the calls alone would need {_in_bursts(calls)} s",
            typical.ratio,
            GOAL,
            f"{typical.seconds:.2f} s over {allowed(calls):.2f} s for {calls} calls, at worst {worst:.2f} ×",
        ),
        _never_429(who, rounds),
        _once(who, rounds),
    ]


def _in_bursts(calls: int) -> int:
    return (calls - 1) // ACCOUNT_PER_SECOND


def _never_429(who: str, rounds: list[Morning]) -> Row:
    counted = [one.too_many for one in rounds]
    return Row(
        f"429s at 09:00, {who}",
        f"counted by the pretend Flashduty, which takes no more than 50 in any second; {ROUNDS} mornings",
        _listed(counted),
        "0",
        not any(counted),
    )


def _once(who: str, rounds: list[Morning]) -> Row:
    whole = [min(one.whole, one.once) for one in rounds]
    return Row(
        f"whole digests that came exactly once, {who}",
        "every part was answered, and the team's channel has one digest after all replicas have ended",
        _listed(whole),
        str(len(TEAMS)),
        all(count == len(TEAMS) for count in whole),
    )


def _calls(every: list[Morning]) -> Row:
    most = max(one.most_calls for one in every)
    return Row(
        "calls per digest",
        f"schedules, incidents, yesterday, people, noisiest checks; the most any team needed in {len(every)} mornings",
        str(most),
        f"≤ {MOST_CALLS}",
        most <= MOST_CALLS,
    )


def _other(what: str, way: Way) -> Row:
    limit = allowed(way.calls)
    took = f"{way.seconds / limit:.2f} × ({way.seconds:.2f} s over {limit:.2f} s for {way.calls} calls)"
    return Row(
        what,
        "beside it: until everything is answered, over calls / 50 a second; a 429 is tried again when it says",
        f"{took}, 429s: {way.too_many}" + (f", never answered: {way.failed}" if way.failed else ""),
    )


def _listed(counts: list[int]) -> str:
    return ", ".join(str(count) for count in counts)
