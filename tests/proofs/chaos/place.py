"""The real bot as a process of its own between the pretend Slack and the pretend Flashduty, measured from outside."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import aiohttp

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from sandbox.slack.delivery.deliveries import Delivery
from tests.proofs.bench.processes import LOOPBACK, free_port

Transport = Literal["socket", "http"]

START_SECONDS: Final = 40.0
# A drain ends by itself within 7 s; Docker kills after 10.
STOP_SECONDS: Final = 20.0
ALICE: Final = "U0ALICE"
PAYMENTS: Final = "C0PAYMENTS"


@dataclass
class Process:
    """`python -m bot run`: its memory, its log and its end."""

    process: asyncio.subprocess.Process
    log: Path
    port: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.returncode is None

    def memory_mib(self) -> float:
        """How much of it is in memory now (Linux: VmRSS)."""
        return _status(self.process.pid, "VmRSS")

    def peak_mib(self) -> float:
        """The most of it that ever was since the last `forget_peak` (Linux: VmHWM)."""
        return _status(self.process.pid, "VmHWM")

    def forget_peak(self) -> None:
        """Let the peak begin anew (proc(5), clear_refs)."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def logged(self) -> list[dict[str, Any]]:
        """Read the lines it has logged as JSON; whatever else it wrote is given as `{"message": …}`."""
        return [_read(line) for line in self.log.read_text(errors="replace").splitlines()]

    def count_logged(self, words: str) -> int:
        """Count the lines with some words in them, tracebacks inside JSON included."""
        return sum(words in line for line in self.log.read_text(errors="replace").splitlines())

    @property
    def tracebacks(self) -> int:
        """How many lines hold a traceback."""
        return self.count_logged("Traceback (most recent call last)")

    async def readiness(self) -> tuple[int, dict[str, Any]]:
        """Ask `/readyz`."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
            return answer.status, await answer.json()

    def terminate(self) -> None:
        """Send SIGTERM."""
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)

    async def ended(self, patience: float = STOP_SECONDS) -> int | None:
        """Wait for its end and give the exit code; None when it had to be killed."""
        try:
            async with asyncio.timeout(patience):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            return None


def _read(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {"message": line}
    return told if isinstance(told, dict) else {"message": line}


def _status(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


@dataclass
class Place:
    """Everything a fault touches."""

    slack: PretendSlack
    flashduty: PretendFlashduty
    bot: Process
    transport: Transport
    settings: Mapping[str, str]
    folder: Path
    _idle_mib: float = field(default=0.0)

    def idle(self) -> None:
        """Note how large the bot is while nothing happens: `grown` counts from here."""
        self._idle_mib = self.bot.memory_mib()
        self.bot.forget_peak()

    @property
    def grown_mib(self) -> float:
        """How much larger the bot was at its largest since `idle`."""
        return self.bot.peak_mib() - self._idle_mib

    @property
    def kept_mib(self) -> float:
        """How much larger it is now than at `idle`."""
        return self.bot.memory_mib() - self._idle_mib

    async def warm(self) -> None:
        """Let it do once what it does for a person, so that later growth is the fault's."""
        for words in ("help", "incidents", "oncall"):
            await self.slack.command(ALICE, PAYMENTS, f"/flashduty {words}")
        await self.settled()
        self.idle()

    async def settled(self, patience: float = 20.0) -> None:
        """Wait until everybody has what they asked for and nothing has happened for a while."""
        await self.slack.settled(timeout=patience, quiet=0.6)

    async def listed(self, *incidents: str, user: str = ALICE) -> dict[str, Any]:
        """Ask for the list of incidents, and wait for the one that has these, or any."""
        before = len(self.slack.seen_by(user, PAYMENTS))
        await self.slack.command(user, PAYMENTS, "/flashduty incidents")

        def found() -> list[dict[str, Any]]:
            new = self.slack.seen_by(user, PAYMENTS)[before:]
            menus = [f"menu:{incident}" for incident in incidents or ("",)]
            return [one for one in new if all(menu in str(one["blocks"]) for menu in menus)]

        await self.slack.until(found, timeout=30)
        return found()[-1]

    async def acknowledges(self, user: str, shown: Mapping[str, Any], incident: str) -> Delivery:
        """Acknowledge an incident of a list: by the button of the first row, or by the menu of another."""
        action_id = f"acknowledge:{incident}"
        controls = [one for block in shown["blocks"] for one in (block.get("accessory"), *block.get("elements", ()))]
        if any(one and one.get("action_id") == action_id for one in controls):
            return await self.slack.press(user, shown, action_id=action_id)
        menu = next(one for one in controls if one and one.get("action_id") == f"menu:{incident}")
        entry = next(one["value"] for one in menu["options"] if one["value"].startswith("acknowledge "))
        return await self.slack.press(user, shown, action_id=menu["action_id"], selected=entry)

    async def answered(self, count: int, words: str = "help", user: str = ALICE, channel: str = PAYMENTS) -> int:
        """Let `count` commands be typed one after another; give how many were acknowledged and answered."""
        told = 0
        for _ in range(count):
            before = len(self.slack.seen_by(user, channel))
            delivery = await self.slack.command(user, channel, f"/flashduty {words}")
            if delivery.acked and await self.comes(lambda: len(self.slack.seen_by(user, channel)) > before):  # noqa: B023 - awaited here
                told += 1
        return told

    async def comes(self, predicate: Callable[[], object], patience: float = 8.0) -> bool:
        """Wait until something holds in the pretend Slack; False when it does not in time."""
        try:
            await self.slack.until(predicate, timeout=patience)
        except TimeoutError:
            return False
        return True


