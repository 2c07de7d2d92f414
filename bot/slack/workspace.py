"""All methods of Slack's Web API that the bot uses. A caller that needs one part depends on that part's class."""

import time
from collections.abc import Callable

from bot.slack.api import SlackApi
from bot.slack.channels import Channels
from bot.slack.files import Files, Picture
from bot.slack.installation import Installation
from bot.slack.posts import MessageMetadata, Posts
from bot.slack.usergroups import UserGroups
from bot.slack.users import Users

__all__ = ["Installation", "MessageMetadata", "Picture", "Workspace"]


class Workspace(Users, UserGroups, Channels, Posts, Files):
    """The workspace the bot is installed in."""

    def __init__(
        self,
        calls: SlackApi,
        installation: Installation,
        *,
        response_urls: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        Users.__init__(self, calls, installation, clock=clock)
        UserGroups.__init__(self, calls, clock=clock)
        Channels.__init__(self, calls, clock=clock)
        Posts.__init__(self, calls, installation, response_urls=response_urls)
        Files.__init__(self, calls, self.replies)
