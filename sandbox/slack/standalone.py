"""The pretend Slack on its own."""

import asyncio
import errno
import signal
import sys

from sandbox.slack.server import PretendSlack


def standalone(port: int) -> int:
    """Run until SIGINT or SIGTERM and give the exit code: 1 when the port is taken."""
    try:
        asyncio.run(_run(port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.stderr.write(f"Port {port} is taken by another program: choose a free one with --port.\n")
        return 1
    return 0


async def _run(port: int) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with PretendSlack(port=port) as slack:
        sys.stdout.write(
            f"Pretend Slack: {slack.url}   (Ctrl-C ends it)\n"
            f"  SLACK_API_URL         {slack.api_url}\n"
            f"  SLACK_BOT_TOKEN       {slack.bot_token}\n"
            f"  SLACK_APP_TOKEN       {slack.app_token}\n"
            f"  SLACK_SIGNING_SECRET  {slack.signing_secret}\n"
        )
        sys.stdout.flush()
        await stop.wait()
