"""Reads one hostile answer in a process of its own, and prints what came of it and how much memory it took."""

import asyncio
import json
import resource
import sys

from pydantic import SecretStr

from bot.flashduty import Account, Flashduty, FlashdutyError, open_pool
from bot.outbound.route import DIRECT_ROUTE
from bot.slack.api import SlackApi, SlackError
from bot.slack.client import SlackClient
from bot.slack.session import open_session

INCIDENT = "a" * 24


async def flashduty(url):
    async with open_pool(url) as pool:
        client = Flashduty(pool, Account(), team="payments", app_key=SecretStr("a-key-of-payments"))
        yield
        try:
            await client.incident(INCIDENT)
        except FlashdutyError as error:
            yield error.reason
        else:
            yield "answered"


async def slack(url, ask):
    async with open_session(DIRECT_ROUTE) as session:
        calls = SlackApi(SlackClient("xoxb-made-up", f"{url}/api/", session), session)
        yield
        try:
            await ask(calls)
        except SlackError as refusal:
            yield refusal.code
        else:
            yield "answered"


WAYS = {
    "flashduty": flashduty,
    "slack api": lambda url: slack(url, lambda calls: calls.call("conversations.history", channel="C1")),
    "response url": lambda url: slack(url, lambda calls: calls.respond(f"{url}/hooks/1", {"text": "hello"})),
    "upload": lambda url: slack(url, lambda calls: calls.send(f"{url}/upload/1", b"picture")),
}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def main(way, url):
    steps = WAYS[way](url)
    await anext(steps)
    before = peak()
    outcome = await anext(steps)
    print(json.dumps({"outcome": outcome, "grown": peak() - before}))  # noqa: T201 - the test reads it
    await steps.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
