"""Permissions granted by the roles of an account."""

from typing import Final

from sandbox.flashduty.model.account import ApiRequest
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.permissions import PERMISSIONS

_FIRST_ID: Final = 501


def permission_list(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/platform/roles-permissions/role-read-list-permission`."""
    wanted = request.body.get("role_ids") or list(request.account.roles)
    granted = frozenset().union(*(request.account.roles.get(role, frozenset()) for role in wanted))
    with_all = request.body.get("with_all", False)
    return {
        "items": [
            _permission(number, name, scope) | ({"is_granted": name in granted} if with_all else {})
            for number, (name, scope) in enumerate(PERMISSIONS.items(), _FIRST_ID)
            if with_all or name in granted
        ]
    }


def _permission(number: int, name: str, scope: str) -> Record:
    return {
        "id": number,
        "permission_name": name,
        "permission_type": name.rpartition(" ")[2].lower(),
        "description": f"{name} of {scope}",
        "class": "On-call" if scope == "on-call" else "Organization",
        "scope": scope,
        "status": "enabled",
    }
