"""Surfaces of user groups that follow a schedule."""

from bot.config.group_plans import GroupPlan, GroupSource
from bot.usergroups import messages as usergroups
from tests.bot.recorded import NOW
from tests.bot.samples import ALONE, HOSTILE_NAME

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
        ALONE, usergroups.Proposal(plan=PLAN, handle="payments-oncall", **{**usual, **more}), "payments"
    )


def decided(**more):
    said = usergroups.Decision(handle="payments-oncall", follows=more.pop("follows", True), who="Alice Chen", at=NOW)
    return usergroups.decision_message(ALONE, said, **more)


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "group-proposal": proposed(),
        "group-proposal-unknown": proposed(added=(), removed=(), unknown=(HOSTILE_NAME, "王小明")),
        "group-proposal-many": proposed(removed=tuple(f"Person {n}" for n in range(300))),
        "group-proposal-nobody": proposed(problem="nobody_on_call"),
        "group-decided": decided(added=("Bob Müller",), removed=("Carol Diaz",)),
        "group-decided-trouble": decided(problem="permission_denied"),
        "group-declined": decided(follows=False),
        "group-changed-since": usergroups.plan_changed(readers.alone, "payments"),
        "group-not-sure": usergroups.sync_pending(readers.alone),
        "group-over": usergroups.group_restored(readers.alone, "payments-oncall"),
        **{
            f"group-trouble-{code}": usergroups.group_problem(
                readers.alone, "payments-oncall", code, unknown=(), team="payments"
            )
            for code in NOT_SURE
        },
        "group-trouble": usergroups.group_problem(
            readers.alone, "payments-oncall", "missing_scope", unknown=(), team="payments"
        ),
        "group-trouble-new": usergroups.group_problem(
            readers.alone, HOSTILE_NAME, "something_new", unknown=(), team="payments"
        ),
        "group-lacks": usergroups.group_problem(
            readers.alone, "payments-oncall", usergroups.MEMBERS_UNKNOWN, unknown=(HOSTILE_NAME,), team="payments"
        ),
    }
