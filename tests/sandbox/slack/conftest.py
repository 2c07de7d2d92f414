from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import aiohttp.web
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Clock
from sandbox.slack import PretendSlack, harbor

# A Tuesday.
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
MORE_SCOPES = ("chat:write.customize", "im:read", "im:write.topic")


@pytest.fixture
def clock():
    return Clock(NOW, frozen=True)


@pytest.fixture
def workspace():
    return harbor()


@pytest.fixture
def trusted(workspace):
    """The app may do everything the pretend Slack knows."""
    workspace.app.scopes = (*workspace.app.scopes, *MORE_SCOPES)


@pytest.fixture
async def slack(clock, workspace):
    async with PretendSlack(clock=clock, workspace=workspace) as pretended:
        yield pretended


@pytest.fixture
async def impatient(clock, workspace):
    """Waits for an acknowledgement for a twentieth of a second only."""
    async with PretendSlack(clock=clock, workspace=workspace, ack_seconds=0.05) as pretended:
        yield pretended


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(slack, session):
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@pytest.fixture
def refused():
    """Await a call that must be refused, and give what Slack said."""

    async def wait(call):
        with pytest.raises(SlackApiError) as caught:
            await call
        return caught.value.response.data

    return wait


@pytest.fixture
def listening():
    """A bare bot behind an address, for what the real Bolt hides: `answer(request) -> Response`."""

    @asynccontextmanager
    async def serve(answer):
        app = aiohttp.web.Application()
        app.router.add_post("/", answer)
        runner = aiohttp.web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()

    return serve


@pytest.fixture
def plugged(session):
    """A bare Socket Mode connection."""

    @asynccontextmanager
    async def connect(slack):
        headers = {"Authorization": f"Bearer {slack.app_token}"}
        async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as told:
            address = (await told.json())["url"]
        async with session.ws_connect(address) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            yield socket

    return connect
