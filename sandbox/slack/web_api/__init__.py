"""The pretend Web API under /api/ (docs.slack.dev/apis/web-api)."""

import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web

from sandbox.slack.recorded import Progress, recorded
from sandbox.slack.refusal import Refusal, with_warnings
from sandbox.slack.web_api import chat, conversations, files, modals, people
from sandbox.slack.web_api.arguments import Given, parsed, read_call
from sandbox.slack.web_api.method import Arguments, Method, Result, require_scope
from sandbox.slack.world import World


def _open_connection(world: World, _: Arguments) -> Result:
    return {"url": world.new_socket_address()}


METHODS: Final[Mapping[str, Method]] = {
    "apps.connections.open": Method(_open_connection, {}, token="app"),  # noqa: S106 - a kind of token
    **chat.CHAT_METHODS,
    **conversations.CONVERSATION_METHODS,
    **files.FILE_METHODS,
    **modals.VIEW_METHODS,
    **people.PEOPLE_METHODS,
}
# Bolt's clients send the workspace with every call; it matters to org-wide apps only.
_EVERYWHERE: Final = {"team_id": "text"}
_OWN_SCOPE: Final = {"app": ("connections:write",)}


class WebApi:
    """The endpoint of the Web API; errors have status 200, as Slack's do."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one request."""
        name = request.match_info["method"]
        scopes: dict[str, str] = {}
        afterwards: list[Callable[[], object]] = []

        async def work(progress: Progress) -> web.StreamResponse:
            return await self._work(request, progress, scopes=scopes, afterwards=afterwards)

        try:
            answer = await recorded(self._world, request, name=name, work=work, refusal_status=HTTPStatus.OK)
            if not answer.prepared:
                answer.headers.update(scopes | {"x-slack-req-id": secrets.token_hex(16)})
            if afterwards and not answer.prepared:
                await answer.prepare(request)
                await answer.write_eof()
            return answer
        finally:
            for act in afterwards:
                act()

    async def _work(
        self,
        request: web.Request,
        progress: Progress,
        *,
        scopes: dict[str, str],
        afterwards: list[Callable[[], object]],
    ) -> web.StreamResponse:
        method = METHODS.get(progress.name)
        if method is None:
            raise Refusal("unknown_method", req_method=progress.name)
        given = await read_call(request, takes_json=method.takes_json)
        progress.params = given.arguments
        self._check_token(method, given.token)
        scopes.update(self._scope_headers(method))
        try:
            result = {"ok": True, **self._run(method, given, progress)}
        except Refusal as refusal:
            refusal.warnings = given.warnings
            raise
        finally:
            afterwards += self._world.take_afterwards()
        return web.json_response(with_warnings(result, given.warnings))

    def _run(self, method: Method, given: Given, progress: Progress) -> Result:
        if method.scope is not None:
            require_scope(self._world, method.scope)
        progress.params = parsed(given.arguments, {**method.takes, **_EVERYWHERE}, method.needs)
        return method.run(self._world, progress.params)

    def _check_token(self, method: Method, token: str | None) -> None:
        tokens = {self._world.bot_token: "bot", self._world.app_token: "app"}
        if token is None:
            raise Refusal("not_authed")
        if token not in tokens:
            raise Refusal("invalid_auth")
        if tokens[token] != method.token:
            raise Refusal("not_allowed_token_type")

    def _scope_headers(self, method: Method) -> dict[str, str]:
        own = _OWN_SCOPE.get(method.token, self._world.workspace.app.scopes)
        return {"x-oauth-scopes": ",".join(own), "x-accepted-oauth-scopes": method.scope or ""}
