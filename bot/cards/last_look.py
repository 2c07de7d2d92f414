"""The last look at a posting that did not succeed in its time, before the operators are alerted."""

from datetime import datetime
from typing import Final

from bot.delivery.marks import metadata_of
from bot.slack.workspace import Workspace
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.postings import Posting, PostingKind

# How the subject of a mention in a thread ends.
IN_THREAD: Final = "thread"


class LastLook:
    """Searches where a message was posted: replies in the threads of cards are not among those of their channel.

    A reply that failed is told together with what came after it, and then under the name of that.
    """

    def __init__(self, workspace: Workspace, cards: CardTable) -> None:
        self._workspace = workspace
        self._cards = cards

    async def find(self, posting: Posting, since: datetime) -> str | None:
        """Return the `ts` of the message, None where there is none; raises SlackError and DatabaseUnavailable.

        Source: docs.slack.dev/reference/methods/conversations.history
        """
        if posting.channel is None:
            return None
        metadata = metadata_of(posting.key)
        if not _is_in_thread(posting):
            return await self._workspace.find(posting.channel, metadata, since)
        card = await self._card(posting)
        if card is None or card.ts is None:
            return None
        return await self._workspace.find_in_thread(posting.channel, card.ts, metadata, since=since)

    async def is_superseded(self, posting: Posting) -> bool:
        """Return whether a reply's entries of the timeline were told by a later one; raises DatabaseUnavailable."""
        last_ms = posting.subject.rpartition(":")[2]
        if posting.kind is not PostingKind.CARD_REPLY or not last_ms.isdecimal():
            return False
        card = await self._card(posting)
        return card is not None and card.story_until >= int(last_ms)

    async def _card(self, posting: Posting) -> StoredCard | None:
        incident_id = posting.subject.partition(":")[0]
        return (await self._cards.get(posting.team, [incident_id])).get(incident_id)


def _is_in_thread(posting: Posting) -> bool:
    is_mention = posting.kind is PostingKind.CARD_MENTION and posting.subject.endswith(f":{IN_THREAD}")
    return is_mention or posting.kind is PostingKind.CARD_REPLY
