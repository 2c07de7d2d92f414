"""The way out: through which proxy an address is reached, and whom TLS trusts there. One decision for all calls.

Slack's Web API, its response URLs, file uploads, Socket Mode and Flashduty ask here; nobody else reads a proxy or a
certificate from the environment. The names are those curl and OpenSSL know.
"""

import base64
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import certifi
from pydantic import SecretStr

_PORTS: Final = {"http": 80, "https": 443}
_ENCRYPTED: Final = frozenset({"https", "wss"})
_NO_ADDRESS: Final = "is not the address of a proxy; in a password, / ? # % and @ must be percent-encoded"
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.[0-9]+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)")


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy, which is asked by CONNECT, and what it wants to know of us."""

    host: str
    port: int
    user: str | None = field(default=None, repr=False)
    password: SecretStr | None = field(default=None, repr=False)
    scheme: str = "http"

    @property
    def is_usable(self) -> bool:
        """Whether the bot can speak to it: not SOCKS, and not over TLS."""
        return self.scheme == "http"

    @property
    def address(self) -> str:
        """Where it is, without what it wants to know."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def authorization(self) -> str | None:
        """The header Proxy-Authorization, where it wants to know who asks (RFC 7617)."""
        pair = self._pair
        return None if pair is None else f"Basic {base64.b64encode(pair.encode()).decode()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the password, and the pair the header is made of."""
        if self.password is None or self._pair is None:
            return ()
        return self.password.get_secret_value(), self._pair

    @property
    def _pair(self) -> str | None:
        if self.user is None and self.password is None:
            return None
        return f"{self.user or ''}:{self.password.get_secret_value() if self.password else ''}"


@dataclass(frozen=True)
class Direct:
    """Hosts that are reached without a proxy: one name with all below it, a network, or all; on one port or on any."""

    host: str
    port: int | None = None

    def covers(self, host: str, port: int) -> bool:
        """Whether an address is one of them."""
        if self.port not in {None, port}:
            return False
        if self.host == "*":
            return True
        if "/" in self.host:
            return _is_in(host, self.host)
        return host == self.host or host.endswith(f".{self.host}")


@dataclass(frozen=True)
class Outbound:
    """The decision; `https_proxy` and `http_proxy` are for addresses of that scheme, by `proxy_setting`.

    This machine itself is always reached directly. `cert_file` and `cert_dirs` name authorities that are trusted beside
    the usual ones.
    """

    https_proxy: Proxy | None = None
    http_proxy: Proxy | None = None
    direct: tuple[Direct, ...] = ()
    cert_file: Path | None = None
    cert_dirs: tuple[Path, ...] = ()
    proxy_setting: str = "HTTPS_PROXY"

    def proxy_for(self, scheme: str, host: str, port: int | None = None) -> Proxy | None:
        """Give the proxy for an address; None where it is reached directly."""
        proxy = self.https_proxy if scheme in _ENCRYPTED else self.http_proxy
        name = host.lower().rstrip(".")
        if proxy is None or is_this_machine(name):
            return None
        number = port or _PORTS["https" if scheme in _ENCRYPTED else "http"]
        return None if any(one.covers(name, number) for one in self.direct) else proxy

    def proxy_to(self, address: str) -> Proxy | None:
        """Give the proxy for a whole address."""
        parts = urlsplit(address)
        return self.proxy_for(parts.scheme, parts.hostname or "", parts.port)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown of the proxies."""
        return tuple(secret for proxy in (self.https_proxy, self.http_proxy) if proxy for secret in proxy.secrets)

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """The usual authorities, and those of the settings; raises OSError for a file that holds none.

        The usual ones are the system's, or Mozilla's where the system has none. SSL_CERT_FILE of the environment would
        replace them inside OpenSSL, so the system's are named here one by one.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        paths = ssl.get_default_verify_paths()
        usual = [Path(paths.openssl_cafile), Path(paths.openssl_capath)]
        places = [place for place in usual if _holds_authorities(place)] or [Path(certifi.where())]
        for place in (*places, self.cert_file, *self.cert_dirs):
            if place is not None:
                trust_also(context, place)
        return context


DIRECTLY: Final = Outbound()


def trust_also(context: ssl.SSLContext, place: Path) -> None:
    """Trust the authorities of a file in PEM form, or of a directory as `openssl rehash` makes it; raises OSError."""
    if place.is_dir():
        context.load_verify_locations(capath=place)
    else:
        context.load_verify_locations(cafile=place)


def is_this_machine(host: str) -> bool:
    """Whether a host is the machine the bot runs on, which no proxy can lead to."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def read_proxy(text: str) -> Proxy:
    """Read `http://user:password@host:port`, or `host:port`; raises ValueError with a sentence that repeats nothing."""
    named = _SCHEME.match(text)
    try:
        parts = urlsplit(text if named else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_NO_ADDRESS) from None
    if not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(_NO_ADDRESS)
    password = None if parts.password is None else SecretStr(unquote(parts.password))
    user = None if parts.username is None else unquote(parts.username)
    return Proxy(host, port or _PORTS.get(parts.scheme, 1080), user=user, password=password, scheme=parts.scheme)


def read_direct(entries: Iterable[str]) -> tuple[Direct, ...]:
    """Read the entries of NO_PROXY; what is no host and no network matches nothing."""
    return tuple(_hosts(entry.strip().lower()) for entry in entries if entry.strip())


def _hosts(entry: str) -> Direct:
    host, port = entry, None
    if found := re.fullmatch(r"(\[[^\]]+\]|[^:]*):(\d{1,5})", entry):
        host, port = found[1], int(found[2])
    host = host.strip("[]")
    return Direct(host if host == "*" else host.removeprefix("*").lstrip("."), port)


def _is_in(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def _holds_authorities(place: Path) -> bool:
    """Whether it is a file of certificates, or a directory with the links OpenSSL looks for."""
    try:
        return place.is_file() or any(_HASHED.fullmatch(one.name) for one in place.iterdir())
    except OSError:
        return False
