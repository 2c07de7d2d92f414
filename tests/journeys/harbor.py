"""The real bot between the pretend Slack and the pretend Flashduty, over real sockets."""

import json
import os
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.app.process import Bot, running
from bot.config.settings import Settings
from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from sandbox.slack.tiers import CALLS_A_MINUTE

# A Tuesday, 08:30 in Berlin.
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)

# Where there is one: the bot waits for the disk at every commit, and proofs beside the journeys keep the disk busy.
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of its own is made in it

ALICE, BOB, CAROL, GINA, OTTO = "U0ALICE", "U0BOB", "U0CAROL", "U0GINA", "U0OTTO"
PAYMENTS, SEARCH, GENERAL, SHARED = "C0PAYMENTS", "C0SEARCH", "C0GENERAL", "C0SHARED"


def acknowledge_buttons(message):
    """The action ids of the buttons Acknowledge in a message."""
    elements = [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]
    return [one["action_id"] for one in elements if one["action_id"].startswith("acknowledge:")]


@dataclass
class Harbor:
    """Everything a journey touches."""

    slack: PretendSlack
    flashduty: PretendFlashduty
    bot: Bot
    settings: Settings
    clock: Clock

    async def types(self, text, user=ALICE, channel=PAYMENTS):
        """Type a command and give what the person is shown next."""
        before = self.slack.seen_by(user, channel)
        delivery = await self.slack.command(user, channel, text)
        assert delivery.acked, delivery.shown_error
        return await self._next(user, channel, before)

    async def presses(self, message, action, user=ALICE, **given):
        """Press a control and wait until everything it caused has happened."""
        delivery = await self.slack.press(user, message, action_id=action, **given)
        assert delivery.acked, delivery.shown_error
        await self.slack.settled()
        return delivery

    async def chooses(self, message, incident, route, user=ALICE):
        """Choose the entry of an incident's menu that goes a way."""
        menu = next(
            block["accessory"]
            for block in message["blocks"]
            if block.get("accessory", {}).get("action_id") == f"menu:{incident}"
        )
        (entry,) = [one for one in menu["options"] if one["value"].partition(" ")[0] == route]
        return await self.presses(message, menu["action_id"], user, selected=entry["value"])

    async def forges(self, user, channel, action_id, value):
        """Send a signed press that no message of ours ever offered."""
        payload = {
            "type": "block_actions",
            "team": {"id": "T0HARBOR"},
            "user": {"id": user, "team_id": "T0HARBOR"},
            "channel": {"id": channel},
            "container": {"type": "message", "channel_id": channel, "message_ts": "1.2", "is_ephemeral": True},
            "api_app_id": "A0FLASHDUTY",
            "trigger_id": self.slack.trigger_id(user),
            "actions": [
                {
                    "type": "button",
                    "block_id": "b",
                    "action_id": action_id,
                    "value": value,
                    "action_ts": f"{len(value)}.1",
                }
            ],
        }
        body = urlencode({"payload": json.dumps(payload)})
        at = str(int(self.clock.now().timestamp()))
        signature = SignatureVerifier(self.slack.signing_secret).generate_signature(timestamp=at, body=body)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature or "",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.bot.url}/slack/events", data=body, headers=headers) as answer,
        ):
            assert answer.status == 200
        await self.slack.settled()

    async def _next(self, user, channel, before):
        known = {message["ts"] for message in before}
        await self.slack.until(lambda: any(m["ts"] not in known for m in self.slack.seen_by(user, channel)))
        return next(m for m in self.slack.seen_by(user, channel) if m["ts"] not in known)

    def shown(self, user=ALICE, channel=PAYMENTS):
        """What a person sees in a channel, replies in threads left out."""
        messages = self.slack.seen_by(user, channel)
        return [message for message in messages if message.get("thread_ts") in {None, message["ts"]}]

    def sees(self, user=ALICE, channel=PAYMENTS):
        """The texts of what a person sees in a channel, replies in threads left out."""
        return [message["text"] for message in self.shown(user, channel)]

    def called(self, path):
        """The calls the bot made to one operation of Flashduty."""
        return [call for call in self.flashduty.calls if call.path == path]


