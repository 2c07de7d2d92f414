"""Incidents, schedules and failures that several features draw."""

import ast
import re
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.flashduty import FlashdutyError, Unreachable
from bot.flashduty.api.incidents import INCIDENT_LIST
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.messages import errors
from bot.messages.audience import Audience
from bot.messages.buttons import ACKNOWLEDGE
from bot.messages.language import ENGLISH
from bot.messages.views import IncidentCard, ViewValue
from tests.bot import recorded
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, WANG, ago, ahead, incident, responder, schedule, shift

HOSTILE = "<!channel> <@U0ALICE> `rm -rf` *bold* <https://evil.example|Sign in> :tada: >quote & 支付\u202e"

COMMAND = "/flashduty"
BOT_USER = "U0FLASHBOT"


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Somebody who sees a message alone, the same where a press would be refused, and a whole channel."""

    alone: Audience
    looking: Audience
    everybody: Audience


def readers(language):
    """All of them, with one language."""
    alone = Audience(command=COMMAND, bot_user=BOT_USER, now=NOW, zone=ZoneInfo("Europe/Berlin"), language=language)
    return Readers(alone=alone, looking=replace(alone, may_act=False), everybody=replace(alone, is_public=True))


ENGLISH_READERS = readers(ENGLISH)
ALONE, LOOKING, EVERYBODY = ENGLISH_READERS.alone, ENGLISH_READERS.looking, ENGLISH_READERS.everybody

TRIGGERED = incident(1, responders=[responder(ALICE, assigned=ago(minutes=11))])

LONELY = incident(
    2, incident_severity="Warning", title="支付网关超时率升高 5%", start_time=ago(hours=5), channel_name="支付"
)

PROCESSING = incident(
    3,
    incident_severity="Info",
    progress="Processing",
    title="Disk 85 % full on ledger-db-2",
    start_time=ago(days=3),
    ack_time=ago(days=2),
    responders=[responder(BOB, assigned=ago(days=3), acknowledged=ago(days=2)), responder(WANG)],
)

SNOOZED = incident(4, snoozed_before=ahead(hours=2), start_time=ago(hours=30))

NASTY = incident(8, title=HOSTILE, channel_name=HOSTILE, description=HOSTILE, labels={HOSTILE: HOSTILE})

LONG = incident(
    9,
    title="数据库连接池耗尽" * 62 + "🔥" * 4,
    description="长" * 5000,
    labels={f"label{n}": "v" * 300 for n in range(60)},
)

PRIMARY = schedule(
    "Payments primary",
    shift(ago(hours=20), ahead(hours=4), ALICE),
    shift(ahead(hours=4), ahead(hours=28), BOB),
    shift(ahead(hours=28), ahead(hours=52), ALICE),
)

BOTH_ROLES = schedule(
    "Payments backup",
    {
        "start": ago(days=1),
        "end": ahead(days=20),
        "index": 0,
        "group": {
            "group_name": "",
            "name": "",
            "start": 0,
            "end": 0,
            "members": [{"role_id": 1, "person_ids": [WANG]}, {"role_id": 2, "person_ids": [CAROL, BOB]}],
        },
    },
)

GAP = schedule("Payments weekend", shift(ahead(days=2), ahead(days=3), WANG))


def many(count):
    return tuple(incident(n, title=f"Incident {n}", start_time=ago(minutes=n)) for n in range(1, count + 1))


def failure(code, operation=INCIDENT_LIST, **given):
    error = FlashdutyError(
        operation=operation,
        team="payments",
        code=code,
        raw_code=code.value,
        message="Server says <no>.",
        status=400,
        request_id="01HK8XQE",
        **given,
    )
    retry = errors.Retry(
        ACKNOWLEDGE, AcknowledgeValue(team="payments", incident_id=TRIGGERED.id, view=IncidentCard(asked=TRIGGERED.id))
    )
    return errors.FailedCall(error, "payments", "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY", retry=retry)


def unreachable(reason):
    error = Unreachable(reason, operation=INCIDENT_LIST, team="payments", is_ambiguous=False)
    retry = errors.Retry("again", ViewValue(team="payments", view=IncidentList()))
    return errors.FailedCall(error, "payments", "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY", retry=retry)


HOSTILE_NAME = "<!channel> <@U0ALICE> `rm -rf` *bold* <https://evil.example|Sign in> :tada:"

INCIDENT = incident(1)

CARD = ViewValue(team="payments", view=IncidentCard(asked="0E83EE"))


def words_of(*modules):
    """The words of all texts in the source of modules: what comes from Flashduty, Slack or a setting in a test."""
    texts = (
        node.value
        for module in modules
        for node in ast.walk(ast.parse(Path(module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)}


DATA_WORDS = words_of(__file__, recorded.__file__)
