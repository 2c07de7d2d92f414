"""The Bolt app of the first page of its manual: what start-up and memory are compared with."""

import os

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

app = AsyncApp(
    client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
)


@app.command("/flashduty")
async def on_command(ack: AsyncAck) -> None:
    """Acknowledge."""
    await ack()


if __name__ == "__main__":
    app.start(port=int(os.environ["PORT"]), host=os.environ["HOST"])
