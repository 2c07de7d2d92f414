"""The page on a phone, 390 × 844 with touch: one column, a drawer, room for a finger, keyboard and screen reader."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

# What cannot be hit with a finger: controls in sight that are smaller than 44 pixels. Links within a sentence may be.
SMALL = """() => [...document.querySelectorAll("button, a.button, input, textarea, [role=option], [role=tab]")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((node) => !node.closest("label"))
    .map((node) => [node.getBoundingClientRect(), node])
    .filter(([box]) => box.width > 1 && (box.width < 43.5 || box.height < 43.5))
    .map(([box, node]) => `${node.className} “${node.innerText || node.ariaLabel}” ${box.width}×${box.height}`)"""

# Text or a control that ends outside of the window, or is cut off by what holds it.
CLIPPED = """() => [...document.querySelectorAll("#messages article *, .stage *, #channel-name, .hint-card, .news *")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .filter((node) => !node.closest(".unseen, .block.table, .fence, svg"))
    .map((node) => [node.getBoundingClientRect(), node])
    .filter(([box]) => box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5))
    .map(([box, node]) => `${node.className} “${node.innerText?.slice(0, 40)}” ${box.left}–${box.right}`)"""

# Every two controls or texts of the bar on top that lie over one another.
OVERLAPPING = """() => {
    const boxes = [...document.querySelectorAll("#stage > *")]
        .map((node) => [node.id || node.className, node.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && box.top < 60 && box.bottom < 80);
    return boxes.flatMap(([name, one], index) => boxes.slice(index + 1)
        .filter(([, other]) => one.left < other.right && other.left < one.right)
        .map(([other]) => `${name} ${other}`));
}"""


async def lists_incidents(desk):
    await desk.types("/flashduty incidents")
    await expect(desk.newest).to_contain_text("Only visible to you")
    await expect(desk.newest.get_by_role("heading").first).to_be_visible()


async def test_phone__one_column_and_nothing_clipped_or_too_small(phone):
    await lists_incidents(phone)
    assert await phone.page.evaluate("document.documentElement.scrollWidth") == 390
    for look in (CLIPPED, SMALL, OVERLAPPING):
        assert await phone.page.evaluate(look) == []
    for chip in await phone.page.locator(".hint-card").all():
        assert await chip.inner_text() != ""
    await phone.page.locator("#stage-toggle").tap()
    await expect(phone.page.locator("#raise")).to_be_visible()
    assert await phone.page.evaluate(SMALL) == []
    await phone.opens_the_drawer()
    await expect(phone.page.locator("#raise")).to_be_hidden()
    assert await phone.page.evaluate(SMALL) == []


async def test_morning_on_a_phone__nothing_clipped(phone):
    await phone.makes_happen("#nine")
    await expect(phone.page.locator("#clock")).to_contain_text("09:00")
    await expect(phone.page.locator("#nine")).not_to_have_attribute("aria-busy", "true")
    await expect(phone.message("payments")).to_be_visible()
    assert await phone.page.evaluate(CLIPPED) == []
    assert await phone.page.evaluate(SMALL) == []


async def test_drawer__opened_by_a_finger_and_closed_beside_it(phone):
    drawer = phone.page.locator("#sidebar")
    await expect(drawer).to_be_hidden()
    await phone.opens_the_drawer()
    await phone.page.touchscreen.tap(375, 400)
    await expect(drawer).to_be_hidden()
    await phone.goes_to("general")
    await expect(drawer).to_be_hidden()


async def test_drawer__by_keyboard(phone):
    toggle, keyboard = phone.page.locator("#drawer-toggle"), phone.page.keyboard
    await toggle.focus()
    await keyboard.press("Enter")
    await expect(phone.page.locator('.conversation[aria-current="page"]')).to_be_focused()
    # Tab stays in the drawer: the rest can neither be reached nor read out.
    for _ in range(12):
        await keyboard.press("Tab")
        assert await phone.page.evaluate("!document.activeElement.closest('#channel, #stage')")
    await phone.page.locator('.conversation[aria-current="page"]').focus()
    await keyboard.press("Escape")
    await expect(toggle).to_be_focused()
    await expect(toggle).to_have_attribute("aria-expanded", "false")
    await keyboard.press("Enter")
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(phone.page.locator("#channel-name")).to_contain_text("payments-incidents")
    await expect(phone.page.locator("#messages-pane")).to_be_focused()


async def test_unread__marked_on_the_button_of_the_drawer(phone):
    await phone.goes_to("general")
    said = await phone.page.request.post(
        f"{phone.page.url}sandbox/type", data={"user": "U0BOB", "channel": "C0PAYMENTS", "text": "Is it better now?"}
    )
    assert said.ok
    await expect(phone.page.locator("body")).to_have_class(re.compile("has-unread"))
    await phone.goes_to("payments-oncall")
    await expect(phone.page.locator("body")).not_to_have_class(re.compile("has-unread"))


async def test_menu__comes_from_below_and_is_left_by_escape(phone):
    await phone.makes_happen("#raise")
    menu = phone.page.get_by_role("listbox", name="How severe?")
    await expect(menu).to_be_focused()
    box = await menu.bounding_box()
    assert box["width"] > 360
    assert 844 - (box["y"] + box["height"]) < 20
    assert await phone.page.evaluate(SMALL) == []
    await phone.page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)


async def test_thread__covers_the_channel(phone):
    said = phone.message("checkout hangs")
    await phone.taps(said.get_by_role("button", name="Reply in thread"))
    reply = phone.page.locator("#thread-composer textarea")
    await expect(reply).to_be_focused()
    assert await phone.page.evaluate(SMALL) == []
    await reply.fill("Still slow?")
    await phone.taps(phone.page.locator("#thread-composer").get_by_role("button", name="Send"))
    await expect(phone.page.locator("#thread-messages article").last).to_contain_text("Still slow?")
    await phone.taps(phone.page.get_by_role("button", name="Close the thread"))
    await expect(phone.message("checkout hangs")).to_be_visible()


async def test_wire__covers_the_conversation_until_closed(phone):
    await phone.makes_happen("#wire-toggle")
    await expect(phone.page.locator("#wire")).to_be_visible()
    await phone.taps(phone.page.locator("#wire-close"))
    await expect(phone.page.locator("#wire")).to_be_hidden()
    await expect(phone.page.locator("#messages-pane")).to_be_visible()
