"""Never missed, never twice: small in `make test`, full with FULL_PROOF=1."""

import os

import pytest
from pydantic import SecretStr

from bot.config.network_parsers import database_url
from tests.proofs.chaos.harness import FAULTS, KILLS_PER_DATE, chaos
from tests.proofs.chaos.postgres import cut_connections, fresh_database

IS_FULL = os.environ.get("FULL_PROOF") == "1"
# 220 kills each; in small about 20 on each kind of database.
DATES = 10 if IS_FULL else 1
RUNS = [(database, kind) for database in ("sqlite", "postgresql") for kind in FAULTS]
SMALL = [("sqlite", "ignores"), ("postgresql", "ignores, and nobody may look")]


async def database_for(request, kind, tmp_path):
    """An empty database and what cuts a connection to it."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/bot.db", None
    cluster = request.getfixturevalue("postgresql")
    address = await fresh_database(cluster)
    return address, lambda chance: cut_connections(cluster, address.rpartition("/")[2], chance)


@pytest.mark.parametrize(("database", "slack"), RUNS if IS_FULL else SMALL)
async def test_three_replicas__killed_again_and_again__miss_nothing_and_post_nothing_twice(
    request, tmp_path, record_property, seed, *, database, slack
):
    address, cut = await database_for(request, database, tmp_path)
    url = database_url(SecretStr(address)).get_secret_value()
    account = await chaos(url, slack, dates=DATES, seed=seed, log=str(tmp_path / "replicas.log"), cut=cut)
    record_property("figures", f"{database}, Slack {slack} (seed {seed}): {account}")
    stories = "\n".join(account.stories)
    assert account.kills >= DATES * KILLS_PER_DATE * 0.9
    assert account.missed == set(), stories
    assert account.unexplained == set(), stories
    if slack == "honours":
        assert account.twice == set()