def environment(slack, flashduty, *, socket_mode, team="PAYMENTS", **more):
    """The settings of a journey; `team` names the first of the teams, and a value of None leaves a setting out."""
    given = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        **({"SLACK_APP_TOKEN": slack.app_token} if socket_mode else {"SLACK_SIGNING_SECRET": slack.signing_secret}),
        "SLACK_API_URL": slack.api_url,
        "SLACK_RESPONSE_URLS": slack.api_url.removesuffix("api/"),
        "FLASHDUTY_API_URL": flashduty.url,
        f"FLASHDUTY_TEAMS__{team}__APP_KEY": flashduty.keys["payments"],
        f"FLASHDUTY_TEAMS__{team}__SLACK_CHANNELS": f"{PAYMENTS},{SHARED}",
        f"FLASHDUTY_TEAMS__{team}__RESPONDERS": f"{ALICE},S0RESPOND",
        f"FLASHDUTY_TEAMS__{team}__FLASHDUTY_TEAM_IDS": "4001",
        f"FLASHDUTY_TEAMS__{team}__DIGEST_CHANNEL": PAYMENTS,
        f"FLASHDUTY_TEAMS__{team}__TIMEZONE": "Europe/Berlin",
        "FLASHDUTY_TEAMS__SEARCH__APP_KEY": flashduty.keys["search"],
        "FLASHDUTY_TEAMS__SEARCH__SLACK_CHANNELS": SEARCH,
        "FLASHDUTY_TEAMS__SEARCH__FLASHDUTY_TEAM_IDS": "4002",
        "HOST": "127.0.0.1",
        "PORT": "0",
        **more,
    }
    return {name: value for name, value in given.items() if value is not None}


@asynccontextmanager
async def harbor_at(
    now=NOW,
    *,
    socket_mode=True,
    honours_client_msg_id=False,
    calls_a_minute=CALLS_A_MINUTE,
    time_limits=None,
    work=None,
    monotonic=time.monotonic,
    prepare=lambda _slack: None,
    team="PAYMENTS",
    **more,
):
    clock = Clock(now, frozen=True)
    slack = PretendSlack(clock=clock, honours_client_msg_id=honours_client_msg_id, calls_a_minute=calls_a_minute)
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(now))
    prepare(slack)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(slack)
        await stack.enter_async_context(flashduty)
        folder = stack.enter_context(TemporaryDirectory(dir=IN_MEMORY))
        more = {"DATABASE_URL": f"sqlite:///{folder}/bot.db", **more}
        settings = Settings.load(environment(slack, flashduty, socket_mode=socket_mode, team=team, **more), None, None)
        async with running(settings, clock=clock.now, monotonic=monotonic, time_limits=time_limits, work=work) as bot:
            slack.busy_while(lambda: bot.work.in_progress > 0 or bot.cards.in_progress > 0)
            if not socket_mode:
                slack.deliver_to(f"{bot.url}/slack/events")
            # What the bot looks after on start is over before the clock moves.
            await slack.settled()
            # Whose keys these are is read once a day: no part of a journey.
            owners = {"/member/info", "/person/infos"}
            flashduty.calls[:] = [call for call in flashduty.calls if call.path not in owners]
            yield Harbor(slack, flashduty, bot, settings, clock)


@asynccontextmanager
async def replica_of(place, settings=None, **more):
    """Another process's worth of the bot, on the same database; given when what it does on start is over."""
    async with running(settings or place.settings, clock=place.clock.now, **more) as other:
        running_now = [other]
        # What one that has ended left undone keeps nobody waiting.
        place.slack.busy_while(lambda: any(one.work.in_progress or one.cards.in_progress for one in running_now))
        await place.slack.settled()
        yield other
        running_now.clear()
