"""Which incident a webhook's body is about: the only thing in it that is believed.

Sources: the guide's /en/on-call/integration/webhooks/incident-webhook and alert-webhook. The operator may replace the
body by a template, in which unknown parts stay as `{{…}}`.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

_INCIDENT_ID: Final = re.compile(r"[0-9a-f]{24}")
# A merge closes the sources as well, which the body does not name.
_MERGE: Final = "i_merge"
_ALERT_EVENT: Final = "a_"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The incident that a delivery names, None where it names none, and whether to look at all that are open."""

    incident_id: str | None = None
    poll_now: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether it is of a webhook whose body was not replaced."""
        return self.incident_id is not None or self.poll_now


def read_delivery(raw: bytes) -> Delivery:
    """Read a body of any content.

    The id of an incident is taken from `incident.incident_id`, 24 hexadecimal digits, and from nowhere else. An alert
    webhook (`event_type` a_new, a_update, a_merge, a_close) carries `alert`, and is read as naming no incident.
    """
    body = _object(raw)
    kind = body.get("event_type")
    incident, alert = body.get("incident"), body.get("alert")
    if isinstance(incident, dict):
        name = incident.get("incident_id")
        if isinstance(name, str) and _INCIDENT_ID.fullmatch(name):
            return Delivery(incident_id=name, poll_now=kind == _MERGE)
    is_alert = isinstance(kind, str) and kind.startswith(_ALERT_EVENT) and isinstance(alert, dict)
    return Delivery(poll_now=is_alert)


def _object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object; anything else gives an empty one."""
    try:
        found = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
