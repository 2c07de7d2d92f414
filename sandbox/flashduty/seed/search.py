"""An alert storm: 120 open incidents of the search team."""

import random
from collections.abc import Iterator
from typing import Final

from sandbox.flashduty.incidents.record import assignment, incident_record
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.seed.organisation import KENJI, LEA, PENDING, SEARCH_CHANNEL
from sandbox.flashduty.seed.randomness import new_id, new_number, responders, seeded_random
from sandbox.flashduty.wire.checks import Record

OPEN_INCIDENTS: Final = 120
_STORM: Final = 70
_HOUR: Final = 3_600
_DAY: Final = 24 * _HOUR

# severity, title, check
_TROUBLES: Final = (
    ("Critical", "Shard {n} of products-v{m} has no primary", "es_unassigned_primary"),
    ("Critical", "索引集群 search-{m} 状态为红色：分片 {n} 不可用", "es_cluster_red"),
    ("Warning", "Query latency p95 above 800 ms on search-{m}-{n}", "query_p95"),
    ("Warning", "JVM heap above 85 % on search-{m}-{n}", "jvm_heap"),
    ("Warning", "节点 search-{m}-{n} 磁盘使用率超过 85%", "disk_watermark"),
    ("Warning", "Indexing lag {n} minutes behind in catalogue-{m}", "index_lag"),
    ("Info", "Slow merge of segments on search-{m}-{n}", "segment_merge"),
    ("Info", "Ranking model {m} is {n} days old", "model_age"),
    ("Info", "🐢 Autocomplete cache hit rate below {n} %", "cache_hits"),
)


def search_incidents(account: Account, now: int) -> Iterator[Record]:
    """Yield open incidents: most of one night, the rest of the last week."""
    rng = seeded_random(f"search {now}")
    for index in range(OPEN_INCIDENTS):
        age = rng.randrange(120, 6 * _HOUR) if index < _STORM else rng.randrange(6 * _HOUR, 7 * _DAY)
        yield _incident(account, now, started=now - age, rng=rng)


def _incident(account: Account, now: int, *, started: int, rng: random.Random) -> Record:
    severity, title, check = rng.choice(_TROUBLES)
    where, node = rng.randint(1, 4), rng.randint(1, 48)
    acknowledged = min(started + rng.randrange(30, 3_000), now) if rng.random() < 0.2 else 0  # noqa: PLR2004 - a share
    people = rng.choice(([KENJI], [LEA], [KENJI, LEA], [PENDING, KENJI]))
    alerts = rng.randint(1, 30)
    return incident_record(
        account,
        account.channels[SEARCH_CHANNEL],
        new_id(started, new_number(rng), rng),
        start_time=started,
        title=title.format(n=node, m=where),
        incident_severity=severity,
        progress="Processing" if acknowledged else "Triggered",
        ack_time=acknowledged,
        responders=responders(started, people, {people[0]: acknowledged}),
        assigned_to=assignment(people, started),
        labels={
            "check": check,
            "resource": f"search-{where}-{node}",
            "cluster": f"search-{where}",
            "env": "production",
        },
        alert_cnt=alerts,
        active_alert_cnt=alerts,
        alert_event_cnt=alerts * rng.randint(1, 40),
    )
