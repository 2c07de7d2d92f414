"""Custom actions: run one that the account has set up for an incident."""

from dataclasses import replace
from typing import Final

from bot.audit.audited import ActionFailedError
from bot.flashduty import Incident
from bot.incidents.actions.command import IncidentCommand
from bot.incidents.actions.custom_action import RunCustomAction
from bot.incidents.messages.actions.custom_action import CustomActionWords, custom_action_failed
from bot.incidents.messages.actions.outcome import Made
from bot.incidents.messages.actions.values import CustomActionValue
from bot.messages.buttons import CUSTOM_ACTION
from bot.messages.changes import actions
from handlers.dispatch.answers import Announcement, Reply
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action


class _Running(Action[CustomActionValue]):
    """Run a custom action: each confirmed press runs it once, also where another one has run it already.

    Nothing in the incident tells two runs apart, so that none of them is taken for the other.
    """

    async def perform(
        self,
        request: Request,
        value: CustomActionValue,
        *,
        command: IncidentCommand | None = None,
        just_read: Incident | None = None,
    ) -> Reply:
        """Run the action; what it calls may have failed, which is told as that."""
        try:
            return await super().perform(request, value, command=command, just_read=just_read)
        except ActionFailedError as failed:
            message = custom_action_failed(request.to_person, value, failed.failure)
            return Reply(private=message, redraw_view=value.view, outcome=f"{self.route}: failed")

    def line(self, request: Request, made: Made[CustomActionValue], *, once: str) -> Announcement:
        """Return the channel's line; which action it was is not kept, so that it is not posted again by a control."""
        return replace(super().line(request, made, once=once), retry=None)

    def words_for(self, request: Request, value: CustomActionValue) -> CustomActionWords:
        """Return its sentences, with the name of the action."""
        del request
        return CustomActionWords(name=value.name)


def _run(_: Request, value: CustomActionValue) -> RunCustomAction:
    return RunCustomAction(integration_id=value.integration_id, name=value.name)


RUNNING_ACTION: Final = _Running(
    route=CUSTOM_ACTION,
    reads=CustomActionValue,
    changing=actions.running_custom_action,
    words=CustomActionWords(),
    command=_run,
)
