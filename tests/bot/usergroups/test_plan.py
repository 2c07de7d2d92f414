"""The people that schedules put into a user group."""

from datetime import timedelta

from recorded import ALICE, BOB, CAROL, NOW, WANG, ago, ahead, schedule, shift

from bot.config.group_plans import GroupPlan, GroupSource
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


def test_requested_members__of_several_schedules_and_roles__names_everybody_once():
    plan = GroupPlan("S0ONCALL", (GroupSource(6001), GroupSource(6002), GroupSource(6001, 1)))
    assert requested_members(plan, [PRIMARY, BACKUP], NOW) == RequestedMembers((ALICE, BOB, CAROL), ())
    assert requested_members(GroupPlan("S0ONCALL", (GroupSource(6001, 2),)), [PRIMARY, BACKUP], NOW).person_ids == (
        BOB,
    )


def test_requested_members__at_a_hand_over__is_whoever_comes():
    plan = GroupPlan("S0ONCALL", (GroupSource(6002),))
    at = NOW + timedelta(hours=1)
    assert requested_members(plan, [BACKUP], at - timedelta(seconds=1)).person_ids == (CAROL,)
    assert requested_members(plan, [BACKUP], at).person_ids == (WANG,)
    assert requested_members(plan, [BACKUP], NOW + timedelta(hours=2)).person_ids == ()


def test_requested_members__of_a_schedule_that_is_not_there__says_which():
    plan = GroupPlan("S0ONCALL", (GroupSource(6002), GroupSource(6009)))
    assert requested_members(plan, [BACKUP], NOW) == RequestedMembers((CAROL,), (6009,))


def test_requested_members__where_only_a_moment_is_told__says_what_is_not_known():
    over = schedule("Rota 6003", number=6003).model_copy(update={"current": BACKUP.shifts[0]})
    plan = GroupPlan("S0ONCALL", (GroupSource(6003),))
    assert requested_members(plan, [over], NOW).not_known == ()
    assert requested_members(plan, [over], NOW + timedelta(hours=2)).not_known == ("Rota 6003",)
