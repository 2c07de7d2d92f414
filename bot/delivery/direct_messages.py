"""Direct messages to operators, each retried until Slack accepts or permanently refuses it."""

import structlog

from bot.messages import Message, Written
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace

log = structlog.get_logger(__name__)


async def is_settled(workspace: Workspace, user_id: str, message: Message | Written, *, once: str) -> bool:
    """Send a direct message; False when Slack did not accept it and may accept it later.

    A message that may have arrived is not sent again, nor is one that needs a change in Slack first.
    """
    try:
        await workspace.post(user_id, message, once=once)
    except SlackError as refusal:
        log.error("operator.not_alerted", user=user_id, code=refusal.code)  # noqa: TRY400 - the code suffices
        return not refusal.was_not_sent
    return True
