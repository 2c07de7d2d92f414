import pytest
from harbor import harbor_at


@pytest.fixture(params=["socket", "http"])
async def harbor(request):
    """The usual morning, through either transport."""
    async with harbor_at(socket_mode=request.param == "socket") as place:
        yield place


@pytest.fixture
async def quay():
    """The same through Socket Mode only, for journeys that do not depend on the transport."""
    async with harbor_at() as place:
        yield place
