"""The image's health check: asks `/healthz` where the bot listens, and ends with 0 when it lives.

Reads HOST and PORT as the bot does, from the environment, the files it names or the secrets directory, and imports
nothing of the bot: it runs every half a minute.
"""

import http.client
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

HEALTH_TIMEOUT_SECONDS: Final = 3
# Who listens everywhere is asked here.
NEAREST: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not listened on
OK: Final = 200


def setting(name: str, environ: Mapping[str, str]) -> str:
    """Give a setting's text; nothing where it is not set."""
    if environ.get(name, "").strip():
        return environ[name].strip()
    files = (environ.get(f"{name}_FILE"), str(Path(environ.get("SECRETS_DIR") or "/run/secrets") / name))
    for file in filter(None, files):
        with suppress(OSError):
            return Path(file).read_text().strip()
    return ""


def probe_health(environ: Mapping[str, str]) -> int:
    """Ask, and give the exit code."""
    host = setting("HOST", environ)
    try:
        # http.client, unlike urllib, takes no notice of proxy settings.
        asked = http.client.HTTPConnection(
            NEAREST.get(host, host), int(setting("PORT", environ) or 3000), timeout=HEALTH_TIMEOUT_SECONDS
        )
        asked.request("GET", "/healthz")
        return 0 if asked.getresponse().status == OK else 1
    except (OSError, ValueError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(probe_health(os.environ))
