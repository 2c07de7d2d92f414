import asyncio
import io
import json
import logging
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest
import structlog
from authority import Authority, tls_front
from connect_proxy import ConnectProxy
from pydantic import SecretStr
from scripted import HANG, RESET, Answer, html, refusal

from bot.flashduty import Backoff, FlashdutyError, Timeouts, open_pool
from bot.flashduty.http.exchange import HttpResponse as Received
from bot.flashduty.http.transport import APP_KEY_EXTENSION, KeyTransport
from bot.outbound.route import Outbound, read_proxy

ID = "a" * 24


@pytest.fixture
def forms(key):
    """The key, however it may be written."""
    return {key, quote(key), quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1], repr(key)[1:-1]}


@pytest.fixture
def written():
    """Everything that is logged by anybody, from DEBUG on, tracebacks included."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root, names = logging.getLogger(), ("httpx", "httpcore", "asyncio")
    before = {name: logging.getLogger(name).level for name in ("", *names)}
    for name in ("", *names):
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    yield stream
    structlog.reset_defaults()
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def shown(error):
    """Everything of an error that somebody could print: itself, what it came from, each frame with its locals."""
    seen, parts, waiting = set(), [], [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        parts += [str(each), repr(each), repr(vars(each)), repr(each.args)]
        parts += traceback.format_exception(each)
        parts += [
            repr(frame.f_locals) for frame, _ in traceback.walk_tb(each.__traceback__) if not _is_of_a_test(frame)
        ]
        if isinstance(each, httpx.RequestError):
            request = each.request
            parts += [
                str(request.url),
                repr(request.url),
                repr(request),
                repr(request.extensions),
                repr(request.headers),
            ]
        waiting += [each.__cause__, each.__context__]
    return "\n".join(parts)


def _is_of_a_test(frame):
    """The tests know the key, of course."""
    return Path(frame.f_code.co_filename).parent == Path(__file__).parent


async def fails(call):
    with pytest.raises(FlashdutyError) as caught:
        await call
    return caught.value


FAILURES = {
    "refused": refusal("Unauthorized", status=401),
    "internal": refusal("InternalError", status=500),
    "html": html(502),
    "reset": RESET,
    "half": Answer(b'{"data"', missing=500),
    "half, not announced": Answer(b'{"data"', has_length=False),
    "hang": HANG,
    "not http": Answer(b"", headers=(("Content-Length", "x"),)),
    "bad gzip": Answer(b"xx", headers=(("Content-Encoding", "gzip"),)),
    "wrong shape": Answer({"request_id": "01"}, 500),
}


@pytest.mark.parametrize("step", FAILURES.values(), ids=FAILURES)
async def test_no_failure__shows_the_key(client, server, written, forms, step):
    server.plays(then=step)
    async with open_pool(server.url, timeouts=Timeouts(read=0.05)) as pool:
        error = await fails(client.copy_with(pool=pool, backoff=Backoff(retries=1)).acknowledge(ID))
    assert server.asked
    evidence = shown(error) + written.getvalue()
    assert "/incident/ack" in evidence
    assert not [form for form in forms if form in evidence]


async def test_no_connection__shows_no_key(client, server, written, forms):
    await server.__aexit__()
    evidence = shown(await fails(client.acknowledge(ID))) + written.getvalue()
    assert not [form for form in forms if form in evidence]


async def test_success__logs_no_key(client, written, forms):
    await client.acknowledge(ID)
    assert "flashduty" in written.getvalue()
    assert "send_request_headers" in written.getvalue()
    assert not [form for form in forms if form in written.getvalue()]


async def test_a_server_that_repeats_the_key__is_not_quoted(client, server, written, forms, key):
    server.plays(then=refusal("Unauthorized", message=f"app_key {key} is not valid", status=401))
    error = await fails(client.acknowledge(ID))
    assert error.message == "app_key [hidden] is not valid"
    assert not [form for form in forms if form in shown(error) + written.getvalue()]


async def test_a_cancelled_call__shows_no_key(client, server, forms):
    server.plays(HANG)
    calling = asyncio.ensure_future(client.acknowledge(ID))
    await server.was_asked.wait()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await calling
    assert not [form for form in forms if form in shown(caught.value)]


def test_no_object__shows_the_key(client, forms):
    described = f"{client!r} {client!s} {client.until(1.0)!r} {client.account!r} {client.pool!r} {vars(client)!r}"
    assert "Flashduty(team='payments')" in described
    assert not [form for form in forms if form in described]


async def test_an_error_of_httpx_itself__has_the_request_without_the_key(server, key, forms):
    async def refuse(_request):
        raise httpx.ConnectError("nobody there")

    transport = KeyTransport(httpx.MockTransport(refuse))
    request = httpx.Request("POST", f"{server.url}/incident/ack", extensions={APP_KEY_EXTENSION: SecretStr(key)})
    with pytest.raises(httpx.ConnectError) as caught:
        await transport.handle_async_request(request)
    assert caught.value.request is request
    assert not [form for form in forms if form in shown(caught.value)]


async def test_what_leaves__has_an_address_without_the_key(server, key, forms):
    left = []

    async def answer(request):
        left.append(request)
        return httpx.Response(200)

    transport = KeyTransport(httpx.MockTransport(answer))
    request = httpx.Request("POST", f"{server.url}/incident/ack?x=1", extensions={APP_KEY_EXTENSION: SecretStr(key)})
    await transport.handle_async_request(request)
    assert str(left[0].url) == f"{server.url}/incident/ack?x=1"
    assert left[0].extensions["target"] == f"/incident/ack?x=1&app_key={quote(key, safe='')}".encode()
    assert not [form for form in forms if form in f"{request!r} {request.url!r} {request.extensions!r} {left[0]!r}"]


async def test_a_request_without_a_key__does_not_leave(pool, server):
    with pytest.raises(TypeError, match="SecretStr"):
        await pool.post("/incident/ack")
    with pytest.raises(TypeError, match="SecretStr"):
        await pool.post("/incident/ack", extensions={APP_KEY_EXTENSION: "plain"})
    assert server.asked == []


async def test_every_call__is_logged_once_with_what_an_operator_needs(client, server):
    server.plays(html(502), Answer({"request_id": "01GOOD", "data": None}), refusal("AccessDenied", status=403), RESET)
    with structlog.testing.capture_logs() as lines:
        await client.acknowledge(ID)
        await fails(client.acknowledge(ID))
        await fails(client.copy_with(backoff=Backoff(retries=0)).acknowledge(ID))
    told = [line for line in lines if line["event"] == "flashduty.call"]
    assert [(line["code"], line["attempts"], line["request_id"], line["log_level"]) for line in told] == [
        ("OK", 2, "01GOOD", "debug"),
        ("AccessDenied", 1, "01REFUSED", "warning"),
        ("cut_off", 1, None, "warning"),
    ]
    assert all((line["team"], line["operation"]) == ("payments", "incident_ack") for line in told)
    assert all(isinstance(line["duration_ms"], int) for line in told)


async def test_a_cancelled_call__is_logged_too(client, server):
    server.plays(HANG)
    with structlog.testing.capture_logs() as lines:
        calling = asyncio.ensure_future(client.acknowledge(ID))
        await server.was_asked.wait()
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
    assert [(line["code"], line["attempts"]) for line in lines] == [("unfinished", 1)]


def test_what_came_back__is_described_without_its_content(key):
    assert (
        repr(Received(401, key.encode(), "01", None))
        == f"HttpResponse(status=401, {len(key.encode())} bytes, request_id='01')"
    )


PROXY_PASSWORD = "pr0xy-p@ss/word"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.made_in(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def proxied(server, authority):
    """A proxy that wants a password and leads to the server, and the way out through it."""
    port = int(server.url.rpartition(":")[2])
    async with tls_front(authority.context_for("flashduty.test"), port) as front:
        proxy = ConnectProxy({"flashduty.test:443": front}, f"ann:{PROXY_PASSWORD}")
        async with proxy.running():
            address = proxy.url.replace("//", f"//ann:{quote(PROXY_PASSWORD, safe='')}@")
            yield proxy, Outbound(https_proxy=read_proxy(address), cert_file=authority.file)


@pytest.fixture
def shows(written, forms):
    """Tell which forms of the key, or of the proxy's password, an error and the log show, and the proxy was told."""

    def found(error, proxy):
        evidence = shown(error) + written.getvalue()
        assert "/incident/ack" in evidence
        told = [form for form in forms if form in evidence + "".join(proxy.heads)]
        return told + [form for form in (PROXY_PASSWORD, quote(PROXY_PASSWORD, safe="")) if form in evidence]

    return found


