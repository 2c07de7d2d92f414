"""The sentences about each change: while it is under way, when it was not made, and when its outcome is unknown."""

import re
from dataclasses import dataclass

from bot.messages.text import Mrkdwn, clipped, escaped, mrkdwn

_NUMBER = re.compile(r"[0-9a-fA-F]{6}")
_INCIDENT_ID = re.compile(r"[0-9a-fA-F]{24}")


@dataclass(frozen=True)
class ChangeWords:
    """The three sentences about one change."""

    under_way: Mrkdwn
    not_done: Mrkdwn
    in_doubt: Mrkdwn


def number_of(incident_id: str) -> str:
    """Return the short number of an incident by its id: the last six digits; empty for anything but an id."""
    return incident_id[-6:].upper() if _INCIDENT_ID.fullmatch(incident_id) else ""


def _incident(incident_id: str) -> Mrkdwn:
    number = number_of(incident_id)
    return mrkdwn("#{number}", number=number) if number else mrkdwn("the incident")


def acknowledging(incident_id: str) -> ChangeWords:
    """Return the sentences about acknowledging an incident."""
    which = _incident(incident_id)
    return ChangeWords(
        mrkdwn("Acknowledging {which} …", which=which),
        mrkdwn("*{which} was not acknowledged.*", which=which),
        mrkdwn("We could not confirm that {which} was acknowledged. Check before relying on it.", which=which),
    )


def undoing(incident_id: str) -> ChangeWords:
    """Return the sentences about withdrawing an acknowledgement."""
    which = _incident(incident_id)
    return ChangeWords(
        mrkdwn("Undoing the acknowledgement of {which} …", which=which),
        mrkdwn("*The acknowledgement of {which} was not undone.*", which=which),
        mrkdwn(
            "We could not confirm that the acknowledgement of {which} was undone. Check before relying on it.",
            which=which,
        ),
    )


def commenting(incident: str) -> ChangeWords:
    """Return the sentences about adding a comment to an incident, given by its id or its number."""
    is_number = _NUMBER.fullmatch(incident) is not None
    which = mrkdwn("#{number}", number=incident.upper()) if is_number else _incident(incident)
    return ChangeWords(
        mrkdwn("Adding the comment to {which} …", which=which),
        mrkdwn("*The comment was not added to {which}.*", which=which),
        mrkdwn(
            "We could not confirm that the comment was added to {which}. Check its timeline before adding it again.",
            which=which,
        ),
    )


def announcing(incident_id: str) -> ChangeWords:
    """Return the sentences about posting the line about an incident in the channel."""
    which = _incident(incident_id)
    return ChangeWords(
        mrkdwn("Telling the channel about {which} …", which=which),
        mrkdwn("*The channel was not told about {which}.*", which=which),
        mrkdwn("We could not confirm that the channel was told about {which}.", which=which),
    )


def taking_over(schedule: str) -> ChangeWords:
    """Return the sentences about taking over a shift."""
    which = escaped(clipped(schedule, 60)) if schedule else mrkdwn("the shift")
    return ChangeWords(
        mrkdwn("Noting that you cover {which} …", which=which),
        mrkdwn("*It was not noted that you cover {which}.*", which=which),
        mrkdwn("We could not confirm that it was noted that you cover {which}.", which=which),
    )


def answering_proposal(handle: str) -> ChangeWords:
    """Return the sentences about answering the proposal for a user group."""
    which = mrkdwn("@{handle}", handle=clipped(handle, 60)) if handle else mrkdwn("the user group")
    return ChangeWords(
        mrkdwn("Noting your answer for {which} …", which=which),
        mrkdwn("*Your answer for {which} was not noted.*", which=which),
        mrkdwn("We could not confirm that your answer for {which} was noted.", which=which),
    )


def posting_digest() -> ChangeWords:
    """Return the sentences about posting a digest on demand."""
    return ChangeWords(
        mrkdwn("Posting today's digest …"),
        mrkdwn("*Today's digest was not posted.*"),
        mrkdwn("We could not confirm that today's digest was posted."),
    )


def posting_report() -> ChangeWords:
    """Return the sentences about posting a weekly report on demand."""
    return ChangeWords(
        mrkdwn("Posting the week's report …"),
        mrkdwn("*The week's report was not posted.*"),
        mrkdwn("We could not confirm that the week's report was posted."),
    )
