"""Who is paged next, and when a card changes by itself."""

from datetime import timedelta

import pytest

from bot.cards.model import CardContents, NextPage, differs_in_alerts_alone, next_page
from bot.flashduty import EscalationRule
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, WANG, ago, ahead, incident, schedule, shift
from tests.bot.samples import BOTH_ROLES

RULE = "1" * 24
IN_ROLES = {"schedule_to_role_ids": {"1": [2]}}


def rule(*targets, window=15, name=RULE):
    layers = [{"target": target, "escalate_window": window} for target in targets]
    return EscalationRule.model_validate({"rule_id": name, "layers": layers})


def waiting(level=0, **given):
    assigned = {"escalate_rule_id": RULE, "layer_idx": level, "assigned_at": ago(minutes=10)}
    return incident(1, **{"assigned_to": assigned, **given})


def test_the_next_level__is_paged_when_the_window_of_the_present_one_ends():
    levels = rule({"person_ids": [ALICE]}, {"person_ids": [BOB, CAROL, BOB]})
    coming = next_page(waiting(), [rule({}, {}, name="2" * 24), levels], [], NOW)
    assert coming == NextPage(at=NOW + timedelta(minutes=5), level=2, person_ids=(BOB, CAROL))


def test_a_schedule__stands_for_those_on_call_at_that_time_in_the_roles_of_the_level():
    shifts = schedule(
        "Primary", shift(ago(hours=1), ahead(minutes=5), ALICE), shift(ahead(minutes=5), ahead(hours=9), BOB)
    )
    everybody = rule({}, {"schedule_to_role_ids": {"1": [0]}})
    assert next_page(waiting(), [everybody], [shifts], NOW).person_ids == (BOB,)
    assert next_page(waiting(), [rule({}, IN_ROLES)], [BOTH_ROLES], NOW).person_ids == (CAROL, BOB)
    assert next_page(waiting(), [rule({}, {"schedule_to_role_ids": {"1": []}})], [BOTH_ROLES], NOW).person_ids == (
        WANG,
        CAROL,
        BOB,
    )


@pytest.mark.parametrize("target", [{"person_ids": [BOB], "team_ids": [4001]}, IN_ROLES, {}, None])
def test_a_level_whose_people_are_not_all_known__names_nobody(target):
    assert next_page(waiting(), [rule({}, target)], None, NOW) == NextPage(at=NOW + timedelta(minutes=5), level=2)


@pytest.mark.parametrize(
    "shown",
    [
        waiting(progress="Processing"),
        waiting(progress="Closed"),
        waiting(snoozed_before=ahead(minutes=30)),
        waiting(level=1),
        waiting(level=9),
        waiting(assigned_to=None),
        waiting(assigned_to={"escalate_rule_id": RULE, "layer_idx": 0}),
        waiting(assigned_to={"escalate_rule_id": "3" * 24, "layer_idx": 0, "assigned_at": ago(minutes=1)}),
        waiting(assigned_to={"escalate_rule_id": RULE, "layer_idx": 0, "assigned_at": ago(minutes=15)}),
    ],
)
def test_where_nobody_is_paged_next__nothing_is_said(shown):
    assert next_page(shown, [rule({"person_ids": [ALICE]}, {"person_ids": [BOB]})], [], NOW) is None


def test_a_window_of_no_length__escalates_never():
    assert next_page(waiting(), [rule({}, {"person_ids": [BOB]}, window=0)], [], NOW) is None


def test_a_card__changes_by_itself_when_a_snooze_ends_or_the_next_level_is_paged():
    snoozed = waiting(snoozed_before=ahead(minutes=30))
    coming = NextPage(at=NOW + timedelta(minutes=5), level=2)
    assert CardContents(incident=snoozed).changes_at(NOW) == NOW + timedelta(minutes=30)
    assert CardContents(incident=snoozed, next_page=coming).changes_at(NOW) == coming.at
    assert CardContents(incident=waiting(), next_page=coming).changes_at(coming.at) is None


def test_a_flood__is_a_change_of_what_alerts_say__and_of_nothing_else():
    before = waiting()
    assert differs_in_alerts_alone(before, waiting(alert_cnt=9, active_alert_cnt=8, labels={"host": "db-1"}))
    assert not differs_in_alerts_alone(before, waiting(alert_cnt=9, progress="Processing"))
    assert not differs_in_alerts_alone(before, waiting())
