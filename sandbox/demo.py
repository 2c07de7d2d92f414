"""The demo: a pretend Slack, a pretend Flashduty, the real bot between them over real sockets, and a page to try it."""

import argparse
import asyncio
import errno
import json
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sandbox.clock import Clock
from sandbox.demo_controls import DemoControls
from sandbox.demo_settings import WEBHOOK_SECRET, settings_for
from sandbox.demo_workspace import LANGUAGES, Language, demo_workspace
from sandbox.flashduty import Call, PretendFlashduty
from sandbox.flashduty.seed.demo import demo_account
from sandbox.page import add_page
from sandbox.slack import PretendSlack

ROOT: Final = Path(__file__).parent.parent
DEFAULT_PORT: Final = 8080
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 12.0
TICK_SECONDS: Final = 15.0
MAX_LOG_LINES: Final = 200
# As the README says: one address for each team, and a header with its secret.
WEBHOOK_PATH: Final = "/flashduty/webhook/payments"
_PAGING: Final = frozenset({"/incident/assign", "/incident/responder/add", "/incident/reopen"})
SECRET_HEADER: Final = "X-Flashduty-Bot-Secret"  # noqa: S105 - the name of a header


class BotDied(Exception):  # noqa: N818 - the sentence a person reads
    """The bot ended before or while the demo ran."""


class BotProcess:
    """The bot as a child process: its URL, its last log lines, and its clock."""

    def __init__(self, process: asyncio.subprocess.Process, *, is_verbose: bool) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise ValueError("the bot's process needs three pipes")
        self._process = process
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self.is_verbose = is_verbose
        self.url = ""
        self.lines: deque[str] = deque(maxlen=MAX_LOG_LINES)
        self._moves: deque[asyncio.Future[None]] = deque()
        self._reading = asyncio.create_task(self._read_log())
        self._listening: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Wait for the bot's URL; raises BotDied when it ends first, TimeoutError after a minute."""
        async with asyncio.timeout(READY_SECONDS):
            line = await self._stdout.readline()
        if not line:
            await self._reading
            raise BotDied("The bot could not start.")
        self.url = str(json.loads(line)["url"])
        self._listening = asyncio.create_task(self._note_ticks())

    async def move_clock(self, seconds: float) -> None:
        """Move the bot's clock, and wait until its due jobs are done; for 15 seconds at most."""
        done = asyncio.get_running_loop().create_future()
        self._moves.append(done)
        self._stdin.write(json.dumps({"shift": seconds}).encode() + b"\n")
        await self._stdin.drain()
        await asyncio.wait({done}, timeout=TICK_SECONDS)

    async def ended(self) -> None:
        """Wait until the bot ends by itself; raises BotDied."""
        code = await self._process.wait()
        await self._reading
        raise BotDied(f"The bot ended with exit code {code}.")

    async def stop(self) -> None:
        """Stop the bot: it drains when its input ends; it is killed after 12 seconds."""
        self._stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await self._reading
        if self._listening is not None:
            await self._listening

    async def _note_ticks(self) -> None:
        """Release the waiters for clock moves in order; all of them when the bot ends."""
        while await self._stdout.readline():
            self._moves.popleft().set_result(None)
        while self._moves:
            self._moves.popleft().set_result(None)

    async def _read_log(self) -> None:
        while line := await self._stderr.readline():
            text = line.decode(errors="replace").rstrip()
            self.lines.append(text)
            if self.is_verbose:
                say(text)


@asynccontextmanager
async def started(environ: Mapping[str, str], *, is_verbose: bool) -> AsyncIterator[BotProcess]:
    """Start the bot with these settings, and stop it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox.bot_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=dict(environ),
        # Ctrl-C reaches the terminal's whole process group: only the demo stops the bot.
        start_new_session=True,
    )
    bot = BotProcess(process, is_verbose=is_verbose)
    try:
        yield bot
    finally:
        await bot.stop()


async def show(port: int, *, over_http: bool, is_verbose: bool, language: Language) -> None:
    """Run the demo until SIGINT or SIGTERM; raises OSError for a taken port, BotDied when the bot ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    clock = Clock()
    async with AsyncExitStack() as stack:
        flashduty = PretendFlashduty(clock=clock, account=demo_account(clock.now()), escalates=True)
        slack = PretendSlack(clock=clock, workspace=demo_workspace(language), port=port)
        flashduty.on_call = lambda call: slack.on_note(_row(flashduty, call))
        flashduty.webhooks.on_attempt = lambda attempt: slack.on_note(_pushed_row(attempt))
        controls = DemoControls(slack, flashduty, clock, language=language)
        add_page(slack.web_app)
        await stack.enter_async_context(flashduty)
        await stack.enter_async_context(slack)
        await controls.post_initial_messages()
        folder = stack.enter_context(TemporaryDirectory(prefix="flashduty-demo-"))
        environ = settings_for(slack, flashduty, folder, over_http=over_http, language=language)
        bot = await stack.enter_async_context(started(environ, is_verbose=is_verbose))
        controls.bot = bot
        await _until_ready(bot)
        if over_http:
            slack.deliver_to(f"{bot.url}/slack/events")
        flashduty.webhooks.add(url=bot.url + WEBHOOK_PATH, headers={SECRET_HEADER: WEBHOOK_SECRET})
        say(f"Open {slack.api_url.removesuffix('api/')}   (Ctrl-C ends it)")
        await _until_stopped(stop, bot)


