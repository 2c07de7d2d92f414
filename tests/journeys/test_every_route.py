"""Every route meets every way Flashduty can fail, and each time a person is told, privately and in words."""

import pytest
from harbor import ALICE, PAYMENTS, harbor_at
from samples import sample

from bot.flashduty import Code
from bot.messages.buttons import (
    APPROVE_SYNC,
    DECLINE_SYNC,
    INCIDENT_DETAILS,
    MORE,
    OPEN_FORM,
    PROPOSE_SYNC,
    STOP_SYNC,
    TAKE_OVER,
)
from handlers import routes
from sandbox.faults import Fault

FAULTS = {
    **{code.value: Fault.code(code.value) for code in Code if code is not Code.UNKNOWN},
    "a code nobody has heard of": Fault.code("BrandNewCode"),
    "a page of a proxy": Fault.html(502),
    "a broken line": Fault.reset(),
}
ASKING_FLASHDUTY = [name for name in routes.COMMANDS if name not in {"", "help", "language", "audit"}]
WORDS = {"incident": "{}", "catchup": "{}", "comment": "{} restarting"}
# These ask the database, and Flashduty only for a proposal that stands.
ASKING_THE_DATABASE = {TAKE_OVER, APPROVE_SYNC, DECLINE_SYNC, STOP_SYNC, PROPOSE_SYNC}
# These open a form, which a forged press cannot.
OPENING = {OPEN_FORM, MORE, INCIDENT_DETAILS}
PRESSED = [name for name in routes.BUTTONS if name not in ASKING_THE_DATABASE | OPENING]


@pytest.mark.parametrize("failing", FAULTS)
async def test_every_route_tells_every_failure(failing):
    async with harbor_at(socket_mode=False) as place:
        incident = next(iter(place.flashduty.account.incidents))
        place.flashduty.fail("*", FAULTS[failing], times=None)
        for name in ASKING_FLASHDUTY:
            message = await place.types(f"/flashduty {name} {WORDS.get(name, '').format(incident)}")
            assert_told(message)
        for route in PRESSED:
            before = len(place.slack.seen_by(ALICE, PAYMENTS))
            await place.forges(ALICE, PAYMENTS, f"{route}:walk", sample(route, incident))
            told = place.slack.seen_by(ALICE, PAYMENTS)[before:]
            assert [assert_told(message) for message in told], route


def assert_told(message):
    assert message["ephemeral"]
    assert "Flashduty" in message["text"]
    assert not message["mentions"]
    assert "Something went wrong in the bot" not in message["text"]
    return True
