"""Everything the bot calls goes out one way, through a real proxy and a private authority."""

import asyncio
import os
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from urllib.parse import quote

import pytest
from authority import Authority, listening, tls_front
from connect_proxy import ConnectProxy
from harbor import NOW, environment

from bot.app.process import running
from bot.config.settings import Settings
from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack

ROOT = Path(__file__).parents[3]
SLACK, FLASHDUTY = "slack.test", "flashduty.test"
PASSWORD = "p@ss/wo?d+%41 Ü"


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority.made_in(tmp_path_factory.mktemp("authority"))


@dataclass
class Beyond:
    """What is reached through the proxy alone: names that nobody else knows."""

    slack: PretendSlack
    flashduty: PretendFlashduty
    proxy: ConnectProxy
    environ: dict
    clock: Clock
    slack_itself: str


@asynccontextmanager
async def beyond_at(authority, folder, **more):
    clock = Clock(NOW, frozen=True)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(PretendSlack(clock=clock))
        flashduty = await stack.enter_async_context(PretendFlashduty(clock=clock, account=harbor_account(NOW)))
        context = authority.context_for(SLACK, FLASHDUTY)
        fronts = {
            f"{host}:443": await stack.enter_async_context(tls_front(context, int(one.url.rpartition(":")[2])))
            for host, one in ((SLACK, slack), (FLASHDUTY, flashduty))
        }
        slack_itself = slack.url
        slack.reached_at(f"https://{SLACK}")
        flashduty.reached_at(f"https://{FLASHDUTY}")
        proxy = await stack.enter_async_context(ConnectProxy(fronts, f"ann:{PASSWORD}").running())
        address = proxy.url.replace("//", f"//ann:{quote(PASSWORD, safe='')}@")
        given = {
            "FLASHDUTY_API_URL": f"https://{FLASHDUTY}",
            "HTTPS_PROXY": address,
            "SSL_CERT_FILE": str(authority.file),
            "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        }
        environ = environment(slack, flashduty, socket_mode=True, **given | more)
        yield Beyond(
            slack, flashduty, proxy, {name: str(value) for name, value in environ.items()}, clock, slack_itself
        )


async def test_the_whole_bot__goes_through_the_proxy(authority, tmp_path, caplog):
    """API, response URL, upload, WebSocket and Flashduty alike."""
    async with beyond_at(authority, tmp_path) as place:
        settings = Settings.load(place.environ, None, None)
        async with running(settings, clock=place.clock.now) as bot:
            place.slack.busy_while(lambda: bot.work.in_progress > 0)
            for words in ("/flashduty incidents", "/flashduty digest week post"):
                delivery = await place.slack.command("U0ALICE", "C0PAYMENTS", words)
                assert delivery.acked, delivery.shown_error
                await place.slack.settled()
    assert set(place.proxy.asked_for) == {f"{SLACK}:443", f"{FLASHDUTY}:443"}
    called = [call.method for call in place.slack.calls]
    assert {"apps.connections.open", "chat.postMessage", "files.completeUploadExternal"} <= set(called)
    assert "unacknowledged" in place.slack.seen_by("U0ALICE", "C0PAYMENTS")[0]["text"].lower()
    assert {"/incident/list", "/insight/team"} <= {call.path for call in place.flashduty.calls}
    key = str(place.flashduty.keys["payments"])
    assert not [head for head in place.proxy.heads if key in head or "app_key" in head or "/incident" in head]
    assert PASSWORD not in caplog.text


async def test_no_proxy__is_heeded_by_all_of_them(authority, tmp_path):
    """Names that only the proxy can resolve are not found, and nothing asks the proxy."""
    async with beyond_at(authority, tmp_path, NO_PROXY=f".{SLACK},{FLASHDUTY}") as place:
        checked = await _bot("check", place)
    assert checked.returncode == 1
    assert place.proxy.asked_for == []
    assert "cannot be reached" in checked.stdout


async def _bot(command, place, environ=None):
    """Run a command of the bot as a process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", command),
        cwd=ROOT,
        env={**(environ or place.environ), "PATH": os.environ["PATH"], "COLUMNS": "200"},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, errors = await process.communicate()
    return Ended(process.returncode, out.decode(), errors.decode())


@dataclass
class Ended:
    returncode: int
    stdout: str
    stderr: str


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


HINDERED = {
    "down": "through the proxy of HTTPS_PROXY: the proxy does not answer",
    "no password": "the proxy of HTTPS_PROXY wants a user and a password",
    "refuses": "the proxy of HTTPS_PROXY does not connect the bot with it",
    "unknown authority": "its certificate is from an authority the bot does not know",
    "expired": "its certificate has expired, or is not valid yet",
    "other name": "the certificate is for another host name",
    "no tls": "no encrypted connection came about",
}
CURES = {
    "down": "NO_PROXY",
    "no password": "USER:PASSWORD",
    "refuses": "Allow the host",
    "unknown authority": "SSL_CERT_FILE",
    "expired": "clock",
    "other name": "the address in the settings",
    "no tls": "TLS 1.2",
}


@asynccontextmanager
async def hindered(what, place, authority):
    """Let something be in the way, and give the settings with which it is."""
    proxy, environ = place.proxy, dict(place.environ)
    async with AsyncExitStack() as stack:
        if what == "down":
            environ["HTTPS_PROXY"] = f"http://127.0.0.1:{_free_port()}"
        elif what == "no password":
            environ["HTTPS_PROXY"] = proxy.url
        elif what == "refuses":
            proxy.leads_to.clear()
        elif what == "unknown authority":
            del environ["SSL_CERT_FILE"]
        elif what == "no tls":
            port = await stack.enter_async_context(listening(_speaks_plainly))
            proxy.leads_to = dict.fromkeys(proxy.leads_to, port)
        else:
            context = (
                authority.context_for(SLACK, FLASHDUTY, days=-1)
                if what == "expired"
                else authority.context_for("somebody-else.test")
            )
            port = await stack.enter_async_context(tls_front(context, 9))
            proxy.leads_to = dict.fromkeys(proxy.leads_to, port)
        yield environ


async def _speaks_plainly(reader, writer):
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("what", HINDERED)
async def test_what_is_in_the_way__is_named_by_check_with_its_cure(authority, tmp_path, what):
    """For Slack and for Flashduty: exit code 1, no traceback, no secret."""
    async with beyond_at(authority, tmp_path) as place, hindered(what, place, authority) as environ:
        ended = await _bot("check", place, environ)
    said = " ".join(ended.stdout.split())
    assert ended.returncode == 1
    assert f"Slack could not be reached{'' if what == 'down' else ':'} {HINDERED[what]}" in said
    assert f"Flashduty could not be reached{'' if what == 'down' else ':'} {HINDERED[what]}" in said
    assert CURES[what] in said
    assert "Traceback" not in ended.stdout + ended.stderr
    assert not _secrets_in(ended, place)


@pytest.mark.parametrize("what", HINDERED)
async def test_what_is_in_the_way__is_said_when_the_bot_starts(authority, tmp_path, what):
    """Exit code 1 and one sentence."""
    async with beyond_at(authority, tmp_path) as place, hindered(what, place, authority) as environ:
        ended = await _bot("run", place, environ)
    assert ended.returncode == 1
    assert HINDERED[what] in ended.stderr
    assert CURES[what] in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert not _secrets_in(ended, place)


@pytest.mark.parametrize("what", HINDERED)
async def test_what_is_in_the_way_to_flashduty__is_said_to_the_person_who_asked(authority, tmp_path, what):
    """A command typed while the bot runs, with Slack reached directly."""
    async with beyond_at(authority, tmp_path) as place, hindered(what, place, authority) as environ:
        place.slack.reached_at(place.slack_itself)
        more = {"SLACK_API_URL": place.slack.api_url, "SLACK_RESPONSE_URLS": f"{place.slack_itself}/"}
        settings = Settings.load(environ | more, None, None)
        async with running(settings, clock=place.clock.now) as bot:
            place.slack.busy_while(lambda: bot.work.in_progress > 0)
            delivery = await place.slack.command("U0ALICE", "C0PAYMENTS", "/flashduty incidents")
            assert delivery.acked
            await place.slack.settled()
            said = place.slack.seen_by("U0ALICE", "C0PAYMENTS")[-1]["text"]
    assert said.startswith("*Flashduty could not be reached")
    assert HINDERED[what] in said.replace("`", "")


def _secrets_in(ended, place):
    written = ended.stdout + ended.stderr
    secrets = [PASSWORD, quote(PASSWORD, safe=""), place.slack.bot_token, str(place.flashduty.keys["payments"])]
    return [secret for secret in secrets if secret in written]
