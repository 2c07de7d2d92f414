"""What is said about snoozing an incident and ending a snooze."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import InteractiveElement

from bot.flashduty import Incident, Progress
from bot.incidents.actions.snooze_times import SnoozeProblem
from bot.incidents.changes import is_same_time
from bot.incidents.messages.actions.controls import offer_control
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.actions.outcome import ActionWords, Made, Undo, closed_meanwhile, undo_until
from bot.incidents.messages.actions.values import SnoozeValue, WakeValue
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import title_link
from bot.incidents.offers import Offer
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import SNOOZE, WAKE
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.text import Label, Mrkdwn, clipped, lines, moment, mrkdwn

SNOOZE_PROBLEMS: Final[Mapping[SnoozeProblem, Marked]] = {
    SnoozeProblem.NOT_UNDERSTOOD: N_("“{typed}” is not a length of time. Type 90 for minutes, 2h, or until 09:00."),
    SnoozeProblem.NOTHING: N_("“{typed}” is no time at all. Type 1 to 1,440 minutes, 2h, or until 09:00."),
    SnoozeProblem.TOO_LONG: N_("“{typed}” is too long: a snooze lasts 24 hours at most."),
    SnoozeProblem.NO_SUCH_TIME: N_("There is no time “{typed}”. Type it like until 09:00."),
}
TYPED_LIMIT: Final = 40


class SnoozeWords(ActionWords[SnoozeValue]):
    """The sentences about a snooze."""

    def done(self, to: Audience, made: Made[SnoozeValue]) -> Mrkdwn:
        """Confirm until when, and what happens then."""
        until, title = made.after.snoozed_until, title_link(to, made.after)
        if until is None:
            return to.say("You snoozed {title}.", title=title)
        return to.say(
            "💤 You snoozed {title} until {until}. Flashduty pages again then, if it is still open.",
            title=title,
            until=moment(until),
        )

    def announced(self, to: Audience, made: Made[SnoozeValue], who: str) -> Mrkdwn:
        """Tell who snoozed it, and until when."""
        until, title, name = made.after.snoozed_until, title_link(to, made.after), clipped(who, 60)
        if until is None:
            return to.say("💤 {who} snoozed {title}", who=name, title=title)
        return to.say("💤 {who} snoozed {title} until {until}", who=name, title=title, until=moment(until))

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that it cannot be snoozed, or is already."""
        if (closed := closed_meanwhile(to, incident)) is not None:
            return closed
        title, until = title_link(to, incident), incident.snoozed_until
        if incident.progress is Progress.PROCESSING and until is not None:
            return to.say(
                "{title} is already snoozed until {until}. Nothing was changed.", title=title, until=moment(until)
            )
        if incident.progress is Progress.PROCESSING:
            return to.say("The snooze of {title} would be over by now. Nothing was changed.", title=title)
        return to.say(
            "{title} was not snoozed: nobody has acknowledged it, and only an acknowledged incident can be snoozed.",
            title=title,
        )

    def undo(self, to: Audience, made: Made[SnoozeValue]) -> Undo | None:
        """End the snooze, or go back to the one before it."""
        earlier, until = made.before.snoozed_until, made.after.snoozed_until
        # Found out after a crash, the incident is not known as it was before.
        is_another = earlier is not None and until is not None and not is_same_time(earlier, until.timestamp())
        if earlier is not None and earlier > to.now and is_another:
            value = SnoozeValue(
                team=made.team,
                incident_id=made.after.id,
                until=int(earlier.timestamp()),
                view=made.value.view,
                channel=made.value.channel,
                undo_until=undo_until(to),
            )
            return Undo(route=SNOOZE, value=value)
        return Undo(
            route=WAKE,
            value=WakeValue(
                team=made.team,
                incident_id=made.after.id,
                view=made.value.view,
                channel=made.value.channel,
                undo_until=undo_until(to),
                snoozed_until=int(until.timestamp()) if until is not None else 0,
            ),
        )


