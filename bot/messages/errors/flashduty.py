"""What went wrong in Flashduty, and who can remedy it and how: a text for every kind of failure."""

from dataclasses import dataclass

from slack_sdk.models.blocks import ContextBlock

from bot.flashduty import Code, FlashdutyError, Unreachable
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import REFRESH, control
from bot.messages.errors.flashduty_texts import BY_CODE, UNREACHABLE
from bot.messages.errors.retry import Retry, retry_actions
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, dotted, escaped, lines, mrkdwn
from bot.messages.views import IncidentCard, ViewValue


@dataclass(frozen=True)
class FailedCall:
    """A Flashduty error and its context, as shown to the person who hits it."""

    error: FlashdutyError
    team: str
    key_setting: str
    key_owner: str | None = None
    looked_for: str | None = None
    retry: Retry | None = None
    not_done: Mrkdwn | None = None
    """The sentence about the change that was not made."""

    @property
    def needs_owner(self) -> bool:
        """Whether the sentence names the owner of the key."""
        return self.error.code is Code.ACCESS_DENIED


@dataclass(frozen=True)
class Explained:
    """The two sentences about a failure: what happened, and who can remedy it and how."""

    what: Mrkdwn
    remedy: Mrkdwn


def explain(to: Audience, failure: FailedCall) -> Message:
    """Draw a failure as a private message, with a retry control where a retry makes sense."""
    retry = retry_actions(to, failure.retry) if failure.error.is_worth_retrying and failure.retry else None
    return Message.of(section(lines(failure.not_done, sentence(to, failure))), evidence(to, failure.error), retry)


def sentence(to: Audience, failure: FailedCall) -> Mrkdwn:
    """Say what happened, in bold, and who can remedy it and how; the evidence follows below."""
    explained = what_and_remedy(to, failure)
    return mrkdwn("*{what}* {remedy}", what=explained.what, remedy=explained.remedy)


def what_and_remedy(to: Audience, failure: FailedCall, *, with_id: bool = True) -> Explained:
    """Explain a failure; `with_id` where the request id follows below."""
    error = failure.error
    if isinstance(error, Unreachable) and error.retry_after and error.retry_after >= 1:
        return _too_frequently(to, error)
    if isinstance(error, Unreachable):
        texts = UNREACHABLE[error.reason]
        proxy = error.proxy_setting or "HTTPS_PROXY"
        return Explained(to.translated(texts.what, proxy=proxy), to.translated(texts.remedy, proxy=proxy))
    if error.code is Code.ACCESS_DENIED:
        return _access_denied(to, failure)
    if error.code is Code.RESOURCE_NOT_FOUND:
        return _not_found(to, failure)
    if error.code is Code.REQUEST_TOO_FREQUENTLY:
        return _too_frequently(to, error)
    return _of_code(to, failure, with_id=with_id)


def _of_code(to: Audience, failure: FailedCall, *, with_id: bool) -> Explained:
    error = failure.error
    texts = BY_CODE.get(error.code, BY_CODE[Code.UNKNOWN])
    remedy = to.translated(texts.remedy, setting=failure.key_setting)
    return Explained(
        to.translated(texts.what, team=failure.team, code=clipped(error.raw_code, 60)),
        to.say("{remedy} Include the request id below.", remedy=remedy)
        if texts.needs_id and with_id and error.request_id
        else remedy,
    )


def _access_denied(to: Audience, failure: FailedCall) -> Explained:
    """Name both remedies: a call needs the key's own scope and a role of its owner, and the code says neither.

    Keys have their own scope since August 2026.
    """
    permission, team = failure.error.operation.permission, failure.team
    if permission is None:
        return Explained(
            to.say("Not allowed: the Flashduty key of team {team} may not do this.", team=team),
            to.say(
                "Ask an administrator of the Flashduty account to check the key's scope (Account, APP Keys) and the roles"
                " of the person who made it; or ask the bot's administrator to set another key in `{setting}`.",
                setting=failure.key_setting,
            ),
        )
    what = (
        to.say(
            "Not allowed: the Flashduty key of team {team}, or {owner} who made it, lacks “{permission}”.",
            team=team,
            owner=clipped(failure.key_owner, 80),
            permission=permission,
        )
        if failure.key_owner
        else to.say(
            "Not allowed: the Flashduty key of team {team}, or the person who made it, lacks “{permission}”.",
            team=team,
            permission=permission,
        )
    )
    remedy = to.say(
        "Ask an administrator of the Flashduty account to add it to the key's scope (Account, APP Keys) and to the"
        " person's role: both need it. Or ask the bot's administrator to set another key in `{setting}`.",
        setting=failure.key_setting,
    )
    return Explained(what, remedy)


def _not_found(to: Audience, failure: FailedCall) -> Explained:
    if failure.looked_for:
        return Explained(
            to.say("Flashduty has no “{what}”.", what=clipped(failure.looked_for, 80)),
            to.say(
                "It may be mistyped, deleted or merged, or belong to another account. If it is there, the account may lack"
                " this feature: its owner can look in the billing centre."
            ),
        )
    return Explained(
        to.say("Flashduty does not have what was asked for."),
        to.say(
            "It may have been deleted or merged. If it is there, the account may lack this feature: its owner can look in"
            " the billing centre."
        ),
    )


def _too_frequently(to: Audience, error: FlashdutyError) -> Explained:
    what = to.say("Flashduty's rate limit is reached.")
    if error.retry_after and error.retry_after >= 1:
        remedy = to.counted(
            round(error.retry_after),
            "All tools of your account share it. Try again in {count} second.",
            "All tools of your account share it. Try again in {count} seconds.",
        )
        return Explained(what, remedy)
    return Explained(what, to.say("All tools of your account share it. Try again in a few seconds."))


def evidence(to: Audience, error: FlashdutyError) -> ContextBlock:
    """Draw the facts that Flashduty's support, or a reader of the log, needs."""
    return context(
        dotted(
            to.say("Flashduty says: “{message}”", message=clipped(error.message, 200)) if error.message else None,
            to.say("code {code}", code=clipped(error.raw_code, 60)) if error.raw_code else None,
            to.say("request id {id}", id=clipped(error.request_id, 80))
            if error.request_id
            else to.say("no request id"),
            escaped(error.operation.path),
        )
    )


def write_not_known(to: Audience, failure: FailedCall, in_doubt: Mrkdwn, incident: str) -> Message:
    """Say that a change may or may not have happened, and could not be looked up."""
    card = ViewValue(team=failure.team, view=IncidentCard(asked=incident))
    look = control(to.label("Look again"), REFRESH, card, suffix="look")
    return Message.of(
        section(lines(mrkdwn("*{in_doubt}*", in_doubt=in_doubt), sentence(to, failure))),
        evidence(to, failure.error),
        actions(look),
    )
