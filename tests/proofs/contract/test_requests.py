"""Every request the real client can send against the published description of Flashduty."""

import dataclasses
import inspect
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from since_may import ROUTES, as_of_may

from bot.flashduty import Account, Flashduty, IncidentQuery, InsightQuery, Progress, Severity, open_pool
from bot.flashduty.limits import LONGEST_SNOOZE, MAX_DESCRIPTION_LENGTH, MAX_NOTE_LENGTH
from bot.flashduty.models.customs import FieldKind
from bot.flashduty.models.dispatch import PersonalChannel, RuleLevel
from bot.flashduty.models.form_answers import FormAnswers
from sandbox.flashduty.model.customs import Form

PAYMENTS_API = 5001
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
DAYS = timedelta(days=1)

WIDEST = IncidentQuery(start=NOW - 31 * DAYS, end=NOW)
# For every field of a query, values that a person can bring about.
QUERY_VALUES = {
    "start": [NOW - timedelta(seconds=1), NOW - timedelta(days=30, microseconds=-1)],
    "end": [NOW - timedelta(microseconds=1)],
    "progress": [(Progress.TRIGGERED,), (Progress.TRIGGERED, Progress.PROCESSING, Progress.CLOSED)],
    "severities": [(Severity.CRITICAL,), (Severity.CRITICAL, Severity.WARNING, Severity.INFO)],
    "text": ["", '支付 <!channel> "quoted" \\ \u202e\n', "x" * 3_000],
    "channel_ids": [(5001,), tuple(range(100))],
    "team_ids": [(4001, 4002)],
    "responder_ids": [(7001,), (7001, 7002)],
    "nums": [("0E83EE",)],
    "incident_ids": [("69da451ef77b1b51f40e83ee",), ("69da451ef77b1b51f40e83ee",) * 100],
    "limit": [1, 100],
    "oldest_first": [True],
}


def queries():
    """Give every query in which one thing differs from the widest, and the one with everything."""
    yield WIDEST
    for name, values in QUERY_VALUES.items():
        for value in values:
            yield dataclasses.replace(WIDEST, **{name: value})
    yield dataclasses.replace(WIDEST, **{name: values[-1] for name, values in QUERY_VALUES.items()})


async def _page_after_page(client):
    for query in queries():
        page = await client.list_incidents(query)
        if page.has_more:
            await client.list_incidents(dataclasses.replace(query, cursor=page.cursor))


async def _schedules(client):
    await client.schedules(NOW, NOW + 45 * DAYS - timedelta(seconds=1))
    await client.schedules(NOW, NOW + DAYS, team_ids=(4001, 4002), text="值班")


async def _persons(client):
    await client.persons([])
    await client.persons([7001])
    await client.persons(range(7001, 7251))


INSIGHTS = (
    InsightQuery(
        start=NOW - 28 * DAYS, end=NOW, team_ids=(4001,), by_day=True, by_hours=True, time_zone="Europe/Berlin"
    ),
    InsightQuery(start=NOW - DAYS, end=NOW, channel_ids=(5001,), severities=(Severity.CRITICAL,)),
)


async def _figures(client):
    for query in INSIGHTS:
        await client.figures(query)


async def _noisiest_checks(client):
    for query in INSIGHTS:
        await client.noisiest_checks(dataclasses.replace(query, by_day=False, by_hours=False), 5)


async def _snooze(client):
    some = client.some_incidents
    await client.acknowledge(*some)
    await client.snooze(*some, minutes=1)
    await client.snooze(some[0], minutes=LONGEST_SNOOZE)


async def _values(client):
    """A value for every custom field that can be filled in, by its type."""
    values = {FieldKind.CHECKBOX: False, FieldKind.TEXT: "payments-api"}
    for one in await client.custom_fields():
        choices = {FieldKind.SINGLE_SELECT: one.choices[:1] and one.choices[0], FieldKind.MULTI_SELECT: [*one.choices]}
        yield one.name, 0.5 if one.value_type == "float" else (values | choices)[one.kind]


async def _demanded(client, action):
    """Demand a form with every field before an action, and fill it in."""
    fields = {name: value async for name, value in _values(client)}
    client.account.forms.append(Form(action=action, fields=dict.fromkeys(fields, True), summary="required"))
    return FormAnswers(summary="漏" * MAX_NOTE_LENGTH, fields=fields)


async def _acknowledge(client):
    await client.acknowledge(*client.some_incidents[1:])
    answers = await _demanded(client, "ack")
    await client.acknowledge(client.some_incidents[0], answers=answers)


async def _close(client):
    first, second, *rest = client.some_incidents
    await client.close(*rest)
    await client.close(first, root_cause="漏" * MAX_NOTE_LENGTH, resolution="x" * MAX_NOTE_LENGTH)
    answers = await _demanded(client, "resolve")
    await client.close(second, description="x" * MAX_DESCRIPTION_LENGTH, answers=answers)


async def _reopen(client):
    first, second, *rest = client.some_incidents
    await client.close(*client.some_incidents)
    await client.reopen(*rest)
    await client.reopen(first, second, reason="x" * MAX_NOTE_LENGTH)


