"""The parts of a digest. Each is present, or an error says why it is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.digest.yesterday import Yesterday
from bot.flashduty import FlashdutyError, Person
from bot.handoff.model import HandoffPackage
from bot.incidents.model import OpenIncidents
from bot.messages.language import N_
from bot.oncall.coverage import Coverage
from bot.oncall.schedule_changes import ScheduleChanges, Snapshot
from bot.oncall.shifts import Handoff, OnCallEntry
from bot.runtime.defects import Spares


class DigestPart(StrEnum):
    """The parts of a digest, by the name that a message shows when one is left out."""

    ON_CALL = N_("who is on call")
    OPEN_INCIDENTS = N_("open incidents")
    HANDOFFS = N_("today's handoffs")
    NOISE = N_("the noisiest checks")
    NAMES = N_("some names")
    CHANGES = N_("changes of the schedules")
    COVERAGE = N_("coverage of the next 14 days")
    YESTERDAY = N_("yesterday's figures")


@dataclass(frozen=True)
class OnCallPart:
    """Who is on call now and next, the next day's handoffs, and the coverage and changes of the days ahead."""

    entries: tuple[OnCallEntry, ...]
    handoffs: tuple[Handoff, ...]
    people: Mapping[int, Person]
    coverage: Coverage | None = None
    changes: ScheduleChanges | None = None


@dataclass(frozen=True)
class TeamDigest:
    """One team's digest; a part is None where a defect of the bot lost it.

    `spares` names those parts, and contains a defect in drawing one of them. The next digest compares its schedules
    with `snapshot`; None when they could not be read.
    """

    team: str
    key_setting: str
    on: date
    as_of: datetime
    on_call: OnCallPart | FlashdutyError | None
    incidents: OpenIncidents | FlashdutyError | None
    handoff: HandoffPackage | None = None
    yesterday: Yesterday | FlashdutyError | None = None
    is_weekly_turn: bool = False
    ahead_until: datetime | None = None
    """The end of the time whose handoffs are listed; None for 24 hours from `as_of`."""
    names_unread: FlashdutyError | None = None
    """The error that left people with ids instead of names."""
    snapshot: Snapshot | None = field(default=None, repr=False)
    spares: Spares = field(default_factory=Spares, repr=False, compare=False)

    @property
    def failure(self) -> FlashdutyError | None:
        """The error when nothing at all could be read."""
        return (
            self.incidents
            if isinstance(self.on_call, FlashdutyError) and isinstance(self.incidents, FlashdutyError)
            else None
        )

    @property
    def essential_error(self) -> FlashdutyError | None:
        """The error of a part without which a digest is not worth posting yet."""
        errors = (part for part in (self.on_call, self.incidents) if isinstance(part, FlashdutyError))
        return next(errors, None)

    @property
    def passing_error(self) -> FlashdutyError | None:
        """The error of any part that a retry may still read."""
        figures = self.yesterday if isinstance(self.yesterday, FlashdutyError) else None
        passing = figures if figures is not None and figures.is_worth_retrying else None
        return self.essential_error or self.names_unread or passing
