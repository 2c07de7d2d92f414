"""Messages to single operators, each tried until Slack has it or never will."""

import structlog

from bot.messages import Message, Written
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace

log = structlog.get_logger(__name__)


async def is_settled(workspace: Workspace, user_id: str, message: Message | Written, *, once: str) -> bool:
    """Send a direct message; False when Slack did not take it and may take it in a while.

    What may have arrived is not sent again, and neither is what somebody must put right first.
    """
    try:
        await workspace.post(user_id, message, once=once)
    except SlackError as refusal:
        log.error("operator.not_alerted", user=user_id, code=refusal.code)  # noqa: TRY400 - the code says it
        return not refusal.was_not_sent
    return True