def _pushed_row(attempt: Mapping[str, Any]) -> dict[str, object]:
    """Describe an attempt to deliver a webhook for the page's panel of requests."""
    began = datetime.now(UTC) - timedelta(milliseconds=attempt["duration"])
    return {
        "direction": "flashduty→bot",
        "what": f"webhook {attempt['event_type']}",
        "status": attempt["status_code"] or "timeout",
        "ms": attempt["duration"],
        "at": began.isoformat(),
        "note": "",
    }


def _row(flashduty: PretendFlashduty, call: Call) -> dict[str, object]:
    began = datetime.fromtimestamp(call.at - call.seconds, UTC)
    return {
        "direction": "bot→flashduty",
        "what": call.path,
        "status": call.status if call.code is None else call.code,
        "ms": round(call.seconds * 1000, 1),
        "at": began.isoformat(),
        "note": _note(flashduty, call) if call.status == HTTPStatus.OK else "",
    }


def _note(flashduty: PretendFlashduty, call: Call) -> str:
    """Say what a page of requests does not show: a comment as rendered, or who was paged."""
    if call.path == "/incident/comment":
        return _comment_note(flashduty)
    return _paged_note(flashduty, int(call.at)) if call.path in _PAGING else ""


def _paged_note(flashduty: PretendFlashduty, at: int) -> str:
    """Name who was paged at a time, and how."""
    names = {number: one.get("person_name", "") for number, one in flashduty.account.persons.items()}
    paged = (
        f"{names[one.person_id] or one.person_id} ({one.by}{', failed' if one.failed_reason else ''})"
        for one in flashduty.account.pages
        if one.at == at
    )
    return f"Paged: {', '.join(paged) or 'nobody'}"


def _comment_note(flashduty: PretendFlashduty) -> str:
    """Show the newest comment as rendered in Flashduty, and whom it notified."""
    comment = flashduty.account.comments[-1]
    people = ", ".join(flashduty.account.persons[number]["person_name"] for number in comment.notified)
    return f"{comment.shown}\nNotified: {people or 'nobody'}"


async def _until_ready(bot: BotProcess) -> None:
    try:
        await bot.ready()
    except (BotDied, TimeoutError) as error:
        raise BotDied(_with_log(str(error) or "The bot was not ready in time.", bot)) from None


async def _until_stopped(stop: asyncio.Event, bot: BotProcess) -> None:
    stopping, ending = asyncio.create_task(stop.wait()), asyncio.create_task(bot.ended())
    await asyncio.wait({stopping, ending}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not ending.done():
        ending.cancel()
        await asyncio.wait({ending})
    elif (died := ending.exception()) is not None:
        raise BotDied(_with_log(str(died), bot))


def _with_log(sentence: str, bot: BotProcess) -> str:
    if not bot.lines or bot.is_verbose:
        return sentence
    return "\n".join([sentence, "Its last lines were:", *bot.lines])


def say(line: str) -> None:
    """Print a line."""
    print(line, flush=True)  # noqa: T201 - the demo's output


def main(
    port: int = DEFAULT_PORT, *, over_http: bool = False, is_verbose: bool = False, language: Language = "en"
) -> int:
    """Run the demo on 127.0.0.1; 1 when the port is taken or the bot ends by itself."""
    try:
        asyncio.run(show(port, over_http=over_http, is_verbose=is_verbose, language=language))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        say(f"Port {port} is taken by another program: choose a free one, for example `make demo PORT={port + 1}`.")
        return 1
    except BotDied as why:
        say(str(why))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="where the page is (default 8080; 0 for any)")
    parser.add_argument("--http", action="store_true", help="deliver signed HTTP requests instead of Socket Mode")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the channels and the first person")
    parser.add_argument("--verbose", action="store_true", help="show the bot's log")
    return parser


if __name__ == "__main__":
    arguments = _parser().parse_args()
    sys.exit(
        main(
            arguments.port,
            over_http=arguments.http,
            is_verbose=arguments.verbose,
            language=arguments.language,
        )
    )
