"""Parsers of addresses, hosts, ports, proxies and certificate authorities.

Each raises ValueError with a sentence that repeats nothing secret.
"""

import os
import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.config.parsers import entries
from bot.outbound.route import NoProxyEntry, Proxy, add_authorities, read_no_proxy, read_proxy

_SQLITE: Final = frozenset({"sqlite", "sqlite+aiosqlite"})
_POSTGRESQL: Final = frozenset({"postgresql", "postgres", "postgresql+asyncpg"})
_HOST_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_PERCENT_SIGNS: Final = "in a password, signs such as @ : / ? # % are written with percent signs, @ as %40"


def address(raw: Any) -> str:  # noqa: ANN401 - text
    """Read a web address that ends with a slash: https, or http on this machine only."""
    try:
        parts = urlsplit(str(raw))
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a web address") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("is not a web address; it starts with https://")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise ValueError("must start with https://; http:// is for this machine only")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a plain address, without a user, ? or #")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


def without_slash(address: str) -> str:
    """Drop the slash at the end."""
    return address.removesuffix("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def database_url(raw: Any) -> SecretStr:  # noqa: ANN401 - text, or a SecretStr from code
    """Read the address of an SQLite file or a PostgreSQL database, and add the driver to it."""
    value = raw if isinstance(raw, str) else str(raw.get_secret_value())
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"is not an address of a database; {_PERCENT_SIGNS}") from None
    query = f"?{parts.query}" if parts.query else ""
    if parts.scheme in _SQLITE:
        if host or len(parts.path) < len("/x") or "memory" in value:
            raise ValueError("must name a file, with three slashes before a relative path and four before the root")
        return SecretStr(f"sqlite+aiosqlite://{parts.path}{query}")
    if parts.scheme in _POSTGRESQL:
        if parts.netloc.count("@") > 1 or "@" in parts.path or "@" in parts.query or parts.fragment:
            raise ValueError(f"has an @, /, ? or # in its password; {_PERCENT_SIGNS}")
        if not host or len(parts.path) < len("/x"):
            raise ValueError("must name a host and a database")
        # asyncpg's `ssl` takes the values of libpq's `sslmode`.
        query = re.sub(r"([?&])sslmode=", r"\1ssl=", query)
        return SecretStr(f"postgresql+asyncpg://{parts.netloc}{parts.path}{query}")
    raise ValueError("must start with sqlite:/// or postgresql://")


def addresses(raw: Any) -> tuple[str, ...]:  # noqa: ANN401 - see entries
    """Read a list of web addresses."""
    return tuple(address(entry) for entry in entries(raw))


def listening_host(raw: Any) -> str | None:  # noqa: ANN401 - text
    """Read the address to listen on: an IP address or a host name; None stays None, for the default of the mode."""
    if raw is None:
        return None
    try:
        return str(ip_address(raw))
    except ValueError:
        if _HOST_NAME.fullmatch(str(raw)):
            return str(raw)
        raise ValueError("is not an IP address or a host name") from None


def port(raw: Any) -> int:  # noqa: ANN401 - text, or a number from code
    """Read a TCP port; 0 takes any free one."""
    if not re.fullmatch(r"[0-9]{1,5}", str(raw)) or int(raw) > 65535:  # noqa: PLR2004 - highest TCP port
        raise ValueError("is not a port, a number from 1 to 65535")
    return int(raw)


def proxy(raw: Any) -> Proxy | None:  # noqa: ANN401 - text, or a proxy from code
    """Read the address of a proxy."""
    return read_proxy(raw) if isinstance(raw, str) else raw


def without_proxy(raw: Any) -> tuple[NoProxyEntry, ...]:  # noqa: ANN401 - see entries
    """Read the hosts that are reached without a proxy: names, `.names`, networks or `*`, each with an optional port."""
    return read_no_proxy(re.split(r"[,\s]+", raw)) if isinstance(raw, str) else tuple(raw)


def authority_file(raw: Any) -> Path | None:  # noqa: ANN401 - text, or a path from code
    """Read the name of a file with certificates of authorities in PEM form."""
    if raw is None:
        return None
    path = Path(raw)
    if not path.is_file():
        raise ValueError("names a file that is not there")
    try:
        add_authorities(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path)
    except ssl.SSLError:
        raise ValueError("names a file without a certificate in PEM form") from None
    except OSError as error:
        raise ValueError(f"names a file that cannot be read ({error.strerror or 'unknown reason'})") from None
    return path


def authority_directories(raw: Any) -> tuple[Path, ...]:  # noqa: ANN401 - text, or paths from code
    """Read the names of directories with certificates, between colons."""
    paths = tuple(Path(entry) for entry in raw.split(os.pathsep) if entry) if isinstance(raw, str) else tuple(raw)
    if not all(path.is_dir() for path in paths):
        raise ValueError("names a directory that is not there")
    return paths
