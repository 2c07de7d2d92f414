"""Strange answers of Flashduty and Slack: bounded memory, no traceback, and a sentence for whoever asked."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final

from sandbox.faults import Fault
from sandbox.flashduty.habits import NO_HABITS, Habits
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, place

MOST_MIB: Final = 64.0
# A list, its names and a little patience; in 0.1 pages that repeat took up to 171 calls.
MOST_CALLS: Final = 12
NESTED: Final = '{"request_id":"x","data":' + "[" * 100_000 + "]" * 100_000 + "}"

OF_ANYBODY: Final[Mapping[str, Fault]] = {
    "200 MiB": Fault.flood(200),
    "200 MiB in chunks": Fault.flood(200, is_announced=False),
    "a gzip of 200 MiB": Fault.flood(200, encoding="gzip"),
    "a gzip of 200 MiB in chunks": Fault.flood(200, encoding="gzip", is_announced=False),
    "100,000 brackets": Fault.says(NESTED),
    "a JSON list": Fault.says("[1, 2, 3]"),
    "somebody else's JSON": Fault.says('{"status": "up", "version": "1.2"}'),
    "plain text": Fault.says("no healthy upstream", content_type="text/plain", status=503),
    "plain text with 200": Fault.says("ok", content_type="text/plain"),
    "a proxy's page": Fault.html(200),
    "a redirect": Fault.redirect(),
}
# What people are told names whoever gave the answer, and says that it was none.
FLASHDUTY_UNUSABLE: Final = re.compile(r"The reply of Flashduty could not be used|The reply was not from Flashduty")
SLACK_UNUSABLE: Final = re.compile(r"Slack timed out|Slack did not (answer|give a usable answer)")
NUMBERS: Final = ("1e15", "1e400", "NaN", "-1", "9" * 5000)
HABITS: Final[Mapping[str, Habits]] = {
    "repeat their cursor": Habits(repeats_cursor=True),
    "are empty and say there is more": Habits(empty_pages=50),
    "grow and repeat": Habits(grows=True, repeats_pages=True),
}


async def lines() -> AsyncIterator[Line]:
    """Let Flashduty, then Slack, answer what nobody expects."""
    async with place("socket") as here:
        await here.warm()
        for name, fault in OF_ANYBODY.items():
            yield await _of_flashduty(here, name, fault, ("incidents", "oncall"), FLASHDUTY_UNUSABLE)
        for literal in NUMBERS:
            words = ("incidents", "oncall", "oncall week", "digest", "digest week", "me")
            yield await _of_flashduty(here, f"{literal[:8]} for every number", Fault.numbers(literal), words)
        for name, habits in HABITS.items():
            yield await _pages(here, name, habits)
    async with place("socket") as here:
        await here.warm()
        for name, fault in OF_ANYBODY.items():
            yield await _of_slack(here, name, fault)


async def _of_flashduty(
    here: Place, name: str, fault: Fault, commands: tuple[str, ...], wanted: re.Pattern[str] | None = None
) -> Line:
    """Ask for several things while every call is answered like this; `wanted` is what each answer says."""
    here.idle()
    tracebacks = here.bot.tracebacks
    here.flashduty.fail("*", fault, times=None)
    told = [await _told(here, ALICE, words) for words in commands]
    here.flashduty.mend()
    grown = here.grown_mib
    return _line(here, f"Flashduty answers {name}", told, wanted, grown, tracebacks)


async def _of_slack(here: Place, name: str, fault: Fault) -> Line:
    """Let the methods that look somebody up answer strangely: the asker is told through the response URL."""
    here.idle()
    tracebacks = here.bot.tracebacks
    # Of these two nothing is known yet, and a look-up that fails is not remembered.
    people = ("U0BOB", "U0XIAOMING")
    here.slack.fail("users.info", fault, times=None)
    here.slack.fail("chat.postMessage", fault, times=None)
    told = [await _told(here, user, "help") for user in people]
    here.slack.mend()
    grown = here.grown_mib
    await here.settled(40)
    return _line(here, f"Slack answers {name}", told, SLACK_UNUSABLE, grown, tracebacks)


async def _told(here: Place, user: str, words: str) -> str | None:
    """Give what somebody reads who types a command; None for nothing."""
    before = len(here.slack.seen_by(user, PAYMENTS))
    if not await here.answered(1, words, user=user):
        return None
    return "\n".join(message["text"] for message in here.slack.seen_by(user, PAYMENTS)[before:])


def _line(  # noqa: PLR0917 - what was counted
    here: Place,
    fault: str,
    told: list[str | None],
    wanted: re.Pattern[str] | None,
    grown: float,
    tracebacks: int,
) -> Line:
    written = here.bot.tracebacks - tracebacks
    answers = [text for text in told if text is not None]
    other = [text for text in answers if wanted is not None and not wanted.search(text)]
    broken = [
        *([f"{len(told) - len(answers)} of {len(told)} were not answered"] if len(answers) < len(told) else []),
        *([f"{len(other)} were told something else: “{other[0][:80]}”"] if other else []),
        *([f"{written} tracebacks"] if written else []),
        *(["the process ended"] if not here.bot.is_running else []),
    ]
    counts = {"asked": len(told), "answered": len(answers), "tracebacks": written}
    if wanted is not None:
        counts["told whose answer it was"] = len(answers) - len(other)
    return Line(fault, here.transport, counts, tuple(broken), grown, MOST_MIB)


async def _pages(here: Place, name: str, habits: Habits) -> Line:
    """Ask for lists whose pages never end, counted in calls."""
    here.flashduty.habits = habits
    most = answered = 0
    commands = ("incidents", "incidents closed since:20d", "oncall", "oncall week", "me", "digest")
    for words in commands:
        before = len(here.flashduty.calls)
        answered += await here.answered(1, words)
        await here.settled(30)
        most = max(most, len(here.flashduty.calls) - before)
    here.flashduty.habits = NO_HABITS
    broken = [
        *([f"{most} calls for one command"] if most > MOST_CALLS else []),
        *([f"{len(commands) - answered} were not answered"] if answered < len(commands) else []),
    ]
    counts = {"commands": len(commands), "answered": answered, "most calls": most}
    return Line(f"pages that {name}", here.transport, counts, tuple(broken))
