"""Surfaces of user groups that follow a schedule."""

from bot.config.group_plans import GroupPlan, GroupSource
from bot.usergroups import messages as usergroups
from tests.bot.recorded import NOW
from tests.bot.samples import HOSTILE_NAME

NOT_SURE = ("schedules_unread", "schedule_not_known", "person_not_told", "slack_not_told", "invalid_users")

PLAN = GroupPlan("S0PAYONCALL", (GroupSource(6001), GroupSource(6002, 1)), frozenset({"U0BOSS"}))


def proposed(to, **more):
    usual = {
        "added": ("Bob Müller", "王小明"),
        "removed": ("Carol Diaz",),
        "staying": ("Alice Chen",),
        "schedules": (("Payments primary", 1), ("Payments backup", None)),
    }
    return usergroups.proposal(
        to, usergroups.Proposal(plan=PLAN, handle="payments-oncall", **{**usual, **more}), "payments"
    )


def decided(to, *, follows=True, **more):
    said = usergroups.Decision(
        handle="payments-oncall", follows=follows, who="Alice Chen", slack_user_id="U0ALICE", at=NOW
    )
    value = usergroups.GroupValue(team="payments", group=PLAN.group, signature=PLAN.signature, handle="payments-oncall")
    return usergroups.decision_message(to, said, value, outcome=usergroups.GroupChanges(**more))


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "group-proposal": proposed(readers.everybody),
        "group-proposal-unknown": proposed(readers.everybody, added=(), removed=(), unknown=(HOSTILE_NAME, "王小明")),
        "group-proposal-many": proposed(readers.everybody, removed=tuple(f"Person {n}" for n in range(300))),
        "group-proposal-nobody": proposed(readers.everybody, problem="nobody_on_call"),
        "group-decided": decided(readers.everybody, added=("Bob Müller",), removed=("Carol Diaz",)),
        "group-decided-trouble": decided(readers.everybody, problem="permission_denied"),
        "group-declined": decided(readers.everybody, follows=False),
        "group-changed-since": usergroups.plan_changed(readers.everybody, "payments"),
        "group-not-sure": decided(readers.everybody, is_pending=True),
        "group-not-proposed": usergroups.proposal_failed(readers.alone, "payments-oncall", "schedules_unread"),
        "group-over": usergroups.group_restored(readers.everybody, "payments-oncall"),
        **{
            f"group-trouble-{code}": usergroups.group_problem(
                readers.everybody, "payments-oncall", code, unknown=(), team="payments"
            )
            for code in NOT_SURE
        },
        "group-trouble": usergroups.group_problem(
            readers.everybody, "payments-oncall", "missing_scope", unknown=(), team="payments"
        ),
        "group-trouble-new": usergroups.group_problem(
            readers.everybody, HOSTILE_NAME, "something_new", unknown=(), team="payments"
        ),
        "group-lacks": usergroups.group_problem(
            readers.everybody, "payments-oncall", usergroups.MEMBERS_UNKNOWN, unknown=(HOSTILE_NAME,), team="payments"
        ),
    }
