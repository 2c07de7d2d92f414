"""Choose the proxy for an address and the certificate authorities to trust. One decision for all outbound calls.

Slack's Web API, its response URLs, file uploads, Socket Mode and Flashduty use it; no other module reads a proxy or a
certificate from the environment. The names are those of curl and OpenSSL.
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
_ENCRYPTED_SCHEMES: Final = frozenset({"https", "wss"})
_INVALID_ADDRESS: Final = "is not the address of a proxy; in a password, / ? # % and @ must be percent-encoded"
# The links that `openssl rehash` makes.
_HASHED_NAME: Final = re.compile(r"[0-9a-f]{8}\.[0-9]+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)")


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy, used with CONNECT, and its credentials."""

    host: str
    port: int
    user: str | None = field(default=None, repr=False)
    password: SecretStr | None = field(default=None, repr=False)
    scheme: str = "http"

    @property
    def is_usable(self) -> bool:
        """Whether the bot supports it: not SOCKS, and not over TLS."""
        return self.scheme == "http"

    @property
    def address(self) -> str:
        """Its address, without credentials."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def authorization(self) -> str | None:
        """The header Proxy-Authorization, where there are credentials (RFC 7617)."""
        credentials = self._credentials
        return None if credentials is None else f"Basic {base64.b64encode(credentials.encode()).decode()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the password, and the credentials the header is made of."""
        if self.password is None or self._credentials is None:
            return ()
        return self.password.get_secret_value(), self._credentials

    @property
    def _credentials(self) -> str | None:
        if self.user is None and self.password is None:
            return None
        return f"{self.user or ''}:{self.password.get_secret_value() if self.password else ''}"


@dataclass(frozen=True)
class NoProxyEntry:
    """Hosts that are reached without a proxy: a domain and its subdomains, a network, or all; on one port or on any."""

    host: str
    port: int | None = None

    def covers(self, host: str, port: int) -> bool:
        """Whether an address matches."""
        if self.port not in {None, port}:
            return False
        if self.host == "*":
            return True
        if "/" in self.host:
            return _is_in(host, self.host)
        return host == self.host or host.endswith(f".{self.host}")


@dataclass(frozen=True)
class Outbound:
    """The settings of outbound connections; `https_proxy` and `http_proxy` are for addresses of that scheme.

    `proxy_setting` is the name of the setting they come from. The machine itself is always reached directly.
    `cert_file` and `cert_dirs` hold authorities that are trusted in addition to the usual ones.
    """

    https_proxy: Proxy | None = None
    http_proxy: Proxy | None = None
    no_proxy: tuple[NoProxyEntry, ...] = ()
    cert_file: Path | None = None
    cert_dirs: tuple[Path, ...] = ()
    proxy_setting: str = "HTTPS_PROXY"

    def proxy_for(self, scheme: str, host: str, port: int | None = None) -> Proxy | None:
        """Return the proxy for a host; None where it is reached directly."""
        is_encrypted = scheme in _ENCRYPTED_SCHEMES
        proxy = self.https_proxy if is_encrypted else self.http_proxy
        name = host.lower().rstrip(".")
        if proxy is None or _is_loopback(name):
            return None
        number = port or _PORTS["https" if is_encrypted else "http"]
        return None if any(entry.covers(name, number) for entry in self.no_proxy) else proxy

    def proxy_to(self, address: str) -> Proxy | None:
        """Return the proxy for a URL; None where it is reached directly."""
        parts = urlsplit(address)
        return self.proxy_for(parts.scheme, parts.hostname or "", parts.port)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets of the proxies."""
        return tuple(secret for proxy in (self.https_proxy, self.http_proxy) if proxy for secret in proxy.secrets)

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """The usual certificate authorities, and those of the settings; raises OSError for a file that holds none.

        The usual ones are the system's, or Mozilla's where the system has none. SSL_CERT_FILE of the environment would
        replace them inside OpenSSL, so the paths of the system's are loaded here one by one.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        paths = ssl.get_default_verify_paths()
        system = [Path(paths.openssl_cafile), Path(paths.openssl_capath)]
        usual = [path for path in system if _holds_authorities(path)] or [Path(certifi.where())]
        for path in (*usual, self.cert_file, *self.cert_dirs):
            if path is not None:
                add_authorities(context, path)
        return context


DIRECT_ROUTE: Final = Outbound()


def add_authorities(context: ssl.SSLContext, path: Path) -> None:
    """Trust the authorities of a PEM file, or of a directory as `openssl rehash` makes it; raises OSError."""
    if path.is_dir():
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)


def _is_loopback(host: str) -> bool:
    """Whether a host is the machine the bot runs on, which no proxy can reach."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def read_proxy(text: str) -> Proxy:
    """Parse `http://user:password@host:port`, or `host:port`; the text of the ValueError repeats nothing of it."""
    has_scheme = _SCHEME.match(text)
    try:
        parts = urlsplit(text if has_scheme else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_INVALID_ADDRESS) from None
    if not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(_INVALID_ADDRESS)
    password = None if parts.password is None else SecretStr(unquote(parts.password))
    user = None if parts.username is None else unquote(parts.username)
    return Proxy(host, port or _PORTS.get(parts.scheme, 1080), user=user, password=password, scheme=parts.scheme)


def read_no_proxy(entries: Iterable[str]) -> tuple[NoProxyEntry, ...]:
    """Parse the entries of NO_PROXY; an entry that is neither a host nor a network matches nothing."""
    return tuple(_no_proxy_entry(entry.strip().lower()) for entry in entries if entry.strip())


def _no_proxy_entry(entry: str) -> NoProxyEntry:
    host, port = entry, None
    if found := re.fullmatch(r"(\[[^\]]+\]|[^:]*):(\d{1,5})", entry):
        host, port = found[1], int(found[2])
    host = host.strip("[]")
    return NoProxyEntry(host if host == "*" else host.removeprefix("*").lstrip("."), port)


def _is_in(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def _holds_authorities(path: Path) -> bool:
    """Whether a path is a file of certificates, or a directory with the links OpenSSL looks up."""
    try:
        return path.is_file() or any(_HASHED_NAME.fullmatch(one.name) for one in path.iterdir())
    except OSError:
        return False
