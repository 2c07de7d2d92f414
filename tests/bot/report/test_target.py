"""A report in Slack, whose files are scanned after the upload was answered."""

from datetime import date

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import Message
from bot.messages.blocks import image, section
from bot.messages.text import mrkdwn
from bot.report.target import DrawnReport, ReportMessage
from bot.slack.api import SlackApi
from bot.slack.installation import Installation
from bot.slack.workspace import MessageMetadata, Picture, Workspace
from bot.storage.postings import PostingKey, PostingKind
from sandbox.slack import PretendSlack

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
KEY = PostingKey("payments", PostingKind.REPORT, date(2026, 11, 24))
CHANNEL = "C0PAYMENTS"


@pytest.mark.parametrize(
    ("content", "scanned_after", "waits", "is_shown"),
    [(PNG, 0, 0, True), (PNG, 1, 1, True), (PNG, 9, 2, False), (b"no picture", 0, 2, False)],
)
async def test_a_picture__is_waited_for_and_left_out_where_slack_does_not_take_it(
    content, scanned_after, waits, is_shown
):
    async with PretendSlack() as slack, aiohttp.ClientSession() as session:
        waited = []

        async def pause(seconds):
            waited.append(seconds)
            slack.scan_files(at_once=len(waited) >= scanned_after)

        slack.scan_files(at_once=not scanned_after)
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        bot = Installation("T0HARBOR", None, "U0FLASHBOT", "B0FLASHBOT")
        workspace = Workspace(SlackApi(client, session), bot)
        file = await workspace.upload(None, Picture("week.png", content, title="Week", alt_text="Week"))
        plain = section(mrkdwn("📊"))
        drawn = DrawnReport(Message.of(plain), Message.of(plain, image(file, "Week")))
        target = ReportMessage(workspace, sleep=pause)
        ts = await target.send(CHANNEL, drawn, key=KEY, metadata=MessageMetadata("report", {"key": "x"}))
        (shown,) = [one for one in slack.seen_by("U0CAROL", CHANNEL) if one["ts"] == ts]
        assert any(block["type"] == "image" for block in shown["blocks"]) is is_shown
        assert len(waited) == waits
