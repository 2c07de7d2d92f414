"""What Slack refuses of a surface: a message; or the Home tab and Details, which are views and never anything else."""

from sandbox.slack.block_kit import problems
from sandbox.slack.block_kit.size import blocks_too_long
from sandbox.slack.conversation.messages import all_blocks

HOME = ("home-tab", "home tab")
DETAILS = "details"
TITLE = {"type": "plain_text", "text": "Details"}


def is_home(surface):
    return surface.startswith(HOME)


def refused(surface, payload):
    """List what Slack refuses, and whether the blocks are too long together."""
    if is_home(surface):
        return problems({"type": "home", "blocks": payload["blocks"]}, "home")
    if surface.startswith(DETAILS):
        return problems({"type": "modal", "title": TITLE, "blocks": payload["blocks"]}, "modal")
    too_long = blocks_too_long(all_blocks(payload))
    return [*problems(payload, "message"), *([too_long] if too_long else [])]
