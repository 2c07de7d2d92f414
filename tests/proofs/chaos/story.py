"""The time of a chaos run: every nominal date's window in a few seconds, the rest of the day left out."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.config.plans import EVERY_DAY, DigestPlan

FIRST_DATE = date(2026, 3, 1)
NINE = time(9)
LEAD = timedelta(minutes=5)
TEAMS = ("payments", "search", "checkout", "platform")
# A replica's clock is wrong for this long at a time, in real seconds, by one of these.
WRONG_FOR = 0.4
JUMPS = (-86_400, -7_200, -1_800, 1_800, 7_200, 86_400)


def plan(team):
    return DigestPlan(f"C0{team.upper()}", NINE, ZoneInfo("UTC"), EVERY_DAY)


@dataclass(frozen=True)
class Story:
    """`begin` is a reading of time.monotonic(), which all processes of a machine share."""

    begin: float
    dates: int
    seconds_per_date: float = 9.0
    # Real seconds: long against what a starved process may lose between claiming and posting.
    lease: float = 3.0

    @property
    def speed(self):
        return (plan(TEAMS[0]).catch_up + 2 * LEAD).total_seconds() / self.seconds_per_date

    @property
    def end(self):
        return self.begin + self.dates * self.seconds_per_date

    def now(self, monotonic):
        """Tell the right time."""
        day, seconds = divmod(max(monotonic - self.begin, 0), self.seconds_per_date)
        nine = datetime.combine(FIRST_DATE + timedelta(days=int(day)), NINE, tzinfo=UTC)
        return nine - LEAD + timedelta(seconds=seconds * self.speed)

    def wrong_now(self, monotonic, seed):
        """Tell the time as a replica has it, whose clock jumps there and back."""
        chance = random.Random(f"{seed} {int(monotonic / WRONG_FOR)}")
        jump = chance.choice(JUMPS) if chance.random() < 0.25 else 0
        return self.now(monotonic) + timedelta(seconds=jump)

    def occasions(self):
        """Everything that must be posted once."""
        days = [FIRST_DATE + timedelta(days=n) for n in range(self.dates)]
        return {(team, day.isoformat()) for team in TEAMS for day in days}
