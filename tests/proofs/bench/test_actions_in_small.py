"""The lines of the benchmark about actions, in a form so small that it measures nothing but proves that it works."""

from tests.proofs.bench import actions
from tests.proofs.bench.action_steps import ACTIONS
from tests.proofs.bench.wire import percentile

SMALL = actions.Scale(
    presses=1, blocks=1, actions=tuple(one for one in ACTIONS if one.name in {"acknowledge", "close"})
)


async def test_actions_in_small__are_counted__redrawn_and_opened():
    acknowledge, others, redrawn, opened, living = await actions.measured(SMALL)
    assert (acknowledge.measured, acknowledge.met) == ("2", True)
    assert (others.measured, others.met) == ("2 (close 2)", True)
    assert "of 11 and 11 openings" in opened.how
    for row in (redrawn, opened, living):
        assert row.measured.startswith(tuple("0123456789"))
        assert " 0 ms" not in row.measured


def test_a_percentile__is_the_least_value_that_so_many_do_not_exceed():
    assert percentile(range(1, 101), 99) == 99
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([1.0], 99) == 1.0
