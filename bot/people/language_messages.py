"""Which language the bot speaks to somebody: the answer to `/flashduty language`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from slack_sdk.models.blocks import ActionsBlock

from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import REFRESH, Words, control
from bot.messages.language import ENGLISH, Language, chinese
from bot.messages.text import Mrkdwn, clipped, lines, verbatim
from bot.messages.views import LanguageCode, View, ViewValue

_WORDS: Final[dict[str, LanguageCode]] = {
    "": "",
    "en": "en", "english": "en", "英文": "en", "英语": "en",
    "zh": "zh-CN", "zh-cn": "zh-CN", "zh_cn": "zh-CN", "chinese": "zh-CN",
    "中文": "zh-CN", "简体中文": "zh-CN", "汉语": "zh-CN",
    "auto": "auto", "automatic": "auto", "default": "auto", "自动": "auto",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LanguageChoice(View):
    """The language that the bot speaks to the reader; drawing it with a choice makes the choice.

    `auto` follows Slack; without a choice the present one is shown. `not_known` are words that name no language.
    """

    NAME: ClassVar[str] = "language"
    choice: LanguageCode = ""
    not_known: Words = ""


def read_language(words: str) -> LanguageChoice:
    """Parse the words behind `language`."""
    choice = _WORDS.get(words.strip().casefold())
    return LanguageChoice(not_known=clipped(words.strip(), 60)) if choice is None else LanguageChoice(choice=choice)


def language_choice(to: Audience, team: str, chosen: Language | None, *, not_known: str = "") -> Message:
    """Show which language the bot speaks to the reader and why, with a button for each and one to follow Slack."""
    return Message.of(
        section(
            lines(
                to.say("There is no language “{words}” here.", words=not_known) if not_known else None,
                language_line(to, chosen),
                to.say("Channels have a language of their own: the one that their team is set to."),
            )
        ),
        language_buttons(to, lambda choice: ViewValue(team=team, view=LanguageChoice(choice=choice))),
    )


def language_buttons(to: Audience, choosing: Callable[[LanguageCode], ViewValue]) -> ActionsBlock:
    """Draw a button for each language and one to follow Slack; `choosing` gives the value of a choice."""
    languages = (
        control(verbatim(language.name), REFRESH, choosing(_WORDS[language.code.casefold()]), suffix=language.code)
        for language in (chinese(), ENGLISH)
    )
    return actions(*languages, control(to.label("Same as Slack"), REFRESH, choosing("auto"), suffix="auto"))


def language_line(to: Audience, chosen: Language | None) -> Mrkdwn:
    """Say which language the bot speaks to the reader, and why."""
    if chosen is None:
        return to.say("*The bot speaks {language} to you*, as your Slack does.", language=to.language.name)
    return to.say("*The bot speaks {language} to you.* You chose it.", language=chosen.name)
