"""The pretend Slack on its own."""

import asyncio
import errno
import signal
import sys

from sandbox.slack.server import PretendSlack


def standalone(port: int, *, http: str | None = None, is_limiting: bool = True) -> int:
    """Run until SIGINT or SIGTERM and return the exit code: 1 when the port is taken.

    With `http` deliveries go there, signed; otherwise over the sockets of the bot.
    """
    try:
        asyncio.run(_run(port, http, is_limiting=is_limiting))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.stderr.write(f"Port {port} is taken by another program: choose a free one with --port.\n")
        return 1
    return 0


async def _run(port: int, http: str | None, *, is_limiting: bool) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with PretendSlack(port=port, refreshes_sockets=True) as slack:
        slack.limit(is_on=is_limiting)
        slack.deliver_to(http)
        sys.stdout.write(
            f"Pretend Slack: {slack.url}   (Ctrl-C ends it)\n"
            f"  SLACK_API_URL         {slack.api_url}\n"
            f"  SLACK_BOT_TOKEN       {slack.bot_token}\n"
            f"  SLACK_APP_TOKEN       {slack.app_token}\n"
            f"  SLACK_SIGNING_SECRET  {slack.signing_secret}\n"
            f"  SLACK_RESPONSE_URLS   {slack.url}/\n"
            f"Delivers {'signed requests to ' + http if http else 'over Socket Mode'}.\n"
        )
        sys.stdout.flush()
        await stop.wait()
