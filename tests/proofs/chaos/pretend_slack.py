"""Just enough of Slack to post to once, or twice: chat.postMessage and conversations.history, with faults on order."""

import asyncio
import json
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from bot.slack.api import SlackApi
from bot.slack.client import SlackClient
from bot.slack.workspace import Installation, Workspace

BOT = Installation("T0ONE", None, "U0BOT", "B0BOT")


@dataclass
class SmallSlack:
    """`faults` decides about each call what goes wrong: None, or one of the words below."""

    honours_client_msg_id: bool = False
    faults: object = lambda _method: None
    messages: list = field(default_factory=list)
    calls: Counter = field(default_factory=Counter)
    posted: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""

    async def call(self, request):
        try:
            await request.read()
        except ConnectionResetError:
            # Whoever sent it was killed in the middle.
            return web.Response(status=400)
        method = request.match_info["method"]
        self.calls[method] += 1
        fault = self.faults(method)
        if fault == "slow":
            await asyncio.sleep(0.08)
        if fault == "broken":
            return web.Response(status=500, text="<html>")
        if fault and fault.startswith("error:"):
            return web.json_response({"ok": False, "error": fault.removeprefix("error:")})
        if method == "chat.postMessage":
            answer = await self.post(await request.json(), request.headers.get("X-Replica"))
        else:
            answer = self.history((await request.post()) or request.query)
        if fault == "cut":
            request.transport.abort()
        return web.json_response(answer)

    async def post(self, body, replica):
        known = [m for m in self.messages if m["client_msg_id"] == body["client_msg_id"]]
        if known and self.honours_client_msg_id:
            return {"ok": True, "ts": known[0]["ts"]}
        ts = f"{1_800_000_000 + len(self.messages)}.000100"
        metadata = body["metadata"] if isinstance(body.get("metadata"), dict) else json.loads(body["metadata"])
        async with self.posted:
            self.messages.append(
                {
                    "ts": ts,
                    "bot_id": BOT.bot_id,
                    "text": body["text"],
                    "channel": body["channel"],
                    "client_msg_id": body["client_msg_id"],
                    "metadata": metadata,
                    "replica": replica,
                }
            )
            self.posted.notify_all()
        return {"ok": True, "ts": ts}

    def history(self, asked):
        shown = [m for m in reversed(self.messages) if m["channel"] == asked["channel"]]
        start = int(asked.get("cursor") or 0)
        limit = int(asked.get("limit", 100))
        following = str(start + limit) if len(shown) > start + limit else ""
        drop = () if asked.get("include_all_metadata") in {"1", "true"} else ("metadata",)
        page = [{k: v for k, v in m.items() if k not in drop} for m in shown[start : start + limit]]
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": following}}

    def counted(self):
        """How often each thing was posted, by team and date."""
        payloads = (message["metadata"]["event_payload"] for message in self.messages)
        return Counter((payload["team"], payload["date"]) for payload in payloads)


@asynccontextmanager
async def listening(slack):
    app = web.Application()
    app.router.add_post("/api/{method}", slack.call)
    # A request of a process that was killed is carried on, as Slack would.
    runner = web.AppRunner(app, handler_cancellation=False, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()


@asynccontextmanager
async def reaching(url, replica="tests"):
    """The bot's own way to Slack, ending at this one."""
    async with aiohttp.ClientSession(headers={"X-Replica": replica}) as session:
        client = SlackClient("xoxb-made-up", url, session)
        yield Workspace(SlackApi(client, session), BOT)
