"""Web pages of other people, open in a browser on this machine."""

import json
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.demo_controls import DemoControls
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.page import add_page
from sandbox.slack import PretendSlack

READ = ["/", "/js/main.js", "/sandbox/workspace", "/sandbox/requests", "/demo/state"]
ACTED = [
    ("/sandbox/type", {"user": "U0ALICE", "channel": "C0PAYMENTS", "text": "hello"}),
    ("/sandbox/clock", {"shift_seconds": 3600}),
    ("/sandbox/faults", {"method": "*", "fault": {"kind": "hang"}}),
    ("/demo/raise", {"severity": "Critical"}),
    ("/demo/live", {"on": True}),
    ("/demo/break", {"fault": "hang"}),
    ("/demo/mend", {}),
    ("/demo/nine", {}),
    ("/demo/hand-over", {}),
]
FORM = "application/x-www-form-urlencoded"


@asynccontextmanager
async def demo():
    clock = Clock()
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(clock.now()))
    slack = PretendSlack(clock=clock)
    DemoControls(slack, flashduty, clock)
    add_page(slack.web_app)
    async with flashduty, slack, aiohttp.ClientSession() as session:
        yield slack, flashduty, session


@pytest.fixture
async def place():
    async with demo() as made:
        yield made


def happened(slack, flashduty):
    """What anybody could have changed."""
    return (
        len(slack.seen_by("U0ALICE", "C0PAYMENTS")),
        len(flashduty.account.incidents),
        round(slack.clock.now().timestamp(), -2),
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil:{port}"]
)
async def test_a_name__that_was_made_to_lead_here__is_refused_everywhere(place, host):
    """DNS rebinding: the name of another page is made to resolve to 127.0.0.1."""
    slack, flashduty, session = place
    for server in (slack.url, flashduty.url):
        headers = {"Host": host.format(port=urlsplit(server).port)}
        for path in [*READ, "/sandbox/stream", "/api/auth.test", "/socket-mode", "/incident/list"]:
            async with session.get(f"{server}{path}", headers=headers) as answer:
                assert answer.status == 403, path
        for path, body in ACTED:
            async with session.post(f"{server}{path}", json=body, headers=headers) as answer:
                assert answer.status == 403, path


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
async def test_this_machine__by_any_of_its_names__may_come_in(place, name):
    slack, _, session = place
    host = f"{name}:{urlsplit(slack.url).port}"
    for path in READ:
        async with session.get(f"{slack.url}{path}", headers={"Host": host, "Origin": f"http://{host}"}) as answer:
            assert answer.status == 200, path


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://{host}"])
async def test_another_page__may_neither_act_nor_listen(place, origin):
    """The browser sends the origin of the page with every such request."""
    slack, flashduty, session = place
    before = happened(slack, flashduty)
    headers = {"Origin": origin.format(host=urlsplit(slack.url).netloc)}
    for path, body in ACTED:
        async with session.post(f"{slack.url}{path}", json=body, headers=headers) as answer:
            assert answer.status == 403, path
    async with session.get(f"{slack.url}/sandbox/stream?user=U0ALICE", headers=headers) as answer:
        assert answer.status == 403
    said = {"token": slack.bot_token, "channel": "C0PAYMENTS", "text": "hello"}
    async with session.post(f"{slack.api_url}chat.postMessage", data=said, headers=headers) as answer:
        assert answer.status == 403
    async with session.delete(f"{slack.url}/sandbox/faults", headers=headers) as answer:
        assert answer.status == 403
    assert happened(slack, flashduty) == before


@pytest.mark.parametrize("kind", ["text/plain", FORM, "multipart/form-data", "application/json-seq", ""])
async def test_acting__with_what_a_form_can_send__is_refused(place, kind):
    """A form of another page may send such content types without a preflight."""
    slack, flashduty, session = place
    before = happened(slack, flashduty)
    for server in (slack.url, flashduty.url):
        for path, body in [*ACTED, ("/sandbox/incidents", {"title": "Made up", "severity": "Critical"})]:
            headers = {"Content-Type": kind}
            async with session.post(f"{server}{path}", data=json.dumps(body).encode(), headers=headers) as answer:
                assert answer.status == 400, path
    assert happened(slack, flashduty) == before


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"severity": []}', b'{"fault": {}}'])
async def test_the_stage__given_json_of_another_shape__refuses_it(place, body):
    slack, _, session = place
    for path in ("/demo/break", "/demo/raise"):
        headers = {"Content-Type": "application/json"}
        async with session.post(f"{slack.url}{path}", data=body, headers=headers) as answer:
            assert answer.status in {200, 400}
            assert (await answer.json())["ok"] is (answer.status == 200)


async def test_slacks_own_methods__still_take_forms(place):
    slack, _, session = place
    async with session.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token}) as answer:
        assert (await answer.json())["ok"]
