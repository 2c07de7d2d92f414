"""Which schedules feed which user group, as it is written and as it comes out."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import ALICE, BOB, CAROL, NOW, WANG, ago, ahead, schedule, shift

from bot.config.group_plans import GroupPlan, GroupSource, parse_group_plans
from bot.usergroups.plan import RequestedMembers, requested_members


def rota(number, *shifts, **more):
    return schedule(f"Rota {number}", *shifts, **more).model_copy(update={"schedule_id": number})


def two_roles(first, second):
    group = {
        "group_name": "",
        "members": [{"role_id": 1, "person_ids": [first]}, {"role_id": 2, "person_ids": [second]}],
    }
    return {"start": ago(hours=1), "end": ahead(hours=1), "index": 0, "group": group}


PRIMARY = rota(6001, two_roles(ALICE, BOB))
BACKUP = rota(6002, shift(ago(hours=1), ahead(hours=1), CAROL), shift(ahead(hours=1), ahead(hours=2), WANG))


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
def test_read_plans__however_they_are_written(written, plans):
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
def test_read_plans__of_something_else__says_what_is_wrong_and_repeats_nothing(written, sentence):
    with pytest.raises(ValueError, match=sentence) as raised:
        parse_group_plans(written)
    assert "primary" not in str(raised.value)


@given(st.text(max_size=60))
def test_read_plans__survives_any_text(written):
    with suppress(ValueError):
        parse_group_plans(written)


def test_on_duty__of_several_schedules_and_roles__names_everybody_once():
    plan = GroupPlan("S0ONCALL", (GroupSource(6001), GroupSource(6002), GroupSource(6001, 1)))
    assert requested_members(plan, [PRIMARY, BACKUP], NOW) == RequestedMembers((ALICE, BOB, CAROL), ())
    assert requested_members(GroupPlan("S0ONCALL", (GroupSource(6001, 2),)), [PRIMARY, BACKUP], NOW).person_ids == (
        BOB,
    )


def test_on_duty__at_a_hand_over__is_whoever_comes():
    plan = GroupPlan("S0ONCALL", (GroupSource(6002),))
    at = NOW + timedelta(hours=1)
    assert requested_members(plan, [BACKUP], at - timedelta(seconds=1)).person_ids == (CAROL,)
    assert requested_members(plan, [BACKUP], at).person_ids == (WANG,)
    assert requested_members(plan, [BACKUP], NOW + timedelta(hours=2)).person_ids == ()


def test_on_duty__of_a_schedule_that_is_not_there__says_which():
    plan = GroupPlan("S0ONCALL", (GroupSource(6002), GroupSource(6009)))
    assert requested_members(plan, [BACKUP], NOW) == RequestedMembers((CAROL,), (6009,))


def test_on_duty__where_only_a_moment_is_told__says_what_is_not_known():
    over = schedule("Rota 6003", number=6003).model_copy(update={"current": BACKUP.shifts[0]})
    plan = GroupPlan("S0ONCALL", (GroupSource(6003),))
    assert requested_members(plan, [over], NOW).not_known == ()
    assert requested_members(plan, [over], NOW + timedelta(hours=2)).not_known == ("Rota 6003",)


def test_signature__changes_with_schedules_roles_and_pinned_people_and_not_with_their_order():
    plans = [
        GroupPlan("S0ONE", (GroupSource(1), GroupSource(2))),
        GroupPlan("S0TWO", (GroupSource(1), GroupSource(2))),
        GroupPlan("S0ONE", (GroupSource(1), GroupSource(2, 1))),
        GroupPlan("S0ONE", (GroupSource(1), GroupSource(2)), frozenset({"U0BOSS"})),
    ]
    assert len({plan.signature for plan in plans}) == len(plans)
    assert plans[0].signature == GroupPlan("S0ONE", (GroupSource(2), GroupSource(1))).signature
