import pytest
from pydantic import SecretStr

from bot.config.network_parsers import database_url
from bot.storage.database import open_database
from tests.proofs.chaos.postgres import cluster, fresh_database, skip_or_fail_without


@pytest.fixture(scope="session")
def postgresql():
    skip_or_fail_without()
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request, tmp_path):
    """The address of an empty database, of either kind, as SQLAlchemy takes it."""
    if request.param == "sqlite":
        raw = f"sqlite:///{tmp_path}/data/bot.db"
    else:
        raw = await fresh_database(request.getfixturevalue("postgresql"))
    return database_url(SecretStr(raw)).get_secret_value()


@pytest.fixture
async def database(address):
    async with open_database(address) as opened:
        yield opened
