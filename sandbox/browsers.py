"""Protects the pretend servers from foreign web pages, as a browser on this machine can reach them.

A page can send a form to any address, and by DNS rebinding resolve its own name to this one, which `Host` then holds.
docs: owasp.org/www-community/attacks/csrf, fetch.spec.whatwg.org (origin-header)
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from aiohttp import web

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
READING: Final = frozenset({"GET", "HEAD"})
# Routes for people; the others are Slack's and Flashduty's own, which have their own checks.
ACTING: Final = ("/sandbox/", "/demo/")

# Host names of a TLS proxy in a test.
ALSO_KNOWN_AS: Final = web.AppKey("also_known_as", Collection[str])

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def only_own_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a Host other than this machine with our port, a foreign Origin, and actions that are not JSON."""
    host = request.headers.get("Host", "").lower()
    if host not in _own_hosts(request):
        return _refused("wrong_host", "Open the address that was printed: 127.0.0.1 with its port.")
    if request.headers.get("Origin", f"http://{host}").lower() != f"http://{host}":
        return _refused("wrong_origin", "Another page may not act here.")
    acts = request.method not in READING and request.path.startswith(ACTING)
    # A request without a body has no type; DELETE from another page requires a preflight.
    if acts and (request.body_exists or request.method != "DELETE") and request.content_type != "application/json":
        return _refused("invalid_content_type", "Send application/json.", status=400)
    return await handler(request)


def _own_hosts(request: web.Request) -> set[str]:
    address = request.transport.get_extra_info("sockname") if request.transport is not None else None
    own = {f"{name}:{address[1]}" for name in LOOPBACK} if address else set()
    also = request.app.get(ALSO_KNOWN_AS)
    return own.union(also or ())


def _refused(error: str, sentence: str, *, status: int = 403) -> web.Response:
    return web.json_response({"ok": False, "error": error, "sentence": sentence}, status=status)
