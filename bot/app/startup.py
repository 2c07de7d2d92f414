"""The requirements of a start: a token that Slack accepts, and the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.config.settings import Settings
from bot.slack.api import TOKEN_ERRORS, UNUSABLE_RESPONSE, SlackError, call_method, required_field
from bot.slack.client import SlackClient
from bot.slack.workspace import Installation
from bot.storage.database import open_database
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.transactions import Database, DatabaseState

log = structlog.get_logger(__name__)

SLACK: Final = "Slack at SLACK_API_URL"
DATABASE: Final = "the database of DATABASE_URL"
START_TIMEOUT: Final = 30.0
# A shorter wait is not logged.
WAITING_LOGGED_AFTER: Final = 1.0


class CannotStart(Exception):  # noqa: N818 - its text is a sentence for the operator
    """The bot cannot start; the text has the reason and the remedy."""


@asynccontextmanager
async def waiting_for(
    service: str, *, log_after: float = WAITING_LOGGED_AFTER, give_up_after: float = START_TIMEOUT
) -> AsyncIterator[None]:
    """Log once what the start waits for after `log_after` seconds; raises CannotStart after `give_up_after` seconds."""
    log_timer = asyncio.get_running_loop().call_later(
        log_after, partial(log.warning, "process.waiting", waits_for=service)
    )
    try:
        async with asyncio.timeout(give_up_after):
            yield
    except TimeoutError:
        raise CannotStart(
            f"The start waited {give_up_after:.0f} s for {service} and gave up."
            " Look whether it answers, and start again."
        ) from None
    finally:
        log_timer.cancel()


def slack_client(settings: Settings, session: aiohttp.ClientSession) -> SlackClient:
    """Make the client for Slack's Web API."""
    return SlackClient(
        settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session, redact=settings.redaction
    )


def bolt_app(client: AsyncWebClient, installation: Installation) -> AsyncApp:
    """Make the Bolt app of an installation, without verification of signatures.

    Bolt does not wait for the work of listeners.
    """
    authorization = AuthorizeResult(
        enterprise_id=installation.enterprise,
        team_id=installation.workspace,
        bot_user_id=installation.bot_user,
        bot_id=installation.bot_id,
        bot_token=client.token,
    )

    async def authorize() -> AuthorizeResult:
        return authorization

    return AsyncApp(
        # For Bolt's log lines. Without a name it searches the sources of all imported modules, which takes 50 ms.
        name="flashduty",
        # Without a token: Bolt takes the one of `authorize`, and warns about a second one.
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[]),
        signing_secret="",
        authorize=authorize,
        # The request verifier checks the raw bytes; a listener starts a background task, so Bolt responds at its end.
        request_verification_enabled=False,
        process_before_response=True,
    )


async def find_installation(client: SlackClient) -> Installation:
    """Ask Slack where the bot is installed; raises CannotStart."""
    try:
        async with waiting_for(SLACK):
            data = (await call_method(client, "auth.test")).data
        enterprise = data.get("enterprise_id")
        return Installation(
            workspace=required_field("auth.test", data, "team_id", kind=str),
            enterprise=enterprise if isinstance(enterprise, str) else None,
            bot_user=required_field("auth.test", data, "user_id", kind=str),
            bot_id=required_field("auth.test", data, "bot_id", kind=str),
            name=str(data.get("team") or ""),
        )
    except SlackError as error:
        raise CannotStart(_reason_of(error)) from None


def _reason_of(error: SlackError) -> str:
    if error.code in TOKEN_ERRORS:
        return (
            f"Slack does not accept SLACK_BOT_TOKEN ({error.code}). Install the app again and copy the Bot User OAuth"
            " Token from its page “OAuth & Permissions”."
        )
    if error.code == UNUSABLE_RESPONSE:
        return "What answers at SLACK_API_URL is not Slack. Look at that setting, and at proxies."
    if error.unreachable is not None:
        return str(error.unreachable)
    if not error.is_from_slack:
        return f"Slack cannot be reached at SLACK_API_URL ({error.code}). Look at the network."
    return (
        f"Slack did not answer as it should ({error.code}). Try again in a minute; if it stays, look at SLACK_API_URL."
    )


async def wait_for_database(stack: AsyncExitStack, settings: Settings, state: DatabaseState) -> Database:
    """Open the database until the stack ends; raises CannotStart."""
    try:
        async with waiting_for(DATABASE):
            return await stack.enter_async_context(open_database(settings.database_url.get_secret_value(), state))
    except DatabaseUnavailable as why:
        raise CannotStart(str(why)) from None
