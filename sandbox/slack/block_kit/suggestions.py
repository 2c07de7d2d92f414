"""Validation of options for external selects."""

from typing import Final

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.elements import offered_options
from sandbox.slack.block_kit.shapes import Findings, listed, shape
from sandbox.slack.block_kit.texts import MENU_OPTION, OPTION_GROUP

_SUGGESTIONS: Final = shape(
    {}, {"options": listed(MENU_OPTION, 0, limits.OPTIONS), "option_groups": listed(OPTION_GROUP, 0, limits.OPTIONS)}
)


def suggestion_problems(answer: object) -> list[str]:
    """List the problems of a response to block_suggestion.

    The limits are those of any menu (docs.slack.dev/reference/block-kit/block-elements/select-menu-element); no
    options are an empty list.
    """
    findings = Findings()
    _SUGGESTIONS(answer, "", findings)
    if isinstance(answer, dict) and ("options" in answer) == ("option_groups" in answer):
        findings.add("", "needs either options or option_groups")
    values = [
        one.get("value") for one in offered_options(answer if isinstance(answer, dict) else {}) if isinstance(one, dict)
    ]
    if len(set(map(str, values))) < len(values):
        findings.add("", "two options have one value")
    return findings.problems
