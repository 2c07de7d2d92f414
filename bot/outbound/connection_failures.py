"""Why no connection came about: a proxy that is down or refuses, a certificate that is not trusted."""

import ssl
from collections.abc import Iterator
from enum import StrEnum
from http import HTTPStatus
from typing import Final


class ConnectionFailure(StrEnum):
    """The cause of a failed connection; no part of a request has been sent."""

    PROXY_DOWN = "proxy_down"
    PROXY_PASSWORD = "proxy_password"  # noqa: S105 - a word for a state
    PROXY_REFUSED = "proxy_refused"
    UNKNOWN_AUTHORITY = "unknown_authority"
    EXPIRED = "expired"
    OTHER_NAME = "other_name"
    NO_TLS = "no_tls"


# OpenSSL's X509_V_ERR_…: not yet valid, expired, and a host name, e-mail address or IP address that does not match.
_VALIDITY_ERRORS: Final = frozenset({9, 10})
_NAME_ERRORS: Final = frozenset({62, 63, 64})


def proxy_failure(status: int) -> ConnectionFailure:
    """Return the failure for the status with which a proxy refused to connect."""
    wants_password = status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
    return ConnectionFailure.PROXY_PASSWORD if wants_password else ConnectionFailure.PROXY_REFUSED


def tls_failure(error: BaseException) -> ConnectionFailure | None:
    """Return the TLS failure in an error and its causes, if there is one."""
    # aiohttp's error has the type of OpenSSL's, but not its fields.
    tls_errors = [one for one in _chain(error) if isinstance(one, ssl.SSLError)]
    codes = [code for one in tls_errors if (code := getattr(one, "verify_code", None)) is not None]
    if not codes:
        return ConnectionFailure.NO_TLS if tls_errors else None
    if codes[0] in _VALIDITY_ERRORS:
        return ConnectionFailure.EXPIRED
    return ConnectionFailure.OTHER_NAME if codes[0] in _NAME_ERRORS else ConnectionFailure.UNKNOWN_AUTHORITY


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def explain_failure(failure: ConnectionFailure, service: str, proxy_setting: str) -> tuple[str, str]:
    """Return the problem and the remedy as sentences for operators, the first without its full stop.

    `service` is the name of what could not be reached.
    """
    problem, remedy = _EXPLANATIONS[failure]
    return (
        problem.format(service=service, proxy=proxy_setting),
        remedy.format(service=service, proxy=proxy_setting),
    )


_EXPLANATIONS: Final = {
    ConnectionFailure.PROXY_DOWN: (
        "{service} could not be reached through the proxy of {proxy}: the proxy does not answer",
        "Correct {proxy}, start the proxy, or name the host in NO_PROXY.",
    ),
    ConnectionFailure.PROXY_PASSWORD: (
        "{service} could not be reached: the proxy of {proxy} wants a user and a password",
        "Write them into the address: {proxy}=http://USER:PASSWORD@HOST:PORT, special characters percent-encoded.",
    ),
    ConnectionFailure.PROXY_REFUSED: (
        "{service} could not be reached: the proxy of {proxy} does not connect the bot with it",
        "Allow the host in the proxy, correct {proxy}, or name the host in NO_PROXY.",
    ),
    ConnectionFailure.UNKNOWN_AUTHORITY: (
        "{service} could not be reached: its certificate is from an authority the bot does not know",
        "Name a PEM file with the certificate of your own authority, or of an inspecting proxy, in SSL_CERT_FILE.",
    ),
    ConnectionFailure.EXPIRED: (
        "{service} could not be reached: its certificate has expired, or is not valid yet",
        "Renew that certificate, and look at this machine's clock.",
    ),
    ConnectionFailure.OTHER_NAME: (
        "{service} could not be reached: the certificate is for another host name",
        "Correct the address in the settings, or the certificate; something on the way may answer in its place.",
    ),
    ConnectionFailure.NO_TLS: (
        "{service} could not be reached: no encrypted connection came about",
        "Look at the address in the settings, and at what is on the way: it must speak TLS 1.2 or newer.",
    ),
}
