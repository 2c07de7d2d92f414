"""The lines of `make chaos`, which travel between its processes as JSON."""

import json

import pytest

from tests.proofs.chaos.line import Line


@pytest.mark.parametrize(
    ("line", "held"),
    [
        (Line("a fault", "http", {"asked": 2, "answered": 2}), True),
        (Line("a fault", "socket", {"asked": 2}, ("1 of 2 were not answered",)), False),
        (Line("a fault", "http", {}, (), 17.5, 16.0), False),
    ],
)
def test_a_line__through_json__is_the_same(line, held):
    told = json.loads(json.dumps(line.as_json()))
    assert told["held"] is held
    assert Line.from_json(told) == line
