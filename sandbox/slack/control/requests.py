"""Requests under /sandbox/: JSON objects in and out, with a sentence for each error."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from sandbox.slack.delivery.deliveries import Delivery
from sandbox.slack.service import SlackService

Body = Mapping[str, Any]


class WrongRequest(Exception):  # noqa: N818 - what the caller sent
    """An invalid control request; the text is a sentence."""


def taking(act: Callable[[Body], Awaitable[dict[str, Any]]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Wrap an action: read the JSON body, act, and report errors as sentences."""

    async def serve(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return refused("invalid_content_type", "Send application/json.")
        try:
            body = await request.json()
            if not isinstance(body, dict):
                return refused("invalid_body", "Send a JSON object.")
            return done(**await act(body))
        except (WrongRequest, LookupError, ValueError) as error:
            return refused(type(error).__name__.lower(), str(error.args[0] if error.args else error))

    return serve


def words_of(body: Body, *names: str) -> list[str]:
    """Return required texts of a body; raises WrongRequest."""
    missing = [name for name in names if not isinstance(body.get(name), str) or not body[name]]
    if missing:
        raise WrongRequest(f"Missing: {', '.join(missing)}.")
    return [body[name] for name in names]


def shown_to(slack: SlackService, body: Body, user: str) -> dict[str, Any]:
    """Find the view (`view_id`) or the message (`channel`, `message_ts`) as the person sees it now."""
    if body.get("view_id"):
        view = slack.view(user, str(body["view_id"]))
        if view is None:
            raise WrongRequest("That view is not open any more.")
        return view
    channel, ts = words_of(body, "channel", "message_ts")
    for message in slack.seen_by(user, channel):
        if message["ts"] == ts:
            return message
    raise WrongRequest("That message is not there any more.")


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """Return the result of a delivery as JSON."""
    return {
        "acked": delivery.acked,
        "status": delivery.status,
        "seconds": round(delivery.seconds, 3),
        "shown_error": delivery.shown_error,
        "errors": delivery.errors or None,
    }


def done(**fields: object) -> web.Response:
    """Return a success response."""
    return web.json_response({"ok": True, **fields})


def refused(error: str, sentence: str) -> web.Response:
    """Return an error response."""
    return web.json_response({"ok": False, "error": error, "sentence": sentence}, status=HTTPStatus.BAD_REQUEST)
