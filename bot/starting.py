"""What the bot needs before it can begin: Slack knows its token, and the database is there."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.database import open_store
from bot.settings import Settings
from bot.slack_calls import code_of
from bot.socket_mode import OF_THE_TOKEN
from bot.store import Store, StoreUnavailable
from bot.transactions import DatabaseState
from bot.workspace import Installation

START_SECONDS: Final = 10.0


class CannotStart(Exception):  # noqa: N818 - the sentence an operator reads
    """The bot cannot start; the text says why and what to do."""


def slack_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Make the client for Slack's Web API."""
    # slack_sdk sends a request again when the line drops, and a message would then come twice.
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        session=session,
        retry_handlers=[],
    )


async def find_installation(client: AsyncWebClient) -> Installation:
    """Ask Slack where the bot is installed; raises CannotStart."""
    try:
        async with asyncio.timeout(START_SECONDS):
            told = await client.auth_test()
    except SlackApiError as error:
        raise CannotStart(_why_not(code_of(error))) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise CannotStart(
            f"Slack cannot be reached at SLACK_API_URL ({type(error).__name__}). Look at the network."
        ) from None
    return Installation(
        workspace=str(told.get("team_id")),
        enterprise=told.get("enterprise_id"),
        bot_user=str(told.get("user_id")),
        bot_id=str(told.get("bot_id")),
    )


def _why_not(code: str) -> str:
    if code in OF_THE_TOKEN:
        return (
            f"Slack does not accept SLACK_BOT_TOKEN ({code}). Install the app again and copy the Bot User OAuth Token"
            " from its page “OAuth & Permissions”."
        )
    return f"Slack did not answer as it should ({code}). Try again in a minute; if it stays, look at SLACK_API_URL."


async def open_database(stack: AsyncExitStack, settings: Settings, state: DatabaseState) -> Store:
    """Open the database until the stack ends; raises CannotStart."""
    try:
        return await stack.enter_async_context(open_store(settings.database_url.get_secret_value(), state))
    except StoreUnavailable as why:
        raise CannotStart(str(why)) from None