async def _assign(client):
    some, of_payments = client.some_incidents, client.of_payments
    await client.assign(*some, person_ids=[7001, 7002])
    await client.assign(some[0], person_ids=[7004], channels=[PersonalChannel.SMS, PersonalChannel.EMAIL])
    rule = next(one for one in await client.escalation_rules(PAYMENTS_API) if one.is_enabled)
    await client.assign(*of_payments, level=RuleLevel(rule_id=rule.id, level=1))
    level = RuleLevel(rule_id=rule.id, level=len(rule.levels) - 1)
    await client.assign(*of_payments, level=level, person_ids=[7004], channels=[PersonalChannel.VOICE])


async def _add_responders(client):
    await client.add_responders(client.some_incidents[0], [7004])
    await client.add_responders(client.some_incidents[0], [7004, 7003], channels=list(PersonalChannel))


async def _comment(client):
    await client.comment(client.some_incidents[0], "restarting the database")
    await client.comment(client.some_incidents[0], "x" * 1_024, type_id=(await client.comment_types())[0].id)


async def _set_custom_field(client):
    async for name, value in _values(client):
        await client.set_custom_field(client.some_incidents[0], name, value)


# Every public call of the client, in every way it sends something different.
CALLS = {
    "list_incidents": _page_after_page,
    "read_incidents": lambda client: client.read_incidents(WIDEST, {}, 500),
    "incident": lambda client: client.incident(client.some_incidents[0]),
    "incidents_by_ids": lambda client: client.incidents_by_ids([*client.some_incidents, f"{1:024x}"]),
    "alerts_of": lambda client: client.alerts_of(client.some_incidents[0], 5),
    "escalation_rules": lambda client: client.escalation_rules(PAYMENTS_API),
    "acknowledge": _acknowledge,
    "unacknowledge": lambda client: client.unacknowledge(*client.some_incidents),
    "snooze": _snooze,
    "wake": lambda client: client.wake(*client.some_incidents),
    "close": _close,
    "reopen": _reopen,
    "assign": _assign,
    "add_responders": _add_responders,
    "comment": _comment,
    "run_custom_action": lambda client: client.run_custom_action(client.of_payments[0], 9101),
    "set_custom_field": _set_custom_field,
    "custom_fields": lambda client: client.custom_fields(),
    "comment_types": lambda client: client.comment_types(),
    "action_runs": lambda client: client.action_runs(client.some_incidents[0]),
    "newest_comments": lambda client: client.newest_comments(client.some_incidents[0]),
    "timeline": lambda client: client.timeline(client.some_incidents[0], after_ms=1),
    "past_incidents": lambda client: client.past_incidents(client.some_incidents[0], limit=200),
    "schedules": _schedules,
    "persons": _persons,
    "flashduty_channel": lambda client: client.flashduty_channel(5001),
    "flashduty_channels": lambda client: client.flashduty_channels([5001, 5002, 5099]),
    "flashduty_teams": lambda client: client.flashduty_teams(range(4001, 4102)),
    "permissions": lambda client: client.permissions([6]),
    "key_owner": lambda client: client.key_owner(),
    "figures": _figures,
    "noisiest_checks": _noisiest_checks,
    "members": lambda client: client.members("alice@harbor.example"),
    "all_members": lambda client: client.all_members(),
}


class _Caller:
    """The real client, and incidents to name: a hundred, and those of one Flashduty channel."""

    def __init__(self, client, account, incidents, *, of_payments):
        self._client = client
        self.account = account
        self.some_incidents = incidents
        self.of_payments = of_payments

    def __getattr__(self, name):
        return getattr(self._client, name)


@pytest.fixture
async def client(flashduty):
    unacknowledged = {
        number: one for number, one in flashduty.account.incidents.items() if one["progress"] == "Triggered"
    }
    of_payments = [number for number, one in unacknowledged.items() if one["channel_id"] == PAYMENTS_API]
    async with open_pool(flashduty.url) as pool:
        client = Flashduty(pool, Account(), team="payments", app_key=SecretStr(str(flashduty.keys["payments"])))
        yield _Caller(client, flashduty.account, list(unacknowledged)[:100], of_payments=of_payments[:100])


def test_the_calls_walked_here__are_all_there_are():
    calls = {name for name, _ in inspect.getmembers(Flashduty, inspect.iscoroutinefunction)}
    assert {name for name in calls if not name.startswith("_")} == set(CALLS)


def test_the_fields_of_a_query_walked_here__are_all_there_are():
    assert {one.name for one in dataclasses.fields(IncidentQuery)} == QUERY_VALUES.keys() | {"cursor"}


@pytest.mark.parametrize("name", CALLS)
async def test_every_request_of_the_client__is_accepted_by_the_pretend_flashduty(client, flashduty, name):
    await CALLS[name](client)
    assert flashduty.calls
    assert {call.code for call in flashduty.calls} == {None}


@pytest.mark.parametrize("name", CALLS)
async def test_every_request_of_the_client__is_as_documented(client, flashduty, document, name):
    await CALLS[name](client)
    assert flashduty.calls
    for call in flashduty.calls:
        if call.path not in ROUTES:
            assert document.problems_in_request(call.path, as_of_may(call.path, call.body)) == []


@pytest.mark.parametrize("name", CALLS)
async def test_every_request_of_the_client__has_only_fields_of_the_newer_list(client, flashduty, newer, name):
    await CALLS[name](client)
    for call in flashduty.calls:
        assert newer.problems_in_request(call.path, call.body) == []


@pytest.mark.parametrize("name", CALLS)
async def test_answers__with_fields_nobody_has_documented_yet__are_understood_by_the_client(client, flashduty, name):
    flashduty.adds_unknown_fields = True
    await CALLS[name](client)
