"""Responses of the bot: in an acknowledgement, or through a response URL."""

import json
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from sandbox.slack.conversation.contents import content_of, kept_attachments
from sandbox.slack.conversation.messages import Content
from sandbox.slack.conversation.response_urls import METHOD, ResponseUrl, read_answer
from sandbox.slack.delivery.deliveries import Delivery
from sandbox.slack.recorded import Progress, recorded
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.modals import checked
from sandbox.slack.world import World

_BAD: Final = HTTPStatus.BAD_REQUEST
_COMMAND_REPLY: Final = frozenset(
    {"text", "blocks", "attachments", "response_type", "mrkdwn", "unfurl_links", "unfurl_media"}
)
# Fields beside `response_action` in the response to a submission (docs.slack.dev/surfaces/modals).
_ACTIONS: Final = {"errors": "errors", "update": "view", "push": "view", "clear": None}


class Answers:
    """Applies the bodies of acknowledgements (docs.slack.dev/interactivity/implementing-slash-commands)."""

    def __init__(self, world: World) -> None:
        self._world = world

    def reply_to_command(self, delivery: Delivery) -> None:
        """Post the reply in the acknowledgement of a command."""
        answer = delivery.answer
        if answer is None:
            return
        body: Mapping[str, Any] = answer if isinstance(answer, dict) else {"text": str(answer)}
        try:
            self._show_reply(delivery.payload, body)
        except Refusal as refusal:
            delivery.shown_error = f'{delivery.payload["command"]} failed with the error "{refusal.error}"'

    def _show_reply(self, payload: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        if set(body) - _COMMAND_REPLY:
            raise Refusal("invalid_arguments")
        content = content_of(body)
        self._world.uploads.refuse_unusable(content)
        user, channel, bot = payload["user_id"], payload["channel_id"], self._world.workspace.app.user_id
        if body.get("response_type", "ephemeral") != "in_channel":
            self._world.messages.post(channel, bot, content, audience=user)
            return
        typed = f"{payload['command']} {payload['text']}".strip()
        self._world.messages.post(channel, user, Content(typed), subtype="slash_command")
        self._world.messages.post(channel, bot, content)

    def after_submission(self, delivery: Delivery, user_id: str, view_id: str) -> None:
        """Apply the acknowledgement of a submission; an empty one closes the modal."""
        try:
            self._act_on_view(delivery, user_id, view_id)
        except Refusal as refusal:
            delivery.shown_error = f"We had some trouble connecting. Try again? ({refusal.error})"

    def _act_on_view(self, delivery: Delivery, user_id: str, view_id: str) -> None:
        answer, views = delivery.answer, self._world.views
        if answer is None or answer == {}:
            views.close(user_id, view_id)
            return
        action = answer.get("response_action") if isinstance(answer, dict) else None
        if action not in _ACTIONS:
            raise Refusal("invalid_response_action")
        if set(answer) - {"response_action", _ACTIONS[action]}:
            raise Refusal("invalid_arguments")
        if action == "clear":
            views.close(user_id, view_id, clears=True)
        elif action == "errors":
            delivery.errors = self._errors(answer, delivery.payload["view"])
        elif action == "push":
            views.push(user_id, checked(self._world, answer.get("view") or {}, "modal"))
        else:
            view = checked(self._world, answer.get("view") or {}, "modal")
            views.update(view, view_id=view_id, external_id=None, expected_hash=None)

    @staticmethod
    def _errors(answer: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, str]:
        """Parse a modal's errors, which are allowed for input blocks only."""
        inputs = {block.get("block_id") for block in view["blocks"] if block["type"] == "input"}
        errors = answer.get("errors")
        if not isinstance(errors, dict) or not errors or set(errors) - inputs:
            raise Refusal("invalid_errors")
        if not all(isinstance(sentence, str) and sentence.strip() for sentence in errors.values()):
            raise Refusal("invalid_errors")
        return dict(errors)


class ResponseUrlEndpoint:
    """The endpoint of response URLs."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one request."""

        async def work(progress: Progress) -> web.StreamResponse:
            progress.params = body = await _read(request)
            self._carry_out(self._world.response_urls.use(request.path), body)
            return web.Response(text="ok")

        return await recorded(self._world, request, name=METHOD, work=work, refusal_status=_BAD)

    def _carry_out(self, url: ResponseUrl, body: Mapping[str, Any]) -> None:
        messages, source = self._world.messages, url.source
        answer = read_answer(body, source)
        if (answer.deletes or answer.replaces) and source is not None:
            if messages.find(source.channel, source.ts) is not source:
                raise Refusal("message_not_found", status=HTTPStatus.NOT_FOUND)
            if answer.deletes:
                messages.delete(source)
            else:
                messages.rewrite(source, replace(self._content(body), **kept_attachments(body, source.content)))
            return
        content = self._content(body)
        bot = self._world.workspace.app.user_id
        if answer.thread_ts is not None and messages.public(url.channel, answer.thread_ts) is None:
            raise Refusal("thread_not_found", status=_BAD)
        audience = None if answer.is_public else url.user_id
        messages.post(url.channel, bot, content, thread_ts=answer.thread_ts, audience=audience)

    def _content(self, body: Mapping[str, Any]) -> Content:
        content = content_of(body, status=_BAD)
        self._world.uploads.refuse_unusable(content, status=_BAD)
        return content


async def _read(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Refusal("invalid_post_type", status=_BAD)
    try:
        body = json.loads(await request.text())
    except ValueError:
        raise Refusal("invalid_payload", status=_BAD) from None
    if not isinstance(body, dict):
        raise Refusal("invalid_payload", status=_BAD)
    return body
