"""How two figures compare."""

import pytest

from bot.incidents.figures import Trend, trend


@pytest.mark.parametrize(
    ("figure", "usual", "at_least", "expected"),
    [
        (10, 10, 0, Trend.SAME),
        (10.5, 10, 0, Trend.SAME),
        (11.5, 10, 0, Trend.MORE),
        (8, 10, 0, Trend.LESS),
        (1, 0.75, 1, Trend.SAME),
        (1, 0, 1, Trend.MORE),
        (0, 0, 0, Trend.SAME),
        (0, 4, 1, Trend.LESS),
    ],
)
def test_trend__needs_a_tenth_and_a_whole(figure, usual, at_least, expected):
    assert trend(figure, usual, at_least=at_least) is expected
