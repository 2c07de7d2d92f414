"""Every change is declared to the audit trail: each command its action, each action its words."""

import inspect
import pkgutil
from importlib import import_module

import pytest

import bot.incidents
from bot.audit.messages import ACTION_NAMES, RESULT_NAMES
from bot.audit.model import AuditAction, AuditResult
from bot.incidents.actions.command import IncidentCommand
from bot.incidents.commenting.attribution_words import ATTRIBUTIONS, attribution_comment, is_attribution
from bot.incidents.commenting.comments import COMMENT_LIMIT, is_from_slack
from bot.messages.language import ENGLISH, chinese

LANGUAGES = pytest.mark.parametrize("language", [ENGLISH, chinese()], ids=lambda one: one.code)
OF_NO_INCIDENT = {
    "cover_shift",
    "approve_group_sync",
    "decline_group_sync",
    "stop_group_sync",
    "propose_group_sync",
    "post_digest",
    "post_report",
}


def commands():
    """Every command of the incidents that can be run."""
    for module in pkgutil.walk_packages(bot.incidents.__path__, "bot.incidents."):
        import_module(module.name)
    waiting, found = [IncidentCommand], set()
    while waiting:
        kinds = [kind for kind in waiting.pop().__subclasses__() if kind.__module__.startswith("bot.")]
        waiting += kinds
        found |= {kind for kind in kinds if not inspect.isabstract(kind)}
    return found


def test_every_command__names_its_action():
    actions = {kind.__name__: kind.action for kind in commands()}
    assert actions["Acknowledge"] is AuditAction.ACKNOWLEDGE
    assert set(actions.values()) <= set(AuditAction)


def test_every_action__has_a_name_for_people__and_every_result():
    assert set(ACTION_NAMES) == set(AuditAction)
    assert set(RESULT_NAMES) == set(AuditResult)


def test_every_action_on_an_incident_but_a_comment__is_told_in_the_timeline():
    on_incidents = {one for one in AuditAction if one.value not in OF_NO_INCIDENT}
    assert set(ATTRIBUTIONS) == on_incidents - {AuditAction.COMMENT}


@LANGUAGES
@pytest.mark.parametrize("action", ATTRIBUTIONS)
@pytest.mark.parametrize("name", ["Alice Chen", "王小明", "[x](flashduty://ref/member/1)", "*" * 500, "a\nb"])
def test_what_the_timeline_is_told__is_known_again__and_short_enough(language, action, name):
    comment = attribution_comment(language, action, name)
    assert is_attribution(comment)
    assert not is_from_slack(comment)
    assert len(comment) <= COMMENT_LIMIT


@pytest.mark.parametrize(
    "comment",
    ["Acknowledged from Slack by", "I acknowledged from Slack by phone", "looking", "Alice Chen in Slack: ok"],
)
def test_any_other_comment__is_none_of_these(comment):
    assert not is_attribution(comment)
