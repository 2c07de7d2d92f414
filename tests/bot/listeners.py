"""A Bolt app for tests of what lies in front of it: it notes the words of commands and holds its answer back."""

import asyncio

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient


class Seen:
    """What reached the listeners; `go_on` holds the acknowledgement of a command back."""

    def __init__(self):
        self.words = []
        self.arrived = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()


def bolt_app(seen, answer=""):
    """Listen for `/flashduty`, and acknowledge it with `answer` and its words, or with nothing."""

    async def authorize():
        return AuthorizeResult(enterprise_id=None, team_id="T0HARBOR", bot_id="B0FLASHBOT", bot_user_id="U0FLASHBOT")

    app = AsyncApp(
        client=AsyncWebClient(),
        authorize=authorize,
        signing_secret="",
        request_verification_enabled=False,
        process_before_response=True,
    )

    @app.command("/flashduty")
    async def on_command(ack, body):
        seen.words.append(body["text"])
        seen.arrived.set()
        await seen.go_on.wait()
        await ack(f"{answer}{body['text']}" if answer else "")

    return app
