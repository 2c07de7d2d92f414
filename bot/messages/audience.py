"""The readers of a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from zoneinfo import ZoneInfo

from bot.messages.language import ENGLISH, Language, Marked
from bot.messages.text import Label, Mrkdwn, mention, mrkdwn


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who reads a message: their language, their time, what the bot is called there, and what they can press.

    In a channel everybody sees every control, and permission is checked at the press: `may_act`, `may_change` and
    `person_ids` apply only to a message that one person sees.
    """

    command: str
    """The name of the slash command, as people type it."""

    bot_user: str
    """The bot's own user id in Slack."""

    now: datetime
    """The moment for which the message is drawn."""

    language: Language = ENGLISH
    zone: ZoneInfo | None = None
    """The time zone of the reader, of a channel its team's; None where it is not known."""

    is_public: bool = False
    is_direct: bool = False
    """Whether it is the person's direct message with the bot."""

    may_act: bool = True
    may_change: bool = True
    """Whether the key of the team may change incidents, as far as that is known."""
    person_ids: frozenset[int] = frozenset()
    """The person's ids in Flashduty."""

    @property
    def may_share(self) -> bool:
        """Whether there is a channel in which the message can be shown, and is not shown yet."""
        return not (self.is_public or self.is_direct)

    @property
    def invite_command(self) -> Mrkdwn:
        """What somebody types to let the bot into a channel; Slack draws the mention as the bot's present name."""
        return mrkdwn("`/invite` {bot}", bot=mention(self.bot_user))

    def may_take(self, newcomers: Iterable[int]) -> bool:
        """Whether the reader may take over a shift: they may act for the team, or the shift is theirs."""
        return self.may_act or not self.person_ids.isdisjoint(newcomers)

    def say(self, template: LiteralString, /, **values: Mrkdwn | str | int) -> Mrkdwn:
        """Say a sentence in their language: `Mrkdwn` values are inserted unchanged, all others are escaped."""
        return self.language.say(template, **values)

    def counted(self, count: int, one: LiteralString, other: LiteralString, /, **values: Mrkdwn | str | int) -> Mrkdwn:
        """Say the sentence for this number, which is `{count}` in it."""
        return self.language.counted(count, one, other, **values)

    def translated(self, sentence: Marked, /, **values: Mrkdwn | str | int) -> Mrkdwn:
        """Say a sentence of a table, which `N_` has marked there."""
        return self.language.translated(sentence, **values)

    def label(self, template: LiteralString, /, **values: str | int) -> Label:
        """Name a control, a headline or a field: plain text, in which nothing is markup and nothing escaped."""
        return self.language.label(template, **values)

    def counted_label(self, count: int, one: LiteralString, other: LiteralString, /, **values: str | int) -> Label:
        """Name something by its number, which is `{count}`, as plain text."""
        return self.language.counted_label(count, one, other, **values)

    def translated_label(self, sentence: Marked, /, **values: str | int) -> Label:
        """Name something of a table, as plain text."""
        return self.language.translated_label(sentence, **values)