class AcknowledgeAndSnoozeWords(SnoozeWords):
    """The sentences about an acknowledgement and a snooze that were made in one press."""

    def done(self, to: Audience, made: Made[SnoozeValue]) -> Mrkdwn:
        """Confirm both."""
        until, title = made.after.snoozed_until, title_link(to, made.after)
        return to.say(
            "💤 You acknowledged {title} and snoozed it until {until}. Flashduty pages again then, if it is still open.",
            title=title,
            until=moment(until) if until is not None else "–",
        )

    def announced(self, to: Audience, made: Made[SnoozeValue], who: str) -> Mrkdwn:
        """Tell who made both, and until when."""
        until, title = made.after.snoozed_until, title_link(to, made.after)
        return to.say(
            "💤 {who} acknowledged {title} and snoozed it until {until}",
            who=clipped(who, 60),
            title=title,
            until=moment(until) if until is not None else "–",
        )

    def undo(self, to: Audience, made: Made[SnoozeValue]) -> Undo | None:
        """End the snooze alone: an acknowledgement has its own way back."""
        undo = super().undo(to, made)
        return replace(undo, says=to.say("Undo ends the snooze; the acknowledgement stays.")) if undo else None


class WakeWords(ActionWords[WakeValue]):
    """The sentences about ending a snooze."""

    def done(self, to: Audience, made: Made[WakeValue]) -> Mrkdwn:
        """Confirm that the snooze is over."""
        return to.say(
            "You ended the snooze of {title}. It stays acknowledged, and nobody was paged.",
            title=title_link(to, made.after),
        )

    def announced(self, to: Audience, made: Made[WakeValue], who: str) -> Mrkdwn:
        """Tell who ended it."""
        return to.say("⏰ {who} ended the snooze of {title}", who=clipped(who, 60), title=title_link(to, made.after))

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that there is no snooze, or another one than was meant."""
        if (closed := closed_meanwhile(to, incident)) is not None:
            return closed
        title, until = title_link(to, incident), incident.snoozed_until
        if until is not None and until > to.now:
            return to.say(
                "{title} was snoozed again meanwhile, until {until}. Nothing was changed.",
                title=title,
                until=moment(until),
            )
        return to.say("{title} is not snoozed. Nothing was changed.", title=title)

    def undo(self, to: Audience, made: Made[WakeValue]) -> Undo | None:
        """Snooze it for the rest of the time."""
        until = made.before.snoozed_until
        if until is None:
            return None
        return Undo(
            route=SNOOZE,
            value=SnoozeValue(
                team=made.team,
                incident_id=made.after.id,
                view=made.value.view,
                channel=made.value.channel,
                undo_until=undo_until(to),
                until=int(until.timestamp()),
            ),
        )


def snooze_problem(to: Audience, problem: SnoozeProblem, typed: str) -> Label:
    """Say why a typed length of time cannot be used."""
    return to.translated_label(SNOOZE_PROBLEMS[problem], typed=clipped(typed.strip(), TYPED_LIMIT))


def snooze_problem_said(to: Audience, problem: SnoozeProblem, typed: str) -> Mrkdwn:
    """Say it in a message."""
    return mrkdwn("{sentence}", sentence=snooze_problem(to, problem, typed))


def acknowledged_not_snoozed(to: Audience, incident: Incident, why: Mrkdwn, team: str) -> Message:
    """Say that an incident was acknowledged and not snoozed, and why."""
    text = to.say(
        "✅ You acknowledged {title}, but it was not snoozed, or that is not known.", title=title_link(to, incident)
    )
    return Message.of(
        section(lines(text, why)),
        actions(_snooze_control(to, incident, team), show_incident_control(to, incident, team)),
    )


def not_snoozed_as_well(to: Audience, incident: Incident, said: Mrkdwn, team: str) -> Message:
    """Say what an acknowledgement came to that was not made, and that nothing was snoozed either."""
    may_snooze = incident.progress is Progress.PROCESSING
    return Message.of(
        section(lines(said, to.say("It was not snoozed either."))),
        actions(_snooze_control(to, incident, team) if may_snooze else None, show_incident_control(to, incident, team)),
    )


def _snooze_control(to: Audience, incident: Incident, team: str) -> InteractiveElement:
    return offer_control(to, Offer.SNOOZE, incident, place=ControlPlace(team=team))
