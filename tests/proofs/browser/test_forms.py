"""Shortcuts and forms on the page, with a bare bot: the page shows Slack's part of them."""

import json
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientSession, web
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Clock
from sandbox.demo_controls import DemoControls
from sandbox.flashduty import PretendFlashduty
from sandbox.page import add_page
from sandbox.slack import PretendSlack, harbor
from sandbox.slack.workspace import Shortcut

pytestmark = pytest.mark.browser

TITLES = (
    "Checkout: payments fail with 502, error rate 18 %",
    "支付网关无法连接：全部渠道下单失败",
    "Refund queue grows",
)


def plain(text):
    return {"type": "plain_text", "text": text}


OPTIONS = [
    {"text": plain(title), "value": str(number), "description": plain("Payments API")}
    for number, title in enumerate(TITLES)
]
FORM = {
    "type": "modal",
    "title": plain("Add to incident"),
    "submit": plain("Add comment"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "input",
            "block_id": "incident",
            "label": plain("Incident"),
            "element": {
                "type": "external_select",
                "action_id": "which",
                "min_query_length": 0,
                "placeholder": plain("Number or words of the title"),
            },
        },
        {
            "type": "input",
            "block_id": "text",
            "label": plain("Comment"),
            "hint": plain("It goes to the incident's timeline in Flashduty."),
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        },
    ],
}


HOME = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("3 unacknowledged")},
        {
            "type": "actions",
            "elements": [{"type": "button", "text": plain("Refresh"), "action_id": "again", "value": "x"}],
        },
    ],
}


class Bot:
    """Opens one form, offers three incidents, and takes no text with `long` in it."""

    def __init__(self, client):
        self.client = client
        self.sent = []
        self.opened = []

    async def take(self, request):
        body = (await request.read()).decode()
        payload = json.loads(body if request.content_type == "application/json" else parse_qs(body)["payload"][0])
        return web.json_response(await getattr(self, payload["type"])(payload))

    async def event_callback(self, payload):
        self.opened.append(payload["event"].get("tab"))
        if self.opened[-1] == "home":
            await self.client.views_publish(user_id=payload["event"]["user"], view=HOME)
        return {}

    async def block_actions(self, payload):
        view = HOME | {"blocks": [*HOME["blocks"], {"type": "section", "text": plain("Pressed.")}]}
        await self.client.views_publish(user_id=payload["user"]["id"], view=view)
        return {}

    async def shortcut(self, payload):
        await self.client.views_open(trigger_id=payload["trigger_id"], view=FORM)
        return {}

    async def message_action(self, payload):
        blocks = [
            *FORM["blocks"][:1],
            FORM["blocks"][1]
            | {"element": FORM["blocks"][1]["element"] | {"initial_value": payload["message"]["text"]}},
        ]
        await self.client.views_open(trigger_id=payload["trigger_id"], view=FORM | {"blocks": blocks})

    async def block_suggestion(self, payload):
        if payload["value"] == "fail":
            return {}
        return {"options": [one for one in OPTIONS if payload["value"].lower() in one["text"]["text"].lower()]}

    async def view_submission(self, payload):
        values = payload["view"]["state"]["values"]
        if "long" in values["text"]["words"]["value"]:
            return {"response_action": "errors", "errors": {"text": "1,201 characters; a comment holds 1,024."}}
        self.sent.append((values["incident"]["which"]["selected_option"]["value"], values["text"]["words"]["value"]))
        return {}


