"""From the alert to the timeline, in English and in Chinese: with a finger, with the mouse, with the keyboard alone."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

CHINESE = re.compile("[\u4e00-\u9fff]{2}")
COMMENTS = {"en": "restarting db-1, back in two minutes", "zh": "正在重启 db-1，两分钟后恢复"}
# What the channel reads of a press and of Undo.
LINES = {"en": ("acknowledged", "unacknowledged"), "zh": ("认领了", "取消认领了")}
NUMBER = re.compile(r"#([0-9A-F]{6})")
COUNT_TAPS = "window.taps = 0; addEventListener('click', (event) => event.isTrusted && (window.taps += 1), true)"
# The lines of state in sight in a list, each with the title above it, within what scrolls.
STATES_IN_SIGHT = """(list) => {
    const pane = list.closest(".pane, .dialog-body").getBoundingClientRect();
    const isInSight = (node) => {
        const box = node.getBoundingClientRect();
        return box.height > 0 && box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1;
    };
    const states = [...list.querySelectorAll('[data-block^="state "]')];
    return states.filter((node) => isInSight(node) && isInSight(node.previousElementSibling)).length;
}"""


async def is_in_the_readers_language(desk, surface):
    """Wait until the surface speaks the reader's language, apart from what an alert itself says."""
    if desk.reader == "zh":
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

    await desk.taps(news.get_by_role("button", name="Type /flashduty incidents"))
    await expect(desk.newest).to_contain_text(f"#{raised}")
    await is_in_the_readers_language(desk, desk.newest.get_by_role("heading").first)
    await desk.photographs("list")

    await desk.taps(desk.control("menu:").first)
    await desk.chooses("details")
    await expect(desk.control("more:")).to_be_visible()
    number = await first_in_the_list(desk)

    await desk.taps(desk.control("more:"))
    form = desk.page.get_by_role("dialog")
    await desk.taps(desk.control("open:comment", form))
    await expect(form).to_contain_text(number)
    if desk.reader == "zh":
        await expect(form.locator("button[type=submit]")).to_have_text("添加评论")
    words = COMMENTS[desk.reader]
    await form.locator("textarea").fill(words)
    await desk.photographs("comment")
    await desk.taps(form.locator("button[type=submit]"))
    await expect(form.locator("textarea")).to_have_count(0)
    await expect(form).to_contain_text(words)
    await desk.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)

    await desk.taps(desk.page.locator('#messages [data-action^="acknowledge"]').last)
    undo = desk.page.locator('#messages [data-action^="undo_acknowledge"]')
    await expect(undo).to_be_visible()
    done, undone = LINES[desk.reader]
    posted = desk.page.locator("#messages article:not(.private)")
    await expect(posted.filter(has_text=f" {done} #{number}")).to_have_count(1)
    await undo.scroll_into_view_if_needed()
    await desk.photographs("acknowledge")
    await desk.taps(undo)
    await expect(undo).to_have_count(0)
    await expect(posted.filter(has_text=f" {undone} #{number}")).to_have_count(1)

    await desk.goes_to("Flashduty")
    await desk.taps(desk.page.get_by_role("tab", name="Home"))
    home = desk.page.locator("#home")
    await expect(home.locator('[data-action^="acknowledge"]').first).to_be_visible()
    await is_in_the_readers_language(desk, home.get_by_role("heading").first)
    await desk.photographs("home")


async def test_morning_and_on_call__in_the_readers_language(either):
    desk = either
    await desk.types("/flashduty 0E83EE")
    await expect(desk.control("acknowledge")).to_be_visible()
    await is_in_the_readers_language(desk, desk.newest)
    await desk.types("/flashduty oncall")
    await expect(desk.newest).to_contain_text("☎️")
    await is_in_the_readers_language(desk, desk.newest.get_by_role("heading").first)
    await desk.photographs("on-call", desk.newest)
    await desk.types("/flashduty oncall week")
    week = desk.newest.locator(".block.table")
    await expect(week).to_contain_text("王小明")
    await is_in_the_readers_language(desk, week.get_by_role("row").first)
    await desk.photographs("week", desk.newest)
    await desk.types("/flashduty help")
    await expect(desk.control("open:", desk.newest)).to_have_count(6)
    await is_in_the_readers_language(desk, desk.newest)
    await desk.photographs("help", desk.newest)
    await desk.makes_happen("#nine")
    await expect(desk.page.locator("#nine")).not_to_have_attribute("aria-busy", "true")
    # Both speak the language of their channel, to everybody alike.
    posted = desk.page.locator("#messages article:not(.private)")
    digest = posted.filter(has=desk.page.locator('[data-action^="acknowledge"]'))
    await is_in_the_readers_language(desk, digest.get_by_role("heading").first)
    await desk.photographs("digest", digest)
    report = posted.filter(has=desk.page.locator(".block.image"))
    await expect(report.locator(".block.image img")).to_have_js_property("complete", value=True)
    await is_in_the_readers_language(desk, report)
    await desk.photographs("report", report)


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
    await expect(desk.control("more:")).to_be_visible()
    await reaches(desk, 'article:last-of-type [data-action^="more:"]')
    await keyboard.press("Enter")
    form = desk.page.get_by_role("dialog")
    await expect(desk.control("open:comment", form)).to_be_visible()
    await reaches(desk, 'dialog [data-action^="open:comment"]')
    await keyboard.press("Enter")
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
    assert await form.locator(".blocks").evaluate(STATES_IN_SIGHT) >= 4
    # The form was opened before it was known who reads it.
    await is_in_the_readers_language(desk, form.get_by_role("heading", level=2))
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
    assert await desk.page.locator("#home").evaluate(STATES_IN_SIGHT) >= 4


async def test_first_screen_of_the_list__four_incidents_with_their_state(phone_of):
    desk = phone_of
    await desk.types("/flashduty incidents")
    await expect(desk.control("menu:").first).to_be_visible()
    assert await desk.newest.evaluate(STATES_IN_SIGHT) >= 4


async def test_what_else_the_bot_says__in_chinese_on_a_phone(chinese_phone):
    """The surfaces of the reading of the Chinese that the READMEs do not show."""
    desk = chinese_phone
    proposal = desk.messages.filter(has=desk.page.locator('[data-action^="follow_group"]'))
    await is_in_the_readers_language(desk, proposal)
    await desk.photographs("user-group", proposal)
    await desk.types("/flashduty 我")
    await expect(desk.newest).to_contain_text("分派给你的未关闭故障")
    await desk.photographs("me", desk.newest)
    await desk.breaks_flashduty("HTML 502")
    await desk.types("/flashduty 值班")
    await expect(desk.newest.get_by_role("button", name="重试")).to_be_visible()
    await desk.photographs("error", desk.newest)
    await desk.mends_flashduty()
    await desk.makes_happen("#hand-over")
    notice = desk.messages.filter(has=desk.page.locator('[data-action^="take_over"]')).first
    await is_in_the_readers_language(desk, notice)
    await desk.photographs("handoff", notice)
    await desk.goes_to("Flashduty")
    await desk.taps(desk.page.get_by_role("tab", name="Home"))
    home = desk.page.locator("#home")
    choices = home.locator('[data-action^="again:mention"]')
    await is_in_the_readers_language(desk, choices.first)
    await desk.photographs("home-mention", choices.first)
