"""The routes under /sandbox/, with which a page or a script acts for people; JSON in and out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from sandbox.faults import Fault
from sandbox.slack.acting import Incomplete
from sandbox.slack.deliveries import Delivery

if TYPE_CHECKING:
    from sandbox.slack.server import PretendSlack

# A comment line this often shows a proxy, and the page, that the stream lives.
_HEARTBEAT_SECONDS: Final = 15.0

Body = Mapping[str, Any]


class WrongRequest(Exception):  # noqa: N818 - what the caller sent
    """A request to the control surface that makes no sense; the text is a sentence."""


class Control:
    """Reads requests of the page, and answers what it shows."""

    def __init__(self, slack: "PretendSlack") -> None:
        self._slack = slack
        posts: dict[str, Callable[[Body], Awaitable[dict[str, Any]]]] = {
            "/sandbox/type": self._type,
            "/sandbox/press": self._press,
            "/sandbox/submit": self._submit,
            "/sandbox/close": self._close,
            "/sandbox/faults": self._plan_fault,
            "/sandbox/clock": self._move_clock,
        }
        slack.web_app.add_routes(
            [
                web.get("/sandbox/workspace", self._workspace),
                web.get("/sandbox/messages", self._messages),
                web.get("/sandbox/views", self._views),
                web.get("/sandbox/requests", self._requests),
                web.get("/sandbox/files/{file_id}", self._file),
                web.get("/sandbox/stream", self._stream),
                web.delete("/sandbox/faults", self._mend),
                *(web.post(path, _taking(act)) for path, act in posts.items()),
            ]
        )

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
        return _done(
            team={"id": workspace.id, "name": workspace.name, "domain": workspace.domain},
            people=people,
            channels=channels,
            groups=[asdict(one) for one in workspace.groups.values()],
            commands=[asdict(one) for one in app.commands],
            bot={"id": app.bot_id, "user_id": app.user_id, "name": app.name, "app_id": app.id},
            now=self._slack.clock.now().isoformat(),
        )

    async def _messages(self, request: web.Request) -> web.Response:
        return _done(messages=self._slack.seen_by(_query(request, "user"), _query(request, "channel")))

    async def _views(self, request: web.Request) -> web.Response:
        return _done(views=self._slack.views(_query(request, "user")))

    async def _file(self, request: web.Request) -> web.Response:
        """Give a picture as its type and nothing else: what apps upload must not become a page here."""
        picture = self._slack.picture(request.match_info["file_id"])
        if picture is None:
            return web.json_response({"ok": False, "error": "file_not_found"}, status=HTTPStatus.NOT_FOUND)
        return web.Response(
            body=picture.content, content_type=picture.mimetype, headers={"X-Content-Type-Options": "nosniff"}
        )

    async def _requests(self, _: web.Request) -> web.Response:
        return _done(requests=list(self._slack.journal.rows))

    async def _type(self, body: Body) -> dict[str, Any]:
        user, channel, text = _words(body, "user", "channel", "text")
        act = self._slack.command if text.startswith("/") else self._slack.say
        return {"delivery": _told(await act(user, channel, text, thread_ts=body.get("thread_ts")))}

    async def _press(self, body: Body) -> dict[str, Any]:
        user, action_id = _words(body, "user", "action_id")
        shown = self._shown(body, user)
        delivery = await self._slack.press(
            user,
            shown,
            action_id=action_id,
            value=body.get("value"),
            selected=body.get("selected"),
            block_id=body.get("block_id"),
        )
        return {"delivery": _told(delivery)}

    def _shown(self, body: Body, user: str) -> dict[str, Any]:
        """Find the message or the view as the person sees it now."""
        if body.get("view_id"):
            view = self._slack.view(user, str(body["view_id"]))
            if view is None:
                raise WrongRequest("That view is not open any more.")
            return view
        channel, ts = _words(body, "channel", "message_ts")
        for message in self._slack.seen_by(user, channel):
            if message["ts"] == ts:
                return message
        raise WrongRequest("That message is not there any more.")

    async def _submit(self, body: Body) -> dict[str, Any]:
        user, view_id = _words(body, "user", "view_id")
        try:
            delivery = await self._slack.submit(user, view_id, body.get("values") or {})
        except Incomplete as incomplete:
            return {"errors": incomplete.errors, "delivery": None}
        return {"delivery": _told(delivery), **({"errors": delivery.errors} if delivery.errors else {})}

    async def _close(self, body: Body) -> dict[str, Any]:
        user, view_id = _words(body, "user", "view_id")
        return {"delivery": _told(await self._slack.close_view(user, view_id))}

    async def _plan_fault(self, body: Body) -> dict[str, Any]:
        (method,) = _words(body, "method")
        times = body.get("times", 1)
        if times is not None and (not isinstance(times, int) or times < 1):
            raise WrongRequest("times is a positive number, or null for every time.")
        self._slack.fail(method, Fault.from_json(body.get("fault") or {}), times)
        return {}

    async def _mend(self, _: web.Request) -> web.Response:
        self._slack.mend()
        return _done()

    async def _move_clock(self, body: Body) -> dict[str, Any]:
        now = self._slack.clock.now()
        if "shift_seconds" in body:
            target = now + timedelta(seconds=float(body["shift_seconds"]))
        else:
            target = datetime.fromisoformat(*_words(body, "move_to"))
        self._slack.move_clock(target)
        return {"now": self._slack.clock.now().isoformat()}

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Tell a page what its person may notice, as server-sent events."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
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


def _taking(act: Callable[[Body], Awaitable[dict[str, Any]]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Read a JSON body, act, and turn what is wrong with it into a sentence."""

    async def serve(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _refused("invalid_content_type", "Send application/json.")
        try:
            body = await request.json()
            if not isinstance(body, dict):
                return _refused("invalid_body", "Send a JSON object.")
            return _done(**await act(body))
        except (WrongRequest, LookupError, ValueError) as error:
            return _refused(type(error).__name__.lower(), str(error.args[0] if error.args else error))

    return serve


def _words(body: Body, *names: str) -> list[str]:
    missing = [name for name in names if not isinstance(body.get(name), str) or not body[name]]
    if missing:
        raise WrongRequest(f"Missing: {', '.join(missing)}.")
    return [body[name] for name in names]


def _query(request: web.Request, name: str) -> str:
    return request.query.get(name, "")


def _told(delivery: Delivery) -> dict[str, Any]:
    return {
        "acked": delivery.acked,
        "status": delivery.status,
        "seconds": round(delivery.seconds, 3),
        "shown_error": delivery.shown_error,
        "errors": delivery.errors or None,
    }


def _done(**told: object) -> web.Response:
    return web.json_response({"ok": True, **told})


def _refused(error: str, sentence: str) -> web.Response:
    return web.json_response({"ok": False, "error": error, "sentence": sentence}, status=HTTPStatus.BAD_REQUEST)
