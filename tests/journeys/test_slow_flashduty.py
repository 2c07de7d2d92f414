"""While every call to Flashduty takes long, whoever asks is shown what could be read by then."""

import pytest
from harbor import BOB, harbor_at

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault
from sandbox.flashduty.habits import Habits

# Two calls one after the other fit into the time for a look, and a third does not.
SECONDS = 0.5
TWO_CALLS = TimeLimits(lookup=1.45, call_margin=0.2)
HASTY = TimeLimits(lookup=0.9, call_margin=0.2)
NAMES_ARE_MISSING = "Flashduty did not give all names"


async def test_me__while_each_call_takes_long__tells_of_shifts_and_incidents_in_time():
    """The address leads to the person, and beside that everything else is read."""
    async with harbor_at(time_limits=TWO_CALLS) as place:
        place.flashduty.habits = Habits(seconds=SECONDS)
        text = (await place.types("/flashduty me", BOB))["text"]
        assert "You are Bob Müller in Flashduty" in text.replace("*", "")
        assert "Your next 3 shifts" in text
        assert "assigned to you" in text
        assert "in time" not in text


@pytest.mark.parametrize("words", ["oncall", "oncall week"])
async def test_names_that_are_never_given__leave_numbers_and_a_line_that_says_so(words):
    async with harbor_at(time_limits=HASTY) as place:
        place.flashduty.fail("/person/infos", Fault.hang(), times=None)
        text = (await place.types(f"/flashduty {words}"))["text"]
        assert "Person 70" in text
        assert NAMES_ARE_MISSING in text


async def test_names_that_are_remembered__are_shown_without_that_line():
    async with harbor_at(time_limits=HASTY) as place:
        assert "Person 70" not in (await place.types("/flashduty oncall"))["text"]
        place.flashduty.fail("/person/infos", Fault.hang(), times=None)
        text = (await place.types("/flashduty oncall"))["text"]
        assert "On call now" in text
        assert "Person 70" not in text
        assert NAMES_ARE_MISSING not in text
