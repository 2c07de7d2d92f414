"""The living card as a person sees it: it comes by itself, follows Flashduty, and a storm is one message."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

# Of sixty, critical ones and the first few have cards of their own.
SIXTY = re.compile("(4[0-9]|5[0-9]) (new|个新)")
# Every incident of the storm has a card or a place in the message of the storm.
ALL_ARE_THERE = """(storm) => {
    const texts = [...document.querySelectorAll("#messages article:not(.private)")].map((one) => one.innerText);
    const cards = texts.filter((one) => /pay-\\d\\d/.test(one)).length;
    const places = texts.filter((one) => one.includes(storm)).map((one) => one.split(storm)[1].match(/\\d+/)[0]);
    return places.length === 1 && cards + Number(places[0]) === 60;
}"""
SAYS = {
    "en": {
        "waits": "Unacknowledged",
        "taken": re.compile("Acknowledged by"),
        "closed": "Closed",
        "recovered": re.compile("4[0-9] closed"),
        "over": "storm over",
        "commented": "The connection pool is full",
        "failed": "the phone was switched off",
        "storm": "Incident storm: ",
    },
    "zh": {
        "waits": "待处理",
        "taken": re.compile("已认领"),
        "closed": "已关闭",
        "recovered": re.compile("已关闭 4[0-9] 个"),
        "over": "已结束",
        "commented": "连接池已满",
        "failed": "手机已关机",
        "storm": "故障风暴：",
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
    # Who was assigned is mentioned, and the most similar past incident is there.
    await expect(card.locator(".thread-link")).to_contain_text("2 replies")

    await changes_in_flashduty(desk, "Let a call fail")
    await changes_in_flashduty(desk, "Acknowledge")
    await expect(card).to_contain_text(says["taken"])
    await changes_in_flashduty(desk, "Comment")
    await desk.taps(card.locator(".thread-link"))
    thread = desk.page.locator("#thread-messages")
    await expect(thread).to_contain_text(says["failed"])
    await expect(thread).to_contain_text(says["commented"])
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
    await desk.page.wait_for_function(ALL_ARE_THERE, arg=says["storm"])
    places = re.search(r"\d+", (await storm.inner_text()).partition(says["storm"])[2]).group()
    await desk.taps(desk.control("open:storm", storm))
    shown = desk.page.locator("#messages article.private")
    await expect(shown.get_by_role("heading")).to_contain_text(places)
    await desk.makes_happen("#raise")
    await desk.taps(desk.page.locator('.menu [role="option"][data-value="calm"]'))
    await expect(storm).to_contain_text(says["recovered"])
    # A storm is over when no further incident has come for five minutes.
    await desk.makes_happen("#nine")
    await expect(storm).to_contain_text(says["over"])
    await desk.photographs("storm-over", storm)


async def lives_by_itself(desk):
    """Let things happen, and watch the first incident and what becomes of it."""
    page = desk.page
    await desk.goes_to("payments-incidents")
    await desk.makes_happen("#live")
    said = page.locator("#news .news-text")
    await expect(said).to_contain_text("A new warning incident is in Flashduty")
    number = (await said.inner_text()).partition("#")[2][:6]
    card = desk.messages.filter(has_text=number)
    await expect(card).to_have_count(1)
    await expect(desk.control("acknowledge:", card)).to_have_count(1)
    # Two others begin before Bob acknowledges this one.
    await expect(desk.control("acknowledge:", card)).to_have_count(0, timeout=60_000)
    await expect(card).to_contain_text(SAYS[desk.reader]["taken"])
    await desk.makes_happen("#live")


async def test_the_demo_lives_by_itself__at_a_desk(desk):
    await lives_by_itself(desk)


async def test_the_demo_lives_by_itself__on_a_phone_in_chinese(chinese_phone):
    await lives_by_itself(chinese_phone)
