"""Plans for user groups, as they are written in the settings."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.group_plans import GroupPlan, GroupSource, parse_group_plans


@pytest.mark.parametrize(
    ("written", "plans"),
    [
        ("S0ONCALL=6001", [GroupPlan("S0ONCALL", (GroupSource(6001),))]),
        (" S0ONCALL = 6001 , 6002/1 ", [GroupPlan("S0ONCALL", (GroupSource(6001), GroupSource(6002, 1)))]),
        (
            "S0ONE=6001;S0TWO=6002/2",
            [GroupPlan("S0ONE", (GroupSource(6001),)), GroupPlan("S0TWO", (GroupSource(6002, 2),))],
        ),
        ("S0ONCALL=6001,U0BOSS,6001", [GroupPlan("S0ONCALL", (GroupSource(6001),), frozenset({"U0BOSS"}))]),
        ('{"S0ONCALL": [6001, "6002/1"]}', [GroupPlan("S0ONCALL", (GroupSource(6001), GroupSource(6002, 1)))]),
        ("", []),
    ],
)  # fmt: skip
def test_parse_group_plans__however_they_are_written(written, plans):
    assert list(parse_group_plans(written)) == plans
    assert parse_group_plans(tuple(plans)) == tuple(plans)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("S0ONCALL", "equals sign"),
        ("@oncall=6001", "start with S"),
        ("S0ONCALL=primary", "neither a schedule's id nor a person's"),
        ("S0ONCALL=6001/first", "neither a schedule's id nor a person's"),
        ("S0ONCALL=U0BOSS", "without a schedule"),
        ("S0ONCALL=6001;S0ONCALL=6002", "twice"),
        ('{"S0ONCALL": 6001}', "JSON"),
        ("{not json", "JSON"),
        ("{" * 100_000, "JSON"),
    ],
)
def test_parse_group_plans__of_something_else__says_what_is_wrong_and_repeats_nothing(written, sentence):
    with pytest.raises(ValueError, match=sentence) as raised:
        parse_group_plans(written)
    assert "primary" not in str(raised.value)


@given(st.text(max_size=60))
def test_parse_group_plans__survives_any_text(written):
    with suppress(ValueError):
        parse_group_plans(written)


def test_signature__changes_with_schedules_roles_and_pinned_people_and_not_with_their_order():
    plans = [
        GroupPlan("S0ONE", (GroupSource(1), GroupSource(2))),
        GroupPlan("S0TWO", (GroupSource(1), GroupSource(2))),
        GroupPlan("S0ONE", (GroupSource(1), GroupSource(2, 1))),
        GroupPlan("S0ONE", (GroupSource(1), GroupSource(2)), frozenset({"U0BOSS"})),
    ]
    assert len({plan.signature for plan in plans}) == len(plans)
    assert plans[0].signature == GroupPlan("S0ONE", (GroupSource(2), GroupSource(1))).signature
