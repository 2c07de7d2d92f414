"""What stands between the bot and what it calls: an unwilling proxy, a certificate not trusted."""

import ssl
from collections.abc import Iterator
from enum import StrEnum
from typing import Final


class Hindrance(StrEnum):
    """Why nothing was reached, as far as the way there tells; nothing of a request has left then."""

    PROXY_DOWN = "proxy_down"
    PROXY_PASSWORD = "proxy_password"  # noqa: S105 - a word for a state
    PROXY_REFUSED = "proxy_refused"
    UNKNOWN_AUTHORITY = "unknown_authority"
    EXPIRED = "expired"
    OTHER_NAME = "other_name"
    NO_TLS = "no_tls"

    @property
    def is_of_a_proxy(self) -> bool:
        """Whether it is the proxy's doing."""
        return self in {Hindrance.PROXY_DOWN, Hindrance.PROXY_PASSWORD, Hindrance.PROXY_REFUSED}


# OpenSSL's X509_V_ERR_…: not yet valid, expired, and a name that is not the one that was asked for.
_TIMES: Final = frozenset({9, 10})
_NAMES: Final = frozenset({62, 63, 64})
WANTS_A_PASSWORD: Final = 407


def of_status(status: int) -> Hindrance:
    """Read how a proxy refused to connect."""
    return Hindrance.PROXY_PASSWORD if status == WANTS_A_PASSWORD else Hindrance.PROXY_REFUSED


def of_tls(error: BaseException) -> Hindrance | None:
    """Look for what TLS says in an error and in what it came from."""
    # aiohttp's error has the type of OpenSSL's, and not its fields.
    told = [one for one in _chain(error) if isinstance(one, ssl.SSLError)]
    codes = [code for one in told if (code := getattr(one, "verify_code", None)) is not None]
    if not codes:
        return Hindrance.NO_TLS if told else None
    if codes[0] in _TIMES:
        return Hindrance.EXPIRED
    return Hindrance.OTHER_NAME if codes[0] in _NAMES else Hindrance.UNKNOWN_AUTHORITY


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def in_words(hindrance: Hindrance, whom: str, proxy_setting: str) -> tuple[str, str]:
    """Say what is in the way to `whom`, and the cure: for operators, the first without its full stop."""
    what, cure = _WORDS[hindrance]
    return what.format(whom=whom, proxy=proxy_setting), cure.format(whom=whom, proxy=proxy_setting)


_WORDS: Final = {
    Hindrance.PROXY_DOWN: (
        "{whom} could not be reached through the proxy of {proxy}: the proxy does not answer",
        "Correct {proxy}, start the proxy, or name the host in NO_PROXY.",
    ),
    Hindrance.PROXY_PASSWORD: (
        "{whom} could not be reached: the proxy of {proxy} wants a user and a password",
        "Write them into the address: {proxy}=http://USER:PASSWORD@HOST:PORT, special characters percent-encoded.",
    ),
    Hindrance.PROXY_REFUSED: (
        "{whom} could not be reached: the proxy of {proxy} does not connect the bot with it",
        "Allow the host in the proxy, correct {proxy}, or name the host in NO_PROXY.",
    ),
    Hindrance.UNKNOWN_AUTHORITY: (
        "{whom} could not be reached: its certificate is from an authority the bot does not know",
        "Name a PEM file with the certificate of your own authority, or of an inspecting proxy, in SSL_CERT_FILE.",
    ),
    Hindrance.EXPIRED: (
        "{whom} could not be reached: its certificate has expired, or is not valid yet",
        "Renew that certificate, and look at this machine's clock.",
    ),
    Hindrance.OTHER_NAME: (
        "{whom} could not be reached: the certificate is for another host name",
        "Correct the address in the settings, or the certificate; something on the way may answer in its place.",
    ),
    Hindrance.NO_TLS: (
        "{whom} could not be reached: no encrypted connection came about",
        "Look at the address in the settings, and at what is on the way: it must speak TLS 1.2 or newer.",
    ),
}