def environment(slack: PretendSlack, flashduty: PretendFlashduty, transport: Transport, port: int) -> dict[str, str]:
    """Give the settings of a team as the demo has it."""
    way = (
        {"SLACK_APP_TOKEN": slack.app_token}
        if transport == "socket"
        else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    )
    return {
        **way,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "SLACK_RESPONSE_URLS": slack.api_url.removesuffix("api/"),
        "FLASHDUTY_API_URL": flashduty.url,
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": str(flashduty.keys["payments"]),
        "FLASHDUTY_TEAMS__PAYMENTS__SLACK_CHANNELS": PAYMENTS,
        "FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS": f"{ALICE},U0BOB,S0RESPOND",
        "FLASHDUTY_TEAMS__PAYMENTS__FLASHDUTY_TEAM_IDS": "4001",
        "HOST": LOOPBACK,
        "PORT": str(port),
        "LOG_FORMAT": "json",
    }


def _bare_environ() -> dict[str, str]:
    ours = ("SLACK_", "FLASHDUTY_", "LOG_", "DATABASE_", "ADMINS", "HOST", "PORT", "SECRETS_DIR")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


async def start(settings: Mapping[str, str], log: Path, *, prefix: Sequence[str] = ()) -> Process:
    """Start the bot with these settings and nothing else of ours; `prefix` is a command that starts it."""
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *prefix,
            sys.executable,
            "-m",
            "bot",
            "run",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**_bare_environ(), **settings},
        )
    return Process(process, log, int(settings["PORT"]))


async def until_ready(bot: Process, patience: float = START_SECONDS) -> None:
    """Wait until `/readyz` says 200; raises RuntimeError with the log's end when that does not come."""
    deadline = asyncio.get_running_loop().time() + patience
    while asyncio.get_running_loop().time() < deadline and bot.is_running:
        try:
            status, _ = await bot.readiness()
        except (aiohttp.ClientError, OSError):
            status = 0
        if status == 200:
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the bot did not start: {bot.log.read_text(errors='replace')[-2000:]}")


@asynccontextmanager
async def place(
    transport: Transport,
    *,
    calls_a_minute: Mapping[str, int] | None = None,
    prefix: Sequence[str] = (),
    **settings: str,
) -> AsyncIterator[Place]:
    """Run everything until the block ends; Slack's limits are off unless `calls_a_minute` says otherwise."""
    clock = Clock()
    slack = PretendSlack(clock=clock, calls_a_minute=calls_a_minute or {})
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(clock.now()))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(slack)
        await stack.enter_async_context(flashduty)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        port = free_port()
        given = environment(slack, flashduty, transport, port)
        given |= {"DATABASE_URL": f"sqlite:///{folder}/bot.db", **settings}
        bot = await start(given, folder / "bot.log", prefix=prefix)
        stack.push_async_callback(bot.ended)
        stack.callback(bot.terminate)
        await until_ready(bot)
        if transport == "http":
            slack.deliver_to(f"{bot.url}/slack/events")
        yield Place(slack, flashduty, bot, transport, given, folder)
