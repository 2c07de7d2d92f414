"""The living card as a person sees it: it comes by itself, follows Flashduty, and a storm is one message."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

CHINESE = re.compile("[\u4e00-\u9fff]{2}")
# Of sixty, critical ones and the first few have cards of their own.
SIXTY = re.compile("(4[0-9]|5[0-9]) (new|个新)")
SAYS = {
    "en": {
        "waits": "Unacknowledged",
        "taken": re.compile("Acknowledged by"),
        "closed": "Closed",
        "recovered": re.compile("4[0-9] closed"),
        "over": "storm over",
    },
    "zh": {
        "waits": "待处理",
        "taken": re.compile("已认领"),
        "closed": "已关闭",
        "recovered": re.compile("已关闭 4[0-9] 个"),
        "over": "已结束",
    },
}


async def changes_in_flashduty(desk, change):
    """Choose a change in Flashduty's console for the newest incident."""
    await desk.makes_happen("#console")
    await desk.taps(desk.page.get_by_role("option").first)
    await desk.taps(desk.page.get_by_role("option", name=change))


async def raises(desk, kind):
    """Let an incident, or many, start; return what the page says of it."""
    await desk.makes_happen("#raise")
    await desk.taps(desk.page.locator(f'.menu [role="option"][data-value="{kind}"]'))
    news = desk.page.locator("#news .news-text")
    await expect(news).not_to_be_empty()
    said = await news.inner_text()
    await desk.taps(desk.page.get_by_role("button", name="Hide this line"))
    return said


async def test_a_card__comes_by_itself__follows_the_console__and_shrinks(either):
    desk, says = either, SAYS[either.reader]
    await desk.goes_to("payments-incidents")
    number = (await raises(desk, "grouped")).partition("#")[2][:6]
    card = desk.messages.filter(has_text=number)
    await expect(card).to_have_count(1)
    await expect(card).to_contain_text(says["waits"])
    ts = await card.get_attribute("data-ts")
    await desk.photographs("card", card)

    await changes_in_flashduty(desk, "Acknowledge")
    await expect(card).to_contain_text(says["taken"])
    await changes_in_flashduty(desk, "Comment")
    await desk.taps(card.locator(".thread-link"))
    thread = desk.page.locator("#thread-messages")
    await expect(thread).to_contain_text("The connection pool is full")
    if desk.reader == "zh":
        await expect(thread.locator("article").last).to_contain_text(CHINESE)
    await desk.photographs("card-thread", thread.locator("article").last)
    await desk.taps(desk.page.get_by_role("button", name="Close the thread"))

    await changes_in_flashduty(desk, "Close")
    await expect(card).to_contain_text(says["closed"])
    await expect(desk.control("acknowledge", card)).to_have_count(0)
    # The same message all the time.
    await expect(card).to_have_count(1)
    assert await card.get_attribute("data-ts") == ts


async def test_a_storm_of_sixty__is_one_message_beside_the_critical_cards__until_it_ends(either):
    desk, says = either, SAYS[either.reader]
    await desk.goes_to("payments-incidents")
    await raises(desk, "storm")
    storms = desk.messages.filter(has=desk.page.locator('[data-action*="storm"]'))
    # The first is about what was open when cards were switched on.
    await expect(storms).to_have_count(2)
    ts = await storms.last.get_attribute("data-ts")
    storm = desk.page.locator(f'#messages article[data-ts="{ts}"]')
    await expect(storm).to_contain_text(SIXTY)
    await desk.photographs("storm", storm)
    # Hardly a message for each of the sixty.
    assert await desk.messages.count() < 30
    await desk.makes_happen("#raise")
    await desk.taps(desk.page.locator('.menu [role="option"][data-value="calm"]'))
    await expect(storm).to_contain_text(says["recovered"])
    # A storm is over when no further incident has come for five minutes.
    await desk.makes_happen("#nine")
    await expect(storm).to_contain_text(says["over"])
    await desk.photographs("storm-over", storm)