@asynccontextmanager
async def world():
    """A pretend Slack with its page, and the bare bot."""
    clock = Clock()
    workspace = harbor()
    workspace.app.shortcuts = (
        Shortcut("add", "message", "Add to incident…"),
        Shortcut("open", "global", "Open a form"),
    )
    workspace.app.has_home = True
    slack = PretendSlack(clock=clock, workspace=workspace)
    flashduty = PretendFlashduty(clock=clock)
    controls = DemoControls(slack, flashduty, clock)
    add_page(slack.web_app)
    async with flashduty, slack, ClientSession() as session:
        bot = Bot(AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session))
        app = web.Application()
        app.router.add_post("/", bot.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await controls.post_initial_messages()
        slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        yield slack, bot
        await runner.cleanup()


@pytest.mark.parametrize("width", [1400, 390])
async def test_a_shortcut__fills_a_form_that_is_searched_refused_and_sent(browser, width, tmp_path):
    async with world() as (slack, bot):
        page = await browser.new_page(
            viewport={"width": width, "height": 844}, locale="en-US", timezone_id="Europe/Berlin"
        )
        await page.goto(slack.url)
        await expect(page.locator("body.ready")).to_be_visible()
        said = page.locator("#messages article").filter(has_text="checkout hangs")
        await said.hover()
        await said.get_by_role("button", name="More actions").click()
        await page.get_by_role("option", name="Add to incident…").click()
        form = page.get_by_role("dialog")
        await expect(form.get_by_label("Comment")).to_have_value(
            "Customers tell us that checkout hangs at the card step. Is somebody on it? 😬"
        )

        # The form stays while its fields are not filled in, and says where.
        await form.get_by_role("button", name="Add comment").click()
        await expect(form.get_by_text("Please complete this required field.")).to_be_visible()
        which = form.get_by_label("Incident")
        await expect(which).to_be_focused()
        await expect(form.get_by_role("option")).to_have_count(3)
        await which.press_sequentially("fail")
        await expect(form.get_by_text("Options failed to load.")).to_be_visible()
        await which.fill("no such thing")
        await expect(form.get_by_text("No results")).to_be_visible()
        await which.fill("refund")
        await expect(form.get_by_role("option")).to_have_count(1)
        await which.fill("")
        await expect(form.get_by_role("option")).to_have_count(3)
        await expect(form.locator(".dialog-body")).to_have_js_property("scrollLeft", 0)
        assert await form.locator(".dialog-body").evaluate("node => node.scrollWidth <= node.clientWidth")
        await page.screenshot(path=tmp_path / f"options-{width}.png")
        await form.get_by_role("option", name="支付网关").click()
        await expect(which).to_have_value(TITLES[1])

        await form.get_by_label("Comment").fill("much too long")
        await form.get_by_role("button", name="Add comment").click()
        await expect(form.get_by_text("1,201 characters; a comment holds 1,024.")).to_be_visible()
        await page.screenshot(path=tmp_path / f"error-{width}.png")
        assert await form.evaluate("node => node.scrollWidth <= node.clientWidth")
        await expect(which).to_have_value(TITLES[1])
        await form.get_by_label("Comment").fill("restarting")
        await form.get_by_role("button", name="Add comment").click()
        await expect(form).to_have_count(0)
        assert bot.sent == [("1", "restarting")]


@pytest.mark.parametrize("width", [1400, 390])
async def test_home__published_when_its_tab_is_opened_and_redrawn_by_a_press(browser, width):
    async with world() as (slack, bot):
        page = await browser.new_page(viewport={"width": width, "height": 844}, has_touch=True)
        await page.goto(slack.url)
        await expect(page.locator("body.ready")).to_be_visible()
        await expect(page.get_by_role("tab")).to_have_count(0)
        if width == 390:
            await page.locator("#drawer-toggle").tap()
        await page.locator(".conversation", has_text="Flashduty").tap()
        tab = page.get_by_role("tab", name="Home")
        await expect(tab).to_have_attribute("aria-selected", "false")
        await tab.tap()
        await expect(tab).to_have_attribute("aria-selected", "true")
        home = page.locator("#home")
        await expect(home.get_by_role("heading")).to_have_text("3 unacknowledged")
        await expect(page.locator("#composer textarea")).to_be_hidden()
        again = home.get_by_role("button", name="Refresh")
        await again.focus()
        await page.keyboard.press("Enter")
        await expect(home).to_contain_text("Pressed.")
        await expect(home.get_by_role("button", name="Refresh")).to_be_focused()
        # By keyboard from tab to tab, as in every list of tabs.
        await tab.focus()
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_role("tab", name="Messages")).to_be_focused()
        await expect(page.locator("#composer textarea")).to_be_visible()
        await expect(home).to_be_hidden()
        assert bot.opened == ["messages", "home", "messages"]


@pytest.mark.parametrize("width", [1400, 390])
async def test_global_shortcut__beside_the_message_box__and_a_form_over_a_whole_phone(browser, width):
    async with world() as (slack, _):
        page = await browser.new_page(viewport={"width": width, "height": 844}, has_touch=True)
        await page.goto(slack.url)
        await expect(page.locator("body.ready")).to_be_visible()
        key = page.get_by_role("button", name="Shortcuts")
        await key.tap()
        await page.get_by_role("option", name="Open a form").tap()
        form = page.get_by_role("dialog")
        await expect(form.get_by_label("Incident")).to_be_visible()
        box = await form.bounding_box()
        assert width != 390 or (box["width"], box["height"]) == (390, 844)
        # The focus is in the form, and Escape leaves it.
        assert await form.evaluate("node => node.contains(document.activeElement)")
        await page.keyboard.press("Escape")
        await expect(form).to_have_count(0)
