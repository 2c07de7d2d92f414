"""One nine o'clock of twenty teams: replicas of the bot in processes of their own, and what they asked and posted."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from bot.flashduty.operation import ACCOUNT_PER_MINUTE, ACCOUNT_PER_SECOND
from sandbox.clock import Clock
from sandbox.slack import PretendSlack
from tests.proofs.bench.processes import Child, child, database
from tests.proofs.bench.twenty_teams import NINE, TEAMS, environ, key_owner, slack_channel, with_cards, workspace

PATIENCE: Final = 60.0
# What each process reads once a day for each team, right after its start: the language of the key's owner.
ONCE_A_DAY: Final = "/member/info"
OK: Final = 200
TOO_MANY: Final = 429
MINUTE: Final = 60.0
# How the names of the channels begin that get digests, and cards.
DIGESTS: Final = "C0TEAM"
CARDS: Final = "C0CARDS"
# What every whole digest asks for.
PARTS: Final = frozenset(
    {"/schedule/list", "/incident/list", "/person/infos", "/insight/team", "/insight/alert/topk-by-label"}
)


@dataclass(frozen=True)
class Asked:
    """One request as the pretend Flashduty saw it."""

    path: str
    body: Any
    key_owner: int
    status: int | None


@dataclass(frozen=True)
class Morning:
    """Seconds until the last digest was there, the requests to Flashduty from nine on, and the channel of each."""

    seconds: float
    requests: tuple[Asked, ...]
    posts: tuple[str, ...]

    @property
    def calls(self) -> list[Asked]:
        """The requests that Flashduty answered with more than "too many"."""
        return [one for one in self.requests if one.status != TOO_MANY]

    @property
    def too_many(self) -> int:
        """How often the answer was 429."""
        return len(self.requests) - len(self.calls)

    @property
    def ratio(self) -> float:
        """How long it took, over what the limits allow."""
        return self.seconds / allowed(len(self.calls))

    @property
    def most_calls(self) -> int:
        """The calls of the team that made most."""
        return max(Counter(one.key_owner for one in self.calls).values(), default=0)

    @property
    def whole(self) -> int:
        """How many teams got an answer to everything a digest asks."""
        answered = {(one.key_owner, one.path) for one in self.calls if one.status == OK}
        return sum(all((key_owner(team), part) in answered for part in PARTS) for team in TEAMS)

    @property
    def once(self) -> int:
        """How many channels have exactly one digest."""
        return sum(self.posts.count(slack_channel(team)) == 1 for team in TEAMS)


def allowed(calls: int) -> float:
    """Give the seconds in which the documented limits take so many calls: 50 a second, 1,000 in each minute."""
    minutes, rest = divmod(max(calls - 1, 0), ACCOUNT_PER_MINUTE)
    return minutes * MINUTE + (rest + 1) / ACCOUNT_PER_SECOND


@contextmanager
def flashduty() -> Iterator[str]:
    """Run a pretend Flashduty whose limits nobody has used yet; gives its address."""
    with child("tests.proofs.bench.twenty_teams_flashduty") as server:
        yield server.first_line()


async def seen_by(url: str) -> tuple[Asked, ...]:
    """Ask the pretend Flashduty what it was asked."""
    async with httpx.AsyncClient(base_url=url) as client:
        told = (await client.get("/sandbox/requests")).json()["requests"]
    return tuple(Asked(one["path"], one["body"], one["key_owner"], one["status"]) for one in told)


async def morning(replicas: int, *, has_cards: bool = False) -> Morning:
    """Let it be nine for so many replicas on one database, until every team has its digest."""
    slack = PretendSlack(clock=Clock(NINE), workspace=workspace())
    with ExitStack() as stack:
        url = stack.enter_context(flashduty())
        async with slack:
            given = environ(slack, url) | {"DATABASE_URL": database()} | (with_cards() if has_cards else {})
            bots = [
                stack.enter_context(child("tests.proofs.bench.bot_before_nine", environ=given)) for _ in range(replicas)
            ]
            before = await _begun(url, bots)
            if has_cards:
                await slack.until(lambda: len(set(_posted(slack, CARDS))) == len(TEAMS), PATIENCE)
                before = await _quiet(url)
            seconds = await _nine(slack, bots)
            # What is under way is finished, so that a second digest would be seen.
            await asyncio.gather(*(asyncio.to_thread(bot.stop) for bot in bots))
        return Morning(seconds, (await seen_by(url))[before:], tuple(_posted(slack)))


async def _begun(url: str, bots: Sequence[Child]) -> int:
    """Wait until all have read what they read once a day and its second is over; give how many requests that were."""
    for bot in bots:
        await asyncio.to_thread(bot.first_line)
    ends = time.monotonic() + PATIENCE
    while sum(one.path == ONCE_A_DAY for one in await seen_by(url)) < len(TEAMS) * len(bots):
        if time.monotonic() > ends:
            raise RuntimeError(f"the language of each team was not read within {PATIENCE:.0f} s")
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)
    return len(await seen_by(url))


async def _quiet(url: str) -> int:
    """Wait until nobody has asked anything for a second; give how many requests there were."""
    before = -1
    while (now := len(await seen_by(url))) != before:
        before = now
        await asyncio.sleep(1.0)
    return now


async def _nine(slack: PretendSlack, bots: Iterable[Child]) -> float:
    began = time.monotonic()
    for bot in bots:
        bot.process.send_signal(signal.SIGUSR1)
    try:
        await slack.until(lambda: len(set(_posted(slack))) == len(TEAMS), PATIENCE)
    except TimeoutError:
        raise RuntimeError(f"{len(set(_posted(slack)))} digests came within {PATIENCE:.0f} s") from None
    return time.monotonic() - began


def _posted(slack: PretendSlack, names: str = DIGESTS) -> Iterator[str]:
    """Name the channel of each digest, or of other posts; what did not fit continues in its thread."""
    posts = (call for call in slack.calls if call.method == "chat.postMessage" and call.error is None)
    channels = (str(post.params["channel"]) for post in posts if not post.params.get("thread_ts"))
    return (channel for channel in channels if channel.startswith(names))
