"""Controls of messages that the version before has drawn, pressed in this one."""

import json
from datetime import UTC, datetime, time, timedelta

from harbor import ALICE, CAROL, PAYMENTS, harbor_at

from handlers.earlier_values import UNDERSTOOD_UNTIL


def old(incident, words):
    return json.dumps({"t": "payments", "w": words, "i": incident})


async def test_an_old_acknowledge__works_and_draws_its_card_again():
    async with harbor_at(socket_mode=False) as place:
        incident = place.flashduty.raise_incident(title="Card payments fail", severity="Critical")["incident_id"]
        await place.forges(ALICE, PAYMENTS, f"acknowledge:{incident}", old(incident, f"incident {incident}"))
        assert place.flashduty.account.incidents[incident]["progress"] == "Processing"
        assert any("Alice Chen acknowledged" in text for text in place.sees(CAROL))


async def test_an_old_refresh__draws_what_its_command_drew():
    async with harbor_at(socket_mode=False) as place:
        await place.forges(ALICE, PAYMENTS, "again:refresh", old("", "incidents critical since:7d"))
        (told,) = place.sees()
        assert "critical only" in told
        assert "last 7 days" in told


async def test_an_old_control__is_told_what_to_do_when_its_time_is_over():
    async with harbor_at(socket_mode=False) as place:
        last = datetime.combine(UNDERSTOOD_UNTIL, time(23, 59), UTC)
        place.clock.shift(last - place.clock.now())
        await place.forges(ALICE, PAYMENTS, "again:x", old("", "help"))
        assert "Flashduty for team payments" in place.sees()[-1]
        place.clock.shift(timedelta(minutes=1))
        calls = len(place.flashduty.calls)
        await place.forges(ALICE, PAYMENTS, "again:y", old("", "incidents"))
        assert "This button is from an older version" in place.sees()[-1]
        assert len(place.flashduty.calls) == calls
