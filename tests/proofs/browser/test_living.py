"""A message that is edited while somebody looks at it, its thread, and Flashduty's console on the page."""

from contextlib import asynccontextmanager

import aiohttp
import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.page import add_page
from sandbox.slack import PretendSlack

pytestmark = pytest.mark.browser

CHANNEL = "C0PAYMENTS"
WIDE = {"viewport": {"width": 1400, "height": 880}}
NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def card(state):
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*#0E83EE Checkout is down*\n{state}"}},
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Acknowledge"}}],
        },
    ]


@asynccontextmanager
async def page_of(browser, screen):
    """A pretend Slack with its page, and a bot that is no more than its client."""
    slack = PretendSlack()
    add_page(slack.web_app)
    slack.web_app.router.add_get("/demo/state", no_demo)
    async with slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
        context = await browser.new_context(locale="en-US", timezone_id="Europe/Berlin", **screen)
        page = await context.new_page()
        await page.goto(f"{slack.url}/")
        await expect(page.locator("body.ready")).to_be_visible()
        yield slack, client, page
        await context.close()


async def no_demo(_):
    return aiohttp.web.json_response({"ok": True, "fault": None, "zone": "UTC", "live": False})


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["desk", "phone"])
async def test_an_edited_message__is_drawn_anew_in_its_place(browser, screen):
    async with page_of(browser, screen) as (_, client, page):
        ts = (await client.chat_postMessage(channel=CHANNEL, text="one", blocks=card("Triggered")))["ts"]
        await client.chat_postMessage(channel=CHANNEL, text="later")
        articles = page.locator("#messages article")
        await expect(articles).to_have_count(2)
        await articles.first.get_by_role("button", name="Acknowledge").focus()
        await client.chat_update(channel=CHANNEL, ts=ts, text="two", blocks=card("Acknowledged by Bob"))
        await expect(articles.first).to_contain_text("Acknowledged by Bob")
        await expect(articles).to_have_count(2)
        await expect(articles.last).to_contain_text("later")
        await expect(articles.first).not_to_contain_text("(edited)")
        # Whoever was about to press goes on from there.
        await expect(articles.first.get_by_role("button", name="Acknowledge")).to_be_focused()


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["desk", "phone"])
async def test_a_thread__shows_new_replies_while_it_is_open__and_its_root_as_it_is_now(browser, screen):
    async with page_of(browser, screen) as (slack, client, page):
        root = (await client.chat_postMessage(channel=CHANNEL, text="one", blocks=card("Triggered")))["ts"]
        await client.chat_postMessage(channel=CHANNEL, text="Bob acknowledged", thread_ts=root)
        link = page.locator("#messages .thread-link")
        await expect(link).to_contain_text("1 reply")
        await link.click()
        replies = page.locator("#thread-messages article")
        await expect(replies).to_have_count(2)
        await client.chat_postMessage(channel=CHANNEL, text="Warning → Critical", thread_ts=root)
        await slack.say("U0BOB", CHANNEL, "on it", thread_ts=root)
        await expect(replies).to_have_count(4)
        await expect(replies.last).to_contain_text("on it")
        await client.chat_update(channel=CHANNEL, ts=root, text="two", blocks=card("Closed"))
        await expect(replies.first).to_contain_text("Closed")
        if screen is NARROW:
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width == 390
        await page.get_by_role("button", name="Close the thread").click()
        await expect(link).to_contain_text("3 replies")


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["desk", "phone"])
async def test_a_message__is_deleted_from_its_menu__and_a_thread_keeps_a_trace(browser, screen):
    async with page_of(browser, screen) as (_, client, page):
        alone = (await client.chat_postMessage(channel=CHANNEL, text="alone"))["ts"]
        root = (await client.chat_postMessage(channel=CHANNEL, text="a root"))["ts"]
        await client.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=root)
        articles = page.locator("#messages article")
        await expect(articles).to_have_count(2)
        for ts in (alone, root):
            message = page.locator(f'#messages article[data-ts="{ts}"]')
            await message.hover()
            await message.get_by_role("button", name="More actions").click()
            await page.get_by_role("option", name="Delete message").click()
        await expect(articles).to_have_count(1)
        await expect(articles).to_contain_text("This message was deleted.")
        await expect(articles).to_contain_text("1 reply")


