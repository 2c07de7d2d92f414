"""The demo page: static files, served by the pretend Slack."""

from pathlib import Path
from typing import Final

from aiohttp import web

PAGE_FILES: Final = Path(__file__).with_name("page")

# Some texts of messages are hostile: even as markup they could not load or run anything.
POLICY: Final = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def add_page(app: web.Application) -> None:
    """Add the routes of the page and its assets."""
    app.router.add_get("/", _index)
    app.router.add_get("/icon.svg", _icon)
    app.router.add_static("/css", PAGE_FILES / "css")
    app.router.add_static("/js", PAGE_FILES / "js")


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(
        PAGE_FILES / "index.html", headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    )


async def _icon(_: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE_FILES / "icon.svg")
