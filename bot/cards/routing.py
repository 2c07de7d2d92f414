"""The Slack channel for an incident's card."""

from collections.abc import Iterable

from bot.config.card_rules import CardRule
from bot.flashduty import Incident


def route(rules: Iterable[CardRule], incident: Incident) -> str | None:
    """Return the channel of the first rule whose conditions the incident meets; None for no card."""
    return next((rule.channel for rule in rules if _takes(rule, incident)), None)


def _takes(rule: CardRule, incident: Incident) -> bool:
    return (
        rule.severity in {None, incident.severity.value}
        and rule.flashduty_channel in {None, incident.channel_id}
        and all(incident.labels.get(name) == value for name, value in rule.labels)
    )
