"""What is said about withdrawing an acknowledgement that was made in Slack."""

from bot.flashduty import Incident, Progress
from bot.incidents.messages.actions.outcome import ActionWords, Made, closed_meanwhile
from bot.incidents.messages.actions.values import UnacknowledgeValue
from bot.incidents.messages.status import responder_names, title_link
from bot.messages.audience import Audience
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped


class UnacknowledgeWords(ActionWords[UnacknowledgeValue]):
    """The sentences about unacknowledging."""

    def done(self, to: Audience, made: Made[UnacknowledgeValue]) -> Mrkdwn:
        """Confirm it, and say whether somebody else still has it."""
        title, incident = title_link(to, made.after), made.after
        if incident.progress is Progress.TRIGGERED:
            return to.say("You unacknowledged {title}. Nobody is on it, and Flashduty pages again.", title=title)
        others = (one.person_id for one in incident.acknowledgers)
        if who := names(to, others, {}, given=responder_names(incident)):
            return to.say("You unacknowledged {title}. It is still acknowledged by {who}.", title=title, who=who)
        return to.say("You unacknowledged {title}. It is still acknowledged by somebody else.", title=title)

    def announced(self, to: Audience, made: Made[UnacknowledgeValue], who: str) -> Mrkdwn:
        """Tell who withdrew it, and whether anybody has the incident."""
        title, name = title_link(to, made.after), clipped(who, 60)
        if made.after.progress is Progress.TRIGGERED:
            return to.say("↩ {who} unacknowledged {title} – nobody is on it", who=name, title=title)
        return to.say("↩ {who} unacknowledged {title}", who=name, title=title)

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that it is not acknowledged, or not through here."""
        if (closed := closed_meanwhile(to, incident)) is not None:
            return closed
        title = title_link(to, incident)
        if incident.progress is Progress.TRIGGERED:
            return to.say("{title} is not acknowledged. Nothing was changed.", title=title)
        return to.say(
            "{title} was not acknowledged in Slack, so it can be unacknowledged only in Flashduty, by whoever did it.",
            title=title,
        )
