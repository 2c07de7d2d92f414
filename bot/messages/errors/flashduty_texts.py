"""The texts for each kind of Flashduty failure: what happened, and who can remedy it and how."""

from collections.abc import Mapping
from typing import Final

from bot.flashduty import Code
from bot.flashduty.api.incidents import INCIDENT_ACK
from bot.flashduty.operation import Operation

Texts = tuple[str, str]
BY_CODE: Final[Mapping[Code, Texts]] = {
    Code.INVALID_PARAMETER: (
        "Flashduty did not accept a part of this request.",
        (
            "If you typed a number or a time, check it. If not, this is a defect of the bot: tell the bot's"
            " administrator{with_id}."
        ),
    ),
    Code.BAD_REQUEST: (
        "Flashduty did not accept this request.",
        (
            "If you typed a number or a time, check it. If not, this is a defect of the bot: tell the bot's"
            " administrator{with_id}."
        ),
    ),
    Code.INVALID_CONTENT_TYPE: (
        "Flashduty did not accept the form of this request.",
        (
            "Something between the bot and Flashduty may rewrite it, a proxy for example. Whoever runs the bot can cure"
            " it: look at `FLASHDUTY_API_URL` and the way there."
        ),
    ),
    Code.METHOD_NOT_ALLOWED: (
        "Flashduty does not take this request at that address.",
        (
            "Whoever runs the bot can cure it: `FLASHDUTY_API_URL` is probably wrong, or a newer version of the bot is"
            " needed."
        ),
    ),
    Code.ROUTE_NOT_FOUND: (
        "Flashduty does not know the address the bot asked.",
        (
            "Whoever runs the bot can cure it: `FLASHDUTY_API_URL` is probably wrong, or a newer version of the bot is"
            " needed."
        ),
    ),
    Code.REFERENCE_EXIST: (
        "Flashduty refuses, because something else still refers to this.",
        "Somebody with access to the Flashduty console can remove what refers to it, then try again.",
    ),
    Code.UNAUTHORIZED: (
        "Flashduty does not accept the APP Key of team {team}.",
        (
            "It was deleted, replaced or mistyped. Whoever runs the bot can cure it: make a new key in the Flashduty"
            " console (Account, APP Keys), put it into `{setting}` and restart."
        ),
    ),
    Code.BALANCE_NOT_ENOUGH: (
        "The Flashduty account has run out of balance.",
        "The owner of the account can top it up in the billing centre of the Flashduty console.",
    ),
    Code.NO_LICENSE: (
        "The Flashduty account has no licence for this.",
        "The owner of the account can buy or renew it in the billing centre of the Flashduty console.",
    ),
    Code.UNDONED_ORDER_EXIST: (
        "An unpaid order of the Flashduty account is in the way.",
        (
            "The owner of the account can finish or cancel it in the billing centre of the Flashduty console, then try"
            " again."
        ),
    ),
    Code.REQUEST_LOCKED: (
        "Flashduty has locked this operation for a while, after repeated failures.",
        "Wait some minutes, then try again. If it stays locked, an administrator of the Flashduty account can help.",
    ),
    Code.ENTITY_TOO_LARGE: (
        "That was too large for Flashduty.",
        "Ask for less at once: a shorter search text, fewer filters.",
    ),
    Code.REQUEST_VERIFY_REQUIRED: (
        "Flashduty wants a second proof of identity for this, which a bot cannot give.",
        "Do it in the Flashduty console.",
    ),
    Code.DANGEROUS_OPERATION: (
        "Flashduty counts this as a dangerous operation and wants a person to confirm it.",
        "Do it in the Flashduty console.",
    ),
    Code.INTERNAL_ERROR: (
        "Something broke inside Flashduty.",
        "It is not your doing. Try again; if it stays, ask Flashduty's support{with_id}.",
    ),
    Code.SERVICE_UNAVAILABLE: (
        "A part of Flashduty is out of service.",
        "Try again in a minute; incidents and paging may be affected as well, so look at the Flashduty console.",
    ),
    Code.OK: (
        "Flashduty gave an answer that contradicts itself.",
        "Try again; if it stays, tell the bot's administrator{with_id}.",
    ),
    Code.UNKNOWN: (
        "Flashduty refused, with a reason this bot does not know: {code}.",
        "Try again; if it stays, tell the bot's administrator{with_id}.",
    ),
}

# What a code means in one operation: an account may require a form, which no operation returns.
OF_ONE_OPERATION: Final[Mapping[tuple[Code, Operation], Texts]] = {
    (Code.INVALID_PARAMETER, INCIDENT_ACK): (
        "Flashduty did not accept the acknowledgement, so nothing was acknowledged.",
        (
            "The incident may have been closed meanwhile, or your Flashduty account demands a form for it: then"
            " acknowledge it in the Flashduty console."
        ),
    ),
}

UNREACHABLE: Final[Mapping[str, Texts]] = {
    "no_connection": (
        "The bot cannot reach Flashduty.",
        (
            "Flashduty may be down, or the network between. Try again; in the meantime the Flashduty console and its"
            " app may still work. If it stays, whoever runs the bot should look at its network."
        ),
    ),
    "timed_out": (
        "Flashduty timed out.",
        "Try again, or open the Flashduty console.",
    ),
    "cut_off": (
        "The connection to Flashduty broke before its answer was complete.",
        "Try again in a moment.",
    ),
    "not_json": (
        "Something other than Flashduty answered, a proxy for example.",
        (
            "Try again in a moment; if it stays, whoever runs the bot should look at `FLASHDUTY_API_URL` and the way"
            " there."
        ),
    ),
    "unusable": (
        "Flashduty did not give a usable answer.",
        (
            "What came is far too large, nested far too deep, or leads nowhere. Try again in a moment; if it stays, ask"
            " the bot's administrator to look at `FLASHDUTY_API_URL` and the way there."
        ),
    ),
    "proxy_down": (
        "Flashduty could not be reached through the proxy of `{proxy}`: the proxy does not answer.",
        (
            "Try again in a moment; if it stays, ask the bot's administrator to start the proxy, or to correct"
            " `{proxy}` or `NO_PROXY`."
        ),
    ),
    "proxy_password": (
        "Flashduty could not be reached: the proxy of `{proxy}` wants a user and a password.",
        "Ask the bot's administrator to write them into `{proxy}`.",
    ),
    "proxy_refused": (
        "Flashduty could not be reached: the proxy of `{proxy}` does not connect the bot with it.",
        "Ask the bot's administrator to allow Flashduty's host in the proxy, or to name it in `NO_PROXY`.",
    ),
    "unknown_authority": (
        "Flashduty could not be reached: its certificate is from an authority the bot does not know.",
        (
            "Ask the bot's administrator to name the certificate of your own authority, or of an inspecting proxy, in"
            " `SSL_CERT_FILE`."
        ),
    ),
    "expired": (
        "Flashduty could not be reached: its certificate has expired, or is not valid yet.",
        "Ask the bot's administrator to look at that certificate, and at the clock of the bot's machine.",
    ),
    "other_name": (
        "Flashduty could not be reached: the certificate is for another host name.",
        (
            "Ask the bot's administrator to look at `FLASHDUTY_API_URL`; something on the way may answer in Flashduty's"
            " place."
        ),
    ),
    "no_tls": (
        "Flashduty could not be reached: no encrypted connection came about.",
        "Ask the bot's administrator to look at `FLASHDUTY_API_URL` and the way there.",
    ),
    "too_busy": (
        "Too much is being asked of Flashduty at the moment.",
        "The bot keeps within the account's rate limit. Try again in a few seconds.",
    ),
}
