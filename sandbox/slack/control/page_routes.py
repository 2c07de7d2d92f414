"""Routes under /sandbox/ by which the page or a script acts for people; JSON in and out."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from sandbox.faults import Fault
from sandbox.slack.control.requests import Body, WrongRequest, delivery_json, done, shown_to, taking, words_of
from sandbox.slack.people.forms import Incomplete
from sandbox.slack.service import SlackService

# Interval of comment lines that keep the stream alive through proxies.
_HEARTBEAT_SECONDS: Final = 15.0


class PageRoutes:
    """The routes of the page."""

    def __init__(self, slack: SlackService) -> None:
        self._slack = slack

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        posts: dict[str, Callable[[Body], Awaitable[dict[str, Any]]]] = {
            "/sandbox/type": self._type,
            "/sandbox/press": self._press,
            "/sandbox/submit": self._submit,
            "/sandbox/close": self._close,
            "/sandbox/faults": self._plan_fault,
            "/sandbox/clock": self._move_clock,
        }
        return [
            web.get("/sandbox/workspace", self._workspace),
            web.get("/sandbox/messages", self._messages),
            web.get("/sandbox/views", self._views),
            web.get("/sandbox/requests", self._requests),
            web.get("/sandbox/files/{file_id}", self._file),
            web.get("/sandbox/stream", self._stream),
            web.delete("/sandbox/faults", self._mend),
            *(web.post(path, taking(act)) for path, act in posts.items()),
        ]

    async def _workspace(self, _: web.Request) -> web.Response:
        workspace = self._slack.workspace
        app = workspace.app
        people = [
            {
                "id": one.id,
                "name": one.name,
                "real_name": one.real_name,
                "kind": one.kind,
                "title": one.title,
                "tz": one.tz,
                "locale": one.locale,
            }
            for one in workspace.people.values()
        ]
        channels = [
            {
                "id": one.id,
                "name": one.name,
                "kind": "im" if one.is_im else "channel",
                "topic": one.topic,
                "members": one.members,
            }
            for one in workspace.channels.values()
        ]
        return done(
            team={"id": workspace.id, "name": workspace.name, "domain": workspace.domain},
            people=people,
            channels=channels,
            groups=[asdict(one) for one in workspace.groups.values()],
            commands=[asdict(one) for one in app.commands],
            shortcuts=[asdict(one) for one in app.shortcuts],
            bot={
                "id": app.bot_id,
                "user_id": app.user_id,
                "name": app.name,
                "app_id": app.id,
                "has_home": app.has_home,
            },
            now=self._slack.clock.now().isoformat(),
        )

    async def _messages(self, request: web.Request) -> web.Response:
        return done(messages=self._slack.seen_by(_query(request, "user"), _query(request, "channel")))

    async def _views(self, request: web.Request) -> web.Response:
        user = _query(request, "user")
        return done(views=self._slack.views(user), home=self._slack.home(user))

    async def _file(self, request: web.Request) -> web.Response:
        """Return an image with its type only, so that an upload is never rendered as a page."""
        picture = self._slack.picture(request.match_info["file_id"])
        if picture is None:
            return web.json_response({"ok": False, "error": "file_not_found"}, status=HTTPStatus.NOT_FOUND)
        return web.Response(
            body=picture.content, content_type=picture.mimetype, headers={"X-Content-Type-Options": "nosniff"}
        )

    async def _requests(self, _: web.Request) -> web.Response:
        return done(requests=list(self._slack.journal.rows))

    async def _type(self, body: Body) -> dict[str, Any]:
        user, channel, text = words_of(body, "user", "channel", "text")
        act = self._slack.command if text.startswith("/") else self._slack.say
        return {"delivery": delivery_json(await act(user, channel, text, thread_ts=body.get("thread_ts")))}

    async def _press(self, body: Body) -> dict[str, Any]:
        user, action_id = words_of(body, "user", "action_id")
        delivery = await self._slack.press(
            user,
            shown_to(self._slack, body, user),
            action_id=action_id,
            value=body.get("value"),
            selected=body.get("selected"),
            block_id=body.get("block_id"),
        )
        return {"delivery": delivery_json(delivery)}

    async def _submit(self, body: Body) -> dict[str, Any]:
        user, view_id = words_of(body, "user", "view_id")
        try:
            delivery = await self._slack.submit(user, view_id, body.get("values") or {})
        except Incomplete as incomplete:
            return {"errors": incomplete.errors, "delivery": None}
        return {"delivery": delivery_json(delivery), **({"errors": delivery.errors} if delivery.errors else {})}

    async def _close(self, body: Body) -> dict[str, Any]:
        user, view_id = words_of(body, "user", "view_id")
        return {"delivery": delivery_json(await self._slack.close_view(user, view_id))}

    async def _plan_fault(self, body: Body) -> dict[str, Any]:
        (method,) = words_of(body, "method")
        times = body.get("times", 1)
        if times is not None and (not isinstance(times, int) or times < 1):
            raise WrongRequest("times is a positive number, or null for every time.")
        self._slack.fail(method, Fault.from_json(body.get("fault") or {}), times)
        return {}

    async def _mend(self, _: web.Request) -> web.Response:
        self._slack.mend()
        return done()

    async def _move_clock(self, body: Body) -> dict[str, Any]:
        now = self._slack.clock.now()
        if "shift_seconds" in body:
            target = now + timedelta(seconds=float(body["shift_seconds"]))
        else:
            target = datetime.fromisoformat(*words_of(body, "move_to"))
        self._slack.move_clock(target)
        return {"now": self._slack.clock.now().isoformat()}

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Send the events that a person may see, as server-sent events."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-PageRoutes": "no-store"})
        await answer.prepare(request)
        stopping = asyncio.create_task(self._slack.stopping.wait())
        try:
            with self._slack.notices.listening(_query(request, "user")) as listener, suppress(ConnectionError):
                await answer.write(b": hello\n\n")
                while not stopping.done():
                    await answer.write(await _next_event(listener.unread, stopping))
        finally:
            stopping.cancel()
        return answer


async def _next_event(unread: "asyncio.Queue[tuple[str, dict[str, Any]]]", stopping: "asyncio.Task[Any]") -> bytes:
    waiting = asyncio.create_task(unread.get())
    try:
        await asyncio.wait({waiting, stopping}, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            return b": bye\n\n" if stopping.done() else b": still here\n\n"
        kind, data = waiting.result()
        return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
    finally:
        waiting.cancel()


def _query(request: web.Request, name: str) -> str:
    return request.query.get(name, "")
