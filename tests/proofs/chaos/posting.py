"""What is asked to be posted by hand, while Slack takes it slowly or does not say whether it did: once, and told."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from sandbox.faults import Fault
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Transport, place
from tests.proofs.chaos.together import together

BOB: Final = "U0BOB"
TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")
POSTS: Final[Mapping[str, str]] = {
    "digest post": "Digest of team *payments*",
    "digest week post": "Report of team *payments*",
}
POSTING: Final[Mapping[str, Fault]] = {
    "takes 4 s": Fault.delay(4.0),
    "gives 500": Fault.html(500),
    "is reset": Fault.reset(),
    "loses its answer": Fault.lost_answer(),
    "hangs": Fault.hang(),
}
END: Final = re.compile(r"is in <#|was not posted|did not confirm|did not answer")
PATIENCE: Final = 45.0
TRIES: Final = 4


async def lines() -> AsyncIterator[Line]:
    """Ask for posts while posting goes wrong, and press Try again as long as it is offered."""
    tried = [
        *((transport, "digest post", name) for transport in TRANSPORTS for name in POSTING),
        *((transport, "digest week post", "loses its answer") for transport in TRANSPORTS),
    ]
    async for line in together(_posted_once(*one) for one in tried):
        yield line


async def _posted_once(transport: Transport, words: str, name: str) -> Line:
    async with place(transport) as here:
        await here.warm()
        return await _posted(here, words, name)


async def _posted(here: Place, words: str, name: str) -> Line:
    """Post while the first call goes wrong and nobody may look whether it is there; then press the retry."""
    here.slack.fail("chat.postMessage", POSTING[name], times=1)
    here.slack.fail("conversations.history", Fault.error("internal_error"), times=1)
    delivery = await here.slack.command(ALICE, PAYMENTS, f"/flashduty {words}")
    await here.comes(lambda: _ends(here), PATIENCE)
    heard, pressed = len(_ends(here)), 0
    here.slack.mend()
    while pressed < TRIES and (shown := _retry(here)):
        pressed += 1
        # Twice at once, as an impatient thumb does.
        await asyncio.gather(*(here.slack.press(ALICE, shown, action_id="again:retry") for _ in range(2)))
        await here.settled(40)
    await here.settled(40)
    posted = sum(POSTS[words] in message["text"] for message in here.slack.seen_by(BOB, PAYMENTS))
    said_so = any("is in <#" in text for text in _ends(here))
    last = str(here.bot.logged()[-1:])[:300]
    broken = [
        *(["the command was not acknowledged"] if not delivery.acked else []),
        *([f"whoever asked heard no end; the log's last line is {last}"] if not heard else []),
        *([f"it is {posted} times in the channel"] if posted != 1 else []),
        *(["nobody was told that it is there"] if not said_so else []),
    ]
    counts = {
        "asked": 1,
        "acked": int(delivery.acked),
        "heard": int(bool(heard)),
        "tried again": pressed,
        "in the channel": posted,
    }
    return Line(f"{words}, chat.postMessage {name}", here.transport, counts, tuple(broken))


def _own(here: Place) -> list[dict[str, Any]]:
    return [message for message in here.slack.seen_by(ALICE, PAYMENTS) if message["ephemeral"]]


def _ends(here: Place) -> list[str]:
    return [message["text"] for message in _own(here) if END.search(message["text"])]


def _retry(here: Place) -> dict[str, Any] | None:
    """Give the last private message that offers to try again."""
    offers = [message for message in _own(here) if "again:retry" in str(message["blocks"])]
    return offers[-1] if offers else None
