"""All permissions."""

from typing import Final

# By class and scope; the names are those of the restrictions on each operation's page.
PERMISSIONS: Final = {
    "Incidents Read": "on-call",
    "Incidents Manage": "on-call",
    "Schedules Read": "on-call",
    "Schedules Manage": "on-call",
    "Channels Read": "on-call",
    "Channels Manage": "on-call",
    "Integrations Read": "on-call",
    "Integrations Manage": "on-call",
    "Templates Read": "on-call",
    "Templates Manage": "on-call",
    "Analytics Read": "on-call",
    "Members Manage": "organization",
    "Teams Manage": "organization",
    "Roles Manage": "organization",
    "Audit Read": "organization",
}
