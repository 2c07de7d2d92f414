"""Builds the teams of the settings: each with its key, keys of one account under one rate limit."""

import time
from collections import defaultdict
from collections.abc import Callable

from bot.config.key_files import KeyFiles
from bot.config.settings import Settings
from bot.flashduty import Account, Flashduty, Pool
from bot.teams.team import ChannelOwners, Team


def build_teams(
    settings: Settings, pool: Pool, keys: KeyFiles, *, monotonic: Callable[[], float] = time.monotonic
) -> list[Team]:
    """Build every team of the settings."""
    accounts: defaultdict[str, Account] = defaultdict(Account)
    return [
        Team(
            name=name,
            flashduty=Flashduty(pool, accounts[team.account], team=name, app_key=keys.app_key(name)),
            settings=team,
            owners=ChannelOwners(monotonic),
        )
        for name, team in settings.flashduty_teams.items()
    ]