@pytest.mark.parametrize("step", FAILURES.values(), ids=FAILURES)
async def test_no_failure__shows_the_key_through_a_proxy_or_to_it(client, server, proxied, shows, step):
    """httpcore repeats the target, key included, in the CONNECT request to a proxy."""
    server.plays(then=step)
    proxy, outbound = proxied
    async with open_pool("https://flashduty.test", outbound, timeouts=Timeouts(read=0.2)) as pool:
        error = await fails(client.copy_with(pool=pool, backoff=Backoff(retries=1)).acknowledge(ID))
    assert server.asked
    assert set(proxy.asked_for) == {"flashduty.test:443"}
    assert not shows(error, proxy)


@pytest.mark.parametrize("status", [407, 403])
async def test_a_proxy_that_refuses__is_shown_neither_key_nor_password(client, server, proxied, shows, status):
    proxy, outbound = proxied
    proxy.leads_to.clear()
    proxy.password = "another" if status == 407 else proxy.password
    async with open_pool("https://flashduty.test", outbound) as pool:
        error = await fails(client.copy_with(pool=pool).acknowledge(ID))
    assert error.reason == ("proxy_password" if status == 407 else "proxy_refused")
    assert (error.is_ambiguous, len(proxy.heads), server.asked) == (False, 1, [])
    assert not shows(error, proxy)
