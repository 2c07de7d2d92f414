"""Killed between a change and the word of it, asked twice over restarts, pressed at two replicas at once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any, Final

from sandbox.faults import Fault
from tests.proofs.bench.processes import free_port
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Process, Transport, place, start, until_ready
from tests.proofs.chaos.together import together

BOB: Final = "U0BOB"
CAROL: Final = "U0CAROL"
TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")
# A replica that was killed is known to be gone after 50 s, and looked after every 20 s.
TOLD_WITHIN: Final = 110.0
REPLAYS: Final = 5


async def lines() -> AsyncIterator[Line]:
    """Kill, repeat and press at once."""
    before_telling = [_killed_before_telling(transport) for transport in TRANSPORTS]
    before_writing = [_killed_before_writing(transport) for transport in TRANSPORTS]
    comments = [_killed_with_a_comment("http", is_added=True), _killed_with_a_comment("socket", is_added=False)]
    answers = [_killed_with_a_takeover(), _killed_with_a_decision()]
    others = [_repeated_after_a_restart(), _pressed_at_two_replicas()]
    async for line in together([*before_telling, *before_writing, *comments, *answers, *others], at_once=6):
        yield line


async def _killed_before_telling(transport: Transport) -> Line:
    """Send SIGKILL when Flashduty has the acknowledgement and Slack takes no word of it (F10)."""
    async with place(transport) as here:
        incident = _raised(here)
        shown = await here.listed(incident)
        here.slack.fail("*", Fault.hang(), times=None)
        await here.acknowledges(ALICE, shown, incident)
        was_made = await here.comes(lambda: _calls(here, "/incident/ack"))
        await _killed(here)
        async with _again(here):
            is_told = await here.comes(lambda: _told(here, "You acknowledged"), TOLD_WITHIN)
            await here.settled(40)
            heard, in_channel = _told(here, "You acknowledged"), _told(here, "Alice Chen acknowledged", CAROL)
        counts = {"made": int(was_made), "told": heard, "in the channel": in_channel}
        broken = [
            *([] if was_made else ["it was not made before the kill"]),
            *([] if is_told and heard == 1 else [f"the person was told {heard} times"]),
            *([] if in_channel == 1 else [f"the channel was told {in_channel} times"]),
            *_writes(here, 1),
        ]
        return Line("kill -9 after an acknowledgement was made", transport, counts, tuple(broken))


async def _killed_before_writing(transport: Transport) -> Line:
    """Send SIGKILL when an acknowledgement was taken from Slack and has not reached Flashduty (F10)."""
    async with place(transport) as here:
        incident = _raised(here)
        shown = await here.listed(incident)
        here.flashduty.fail("/incident/info", Fault.hang(), times=None)
        await here.acknowledges(ALICE, shown, incident)
        await here.comes(lambda: _told(here, "Acknowledging"), 10)
        await _killed(here)
        async with _again(here):
            is_told = await here.comes(lambda: _told(here, "was not acknowledged"), TOLD_WITHIN)
            await here.settled(40)
        counts = {"told": _told(here, "was not acknowledged"), "told as made": _told(here, "You acknowledged")}
        broken = [
            *([] if is_told else ["the person was not told"]),
            *(["it was told as made"] if counts["told as made"] else []),
            *_writes(here, 0),
        ]
        return Line("kill -9 before an acknowledgement is made", transport, counts, tuple(broken))


async def _killed_with_a_comment(transport: Transport, *, is_added: bool) -> Line:
    """Send SIGKILL when Flashduty has a comment and Slack takes no word of it, or when Flashduty does not answer."""
    async with place(transport) as here:
        number = _raised(here)[-6:].upper()
        _silence(here)
        if not is_added:
            here.flashduty.fail("/incident/comment", Fault.hang(), times=None)
        await here.slack.command(ALICE, PAYMENTS, f"/flashduty comment {number} restarting the database")
        is_sent = await here.comes(lambda: here.flashduty.account.comments) if is_added else await _is_busy(here)
        await _killed(here)
        true, untrue = ("Comment added to", "was not added") if is_added else ("was not added", "Comment added to")
        async with _again(here):
            await here.comes(lambda: _told(here, true), TOLD_WITHIN)
            await here.settled(40)
        counts = {"added": len(here.flashduty.account.comments), "told": _told(here, true)}
        broken = [
            *([] if is_sent else ["it was not sent before the kill"]),
            *([] if counts["told"] == 1 else [f"the person was told {counts['told']} times"]),
            *([] if counts["added"] == int(is_added) else [f"{counts['added']} comments"]),
            *(["what is not true was told"] if _told(here, untrue) or _told(here, "could not confirm") else []),
        ]
        return Line(f"kill -9 {'after' if is_added else 'before'} a comment is added", transport, counts, tuple(broken))


async def _killed_with_a_takeover() -> Line:
    """Send SIGKILL when a shift taken over is in the database and Slack takes no word of it."""
    async with place("http") as here:
        await here.slack.command(ALICE, PAYMENTS, "/flashduty digest")
        await here.comes(lambda: _control(here, "take_over:"))
        is_stored = await _killed_with_an_answer(here, "take_over:", "shift_takeovers", "Alice Chen covers ")
        in_channel = _told(here, "Alice Chen covers ", CAROL)
        counts = {"in the channel": in_channel, "told": _told(here, "Alice Chen covers ") - 1}
        broken = [
            *([] if is_stored else ["it was not stored before the kill"]),
            *(f"{name}: {count} and not 1" for name, count in counts.items() if count != 1),
            *(["it was told as not known"] if _told(here, "could not confirm") else []),
        ]
        return Line("kill -9 after a shift was taken over", "http", counts, tuple(broken))


async def _killed_with_a_decision() -> Line:
    """Send SIGKILL when an answer for a user group is in the database and Slack takes no word of it."""
    words = "is not synced with on-call"
    async with place("http", FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS="S0PAYONCALL=6002") as here:
        await here.comes(lambda: _control(here, "leave_group:"), 20)
        is_stored = await _killed_with_an_answer(here, "leave_group:", "usergroup_decisions", words)
        counts = {"in the channel": _told(here, words, CAROL), "buttons left": len(_control(here, "leave_group:"))}
        broken = [
            *([] if is_stored else ["it was not stored before the kill"]),
            *([] if counts == {"in the channel": 1, "buttons left": 0} else [f"{counts}"]),
            *(["it was told as not known"] if _told(here, "could not confirm") else []),
        ]
        return Line("kill -9 after an answer for a user group", "http", counts, tuple(broken))


async def _killed_with_an_answer(here: Place, control: str, table: str, words: str) -> bool:
    """Press, kill when the answer is stored, and wait until the next process says these words; give whether it was."""
    message, action = _control(here, control)[0]
    _silence(here)
    await here.slack.press(ALICE, message, action_id=action)
    is_stored = await here.comes(lambda: _stored(here, f"SELECT count(*) FROM {table}"))  # noqa: S608 - our own tables
    await _killed(here)
    async with _again(here):
        await here.comes(lambda: _told(here, words, CAROL), TOLD_WITHIN)
        await here.settled(40)
    return is_stored


async def _repeated_after_a_restart() -> Line:
    """Replay an acknowledgement that was undone, after a restart: it would find nothing in its way (F14)."""
    async with place("http") as here:
        incident = _raised(here)
        press = await here.acknowledges(ALICE, await here.listed(incident), incident)
        await here.comes(lambda: _told(here, "You acknowledged"))
        confirmation = next(m for m in here.slack.seen_by(ALICE, PAYMENTS) if "You acknowledged" in m["text"])
        await here.slack.press(ALICE, confirmation, action_id="undo_acknowledge")
        await here.comes(lambda: _told(here, "Undone. "))
        await here.settled(40)
        here.bot.terminate()
        await here.bot.ended()
        async with _again(here):
            seen = len(here.slack.seen_by(ALICE, PAYMENTS))
            for _ in range(REPLAYS):
                await here.slack.redeliver(press)
                await here.slack.retry(press)
            await here.settled(40)
        again = len(here.slack.seen_by(ALICE, PAYMENTS)) - seen
        broken = [*([f"{again} messages by replays"] if again else []), *_writes(here, 1)]
        counts = {"replays": 2 * REPLAYS, "second runs": again + _calls(here, "/incident/ack") - 1}
        return Line("an acknowledgement again, after a restart", "http", counts, tuple(broken))


async def _pressed_at_two_replicas() -> Line:
    """Let two people acknowledge at two replicas before either is done: one is the first, and both hear who (A3)."""
    async with place("http") as here, _another(here) as other:
        incident = _raised(here)
        lists = {user: await here.listed(incident, user=user) for user in (ALICE, BOB)}
        here.flashduty.fail("/incident/ack", Fault.delay(2.0), times=2)
        for user, bot in ((ALICE, here.bot), (BOB, other)):
            here.slack.deliver_to(f"{bot.url}/slack/events")
            await here.acknowledges(user, lists[user], incident)
        ends = ("You acknowledged", "was already acknowledged by")
        await here.comes(lambda: all(any(_told(here, end, user) for end in ends) for user in lists), 30)
        await here.settled(40)
        firsts = sum(_told(here, "You acknowledged", user) for user in lists)
        seconds = sum(_told(here, "was already acknowledged by", user) for user in lists)
        in_channel = sum(_told(here, f"{name} acknowledged", CAROL) for name in ("Alice Chen", "Bob Müller"))
        counts = {"first": firsts, "second": seconds, "in the channel": in_channel}
        broken = [f"{name}: {count} and not 1" for name, count in counts.items() if count != 1]
        return Line("two people acknowledge at two replicas", "http", counts, tuple(broken))


def _silence(here: Place) -> None:
    """Let Slack take no word to anybody."""
    for way in ("chat.postMessage", "chat.postEphemeral", "response_url"):
        here.slack.fail(way, Fault.hang(), times=None)


async def _is_busy(here: Place) -> bool:
    async with asyncio.timeout(8):
        await here.flashduty.busy()
    return await here.comes(lambda: _stored(here, "SELECT count(*) FROM pending_actions WHERE action = 'sent comment'"))


def _control(here: Place, name: str) -> list[tuple[dict[str, Any], str]]:
    """Give the messages with a control of a route, each with its action id."""
    return [
        (message, element["action_id"])
        for message in here.slack.seen_by(ALICE, PAYMENTS)
        for block in message["blocks"]
        for element in [block.get("accessory") or {}, *block.get("elements", [])]
        if element.get("action_id", "").startswith(name)
    ]


def _stored(here: Place, count: str) -> int:
    with closing(sqlite3.connect(here.folder / "bot.db")) as connection:
        return int(connection.execute(count).fetchone()[0])


def _raised(here: Place) -> str:
    record = here.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    return str(record["incident_id"])


def _told(here: Place, words: str, user: str = ALICE) -> int:
    return sum(words in message["text"] for message in here.slack.seen_by(user, PAYMENTS))


def _calls(here: Place, path: str) -> int:
    return sum(call.path == path for call in here.flashduty.calls)


def _writes(here: Place, expected: int) -> list[str]:
    made = _calls(here, "/incident/ack")
    return [] if made == expected else [f"{made} acknowledgements were sent, and not {expected}"]


async def _killed(here: Place) -> None:
    here.bot.process.kill()
    await here.bot.process.wait()
    here.slack.mend()
    here.flashduty.mend()


@asynccontextmanager
async def _again(here: Place) -> AsyncIterator[Process]:
    """Start the bot once more where it was, until the block ends."""
    async with _started(here, here.settings["PORT"]) as bot:
        yield bot


@asynccontextmanager
async def _another(here: Place) -> AsyncIterator[Process]:
    """Start a second bot on the same database, until the block ends."""
    async with _started(here, str(free_port())) as bot:
        yield bot


@asynccontextmanager
async def _started(here: Place, port: str) -> AsyncIterator[Process]:
    bot = await start({**here.settings, "PORT": port}, here.folder / f"bot-{port}.log")
    try:
        await until_ready(bot)
        yield bot
    finally:
        bot.terminate()
        await bot.ended()
