"""Whom the keys of teams act as: learned from a change that was read back, or known of the key itself."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Flashduty
from bot.incidents.actions.command import KeyIdentity
from bot.people.directory import address_of, normalised_email

# Seconds for which what was learned is cached: clocks are set, and keys are replaced.
IDENTITY_MAX_AGE: Final = 3600.0
# Flashduty's clock, as the head of a response shows it to the second, is trusted as far as it agrees with ours.
CLOCK_AGREEMENT: Final = timedelta(seconds=15)


class KeyIdentities:
    """The identities of the keys of all teams, by the names of the teams."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._learned: dict[str, tuple[float, KeyIdentity]] = {}

    def learn(self, team: str, identity: KeyIdentity) -> None:
        """Cache what a change that was read back has shown, for an hour."""
        self._learned[team] = (self._monotonic(), identity)

    def of(self, team: str, flashduty: Flashduty, at: datetime) -> KeyIdentity | None:
        """Return the identity for a write confirmed at `at`; None where the incident must be read again for it."""
        learned_at, identity = self._learned.get(team, (-math.inf, None))
        if self._monotonic() - learned_at < IDENTITY_MAX_AGE:
            return identity
        person_id, answered_at = _owner_of(flashduty), flashduty.account.answered_at
        if person_id is None or answered_at is None or abs(answered_at - at) > CLOCK_AGREEMENT:
            return None
        return KeyIdentity(person_id=person_id, clock_ahead=answered_at - at)


def _owner_of(flashduty: Flashduty) -> int | None:
    """Return the person who owns the key; None unless they were looked up, and have the address of the member.

    The id of a member need not be that of the person.
    """
    owner = flashduty.cached_key_owner()
    if owner is None or not owner.member_id:
        return None
    person = flashduty.cached_persons([owner.member_id]).get(owner.member_id)
    address = normalised_email(owner.email)
    return person.id if person is not None and address and address_of(person) == address else None
