"""From the alert to the timeline, in English and in Chinese: with a finger, with the mouse, with the keyboard alone."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.async_api import expect

pytestmark = pytest.mark.browser

CATALOGUE = Path(__file__).parents[3] / "bot" / "locales" / "zh_CN" / "LC_MESSAGES" / "bot.po"
CHINESE = re.compile("[\u4e00-\u9fff]{2}")
NUMBER = re.compile(r"#([0-9A-F]{6})")
COUNT_TAPS = "window.taps = 0; addEventListener('click', (event) => event.isTrusted && (window.taps += 1), true)"
# The lines of state in sight, each with the title above it, between the channel's head and the message box.
STATES_IN_SIGHT = """() => {
    const pane = document.getElementById("messages-pane").getBoundingClientRect();
    const isInSight = (node) => {
        const box = node.getBoundingClientRect();
        return box.height > 0 && box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1;
    };
    const states = [...document.querySelectorAll('#messages article:last-of-type [data-block^="state "]')];
    return states.filter((node) => isInSight(node) && isInSight(node.previousElementSibling)).length;
}"""


def is_complete():
    """Whether every sentence has its translation: from then on every surface is Chinese to whoever reads Chinese."""
    with CATALOGUE.open("rb") as file:
        return all(one.string for one in read_po(file) if one.id)


async def is_in_the_readers_language(desk, surface):
    """Wait until the surface speaks the reader's language, apart from what an alert itself says."""
    if desk.reader == "zh" and is_complete():
        await expect(surface).to_contain_text(CHINESE)


async def first_in_the_list(desk):
    """The number of the first incident of the newest message."""
    return NUMBER.search(await desk.newest.inner_text()).group(1)


async def test_journey__raise_home_list_details_comment_acknowledge_undo(either):
    desk = either
    await desk.makes_happen("#raise")
    await desk.taps(desk.page.get_by_role("option", name="Critical"))
    news = desk.page.locator("#news")
    await expect(news).to_contain_text("A new critical incident is in Flashduty")
    raised = NUMBER.search(await news.inner_text()).group(1)
    await desk.photographs("raise")

    await desk.taps(news.get_by_role("button", name="Type /flashduty incidents"))
    await expect(desk.newest).to_contain_text(f"#{raised}")
    await is_in_the_readers_language(desk, desk.newest.get_by_role("heading").first)
    await desk.photographs("list")

    await desk.taps(desk.control("menu:").first)
    await desk.chooses("details")
    await expect(desk.control("open:comment")).to_be_visible()
    number = await first_in_the_list(desk)
    await desk.newest.evaluate("node => node.scrollIntoView()")
    await desk.photographs("details")

    await desk.taps(desk.control("open:comment"))
    form = desk.page.get_by_role("dialog")
    await expect(form).to_contain_text(number)
    if desk.reader == "zh":
        await expect(form.locator("button[type=submit]")).to_have_text("添加评论")
    await form.locator("textarea").fill("restarting db-1 重启数据库")
    await desk.photographs("comment")
    await desk.taps(form.locator("button[type=submit]"))
    await expect(form.locator("textarea")).to_have_count(0)
    await expect(form).to_contain_text("restarting db-1 重启数据库")
    await desk.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)

    await desk.taps(desk.page.locator('#messages [data-action^="acknowledge"]').last)
    undo = desk.page.locator('#messages [data-action^="undo_acknowledge"]')
    await expect(undo).to_be_visible()
    await undo.scroll_into_view_if_needed()
    await desk.photographs("acknowledge")
    await desk.taps(undo)
    await expect(undo).to_have_count(0)
    await desk.photographs("undo")

    await desk.goes_to("Flashduty")
    await desk.taps(desk.page.get_by_role("tab", name="Home"))
    home = desk.page.locator("#home")
    await expect(home.locator('[data-action^="acknowledge"]').first).to_be_visible()
    await is_in_the_readers_language(desk, home.get_by_role("heading").first)
    await desk.photographs("home")


async def test_morning_and_on_call__in_the_readers_language(either):
    desk = either
    await desk.types("/flashduty oncall")
    await expect(desk.newest).to_contain_text("Payments primary")
    await is_in_the_readers_language(desk, desk.newest.get_by_role("heading").first)
    await desk.newest.evaluate("node => node.scrollIntoView()")
    await desk.photographs("on-call")
    await desk.types("/flashduty oncall week")
    await expect(desk.newest).to_contain_text("Payments primary")
    await desk.newest.evaluate("node => node.scrollIntoView()")
    await desk.photographs("week")
    await desk.types("/flashduty help")
    await expect(desk.newest).to_contain_text("/flashduty")
    await is_in_the_readers_language(desk, desk.newest)
    await desk.photographs("help")
    await desk.makes_happen("#nine")
    await expect(desk.page.locator("#nine")).not_to_have_attribute("aria-busy", "true")
    # The digest speaks the language of its channel, to everybody alike.
    acts = desk.page.locator('[data-action^="acknowledge"], [data-action^="menu:"]')
    digest = desk.page.locator("#messages article:not(.private)").filter(has=acts).first
    await expect(digest).to_be_visible()
    await digest.evaluate("node => node.scrollIntoView()")
    await desk.photographs("digest")


