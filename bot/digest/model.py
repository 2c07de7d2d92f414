"""What a digest is made of, each part either there or the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from bot.digest.yesterday import Yesterday
from bot.flashduty import FlashdutyError, Person
from bot.handoff.model import HandoffPackage
from bot.incidents.model import OpenIncidents
from bot.oncall.coverage import Coverage
from bot.oncall.schedule_changes import ScheduleChanges, Snapshot
from bot.oncall.shifts import Handoff, OnCall
from bot.runtime.defects import Spares

# The parts, as people are told of one that is left out.
ON_CALL: Final = "who is on call"
OPEN_INCIDENTS: Final = "open incidents"
HANDOFFS: Final = "what whoever takes over should know"
NOISE: Final = "the noisiest checks"
NAMES: Final = "some names"
CHANGES: Final = "what changed in the schedules"
COVERAGE: Final = "holes in the days ahead"
YESTERDAY: Final = "how yesterday went"


@dataclass(frozen=True)
class OnCallPart:
    """Who is on call now and next, the changes of the next 24 hours, and what is wrong or new in the days ahead."""

    entries: tuple[OnCall, ...]
    hand_overs: tuple[Handoff, ...]
    people: Mapping[int, Person]
    coverage: Coverage | None = None
    changes: ScheduleChanges | None = None


@dataclass(frozen=True)
class Digest:
    """One team's morning, each part either there or the reason why not; None for one that a defect of ours has cost.

    `spares` tells which those are, and keeps a defect in drawing one from the others. `snapshot` is what the next
    digest compares its schedules with; None when they could not be read.
    """

    team: str
    key_setting: str
    on: date
    as_of: datetime
    on_call: OnCallPart | FlashdutyError | None
    incidents: OpenIncidents | FlashdutyError | None
    hand_over: HandoffPackage | None = None
    yesterday: Yesterday | FlashdutyError | None = None
    is_weekly_turn: bool = False
    ahead_until: datetime | None = None
    """The end of the day ahead, whose hand-overs are told; None for 24 hours from `as_of`."""
    names_unread: FlashdutyError | None = None
    """Why people have numbers instead of names, if so."""
    snapshot: Snapshot | None = field(default=None, repr=False)
    spares: Spares = field(default_factory=Spares, repr=False, compare=False)

    @property
    def failure(self) -> FlashdutyError | None:
        """Why nothing at all could be read, if so."""
        return (
            self.incidents
            if isinstance(self.on_call, FlashdutyError) and isinstance(self.incidents, FlashdutyError)
            else None
        )

    @property
    def hole(self) -> FlashdutyError | None:
        """Why a part that matters in the morning could not be read, if so."""
        failed = (part for part in (self.on_call, self.incidents) if isinstance(part, FlashdutyError))
        return next(failed, None)

    @property
    def blemish(self) -> FlashdutyError | None:
        """Why anything at all is missing that may be there in a moment, if so."""
        figures = self.yesterday if isinstance(self.yesterday, FlashdutyError) else None
        passing = figures if figures is not None and figures.is_worth_retrying else None
        return self.hole or self.names_unread or passing
