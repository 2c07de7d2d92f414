"""What one look at the incidents of a team has found, and where it puts a new card. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cards.lease import CardsLease
from bot.cards.routing import route
from bot.flashduty import Incident
from bot.storage.cards.cards import StoredCard
from bot.teams.team import Team


@dataclass(frozen=True, kw_only=True)
class CardRound:
    """What one look found: incidents of a team, their rows, and which of them people wait for."""

    team: Team
    lease: CardsLease
    incidents: Mapping[str, Incident]
    rows: Mapping[str, StoredCard]
    urgent: frozenset[str] = frozenset()
    hinted: frozenset[str] = frozenset()
    is_foreseen: bool = False
    """Whether the incidents follow from changes, and were not read yet: their threads are told when they are."""


def channel_of(found: CardRound, incident: Incident) -> str | None:
    """Return the Slack channel for the card of an incident; None for no card."""
    plan = found.team.settings.card_plan
    return route(plan.rules, incident) if plan is not None else None
