"""A webhook as an operator configures it in the console, and the events it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final, Literal, get_args

from sandbox.flashduty.wire.checks import Record

HookKind = Literal["incident", "alert", "action"]
# The receiver must answer within two seconds, that of a custom action within one.
LIMIT_SECONDS: Final[Mapping[str, float]] = {"incident": 2.0, "alert": 2.0, "action": 1.0}
_OWN_ADDRESSES: Final = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Where events of a kind go: `action` is the receiver of custom actions, which gets nothing else.

    `event_types` and `channel_ids` are all where None; all includes types that no documentation lists. `template`
    replaces the body: `{{incident.title}}` and the like are filled in, what is unknown stays as it is. `is_old` is a
    custom action of an earlier version, whose `event_id` lies inside the incident. `host` is that of `detail_url`.
    """

    url: str
    integration_id: int
    kind: HookKind = "incident"
    headers: Mapping[str, str] = field(default_factory=dict)
    event_types: frozenset[str] | None = None
    channel_ids: frozenset[int] | None = None
    template: str | None = None
    is_old: bool = False
    host: str = "https://app.flashcat.example"
    limit_seconds: float | None = None

    @classmethod
    def from_json(cls, given: Record, integration_id: int) -> "Webhook":
        """Read the fields of this class; raises ValueError for others, and for addresses beyond this machine."""
        unknown = set(given) - {one.name for one in fields(cls)} | ({"integration_id"} & set(given))
        if unknown:
            raise ValueError(f"a webhook has no {', '.join(sorted(unknown))}")
        if given.get("kind", "incident") not in get_args(HookKind):
            raise ValueError(f"a webhook is for one of {', '.join(get_args(HookKind))}")
        if not str(given.get("url", "")).startswith(_OWN_ADDRESSES):
            raise ValueError(
                "url is an address of this machine, such as http://127.0.0.1:3000/flashduty/webhook/payments"
            )
        sets = {name: frozenset(given[name]) for name in ("event_types", "channel_ids") if given.get(name) is not None}
        return cls(**{**given, **sets, "integration_id": integration_id})

    @property
    def limit(self) -> float:
        """The seconds until it is given up."""
        return LIMIT_SECONDS[self.kind] if self.limit_seconds is None else self.limit_seconds

    def wants(self, kind: HookKind, event_type: str, channel_id: int) -> bool:
        """Return whether an event goes there."""
        return (
            kind == self.kind
            and (self.event_types is None or event_type in self.event_types)
            and (self.channel_ids is None or channel_id in self.channel_ids)
        )
