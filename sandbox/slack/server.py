"""The pretend Slack, listening on this machine."""

from typing import Final, Self, Unpack

from aiohttp import web

from sandbox.browsers import ALSO_KNOWN_AS, only_own_pages
from sandbox.faults import ELSEWHERE, elsewhere
from sandbox.slack.control.fault_routes import FaultRoutes
from sandbox.slack.control.page_routes import PageRoutes
from sandbox.slack.conversation.response_urls import RESPONSE_PATH
from sandbox.slack.delivery.answers import ResponseUrlEndpoint
from sandbox.slack.delivery.socket_mode import SOCKET_PATH
from sandbox.slack.recorded import Progress, recorded
from sandbox.slack.service import SlackService, SlackSettings
from sandbox.slack.web_api import WebApi
from sandbox.slack.web_api.files import UPLOAD_PATH

HOST: Final = "127.0.0.1"
# Grace period for responses in progress when the server stops.
_LAST_ANSWERS_SECONDS: Final = 0.5
_MOST_UPLOADED: Final = 50 * 1024 * 1024
# The name of uploads in the journal and for faults.
UPLOAD: Final = "upload"


class PretendSlack(SlackService):
    """A Slack workspace with one app, stricter than the real one; an async context manager that listens.

    `port` 0 takes a free one; `settings` are those of `SlackService`. Routes may be added to `web_app` until the server
    starts.
    """

    def __init__(self, *, port: int = 0, **settings: Unpack[SlackSettings]) -> None:
        super().__init__(**settings)
        self._port = port
        self._runner: web.AppRunner | None = None
        self.web_app = web.Application(client_max_size=_MOST_UPLOADED, middlewares=[only_own_pages])
        self._known_as: set[str] = set()
        self.web_app[ALSO_KNOWN_AS] = self._known_as
        self.web_app.add_routes([*self._slack_routes(), *PageRoutes(self).routes(), *FaultRoutes(self).routes()])

    def _slack_routes(self) -> list[web.RouteDef]:
        api = WebApi(self._world)
        return [
            web.get("/api/{method}", api.serve, allow_head=False),
            web.post("/api/{method}", api.serve),
            web.post(RESPONSE_PATH, ResponseUrlEndpoint(self._world).serve),
            web.get(SOCKET_PATH, self._sockets.serve),
            web.post(UPLOAD_PATH, self._upload),
            web.get(ELSEWHERE, elsewhere),
            web.post(ELSEWHERE, elsewhere),
        ]

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(
            self.web_app, access_log=None, shutdown_timeout=_LAST_ANSWERS_SECONDS, handler_cancellation=True
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._world.origin = f"http://{HOST}:{self._runner.addresses[0][1]}"
        await self._http.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._world.stopping.set()
        self._world.notices.changed()
        await self._deliveries.stop()
        await self._sockets.stop()
        await self._http.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def reached_at(self, origin: str) -> None:
        """Use this origin in issued URLs and accept it, for a TLS proxy in front of the server."""
        self._world.origin = origin
        self._known_as.add(origin.partition("://")[2])

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        async def work(progress: Progress) -> web.StreamResponse:
            progress.params = match = dict(request.match_info)
            is_taken = self._world.uploads.receive(match["file_id"], match.pop("secret"), await request.read())
            return web.Response(text="OK") if is_taken else web.Response(status=404, text="not found")

        return await recorded(self._world, request, name=UPLOAD, work=work, refusal_status=404)
