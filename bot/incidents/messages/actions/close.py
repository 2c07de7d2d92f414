"""What is said about closing an incident and reopening it."""

from bot.flashduty import Incident
from bot.incidents.messages.actions.outcome import ActionWords, Made, Undo, closed_meanwhile, undo_until
from bot.incidents.messages.actions.values import CloseValue, ReopenValue
from bot.incidents.messages.status import title_link
from bot.messages.audience import Audience
from bot.messages.blocks import dangerous
from bot.messages.buttons import CLOSE, REOPEN
from bot.messages.text import Mrkdwn, clipped, moment


class CloseWords(ActionWords[CloseValue]):
    """The sentences about closing."""

    def done(self, to: Audience, made: Made[CloseValue]) -> Mrkdwn:
        """Confirm that it is closed."""
        return to.say("✅ You closed {title}.", title=title_link(to, made.after))

    def announced(self, to: Audience, made: Made[CloseValue], who: str) -> Mrkdwn:
        """Tell who closed it."""
        return to.say("✅ {who} closed {title}", who=clipped(who, 60), title=title_link(to, made.after))

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that it is closed already."""
        closed = closed_meanwhile(to, incident)
        return closed or to.say("{title} was not closed.", title=title_link(to, incident))

    def undo(self, to: Audience, made: Made[CloseValue]) -> Undo | None:
        """Reopen it, which pages its responders."""
        closed_at, num = made.after.closed_at, made.after.num
        return Undo(
            route=REOPEN,
            value=ReopenValue(
                team=made.team,
                incident_id=made.after.id,
                view=made.value.view,
                channel=made.value.channel,
                undo_until=undo_until(to),
                closed_at=int(closed_at.timestamp()) if closed_at is not None else 0,
            ),
            says=to.say("Undo reopens it: it is unacknowledged then, and Flashduty pages its responders again."),
            confirm=dangerous(
                title=to.label("Reopen #{num}?", num=num),
                text=to.label("It is unacknowledged then, and Flashduty pages its responders again."),
                confirm=to.label("Reopen"),
                deny=to.label("Cancel"),
            ),
        )


class ReopenWords(ActionWords[ReopenValue]):
    """The sentences about reopening."""

    def done(self, to: Audience, made: Made[ReopenValue]) -> Mrkdwn:
        """Confirm that it is open, and that people are paged."""
        return to.say(
            "You reopened {title}. It is unacknowledged, and Flashduty pages its responders again.",
            title=title_link(to, made.after),
        )

    def announced(self, to: Audience, made: Made[ReopenValue], who: str) -> Mrkdwn:
        """Tell who reopened it."""
        title, name = title_link(to, made.after), clipped(who, 60)
        return to.say("🔁 {who} reopened {title}, Flashduty pages again", who=name, title=title)

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that it is open already, or was closed again."""
        title = title_link(to, incident)
        if incident.is_open:
            return to.say("{title} is open already. Nothing was changed.", title=title)
        if incident.closed_at:
            return to.say(
                "{title} was closed again {at}. Nothing was changed.", title=title, at=moment(incident.closed_at)
            )
        return to.say("{title} was closed again. Nothing was changed.", title=title)

    def undo(self, to: Audience, made: Made[ReopenValue]) -> Undo | None:
        """Close it again; who was paged stays paged."""
        return Undo(
            route=CLOSE,
            value=CloseValue(
                team=made.team,
                incident_id=made.after.id,
                view=made.value.view,
                channel=made.value.channel,
                undo_until=undo_until(to),
            ),
            says=to.say("Undo closes it again; whoever was paged meanwhile stays paged."),
        )
