"""Checks of the way in for Flashduty's webhooks; whether Flashduty knows it shows only when it sends one."""

from collections.abc import Iterator
from ipaddress import ip_address

from bot.cards.webhooks.address import webhook_path
from bot.cli.check.results import Finding, passed, warning
from bot.config.settings import Settings


def check_webhooks(settings: Settings) -> Iterator[Finding]:
    """Look for each team with a secret whether anybody but this machine can deliver."""
    for name, team in settings.flashduty_teams.items():
        if not team.webhook_secret or team.card_plan is None:
            continue
        subject, path = f"{name}: webhooks", f"POST {webhook_path(name)}"
        if _is_loopback(settings.listens_on):
            what = f"the bot listens on {settings.listens_on}, so that only this machine reaches {path}"
            yield warning(subject, what, "Set HOST=0.0.0.0, or let a proxy on this machine pass that path on.")
        else:
            yield passed(subject, f"{path} on port {settings.port}; “python -m bot webhook sample” tries it")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
