"""A Flashduty that answers with the examples of its published document, on pages that never end."""

import copy
from collections import Counter
from contextlib import asynccontextmanager

from aiohttp import web

# More than anybody has; what a page claims there is altogether.
CLAIMED = 1_000_000


class NeverEnding:
    """Answers each operation with its example; counts the calls by path. No code of ours is in its answers."""

    def __init__(self, openapi):
        self.keys = {"payments": "document-key-payments", "search": "document-key-search"}
        self._openapi = openapi
        self.calls = Counter()
        self.url = ""

    async def answer(self, request):
        operation = self._openapi["paths"].get(request.path, {}).get("post")
        self.calls[request.path] += 1
        if operation is None:
            error = {"code": "RouteNotFound", "message": "no such route"}
            return web.json_response({"request_id": "none", "error": error}, status=404)
        content = operation["responses"]["200"]["content"]["application/json"]
        body = copy.deepcopy(content["example"])
        return web.json_response({**body, "data": _endless(body.get("data"))})


def _endless(data):
    """Claim that there is more behind every page: the same cursor, more altogether, another page."""
    if not isinstance(data, dict) or "items" not in data:
        return data
    more = {"has_next_page": True} if "has_next_page" in data else {}
    total = {"total": CLAIMED} if "total" in data else {}
    return data | more | total


@asynccontextmanager
async def never_ending(openapi):
    """Listen on a free port of 127.0.0.1."""
    pretend = NeverEnding(openapi)
    app = web.Application()
    app.router.add_post("/{path:.*}", pretend.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pretend.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield pretend
    finally:
        await runner.cleanup()
