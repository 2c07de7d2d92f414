"""Pages that never end, given by a partner nobody here wrote: the examples of the published document."""

import pytest
from never_ending import never_ending

from bot.app.process import running
from bot.config.settings import Settings
from sandbox.clock import Clock
from sandbox.slack import PretendSlack
from tests.journeys.harbor import ALICE, PAYMENTS, environment
from tests.proofs.contract.conftest import START

# A few pages, a few names; in 0.1 a list took up to 171 calls and the account's limit with them.
MOST_CALLS = 10
COMMANDS = (
    "incidents",
    "incidents closed since:20d",
    "incident 0E83EE",
    "oncall",
    "oncall week",
    "me",
    "digest",
    "digest week",
)


@pytest.mark.parametrize("words", COMMANDS)
async def test_a_command__when_pages_never_end__is_answered_after_a_few_calls(document, tmp_path, words):
    clock = Clock(START, frozen=True)
    slack = PretendSlack(clock=clock)
    async with slack, never_ending(document.openapi) as flashduty:
        given = environment(slack, flashduty, socket_mode=True)
        # The example's incidents and schedules belong to no team of the pretend account.
        given = {name: value for name, value in given.items() if "FLASHDUTY_TEAM_IDS" not in name}
        given |= {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}
        async with running(Settings.load(given, None, None), clock=clock.now) as bot:
            slack.busy_while(lambda: bot.work.in_progress > 0)
            await slack.settled(timeout=10)
            flashduty.calls.clear()
            delivery = await slack.command(ALICE, PAYMENTS, f"/flashduty {words}")
            assert delivery.acked
            await slack.settled(timeout=10)
            assert slack.seen_by(ALICE, PAYMENTS)
    assert flashduty.calls.total() <= MOST_CALLS, flashduty.calls
