"""Surfaces of user groups that follow a schedule."""

from bot.config.group_plans import GroupPlan, GroupSource
from bot.usergroups import messages as usergroups
from tests.bot.recorded import NOW
from tests.bot.samples import HOSTILE_NAME

NOT_SURE = ("schedules_unread", "schedule_not_known", "person_not_told", "slack_not_told", "invalid_users")

PLAN = GroupPlan("S0PAYONCALL", (GroupSource(6001), GroupSource(6002, 1)), frozenset({"U0BOSS"}))


def proposed(**more):
    usual = {
        "added": ("Bob Müller", "王小明"),
        "removed": ("Carol Diaz",),
        "staying": ("Alice Chen",),
        "schedules": (("Payments primary", 1), ("Payments backup", None)),
    }
    return usergroups.proposal(
        usergroups.Proposal(plan=PLAN, handle="payments-oncall", **{**usual, **more}), "payments"
    )


def decided(**more):
    said = usergroups.Decision(handle="payments-oncall", follows=more.pop("follows", True), who="Alice Chen", at=NOW)
    return usergroups.decision_message(said, **more)


def surfaces(readers):  # noqa: ARG001 - English alone so far
    """Draw each of them, under its name."""
    return {
        "group-proposal": proposed(),
        "group-proposal-unknown": proposed(added=(), removed=(), unknown=(HOSTILE_NAME, "王小明")),
        "group-proposal-many": proposed(removed=tuple(f"Person {n}" for n in range(300))),
        "group-proposal-nobody": proposed(problem="nobody_on_call"),
        "group-decided": decided(added=("Bob Müller",), removed=("Carol Diaz",)),
        "group-decided-trouble": decided(problem="permission_denied"),
        "group-declined": decided(follows=False),
        "group-changed-since": usergroups.plan_changed("payments"),
        "group-not-sure": usergroups.sync_pending(),
        "group-over": usergroups.group_restored("payments-oncall"),
        **{
            f"group-trouble-{code}": usergroups.group_problem("payments-oncall", code, (), team="payments")
            for code in NOT_SURE
        },
        "group-trouble": usergroups.group_problem("payments-oncall", "missing_scope", (), team="payments"),
        "group-trouble-new": usergroups.group_problem(HOSTILE_NAME, "something_new", (), team="payments"),
        "group-lacks": usergroups.group_problem(
            "payments-oncall", usergroups.MEMBERS_UNKNOWN, (HOSTILE_NAME,), team="payments"
        ),
    }