async def test_what_floats_over_a_message__leaves_its_buttons_free(browser):
    button = {"type": "button", "action_id": "b", "text": {"type": "plain_text", "text": "I have it"}}
    row = {"type": "section", "text": {"type": "mrkdwn", "text": "A shift"}, "accessory": button}
    async with page_of(browser, WIDE) as (_, client, page):
        for text in ("one", "two"):
            await client.chat_postMessage(channel=CHANNEL, text=text, blocks=[row])
        articles = page.locator("#messages article")
        await expect(articles).to_have_count(2)
        # The second one has no head of its own above the button.
        for article in (articles.first, articles.last):
            await article.hover()
            await expect(article.locator(".toolbar")).to_have_css("opacity", "1")
            shown, covered = [await article.locator(one).bounding_box() for one in ('[data-action="b"]', ".toolbar")]
            assert covered["y"] + covered["height"] <= shown["y"]
        # Nor does that of the message below catch a press, which is not seen until the mouse is there.
        await page.mouse.move(0, 0)
        await articles.first.locator('[data-action="b"]').click(trial=True, timeout=5_000)


async def changes_in_flashduty(desk, change):
    await desk.makes_happen("#console")
    await desk.taps(desk.page.get_by_role("option").first)
    await desk.taps(desk.page.get_by_role("option", name=change))


async def test_flashdutys_console__changes_the_incident_as_the_person_one_acts_as(either):
    await either.makes_happen("#raise")
    await either.taps(either.page.get_by_role("option", name="Grouped"))
    await expect(either.page.locator("#news")).to_contain_text("with 12 alerts")
    number = (await either.page.locator("#news .news-text").inner_text()).partition("#")[2][:6]
    await changes_in_flashduty(either, "Acknowledge")
    who = {"en": "Alice Chen", "zh": "王小明"}[either.reader]
    toast = either.page.locator(".toast")
    await expect(toast.last).to_have_text(f"In Flashduty: {who} acknowledged #{number}.")
    await changes_in_flashduty(either, "Let five alerts join")
    await expect(toast.last).to_have_text(f"In Flashduty: Five more alerts joined #{number}.")
    await changes_in_flashduty(either, "Close")
    await expect(toast.last).to_have_text(f"In Flashduty: {who} closed #{number}.")


async def test_news__lead_to_the_card(desk):
    await desk.makes_happen("#raise")
    await desk.page.get_by_role("option", name="Info").click()
    number = (await desk.page.locator("#news .news-text").inner_text()).partition("#")[2][:6]
    await desk.page.get_by_role("button", name="Its card is in #payments-incidents").click()
    await expect(desk.page.locator("#channel-name")).to_contain_text("payments-incidents")
    await expect(desk.messages.filter(has_text=number)).to_have_count(1)
    await expect(desk.page.locator("#news")).to_be_empty()


async def follows_flashduty(place):
    """Raise an incident in the channel of the cards, and change it in Flashduty while its card is on the screen."""
    await place.goes_to("payments-incidents")
    await place.makes_happen("#raise")
    await place.taps(place.page.get_by_role("option", name="Grouped"))
    number = (await place.page.locator("#news .news-text").inner_text()).partition("#")[2][:6]
    await place.taps(place.page.get_by_role("button", name="Hide this line"))
    cards = place.messages.filter(has_text=number)
    await expect(cards).to_have_count(1)
    await expect(cards).to_contain_text("Unacknowledged")
    ts = await cards.get_attribute("data-ts")
    await changes_in_flashduty(place, "Acknowledge")
    await expect(cards).to_contain_text("Acknowledged by Alice Chen")
    await changes_in_flashduty(place, "Comment")
    await place.taps(cards.locator(".thread-link"))
    await expect(place.page.locator("#thread-messages")).to_contain_text("The connection pool is full")
    await place.taps(place.page.get_by_role("button", name="Close the thread"))
    # The same message all the time.
    await expect(cards).to_have_count(1)
    assert await cards.get_attribute("data-ts") == ts


async def test_a_card__follows_what_happens_in_flashduty(desk):
    await follows_flashduty(desk)


async def test_a_card_on_a_phone__follows_what_happens_in_flashduty(phone):
    await follows_flashduty(phone)
