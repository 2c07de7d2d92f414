"""Channels where cards cannot be posted or edited: the operators are alerted once, and nothing is tried for ever."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import structlog

from bot.delivery.model import DeliveryFailure
from bot.slack.api import SlackError
from bot.storage.postings import Posting, PostingKind

log = structlog.get_logger(__name__)

# The channel is tried again after this, and after a restart, which changed settings need.
RETRY_CHANNEL_AFTER: Final = 3600.0
# Nothing can be posted or edited there until somebody changes the channel, the app or the settings.
CHANNEL_ERRORS: Final = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "is_inactive",
        "missing_scope",
        "not_in_channel",
        "restricted_action",
        "token_revoked",
    }
)

# Of these, somebody mends the cause in Slack alone: the bot is a member again, or the channel is no longer archived.
_MENDED_IN_SLACK: Final = frozenset({"channel_not_found", "is_archived", "is_inactive", "not_in_channel"})


class CardChannels:
    """Which channels take cards; the operators are alerted of the others, and of their end."""

    def __init__(
        self,
        *,
        report: Callable[[DeliveryFailure], Awaitable[None]],
        resolved: Callable[[Posting, str], Awaitable[None]],
        takes_posts: Callable[[str], Awaitable[bool]],
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._report = report
        self._resolved = resolved
        self._takes_posts = takes_posts
        self._now = now
        self._monotonic = monotonic
        self._closed: dict[str, tuple[float, str]] = {}
        self._reported: set[str] = set()

    def is_open(self, channel: str) -> bool:
        """Whether cards are posted and edited there."""
        closed = self._closed.get(channel)
        return closed is None or self._monotonic() - closed[0] >= RETRY_CHANNEL_AFTER

    async def look(self) -> None:
        """Open the channels that take posts again; one call for each that does not."""
        for channel, (_, code) in list(self._closed.items()):
            if code in _MENDED_IN_SLACK and await self._is_mended(channel):
                log.info("cards.channel_opened", channel=channel)
                self._closed.pop(channel, None)

    async def _is_mended(self, channel: str) -> bool:
        try:
            return await self._takes_posts(channel)
        except SlackError:
            return False

    async def refused(self, team: str, channel: str, refusal: SlackError) -> bool:
        """Note that Slack refused; return whether the channel is closed now. Never raises."""
        if refusal.code not in CHANNEL_ERRORS:
            return False
        self._closed[channel] = (self._monotonic(), refusal.code)
        self._reported.add(channel)
        log.error("cards.channel_closed", team=team, channel=channel, code=refusal.code)
        # Slack's word for an archived channel depends on the method.
        await self.alert(team, channel, str(refusal).replace("is_inactive", "is_archived"))
        return True

    def failed(self, failure: DeliveryFailure) -> None:
        """Note a post that failed, of which the operators are alerted already."""
        if failure.code in CHANNEL_ERRORS and failure.channel:
            self._closed[failure.channel] = (self._monotonic(), failure.code)

    async def alert(self, team: str, channel: str, why: str) -> None:
        """Alert the operators once of what happened to cards in a channel; `why` is Slack's error with its method."""
        try:
            await self._report(
                DeliveryFailure(
                    team=team,
                    kind=PostingKind.CARD,
                    local_date=self._now().date(),
                    channel=channel,
                    why=why,
                    attempts=1,
                    is_final=False,
                )
            )
        except SlackError as refusal:
            log.error("cards.alert_not_sent", team=team, code=refusal.code)  # noqa: TRY400 - the code suffices

    async def accepted(self, team: str, channel: str) -> None:
        """Note that a card was edited there, which ends what the operators were alerted of."""
        self._closed.pop(channel, None)
        if channel in self._reported:
            self._reported.discard(channel)
            now = self._now()
            await self._resolved(
                Posting(team=team, kind=PostingKind.CARD, subject="", local_date=now.date(), window_ends=now), channel
            )
