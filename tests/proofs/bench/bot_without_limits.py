"""The real bot without the pauses that Slack's rate limits demand: what it would do if Slack took everything."""

import os
import sys

from bot.__main__ import main
from bot.storage.rate_limits import RateLimit, SharedRateLimiter


async def _at_once(_self: SharedRateLimiter, _limit: RateLimit) -> None:
    """Wait for nothing."""


if __name__ == "__main__":
    # The only way past it: an operator cannot turn it off.
    SharedRateLimiter.wait = _at_once
    sys.exit(main(sys.argv[1:], os.environ))
