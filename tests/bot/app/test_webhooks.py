"""Flashduty's webhooks through real sockets: who is let in, what is stored, and what strangers can do."""

import asyncio
import gzip
import json
import os
import tracemalloc
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from recorded import NOW
from structlog.testing import capture_logs

import bot
from bot.app.http import asgi_app, serve
from bot.cards.hints import CardHints
from bot.cards.webhooks.receiver import ACCEPTED, UNKNOWN_CALLER, UNREADABLE, WebhookReceiver
from bot.runtime.health import Health
from bot.runtime.rotating_secret import RotatingSecret
from bot.storage.cards.incident_hints import ANY_INCIDENT, IncidentHintTable
from bot.storage.database import open_database

ID, OTHER_ID = "69da451ef77b1b51f40e83ee", "69da451ef77b1b51f40e83ef"
OLD, NEW, SEARCH = "made-up-secret-old-1", "made-up-secret-new-2", "made-up-secret-search"
HEADER = "X-Flashduty-Bot-Secret"
PATH = "/flashduty/webhook/payments"
BODY = json.dumps({"event_id": "e1", "event_type": "i_ack", "incident": {"incident_id": ID}}).encode()
EXAMPLES = 2_000 if os.environ.get("FULL_PROOF") == "1" else 300


class Place:
    """A receiver of two teams, in Socket Mode."""

    def __init__(self, table, session, server):
        self.table, self.session, self.server = table, session, server
        self.unreadable, self.secrets = [], None

    async def delivers(self, body=BODY, *, path=PATH, secret=OLD, method="POST", **headers):
        headers = {"Content-Type": "application/json", **({HEADER: secret} if secret else {}), **headers}
        async with self.session.request(method, path, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text()

    async def hinted(self, team="payments"):
        return {one.incident_id for one in await self.table.take(team)}

    async def forget(self):
        for team in ("payments", "search"):
            await self.table.drop(await self.table.take(team))


@pytest.fixture
async def place(tmp_path):
    health = Health()
    health.mark_started()
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db") as database:
        table = IncidentHintTable(database)
        hints = CardHints(table, teams=["payments", "search"], now=lambda: NOW)
        team_secrets = {
            "payments": RotatingSecret((SecretStr(OLD), SecretStr(NEW))),
            "search": RotatingSecret((SecretStr(SEARCH),)),
        }
        unreadable = []
        receiver = WebhookReceiver(team_secrets, hints, report_unreadable=unreadable.append)
        server = await serve(asgi_app(slack=None, health=health, webhooks=receiver), "127.0.0.1", 0)
        # A stranger's connection is closed when it was answered before its body had come.
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(server.url, connector=connector) as session:
            here = Place(table, session, server)
            here.unreadable, here.secrets = unreadable, team_secrets["payments"]
            yield here
        await server.stop()
        await hints.close()


@pytest.mark.parametrize("secret", [OLD, NEW])
async def test_a_delivery__with_either_secret_of_the_team__is_stored(place, secret):
    assert await place.delivers(secret=secret) == (200, ACCEPTED)
    assert await place.hinted() == {ID}
    assert await place.hinted("search") == set()


async def test_a_secret_that_was_replaced_in_its_file__counts_at_once(place):
    place.secrets.replace((SecretStr(NEW), SecretStr("made-up-secret-new-3")))
    assert (await place.delivers(secret=OLD))[0] == 401
    assert (await place.delivers(secret="made-up-secret-new-3"))[0] == 200


async def test_an_alert__and_a_body_that_names_no_incident__make_the_bot_look_at_all(place):
    assert await place.delivers(b'{"event_type": "a_new", "alert": {}}') == (200, ACCEPTED)
    assert await place.hinted() == {ANY_INCIDENT}
    await place.forget()
    assert place.unreadable == []
    for _ in range(3):
        assert await place.delivers(b"{{.incident}}") == (200, UNREADABLE)
    assert await place.hinted() == {ANY_INCIDENT}
    assert place.unreadable == ["payments"]


STRANGERS = {
    "no secret": {"secret": None},
    "an empty one": {"secret": "", HEADER: ""},
    "another team's": {"secret": SEARCH},
    "another case": {"secret": OLD.upper()},
    "a part": {"secret": OLD[:-1]},
    "both at once": {"secret": f"{OLD},{NEW}"},
    "no ASCII": {"secret": "sécrét"},
    "a team that is not there": {"path": "/flashduty/webhook/platform"},
    "a team in upper case": {"path": "/flashduty/webhook/PAYMENTS"},
    "no team": {"path": "/flashduty/webhook/"},
    "a path below": {"path": f"{PATH}/x"},
    "dots": {"path": "/flashduty/webhook/x/../payments/%2e%2e/search"},
}


@pytest.mark.parametrize("title", STRANGERS)
async def test_a_stranger__is_told_the_same_in_every_case__and_leaves_nothing(place, title):
    with capture_logs() as lines:
        answers = [await place.delivers(**STRANGERS[title]) for _ in range(3)]
    assert answers == [(401, UNKNOWN_CALLER)] * 3
    assert await place.hinted() == await place.hinted("search") == set()
    assert [line["event"] for line in lines] == ["webhook.refused"]
    assert "made-up" not in str(lines)


@pytest.mark.parametrize("path", [PATH, "/flashduty/webhook/platform"])
async def test_a_stranger__is_answered_before_the_body_is_sent(place, path):
    """What is not read costs no memory, whether the team is there or not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
    head = f"POST {path} HTTP/1.1\r\nHost: bot\r\nContent-Length: 900000\r\n{HEADER}: wrong\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    writer.close()


async def test_two_secrets_in_one_request__are_none(place):
    head = f"POST {PATH} HTTP/1.1\r\nHost: bot\r\nContent-Length: {len(BODY)}\r\n{HEADER}: x\r\n{HEADER}: {OLD}\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
    writer.write(head.encode() + BODY)
    assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    writer.close()


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (415, {"body": gzip.compress(BODY), "Content-Encoding": "gzip"}),
        (415, {"Content-Encoding": "br"}),
        (415, {"Content-Type": "application/json; charset=utf-16"}),
        (405, {"method": "GET", "body": None}),
        (405, {"method": "PUT"}),
    ],
)
async def test_what_is_no_delivery__is_refused_and_not_stored(place, status, given):
    found, text = await place.delivers(**given)
    assert found == status
    assert ID not in text
    assert await place.hinted() == set()


async def test_a_body_without_a_length__is_counted_while_it_is_read(place):
    async def pieces(count):
        yield BODY
        for _ in range(count):
            yield b" " * 65_536

    assert (await place.delivers(pieces(3)))[0] == 200
    assert (await place.delivers(pieces(17)))[0] == 413


@pytest.mark.parametrize("given", [{"Content-Type": "text/plain"}, {"Content-Type": 'a/b; charset="UTF-8"'}])
async def test_a_delivery__of_any_type__is_read(place, given):
    assert await place.delivers(**given) == (200, ACCEPTED)


async def test_without_a_team_with_a_secret__there_is_no_such_path():
    server = await serve(asgi_app(slack=None, health=Health()), "127.0.0.1", 0)
    async with aiohttp.ClientSession(server.url) as session, session.post(PATH, data=BODY) as answer:
        assert answer.status == 404
    await server.stop()


TEAMS = st.sampled_from(["payments", "search", "Payments", "", "nobody", "payments/", "%00", "payments%20", "支付"])
NAMES = st.sampled_from(["Content-Type", "Content-Encoding", "X-Any", "X-Event-Id", "Accept"])
HEADERS = st.dictionaries(NAMES, st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20), max_size=4)
SECRETS = st.sampled_from([OLD, NEW, SEARCH, None, "x"]) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126), max_size=40
)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=20) | st.sampled_from([ID, OTHER_ID, "a_new", "i_merge"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["incident", "incident_id", "alert", "event_type"]), inner)
    ),
    max_leaves=8,
)
BODIES = (
    st.sampled_from([BODY, b"[" * 100_000]) | st.binary(max_size=300) | VALUES.map(lambda v: json.dumps(v).encode())
)
BOT = Path(bot.__file__).parent
FITS = {"payments": {OLD, NEW}, "search": {SEARCH}}


async def test_deliveries_of_any_shape__end_in_no_5xx__and_only_a_valid_secret_stores_anything(place, caplog):
    """And what they cost in memory does not grow with their number."""
    loop, taken, memory = asyncio.get_running_loop(), [], []

    async def feed(team, secret, headers, body):
        await place.forget()
        status, text = await place.delivers(body, path=f"/flashduty/webhook/{team}", secret=secret, **headers)
        return status, text, {name: await place.hinted(name) for name in FITS}

    @settings(max_examples=EXAMPLES)
    @given(TEAMS, SECRETS, HEADERS, BODIES)
    def is_safe(team, secret, headers, body):
        told = asyncio.run_coroutine_threadsafe(feed(team, secret, headers, body), loop).result(60)
        status, text, stored = told
        assert status in {200, 401, 415}
        assert text in {ACCEPTED, UNREADABLE} or status != 200
        is_known = secret in FITS.get(team, ())
        assert is_known or status == 401
        for name, found in stored.items():
            assert not found or (is_known and name == team and found <= {ID, OTHER_ID, ANY_INCIDENT})
        if len(taken) in {EXAMPLES // 3, EXAMPLES - 10}:
            memory.append(held())
        taken.append(status)

    def held():
        """The bytes that the bot's own modules hold; hypothesis keeps something of each example."""
        ours = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, f"{BOT}/*")])  # noqa: FBT003 - its signature
        return sum(one.size for one in ours.statistics("filename"))

    tracemalloc.start()
    try:
        with capture_logs() as lines:
            await asyncio.to_thread(is_safe)
    finally:
        tracemalloc.stop()
    assert {200, 401} <= set(taken)
    assert [line for line in lines if line["log_level"] in {"error", "critical"}] == []
    assert [record for record in caplog.records if record.exc_info] == []
    assert "made-up" not in str(lines)
    early, late = memory
    assert late <= early * 1.2 + 50_000