async def reaches(desk, wanted, key="Tab"):
    """Press Tab, or Shift+Tab, until the focus is on something."""
    for _ in range(120):
        if await desk.page.evaluate("wanted => document.activeElement?.matches(wanted)", wanted):
            return
        await desk.page.keyboard.press(key)
    pytest.fail(f"{wanted} cannot be reached with {key}")


async def test_journey__with_the_keyboard_alone_on_a_phone(phone_of):
    desk, keyboard = phone_of, phone_of.page.keyboard
    await reaches(desk, "#stage-toggle", "Shift+Tab")
    await keyboard.press("Enter")
    await reaches(desk, "#raise")
    await keyboard.press("Enter")
    await expect(desk.page.get_by_role("listbox", name="How severe?")).to_be_focused()
    await keyboard.press("Enter")
    await expect(desk.page.locator("#news")).to_contain_text("Type /flashduty incidents")
    await reaches(desk, "#news .button")
    await keyboard.press("Enter")
    await expect(desk.control("menu:").first).to_be_visible()
    await expect(desk.page.locator("#messages-pane")).to_be_focused()

    await reaches(desk, 'article:last-of-type [data-action^="menu:"]')
    await keyboard.press("Enter")
    await expect(desk.page.locator(".menu")).to_be_focused()
    await keyboard.press("Enter")
    await expect(desk.control("open:comment")).to_be_visible()
    await reaches(desk, 'article:last-of-type [data-action^="open:comment"]')
    await keyboard.press("Enter")
    form = desk.page.get_by_role("dialog")
    await expect(form.locator("textarea")).to_be_visible()
    await reaches(desk, "dialog textarea")
    await keyboard.type("restarting db-1")
    await reaches(desk, "dialog button[type=submit]")
    await keyboard.press("Enter")
    await expect(form.locator("textarea")).to_have_count(0)
    await expect(form).to_contain_text("restarting db-1")
    await keyboard.press("Escape")
    await expect(form).to_have_count(0)
    # The focus is back where the form was opened from.
    assert await desk.page.evaluate("Boolean(document.activeElement.closest('article'))"), "the focus was lost"

    await reaches(desk, 'article:last-of-type [data-action^="acknowledge"]')
    await keyboard.press("Enter")
    undo = desk.page.locator('#messages [data-action^="undo_acknowledge"]')
    await expect(undo).to_be_visible()
    await reaches(desk, '[data-action^="undo_acknowledge"]')
    await keyboard.press("Enter")
    await expect(undo).to_have_count(0)

    await reaches(desk, "#drawer-toggle", "Shift+Tab")
    await keyboard.press("Enter")
    await reaches(desk, '.conversation[aria-label="Direct message with Flashduty"]')
    await keyboard.press("Enter")
    await expect(desk.page.get_by_role("tab")).to_have_count(2)
    await reaches(desk, "#tab-messages", "Shift+Tab")
    await keyboard.press("ArrowLeft")
    await expect(desk.page.locator('#home [data-action^="acknowledge"]').first).to_be_visible()


async def test_from_opening_slack_to_the_list__two_taps_by_the_shortcut(phone_of):
    desk = phone_of
    await desk.page.evaluate(COUNT_TAPS)
    await desk.page.get_by_role("button", name="Shortcuts").tap()
    await desk.page.locator('.menu [role="option"]').first.tap()
    form = desk.page.get_by_role("dialog")
    await expect(form.locator('[data-action^="acknowledge"], [data-action^="menu:"]').first).to_be_in_viewport()
    assert await desk.page.evaluate("window.taps") == 2
    await is_in_the_readers_language(desk, form.get_by_role("heading").last)
    await desk.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)


async def test_from_the_conversations_to_the_list__two_taps_by_app_home(phone_of):
    """On a phone Slack opens with the list of conversations."""
    desk = phone_of
    await desk.opens_the_drawer()
    await desk.page.evaluate(COUNT_TAPS)
    await desk.page.locator(".conversation", has_text="Flashduty").tap()
    await desk.page.get_by_role("tab", name="Home").tap()
    await expect(desk.page.locator('#home [data-action^="acknowledge"]').first).to_be_in_viewport()
    assert await desk.page.evaluate("window.taps") == 2


async def test_first_screen_of_the_list__four_incidents_with_their_state(phone_of):
    desk = phone_of
    await desk.types("/flashduty incidents")
    await expect(desk.control("menu:").first).to_be_visible()
    assert await desk.page.evaluate(STATES_IN_SIGHT) >= 4
