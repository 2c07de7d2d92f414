"""Control routes of a pretend Flashduty that runs alone."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from sandbox.faults import Fault
from sandbox.flashduty.console import CHANGES
from sandbox.flashduty.habits import Habits
from sandbox.flashduty.model.customs import Form
from sandbox.flashduty.service import FlashdutyService
from sandbox.flashduty.wire.reading import read_body, require_json
from sandbox.flashduty.wire.refusals import Refusal


def control_routes(flashduty: FlashdutyService) -> list[web.RouteDef]:
    """Return the routes under `/sandbox`; they need no key and take only JSON, so that no web page can call them."""
    controls = _Controls(flashduty)
    return [
        web.post("/sandbox/incidents", controls.raise_incident),
        web.post("/sandbox/incidents/{incident}/{change}", controls.change_incident),
        web.post("/sandbox/faults", controls.plan_fault),
        web.delete("/sandbox/faults", controls.mend),
        web.post("/sandbox/habits", controls.change_habits),
        web.get("/sandbox/requests", controls.requests),
        web.get("/sandbox/comments", controls.comments),
        web.get("/sandbox/pages", controls.pages),
        web.post("/sandbox/forms", controls.add_form),
        web.delete("/sandbox/forms", controls.clear_forms),
        web.post("/sandbox/custom-actions/{integration_id}", controls.change_action),
        web.post("/sandbox/clock", controls.move_clock),
    ]


class _Controls:
    def __init__(self, flashduty: FlashdutyService) -> None:
        self._flashduty = flashduty

    async def raise_incident(self, request: web.Request) -> web.Response:
        """Take `title`, `severity`, `flashduty_channel`, `alerts` (how many are grouped) and any wire field."""
        try:
            incident = self._flashduty.raise_incident(**await _body(request))
        except (LookupError, ValueError, TypeError) as wrong:
            return _refused("bad_incident", f"No incident was raised: {wrong}.")
        return _done(incident=incident)

    async def change_incident(self, request: web.Request) -> web.Response:
        """Do one of the things of `Console` to an incident, by its id or number, with the arguments of the method."""
        change = request.match_info["change"]
        act = getattr(self._flashduty.console, change, None) if change in CHANGES else None
        if act is None:
            return _refused("unknown_change", f"A change is one of {', '.join(CHANGES)}.")
        try:
            incident = act(request.match_info["incident"], **await _body(request))
        except (LookupError, ValueError, TypeError, AttributeError) as wrong:
            return _refused("bad_change", f"Nothing was changed: {wrong}.")
        return _done(incident=incident)

    async def plan_fault(self, request: web.Request) -> web.Response:
        """Take `path` (or `*`), `fault` and `times` (null for always)."""
        try:
            given = await _body(request)
            self._flashduty.fail(given["path"], Fault.from_json(given["fault"]), given.get("times", 1))
        except (LookupError, ValueError, TypeError) as wrong:
            return _refused("bad_fault", f"No fault was planned: {wrong}.")
        return _done()

    async def change_habits(self, request: web.Request) -> web.Response:
        """Take the fields of `Habits` that change."""
        try:
            self._flashduty.habits = Habits.from_json(await _body(request), self._flashduty.habits)
        except (ValueError, TypeError) as wrong:
            return _refused("bad_habit", f"Nothing was changed: {wrong}.")
        return _done(habits=asdict(self._flashduty.habits))

    async def mend(self, _request: web.Request) -> web.Response:
        """Clear all planned faults."""
        self._flashduty.mend()
        return _done()

    async def requests(self, _request: web.Request) -> web.Response:
        """Return the recorded calls."""
        return _done(requests=[asdict(call) for call in self._flashduty.calls])

    async def comments(self, _request: web.Request) -> web.Response:
        """Return the comments: as written, as a reader sees them, and who was notified."""
        return _done(comments=[asdict(comment) for comment in self._flashduty.account.comments])

    async def pages(self, _request: web.Request) -> web.Response:
        """Return who was paged, the oldest page first: how, and why it did not arrive."""
        return _done(pages=[asdict(page) for page in self._flashduty.account.pages])

    async def add_form(self, request: web.Request) -> web.Response:
        """Demand a form from now on: take the fields of `Form`."""
        try:
            self._flashduty.account.forms.append(Form.from_json(await _body(request)))
        except (ValueError, TypeError) as wrong:
            return _refused("bad_form", f"No form was added: {wrong}.")
        return _done()

    async def clear_forms(self, _request: web.Request) -> web.Response:
        """Demand no form any more."""
        self._flashduty.account.forms.clear()
        return _done()

    async def change_action(self, request: web.Request) -> web.Response:
        """Let a custom action fail, or not: take `failure`, empty where it works, and `is_enabled`."""
        action = self._flashduty.account.custom_actions.get(_number(request.match_info["integration_id"]))
        if action is None:
            return _refused("unknown_action", "There is no such custom action.")
        try:
            given = await _body(request)
        except ValueError as wrong:
            return _refused("bad_action", f"Nothing was changed: {wrong}.")
        action.failure = str(given.get("failure", action.failure))
        action.is_enabled = bool(given.get("is_enabled", action.is_enabled))
        return _done(name=action.name)

    async def move_clock(self, request: web.Request) -> web.Response:
        """Take `shift_seconds` or `move_to` (ISO 8601 with an offset)."""
        try:
            given = await _body(request)
            if "move_to" in given:
                self._flashduty.clock.move_to(datetime.fromisoformat(given["move_to"]))
            else:
                self._flashduty.clock.shift(timedelta(seconds=given["shift_seconds"]))
        except (LookupError, ValueError, TypeError, OverflowError) as wrong:
            return _refused("bad_time", f"The clock was not moved: {wrong}.")
        return _done(now=self._flashduty.clock.now().isoformat())


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        require_json(request)
        return await read_body(request)
    except Refusal as refusal:
        raise ValueError(refusal.english) from refusal


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else 0


def _done(**more: object) -> web.Response:
    return web.json_response({"ok": True, **more})


def _refused(error: str, sentence: str) -> web.Response:
    return web.json_response({"ok": False, "error": error, "sentence": sentence}, status=400)
