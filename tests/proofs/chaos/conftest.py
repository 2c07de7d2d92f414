import pytest

from tests.proofs.chaos.postgres import cluster, skip_or_fail_without


@pytest.fixture(scope="session")
def postgresql():
    skip_or_fail_without()
    with cluster() as address:
        yield address
