"""The image's health check: requests `/healthz` from the bot, and exits with 0 for status 200.

Reads HOST and PORT as the bot does, from the environment, the files it names or the secrets directory. Imports nothing
of the bot, to start fast: it runs as a process of its own every 30 seconds.
"""

import http.client
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

HEALTH_TIMEOUT_SECONDS: Final = 3
# The address to request where the bot listens on all of them.
LOOPBACK_OF: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not listened on


def read_setting(name: str, environ: Mapping[str, str]) -> str:
    """Give a setting's text; an empty string where it is not set."""
    if environ.get(name, "").strip():
        return environ[name].strip()
    files = (environ.get(f"{name}_FILE"), str(Path(environ.get("SECRETS_DIR") or "/run/secrets") / name))
    for file in filter(None, files):
        with suppress(OSError):
            return Path(file).read_text().strip()
    return ""


def probe_health(environ: Mapping[str, str]) -> int:
    """Request `/healthz` and return the exit code."""
    host = read_setting("HOST", environ)
    try:
        # http.client, unlike urllib, ignores proxy settings.
        connection = http.client.HTTPConnection(
            LOOPBACK_OF.get(host, host), int(read_setting("PORT", environ) or 3000), timeout=HEALTH_TIMEOUT_SECONDS
        )
        connection.request("GET", "/healthz")
        return 0 if connection.getresponse().status == http.HTTPStatus.OK else 1
    except (OSError, ValueError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(probe_health(os.environ))
