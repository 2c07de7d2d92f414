"""The operations of Flashduty's Open API that this bot uses, with what their pages say of them."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

# Per account, shared by all keys. Source: /en/openapi/rate-limits.
ACCOUNT_PER_SECOND: Final = 50
ACCOUNT_PER_MINUTE: Final = 1000


class Kind(Enum):
    """Whether an operation may be sent again after it may already have been carried out."""

    READ = auto()
    IDEMPOTENT_WRITE = auto()
    WRITE = auto()


@dataclass(frozen=True)
class Operation:
    """One operation: its path, its page, the permission the key's owner needs (None: any key will do), its limits."""

    path: str
    kind: Kind
    page: str
    permission: str | None = None
    per_second: int = ACCOUNT_PER_SECOND
    per_minute: int = ACCOUNT_PER_MINUTE

    @property
    def name(self) -> str:
        """A short name for logs."""
        return self.path.strip("/").replace("/", "_")

    @property
    def has_own_limits(self) -> bool:
        """Whether it takes fewer requests than the account as a whole."""
        return self.per_second < ACCOUNT_PER_SECOND or self.per_minute < ACCOUNT_PER_MINUTE

    @property
    def may_be_repeated(self) -> bool:
        """Whether sending it twice does no harm."""
        return self.kind is not Kind.WRITE


_INCIDENTS: Final = "/en/api-reference/on-call/incidents"

INCIDENT_LIST: Final = Operation("/incident/list", Kind.READ, f"{_INCIDENTS}/incident-list", "Incidents Read")
INCIDENT_INFO: Final = Operation("/incident/info", Kind.READ, f"{_INCIDENTS}/incident-info", "Incidents Read")
INCIDENT_ACK: Final = Operation(
    "/incident/ack", Kind.IDEMPOTENT_WRITE, f"{_INCIDENTS}/incident-ack", "Incidents Manage"
)
INCIDENT_UNACK: Final = Operation(
    "/incident/unack", Kind.IDEMPOTENT_WRITE, f"{_INCIDENTS}/incident-unack", "Incidents Manage"
)
# Each time it is carried out there is one comment more: what may have been is never sent again.
INCIDENT_COMMENT: Final = Operation(
    "/incident/comment", Kind.WRITE, f"{_INCIDENTS}/incident-comment", "Incidents Manage"
)
SCHEDULE_LIST: Final = Operation("/schedule/list", Kind.READ, "/en/api-reference/on-call/schedules/schedule-list")
PERSON_INFOS: Final = Operation("/person/infos", Kind.READ, "/en/api-reference/platform/members/person-infos")
MEMBER_INFO: Final = Operation("/member/info", Kind.READ, "/en/api-reference/platform/members/member-info")
CHANNEL_INFO: Final = Operation("/channel/info", Kind.READ, "/en/api-reference/on-call/channels/channel-info")

_ANALYTICS: Final = "/en/api-reference/on-call/analytics"

INSIGHT_TEAM: Final = Operation("/insight/team", Kind.READ, f"{_ANALYTICS}/insight-by-team", "Analytics Read")
INSIGHT_ACCOUNT: Final = Operation("/insight/account", Kind.READ, f"{_ANALYTICS}/insight-by-account", "Analytics Read")
NOISIEST_CHECKS: Final = Operation(
    "/insight/alert/topk-by-label", Kind.READ, f"{_ANALYTICS}/insight-topk-alerts-by-label", "Analytics Read"
)
MEMBER_LIST: Final = Operation("/member/list", Kind.READ, "/en/api-reference/platform/members/member-list")
TEAM_INFOS: Final = Operation("/team/infos", Kind.READ, "/en/api-reference/platform/teams/team-read-infos")
CHANNEL_INFOS: Final = Operation("/channel/infos", Kind.READ, "/en/api-reference/on-call/channels/channel-infos")
PERMISSION_LIST: Final = Operation(
    "/role/permission/list", Kind.READ, "/en/api-reference/platform/roles-permissions/role-read-list-permission"
)
