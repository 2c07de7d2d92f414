"""What went wrong, who can cure it and how: one sentence for every way Flashduty can fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from slack_sdk.models.blocks import ContextBlock

from bot.flashduty import Code, FlashdutyError, Unreachable
from bot.flashduty.api.incidents import INCIDENT_ACK
from bot.flashduty.operation import Operation
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import REFRESH, control
from bot.messages.errors.retry import Retry, again
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, counted, dotted, lines, mrkdwn
from bot.messages.views import IncidentCard, ViewValue


@dataclass(frozen=True)
class FailedCall:
    """An error, and what the person who hits it needs to know about the surroundings."""

    error: FlashdutyError
    team: str
    key_setting: str
    key_owner: str | None = None
    looked_for: str | None = None
    retry: Retry | None = None
    not_done: Mrkdwn | None = None
    """What was asked for and did not happen."""

    @property
    def needs_owner(self) -> bool:
        """Whether the sentence names whose key it was."""
        return self.error.code is Code.ACCESS_DENIED


# Each sentence says what happened, then who can cure it and how.
_BY_CODE: Final[Mapping[Code, str]] = {
    Code.INVALID_PARAMETER: (
        "*Flashduty did not accept a part of this request.* If you typed a number or a time, check it. If not, this is a"
        " defect of the bot: tell the bot's administrator{with_id}."
    ),
    Code.BAD_REQUEST: (
        "*Flashduty did not accept this request.* If you typed a number or a time, check it. If not, this is a defect of"
        " the bot: tell the bot's administrator{with_id}."
    ),
    Code.INVALID_CONTENT_TYPE: (
        "*Flashduty did not accept the form of this request.* Something between the bot and Flashduty may rewrite it, a"
        " proxy for example. Whoever runs the bot can cure it: look at `FLASHDUTY_API_URL` and the way there."
    ),
    Code.METHOD_NOT_ALLOWED: (
        "*Flashduty does not take this request at that address.* Whoever runs the bot can cure it: `FLASHDUTY_API_URL` is"
        " probably wrong, or a newer version of the bot is needed."
    ),
    Code.ROUTE_NOT_FOUND: (
        "*Flashduty does not know the address the bot asked.* Whoever runs the bot can cure it: `FLASHDUTY_API_URL` is"
        " probably wrong, or a newer version of the bot is needed."
    ),
    Code.REFERENCE_EXIST: (
        "*Flashduty refuses, because something else still refers to this.* Somebody with access to the Flashduty console"
        " can remove what refers to it, then try again."
    ),
    Code.UNAUTHORIZED: (
        "*Flashduty does not accept the APP Key of team {team}.* It was deleted, replaced or mistyped. Whoever runs the bot"
        " can cure it: make a new key in the Flashduty console (Account, APP Keys), put it into `{setting}` and restart."
    ),
    Code.BALANCE_NOT_ENOUGH: (
        "*The Flashduty account has run out of balance.* The owner of the account can top it up in the billing centre of"
        " the Flashduty console."
    ),
    Code.NO_LICENSE: (
        "*The Flashduty account has no licence for this.* The owner of the account can buy or renew it in the billing"
        " centre of the Flashduty console."
    ),
    Code.UNDONED_ORDER_EXIST: (
        "*An unpaid order of the Flashduty account is in the way.* The owner of the account can finish or cancel it in the"
        " billing centre of the Flashduty console, then try again."
    ),
    Code.REQUEST_LOCKED: (
        "*Flashduty has locked this operation for a while, after repeated failures.* Wait some minutes, then try again. If"
        " it stays locked, an administrator of the Flashduty account can help."
    ),
    Code.ENTITY_TOO_LARGE: (
        "*That was too large for Flashduty.* Ask for less at once: a shorter search text, fewer filters."
    ),
    Code.REQUEST_VERIFY_REQUIRED: (
        "*Flashduty wants a second proof of identity for this, which a bot cannot give.* Do it in the Flashduty console."
    ),
    Code.DANGEROUS_OPERATION: (
        "*Flashduty counts this as a dangerous operation and wants a person to confirm it.* Do it in the Flashduty console."
    ),
    Code.INTERNAL_ERROR: (
        "*Something broke inside Flashduty.* It is not your doing. Try again; if it stays, ask Flashduty's"
        " support{with_id}."
    ),
    Code.SERVICE_UNAVAILABLE: (
        "*A part of Flashduty is out of service.* Try again in a minute; incidents and paging may be affected as well, so"
        " look at the Flashduty console."
    ),
    Code.OK: (
        "*Flashduty gave an answer that contradicts itself.* Try again; if it stays, tell the bot's"
        " administrator{with_id}."
    ),
    Code.UNKNOWN: (
        "*Flashduty refused, with a reason this bot does not know: {code}.* Try again; if it stays, tell the bot's"
        " administrator{with_id}."
    ),
}

# What a code means of one operation: an account can demand a form, and no operation shows it.
_OF_ONE: Final[Mapping[tuple[Code, Operation], str]] = {
    (Code.INVALID_PARAMETER, INCIDENT_ACK): (
        "*Flashduty did not accept the acknowledgement, so nothing was acknowledged.* The incident may have been closed"
        " meanwhile, or your Flashduty account demands a form for it: then acknowledge it in the Flashduty console."
    ),
}

_UNREACHABLE: Final[Mapping[str, str]] = {
    "no_connection": (
        "*The bot cannot reach Flashduty.* Flashduty may be down, or the network between. Try again; in the meantime the"
        " Flashduty console and its app may still work. If it stays, whoever runs the bot should look at its network."
    ),
    "timed_out": ("*Flashduty timed out.* Try again, or open the Flashduty console."),
    "cut_off": ("*The connection to Flashduty broke before its answer was complete.* Try again in a moment."),
    "not_json": (
        "*Something other than Flashduty answered, a proxy for example.* Try again in a moment; if it stays, whoever runs"
        " the bot should look at `FLASHDUTY_API_URL` and the way there."
    ),
    "unusable": (
        "*Flashduty did not give a usable answer.* What came is far too large, nested far too deep, or leads nowhere."
        " Try again in a moment; if it stays, ask the bot's administrator to look at `FLASHDUTY_API_URL` and the"
        " way there."
    ),
    "proxy_down": (
        "*Flashduty could not be reached through the proxy of `{proxy}`: the proxy does not answer.* Try again in a"
        " moment; if it stays, ask the bot's administrator to start the proxy, or to correct `{proxy}` or `NO_PROXY`."
    ),
    "proxy_password": (
        "*Flashduty could not be reached: the proxy of `{proxy}` wants a user and a password.* Ask the bot's"
        " administrator to write them into `{proxy}`."
    ),
    "proxy_refused": (
        "*Flashduty could not be reached: the proxy of `{proxy}` does not connect the bot with it.* Ask the bot's"
        " administrator to allow Flashduty's host in the proxy, or to name it in `NO_PROXY`."
    ),
    "unknown_authority": (
        "*Flashduty could not be reached: its certificate is from an authority the bot does not know.* Ask the bot's"
        " administrator to name the certificate of your own authority, or of an inspecting proxy, in `SSL_CERT_FILE`."
    ),
    "expired": (
        "*Flashduty could not be reached: its certificate has expired, or is not valid yet.* Ask the bot's administrator"
        " to look at that certificate, and at the clock of the bot's machine."
    ),
    "other_name": (
        "*Flashduty could not be reached: the certificate is for another host name.* Ask the bot's administrator to"
        " look at `FLASHDUTY_API_URL`; something on the way may answer in Flashduty's place."
    ),
    "no_tls": (
        "*Flashduty could not be reached: no encrypted connection came about.* Ask the bot's administrator to look at"
        " `FLASHDUTY_API_URL` and the way there."
    ),
    "too_busy": (
        "*Too much is being asked of Flashduty at the moment.* The bot keeps within the account's rate limit. Try again in"
        " a few seconds."
    ),
}


def explain(failure: FailedCall) -> Message:
    """Turn a failure into a private message, with a way to try again where that makes sense."""
    retry = again(failure.retry) if failure.error.is_worth_retrying and failure.retry else None
    return Message.of(section(lines(failure.not_done, sentence(failure))), evidence(failure.error), retry)


def sentence(failure: FailedCall, *, with_id: bool = True) -> Mrkdwn:
    """Say what happened and who can cure it; `with_id` where the evidence stands below."""
    error = failure.error
    if isinstance(error, Unreachable) and error.retry_after and error.retry_after >= 1:
        return _too_frequently(error)
    if isinstance(error, Unreachable):
        return mrkdwn(_UNREACHABLE[error.reason], proxy=error.through or "HTTPS_PROXY")
    if error.code is Code.ACCESS_DENIED:
        return _access_denied(failure)
    if error.code is Code.RESOURCE_NOT_FOUND:
        return _not_found(failure)
    if error.code is Code.REQUEST_TOO_FREQUENTLY:
        return _too_frequently(error)
    return mrkdwn(
        _OF_ONE.get((error.code, error.operation)) or _BY_CODE.get(error.code, _BY_CODE[Code.UNKNOWN]),
        team=failure.team,
        setting=failure.key_setting,
        code=clipped(error.raw_code, 60),
        with_id=Mrkdwn(", with the request id below") if with_id and error.request_id else Mrkdwn(""),
    )


def _access_denied(failure: FailedCall) -> Mrkdwn:
    """Name both cures: a call needs the key's own scope and a role of whoever made it, and the code says neither.

    Keys have a scope of their own since August 2026.
    """
    permission = failure.error.operation.permission
    if permission is None:
        return mrkdwn(
            "*The APP Key of team {team} may not do this.* Ask an administrator of the Flashduty account to look at the key's"
            " scope (Account, APP Keys) and at the roles of whoever made it; or ask the bot's administrator to put another"
            " key into `{setting}`.",
            team=failure.team,
            setting=failure.key_setting,
        )
    return mrkdwn(
        "*The APP Key of team {team} may not do this.* The key's scope, or the role of {owner}, lacks the permission"
        " *{permission}*; both need it. Ask an administrator of the Flashduty account to add it to the scope (Account, APP"
        " Keys) and to the role; or ask the bot's administrator to put another key into `{setting}`.",
        team=failure.team,
        owner=f"{clipped(failure.key_owner, 80)}, who made it" if failure.key_owner else "whoever made it",
        permission=permission,
        setting=failure.key_setting,
    )


def _not_found(failure: FailedCall) -> Mrkdwn:
    if failure.looked_for:
        return mrkdwn(
            "*Flashduty does not have “{what}”.* It may be mistyped, deleted or merged, or belong to another account. If it"
            " is certainly there, the account may not have bought this feature: its owner can look in the billing centre.",
            what=clipped(failure.looked_for, 80),
        )
    return mrkdwn(
        "*Flashduty does not have what was asked for.* It may have been deleted or merged. If it is certainly there, the"
        " account may not have bought this feature: its owner can look in the billing centre."
    )


def _too_frequently(error: FlashdutyError) -> Mrkdwn:
    if error.retry_after and error.retry_after >= 1:
        return counted(
            round(error.retry_after),
            "*Flashduty is being asked too often.* All tools of your account share one limit. Try again in {count} second.",
            "*Flashduty is being asked too often.* All tools of your account share one limit. Try again in {count} seconds.",
        )
    return mrkdwn(
        "*Flashduty is being asked too often.* All tools of your account share one limit. Try again in a few seconds."
    )


def evidence(error: FlashdutyError) -> ContextBlock:
    """Show what Flashduty's support, or whoever reads the log, will ask for."""
    return context(
        dotted(
            mrkdwn("Flashduty says: “{message}”", message=clipped(error.message, 200)) if error.message else None,
            mrkdwn("code {code}", code=clipped(error.raw_code, 60)) if error.raw_code else None,
            mrkdwn("request id {id}", id=clipped(error.request_id, 80))
            if error.request_id
            else mrkdwn("no request id"),
            mrkdwn("{operation}", operation=error.operation.path),
        )
    )


def write_not_known(failure: FailedCall, in_doubt: Mrkdwn, incident: str) -> Message:
    """Say that a change may or may not have happened, and could not be looked up."""
    card = ViewValue(team=failure.team, view=IncidentCard(asked=incident))
    look = control("Look again", REFRESH, card, place="look")
    return Message.of(
        section(lines(mrkdwn("*{said}*", said=in_doubt), sentence(failure))), evidence(failure.error), actions(look)
    )
