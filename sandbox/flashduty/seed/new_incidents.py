"""Incidents that start while the sandbox runs."""

from collections.abc import Mapping
from typing import Final

from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.paging import page
from sandbox.flashduty.incidents.record import assignment, incident_record
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.model.history import SYSTEM, assigned, begun
from sandbox.flashduty.seed.organisation import ALICE, BOB
from sandbox.flashduty.seed.randomness import new_id, new_number, responders, seeded_random
from sandbox.flashduty.seed.rules import RULES
from sandbox.flashduty.wire.checks import Record

_SEVERITIES: Final = ("Critical", "Warning", "Info", "Ok")

# title, check, resource
_PLAUSIBLE: Final = (
    ("Checkout: payments fail with 502, error rate 18 %", "http_5xx_ratio", "checkout-web"),
    ("支付网关无法连接：全部渠道下单失败", "gateway_down", "支付网关"),
    ("Card authorisations time out in eu-west-1", "auth_timeout", "card-acquirer-1"),
    ("Payouts stuck: no batch finished for 90 minutes", "batch_age", "payouts"),
    ("3-D Secure challenge pages answer 503", "http_503", "acs-proxy"),
    ("退款队列积压超过 10 万条", "queue_depth", "refunds"),
    ("db-payments-01 fails over for the second time today", "db_failover", "db-payments-01"),
)


class IncidentRaiser:
    """Starts incidents in an account; titles that are not given come from a list, in order."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._raised = 0

    def raise_incident(
        self,
        now: int,
        *,
        title: str | None,
        severity: str,
        channel: int | str,
        alerts: int,
        fields: Mapping[str, object],
    ) -> Record:
        """Start an incident; raises LookupError, KeyError or ValueError for an unknown channel, field or severity."""
        if severity not in _SEVERITIES:
            raise ValueError(f"a severity is one of {', '.join(_SEVERITIES)}, not {severity}")
        usual_title, check, resource = _PLAUSIBLE[self._raised % len(_PLAUSIBLE)]
        self._raised += 1
        where = self._account.channel_named(channel)
        rng = seeded_random(f"raised {now} {self._raised}")
        given = {
            "start_time": now,
            "title": title or usual_title,
            "incident_severity": severity,
            "labels": {"env": "production"} if title else {"check": check, "resource": resource, "env": "production"},
            "assigned_to": assignment([ALICE, BOB], now, rule=RULES.get(where["channel_id"])),
            "responders": responders(now, [ALICE, BOB]),
            **dict.fromkeys(("alert_cnt", "active_alert_cnt", "alert_event_cnt"), alerts),
        }
        incident = incident_record(self._account, where, new_id(now, new_number(rng), rng), **{**given, **fields})
        self._account.incidents[incident["incident_id"]] = incident
        self._begin(incident, now)
        return incident

    def _begin(self, incident: Record, now: int) -> None:
        """Write the beginning of the timeline: begun, assigned, paged."""
        note, number = self._account.timeline.note, incident["incident_id"]
        note(number, "i_new", at=incident["created_at"], person_id=incident["creator_id"], detail=begun(incident))
        if incident["assigned_to"]:
            note(number, "i_assign", at=incident["created_at"], person_id=SYSTEM, detail=assigned(incident))
            change = Change(account=self._account, incident=incident, by=SYSTEM, at=max(now, incident["created_at"]))
            page(change, person_ids=incident["assigned_to"]["person_ids"])
        self._account.earlier[number] = (now, None)
