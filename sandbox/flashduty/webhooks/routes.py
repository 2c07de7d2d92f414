"""Control routes of webhooks under `/sandbox/webhooks`."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.flashduty.model.account import Account
from sandbox.flashduty.webhooks.deliveries import Webhooks
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.reading import read_body, require_json
from sandbox.flashduty.wire.refusals import Refusal


def webhook_routes(webhooks: Webhooks, account: Account) -> list[web.RouteDef]:
    """Return the routes; they need no key and take only JSON."""
    routes = _Routes(webhooks, account)
    return [
        web.get("/sandbox/webhooks", routes.read),
        web.post("/sandbox/webhooks", _taking(routes.add)),
        web.delete("/sandbox/webhooks", routes.clear),
        web.post("/sandbox/webhooks/faults", _taking(routes.plan)),
        web.delete("/sandbox/webhooks/faults", routes.mend),
        web.post("/sandbox/webhooks/let-go", _taking(routes.let_go)),
        web.post("/sandbox/webhooks/send", _taking(routes.send)),
    ]


def _taking(act: Callable[[Record], Record]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            require_json(request)
            return web.json_response({"ok": True, **act(await read_body(request))})
        except Refusal as refusal:
            wrong: object = refusal.english.rstrip(".")
        except (LookupError, ValueError, TypeError) as error:
            wrong = error
        sentence = f"Nothing was changed: {wrong}."
        return web.json_response({"ok": False, "error": "bad_webhook", "sentence": sentence}, status=400)

    return serve


class _Routes:
    def __init__(self, webhooks: Webhooks, account: Account) -> None:
        self._webhooks = webhooks
        self._account = account

    async def read(self, _: web.Request) -> web.Response:
        """Return the webhooks, and every attempt to deliver."""
        hooks = [
            {"integration_id": one.integration_id, "url": one.url, "kind": one.kind} for one in self._webhooks.hooks
        ]
        return web.json_response({"ok": True, "webhooks": hooks, "deliveries": self._account.deliveries})

    def add(self, given: Record) -> Record:
        """Take the fields of `Webhook`."""
        return {"integration_id": self._webhooks.add(**given).integration_id}

    async def clear(self, _: web.Request) -> web.Response:
        """Remove all webhooks."""
        self._webhooks.clear()
        return web.json_response({"ok": True})

    def plan(self, given: Record) -> Record:
        """Take `kind` (twice, lost, delayed, held), `times` (null for always) and `seconds`."""
        self._webhooks.faults.plan(given["kind"], times=given.get("times", 1), seconds=given.get("seconds", 0.0))
        return {}

    async def mend(self, _: web.Request) -> web.Response:
        """Clear the planned faults."""
        self._webhooks.faults.clear()
        return web.json_response({"ok": True})

    def let_go(self, given: Record) -> Record:
        """Send what was held back, the newest first with `newest_first`."""
        return {"sent": self._webhooks.let_go(newest_first=bool(given.get("newest_first")))}

    def send(self, given: Record) -> Record:
        """Take `event_type`, of any name, and `incident`."""
        self._webhooks.push(str(given["event_type"]), self._account.incident_named(given["incident"]))
        return {}
