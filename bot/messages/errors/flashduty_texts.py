"""The texts for each kind of Flashduty failure: what happened, and who can remedy it and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.flashduty import Code
from bot.messages.language import N_, Marked


@dataclass(frozen=True)
class FailureTexts:
    """What happened, and the remedy; with `needs_id` whoever helps needs the request id."""

    what: Marked
    remedy: Marked
    needs_id: bool = False


_CHECK_WHAT_WAS_TYPED: Final = N_(
    "If you typed a number or a time, check it. If not, the bot has a defect: tell the bot's administrator."
)
_CHECK_THE_ADDRESS: Final = N_(
    "Ask the bot's administrator to check `FLASHDUTY_API_URL`, and whether the bot needs an update."
)

BY_CODE: Final[Mapping[Code, FailureTexts]] = {
    Code.INVALID_PARAMETER: FailureTexts(
        N_("Flashduty did not accept a part of this request."), _CHECK_WHAT_WAS_TYPED, needs_id=True
    ),
    Code.BAD_REQUEST: FailureTexts(N_("Flashduty did not accept this request."), _CHECK_WHAT_WAS_TYPED, needs_id=True),
    Code.INVALID_CONTENT_TYPE: FailureTexts(
        N_("Flashduty did not accept the format of this request."),
        N_(
            "A proxy between the bot and Flashduty may change requests. Ask the bot's administrator to check"
            " `FLASHDUTY_API_URL` and the network."
        ),
    ),
    Code.METHOD_NOT_ALLOWED: FailureTexts(
        N_("Flashduty does not take this request at that address."), _CHECK_THE_ADDRESS
    ),
    Code.ROUTE_NOT_FOUND: FailureTexts(N_("Flashduty does not have the address the bot called."), _CHECK_THE_ADDRESS),
    Code.REFERENCE_EXIST: FailureTexts(
        N_("Flashduty refused: something else still refers to this."),
        N_("Remove what refers to it in the Flashduty console, then try again."),
    ),
    Code.UNAUTHORIZED: FailureTexts(
        N_("Flashduty does not accept the APP Key of team {team}."),
        N_(
            "It was deleted, replaced or mistyped. Ask the bot's administrator to make a new key in the Flashduty console"
            " (Account, APP Keys), set it in `{setting}` and restart the bot; a key in a file needs no restart."
        ),
    ),
    Code.BALANCE_NOT_ENOUGH: FailureTexts(
        N_("The Flashduty account has run out of balance."),
        N_("The owner of the account can top it up in the billing centre of the Flashduty console."),
    ),
    Code.NO_LICENSE: FailureTexts(
        N_("The Flashduty account has no licence for this."),
        N_("The owner of the account can buy or renew it in the billing centre of the Flashduty console."),
    ),
    Code.UNDONED_ORDER_EXIST: FailureTexts(
        N_("The Flashduty account has an unpaid order, which must be settled first."),
        N_(
            "The owner of the account can pay or cancel it in the billing centre of the Flashduty console, then try"
            " again."
        ),
    ),
    Code.REQUEST_LOCKED: FailureTexts(
        N_("Flashduty has locked this operation for a while, after repeated failures."),
        N_("Wait some minutes, then try again. If it stays locked, ask an administrator of the Flashduty account."),
    ),
    Code.ENTITY_TOO_LARGE: FailureTexts(
        N_("That was too large for Flashduty."),
        N_("Ask for less at once: a shorter search text, fewer filters."),
    ),
    Code.REQUEST_VERIFY_REQUIRED: FailureTexts(
        N_("Flashduty wants a second proof of identity for this, which a bot cannot give."),
        N_("Do it in the Flashduty console."),
    ),
    Code.DANGEROUS_OPERATION: FailureTexts(
        N_("Flashduty wants a person to confirm this operation."),
        N_("Do it in the Flashduty console."),
    ),
    Code.INTERNAL_ERROR: FailureTexts(
        N_("Something went wrong inside Flashduty."),
        N_("Try again; if it stays so, ask Flashduty's support."),
        needs_id=True,
    ),
    Code.SERVICE_UNAVAILABLE: FailureTexts(
        N_("A part of Flashduty is out of service."),
        N_("Try again in a minute. Incidents and paging may be affected too: look at the Flashduty console."),
    ),
    Code.OK: FailureTexts(
        N_("Flashduty gave an answer that contradicts itself."),
        N_("Try again; if it stays so, tell the bot's administrator."),
        needs_id=True,
    ),
    Code.UNKNOWN: FailureTexts(
        N_("Flashduty refused with a code this bot does not know: {code}."),
        N_("Try again; if it stays so, tell the bot's administrator."),
        needs_id=True,
    ),
}

UNREACHABLE: Final[Mapping[str, FailureTexts]] = {
    "no_connection": FailureTexts(
        N_("The bot cannot reach Flashduty."),
        N_(
            "Flashduty or the network may be down. Try again; the Flashduty console and its app may still work. If it"
            " stays so, ask the bot's administrator to check the bot's network."
        ),
    ),
    "timed_out": FailureTexts(N_("Flashduty timed out."), N_("Try again, or open the Flashduty console.")),
    "cut_off": FailureTexts(
        N_("The connection to Flashduty broke before its answer was complete."),
        N_("Try again in a moment."),
    ),
    "not_json": FailureTexts(
        N_("The reply was not from Flashduty (a proxy?)."),
        N_("Try again in a moment; if it stays so, ask the bot's administrator to check `FLASHDUTY_API_URL`."),
    ),
    "unusable": FailureTexts(
        N_("The reply of Flashduty could not be used: it was far too large, or not in its format."),
        N_(
            "Try again in a moment; if it stays so, ask the bot's administrator to check `FLASHDUTY_API_URL` and the"
            " network."
        ),
    ),
    "proxy_down": FailureTexts(
        N_("Flashduty could not be reached through the proxy of `{proxy}`: the proxy does not answer."),
        N_(
            "Try again in a moment; if it stays so, ask the bot's administrator to start the proxy, or to correct"
            " `{proxy}` or `NO_PROXY`."
        ),
    ),
    "proxy_password": FailureTexts(
        N_("Flashduty could not be reached: the proxy of `{proxy}` wants a user and a password."),
        N_("Ask the bot's administrator to set them in `{proxy}`."),
    ),
    "proxy_refused": FailureTexts(
        N_("Flashduty could not be reached: the proxy of `{proxy}` does not connect the bot with it."),
        N_("Ask the bot's administrator to allow Flashduty's host in the proxy, or to name it in `NO_PROXY`."),
    ),
    "unknown_authority": FailureTexts(
        N_("Flashduty could not be reached: its certificate is from an authority the bot does not know."),
        N_(
            "Ask the bot's administrator to name the certificate of your own authority, or of an inspecting proxy, in"
            " `SSL_CERT_FILE`."
        ),
    ),
    "expired": FailureTexts(
        N_("Flashduty could not be reached: its certificate has expired, or is not valid yet."),
        N_("Ask the bot's administrator to check the certificate, and the clock of the bot's machine."),
    ),
    "other_name": FailureTexts(
        N_("Flashduty could not be reached: the certificate is for another host name."),
        N_("Ask the bot's administrator to check `FLASHDUTY_API_URL`, and whether a proxy answers in its place."),
    ),
    "no_tls": FailureTexts(
        N_("Flashduty could not be reached: no encrypted connection came about."),
        N_("Ask the bot's administrator to check `FLASHDUTY_API_URL` and the network."),
    ),
    "too_busy": FailureTexts(
        N_("The bot is asking Flashduty too much at the moment."),
        N_("It keeps within the account's rate limit. Try again in a few seconds."),
    ),
}
