"""Answers that are too much: read no further than 20 MiB, in +64 MiB of memory, without a traceback."""

import asyncio
import json
import sys
from pathlib import Path
from subprocess import PIPE

import pytest
from aiohttp import web

from sandbox.faults import Fault, misbehave

CHILD = Path(__file__).parent / "reading_child.py"
ROOT = Path(__file__).parents[3]
MIB = 1024 * 1024
UNUSABLE = {
    "flashduty": "unusable",
    "slack api": "unusable_answer",
    "response url": "unusable_answer",
    "upload": "unusable_answer",
}


def just_below(part, beginning=b'{"ok":true,"request_id":"1","data":{"items":[', ending=b"]}}"):
    """JSON of nearly 20 MiB, made of one part again and again."""
    times = (20 * MIB - len(beginning) - len(ending) - 100) // len(part)
    return beginning + part * times + part.rstrip(b",") + ending


FLOODS = {
    "200 MiB": Fault.flood(200),
    "200 MiB in chunks": Fault.flood(200, is_announced=False),
    "200 MiB as gzip": Fault.flood(200, encoding="gzip"),
    "200 MiB as gzip in chunks": Fault.flood(200, encoding="gzip", is_announced=False),
    "200 MiB as deflate": Fault.flood(200, encoding="deflate"),
    "200 MiB as deflate in chunks": Fault.flood(200, encoding="deflate", is_announced=False),
    "deep": Fault.says("[" * 2_000_000),
    "deep objects": Fault.says('{"data":' * 1_000_000),
    "a long number": Fault.says('{"request_id":"1","data":' + "9" * 2_000_000 + "}"),
}
DENSE = {
    "millions of objects": just_below(b"{},"),
    "millions of lists": just_below(b"[],"),
    "millions of numbers": just_below(b"1,"),
    "a million small objects": just_below(b'{"a":1,"b":2},'),
    "one long text of few bytes a letter": just_below(
        b"x", b'{"ok":true,"request_id":"1","data":{"incident_id":"1","title":"\xf0\x9f\x98\x80', b'"}}'
    ),
    "one long text": just_below(b"x", b'{"ok":true,"request_id":"1","data":{"title":"', b'"}}'),
}


async def _listen(stack_handler):
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stack_handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def read_in_a_child(way, handler):
    runner, url = await _listen(handler)
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, CHILD, way, url, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=PIPE, stderr=PIPE
        )
        out, errors = await process.communicate()
    finally:
        await runner.cleanup()
    assert "Traceback" not in errors.decode()
    return json.loads(out.splitlines()[-1])


@pytest.mark.parametrize("way", UNUSABLE)
@pytest.mark.parametrize("what", FLOODS)
async def test_a_flood__ends_as_no_usable_answer_in_little_memory(way, what):
    """An answer of 45 MB once took 1.6 GB of memory in 3.8 s."""
    stopping = asyncio.Event()

    async def answer(request):
        async def nothing():
            return web.Response()

        return await misbehave(FLOODS[what], request, work=nothing, refusal=lambda _: web.Response(), stopping=stopping)

    told = await read_in_a_child(way, answer)
    assert told["outcome"] == UNUSABLE[way]
    assert told["grown"] <= 64 * MIB


@pytest.mark.parametrize("way", ["flashduty", "slack api"])
@pytest.mark.parametrize("what", DENSE)
async def test_what_is_just_small_enough_to_be_read__is_parsed_in_bounds_or_not_at_all(way, what):
    """What is counted in bytes alone would take a gibibyte when it is parsed."""

    async def answer(_request):
        return web.Response(body=DENSE[what], content_type="application/json")

    told = await read_in_a_child(way, answer)
    assert told["grown"] <= 64 * MIB
