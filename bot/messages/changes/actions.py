"""The sentences about each change: while it is under way, when it was not made, and when its outcome is unknown."""

import re
from dataclasses import dataclass

from bot.messages.audience import Audience
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


def _incident(to: Audience, incident_id: str) -> Mrkdwn:
    number = incident_id.upper() if _NUMBER.fullmatch(incident_id) else number_of(incident_id)
    return mrkdwn("#{number}", number=number) if number else to.say("the incident")


def acknowledging(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about acknowledging an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Acknowledging {which} …", which=which),
        to.say("*{which} was not acknowledged.*", which=which),
        to.say("We could not confirm that {which} was acknowledged. Check before relying on it.", which=which),
    )


def acknowledging_several(to: Audience, count: int) -> ChangeWords:
    """Return the sentences about acknowledging several incidents."""
    return ChangeWords(
        to.say("Acknowledging {count} incidents …", count=count),
        to.say("*None of the {count} incidents was acknowledged.*", count=count),
        to.say(
            "We could not confirm that the {count} incidents were acknowledged. Check before relying on it.",
            count=count,
        ),
    )


def undoing(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about withdrawing an acknowledgement."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Undoing the acknowledgement of {which} …", which=which),
        to.say("*The acknowledgement of {which} was not undone.*", which=which),
        to.say(
            "We could not confirm that the acknowledgement of {which} was undone. Check before relying on it.",
            which=which,
        ),
    )


def unacknowledging(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about unacknowledging an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Unacknowledging {which} …", which=which),
        to.say("*{which} was not unacknowledged.*", which=which),
        to.say("We could not confirm that {which} was unacknowledged. Check before relying on it.", which=which),
    )


def snoozing(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about snoozing an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Snoozing {which} …", which=which),
        to.say("*{which} was not snoozed.*", which=which),
        to.say("We could not confirm that {which} was snoozed. Check before relying on it.", which=which),
    )


def waking(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about ending a snooze."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Ending the snooze of {which} …", which=which),
        to.say("*The snooze of {which} was not ended.*", which=which),
        to.say("We could not confirm that the snooze of {which} was ended. Check before relying on it.", which=which),
    )


def closing(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about closing an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Closing {which} …", which=which),
        to.say("*{which} was not closed.*", which=which),
        to.say("We could not confirm that {which} was closed. Check before relying on it.", which=which),
    )


def reopening(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about reopening an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Reopening {which} …", which=which),
        to.say("*{which} was not reopened.*", which=which),
        to.say("We could not confirm that {which} was reopened. Check before relying on it.", which=which),
    )


def reassigning(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about reassigning an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Reassigning {which} …", which=which),
        to.say("*{which} was not reassigned.*", which=which),
        to.say("We could not confirm that {which} was reassigned. Check who has it before you try again.", which=which),
    )


def escalating(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about escalating an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Escalating {which} …", which=which),
        to.say("*{which} was not escalated.*", which=which),
        to.say("We could not confirm that {which} was escalated. Check who has it before you try again.", which=which),
    )


def adding_responder(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about adding a responder to an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Adding the responder to {which} …", which=which),
        to.say("*No responder was added to {which}.*", which=which),
        to.say(
            "We could not confirm that the responder was added to {which}. Check who has it before you try again.",
            which=which,
        ),
    )


def running_custom_action(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about running a custom action for an incident."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Running the custom action for {which} …", which=which),
        to.say("*The custom action was not run for {which}.*", which=which),
        to.say(
            "We could not confirm that the custom action was run for {which}. Check what it does before you run it again.",
            which=which,
        ),
    )


def commenting(to: Audience, incident: str) -> ChangeWords:
    """Return the sentences about adding a comment to an incident, given by its id or its number."""
    which = _incident(to, incident)
    return ChangeWords(
        to.say("Adding the comment to {which} …", which=which),
        to.say("*The comment was not added to {which}.*", which=which),
        to.say(
            "We could not confirm that the comment was added to {which}. Check its timeline before adding it again.",
            which=which,
        ),
    )


def with_text_kept(to: Audience, not_done: Mrkdwn) -> Mrkdwn:
    """Add to the sentence about what was not done that the person's text is stored."""
    return to.say("{not_done} Your text is kept for an hour.", not_done=not_done)


def announcing(to: Audience, incident_id: str) -> ChangeWords:
    """Return the sentences about posting the line about an incident in the channel."""
    which = _incident(to, incident_id)
    return ChangeWords(
        to.say("Posting the line about {which} in the channel …", which=which),
        to.say("*The line about {which} was not posted in the channel.*", which=which),
        to.say(
            "We could not confirm that the line about {which} was posted in the channel. Look there before posting it again.",
            which=which,
        ),
    )


def taking_over(to: Audience, schedule: str) -> ChangeWords:
    """Return the sentences about taking over a shift."""
    which = escaped(clipped(schedule, 60)) if schedule else to.say("the shift")
    return ChangeWords(
        to.say("Recording that you cover {which} …", which=which),
        to.say("*It was not recorded that you cover {which}.*", which=which),
        to.say(
            "We could not confirm that you are recorded as covering {which}. Check before relying on it.", which=which
        ),
    )


def answering_proposal(to: Audience, handle: str) -> ChangeWords:
    """Return the sentences about answering the proposal for a user group."""
    which = mrkdwn("@{handle}", handle=clipped(handle, 60)) if handle else to.say("the user group")
    return ChangeWords(
        to.say("Recording your answer for {which} …", which=which),
        to.say("*Your answer for {which} was not recorded.*", which=which),
        to.say("We could not confirm that your answer for {which} was recorded.", which=which),
    )


def posting_digest(to: Audience) -> ChangeWords:
    """Return the sentences about posting a digest on demand."""
    return ChangeWords(
        to.say("Posting today's digest …"),
        to.say("*Today's digest was not posted.*"),
        to.say("We could not confirm that today's digest was posted. Look in the channel before posting it again."),
    )


def posting_report(to: Audience) -> ChangeWords:
    """Return the sentences about posting a weekly report on demand."""
    return ChangeWords(
        to.say("Posting the week's report …"),
        to.say("*The week's report was not posted.*"),
        to.say("We could not confirm that the week's report was posted. Look in the channel before posting it again."),
    )
