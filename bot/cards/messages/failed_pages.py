"""A page that did not arrive: for whom, by which way, and why. Pure.

No document lists the ways or the reasons. Words that are known are said in the reader's language; all others are data.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.cards.timeline.told import Cast
from bot.flashduty.models.timeline_details import Notified, Receiver
from bot.messages.audience import Audience
from bot.messages.language import N_, Marked
from bot.messages.names import enumerated, names
from bot.messages.text import Mrkdwn, clipped, escaped, mrkdwn, one_line

MAX_UNREACHED_NAMED: Final = 5
CHAT_NAME_LIMIT: Final = 60
REASON_LIMIT: Final = 160

_MESSAGE: Final = N_("⚠️ The message to {whom} did not arrive ({way}): {why}")
_CALL: Final = N_("⚠️ The call to {whom} did not get through: {why}")
_SMS: Final = N_("⚠️ The SMS to {whom} did not arrive: {why}")
_EMAIL: Final = N_("⚠️ The e-mail to {whom} did not arrive: {why}")
_PUSH: Final = N_("⚠️ The app notification to {whom} did not arrive: {why}")
_SENTENCES: Final[Mapping[str, Marked]] = {
    "voice": _CALL,
    "phone": _CALL,
    "call": _CALL,
    "sms": _SMS,
    "email": _EMAIL,
    "mail": _EMAIL,
    "app": _PUSH,
    "push": _PUSH,
    "mobile": _PUSH,
}
# The first that the word begins with.
_WAYS: Final[Mapping[str, Marked]] = {
    "voice": N_("phone"),
    "phone": N_("phone"),
    "call": N_("phone"),
    "sms": N_("SMS"),
    "email": N_("e-mail"),
    "mail": N_("e-mail"),
    "app": N_("app"),
    "push": N_("app"),
    "mobile": N_("app"),
    "feishu": N_("Feishu"),
    "lark": N_("Lark"),
    "dingtalk": N_("DingTalk"),
    "wecom": N_("WeCom"),
    "slack": N_("Slack"),
    "teams": N_("Microsoft Teams"),
    "telegram": N_("Telegram"),
    "webhook": N_("webhook"),
}
# The first that is found in the reason, in lower case.
_REASONS: Final = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"\bbusy\b|忙线|占线|通话中", N_("the line was busy")),
        (r"no[ _-]?answer|not answered|unanswered|无人接听|未接", N_("nobody answered")),
        (r"power(ed)?[ _-]?off|switched off|关机", N_("the phone was switched off")),
        (r"reject|declin|hung up|拒接|挂断", N_("the call was rejected")),
        (
            r"(no|missing|empty|unset)[ _-]?(phone|mobile)|(phone|mobile)( number)? (is )?(not set|empty|missing)|未(绑定|设置)手机",
            N_("no phone number is set in Flashduty"),
        ),
        (
            r"(no|missing|empty|unset)[ _-]?e-?mail|e-?mail (is )?(not set|empty|missing)|未(绑定|设置)邮箱",
            N_("no e-mail address is set in Flashduty"),
        ),
        (r"(invalid|wrong|bad)[ _-]?(phone|mobile|number)|unallocated|空号|号码错误", N_("the number does not exist")),
        (r"out of service|unreachable|not reachable|无法接通|停机", N_("the phone could not be reached")),
        (r"quota|balance|insufficient|余额|额度", N_("the quota for notifications is used up")),
        (r"rate[ _-]?limit|too many|frequen|throttl|流控|限流|频繁", N_("too many were sent at once")),
        (r"time[ _-]?out|timed out|超时", N_("the provider did not answer in time")),
        (r"bounce|mailbox|退信", N_("the mailbox refused it")),
        (r"blocked|black ?list|黑名单", N_("the provider blocks this recipient")),
        (r"not (linked|bound)|unbound|unlinked|未绑定", N_("no account is linked in Flashduty")),
        (r"not in (the )?(chat|group|channel)|不在群", N_("Flashduty's bot is not in that chat")),
    )
)


def failed_pages(to: Audience, detail: Notified, cast: Cast) -> tuple[Mrkdwn, ...]:
    """Say for each way and reason whom a page did not reach, in a sentence each; none where all arrived."""
    by_reason: dict[str, list[Receiver]] = {}
    for one in detail.failures:
        by_reason.setdefault(one.failed_reason or "", []).append(one)
    return tuple(_sentence(to, receivers, cast, by=detail.by, why=why) for why, receivers in by_reason.items())


def _sentence(to: Audience, receivers: list[Receiver], cast: Cast, *, by: str, why: str) -> Mrkdwn:
    sentence = _SENTENCES.get(by.strip().lower())
    whom, reason = receivers_named(to, receivers, cast), reason_words(to, why)
    if sentence is not None:
        return to.translated(sentence, whom=whom, why=reason)
    return to.translated(_MESSAGE, whom=whom, way=way_words(to, by), why=reason)


def way_words(to: Audience, by: str) -> Mrkdwn:
    """Name a way in which people are paged, in words where it is known."""
    word = by.strip().lower()
    known = next((name for key, name in _WAYS.items() if word.startswith(key)), None)
    return (
        to.translated(known) if known else escaped(clipped(one_line(by), CHAT_NAME_LIMIT)) or to.say("unknown method")
    )


def reason_words(to: Audience, reason: str) -> Mrkdwn:
    """Say a reason that is known in words, and quote any other."""
    known = next((sentence for pattern, sentence in _REASONS if pattern.search(reason.lower())), None)
    return to.translated(known) if known else mrkdwn("“{reason}”", reason=clipped(one_line(reason), REASON_LIMIT))


def receivers_named(to: Audience, receivers: Sequence[Receiver], cast: Cast) -> Mrkdwn:
    """Name the people and chats that a page was for."""
    persons = [one.person_id for one in receivers if one.person_id > 0]
    people = names(to, persons, cast.people, given=cast.given)
    chats = list(dict.fromkeys(one.chat_name or one.alias for one in receivers if one.person_id <= 0))
    named = [escaped(clipped(one_line(chat), CHAT_NAME_LIMIT)) for chat in chats[:MAX_UNREACHED_NAMED] if chat]
    row = enumerated(to, [*([people] if people else []), *named])
    more = len(chats[MAX_UNREACHED_NAMED:])
    if more:
        return to.counted(more, "{row} and {count} more chat", "{row} and {count} more chats", row=row)
    return row or to.say("somebody")
