"""The rows of the incident list and their menus, with a finger, with the mouse and with the keyboard alone."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser


def menus(desk):
    return desk.newest.locator("[data-action^='menu:']")


async def lists_incidents(desk):
    await desk.types("/flashduty incidents")
    await expect(desk.newest.get_by_role("heading")).to_contain_text("unacknowledged")


async def test_menu_of_a_row__with_a_finger(phone):
    await lists_incidents(phone)
    menu = menus(phone).nth(1)
    await menu.scroll_into_view_if_needed()
    await menu.tap()
    await expect(phone.page.get_by_role("option")).to_have_text(
        ["Show incident", "Acknowledge", "Add comment", "More", "Open in Flashduty"]
    )
    await phone.page.get_by_role("option", name="Acknowledge").tap()
    await expect(phone.message("Alice Chen acknowledged")).to_be_visible()
    await expect(phone.message("You acknowledged")).to_be_visible()


async def test_menu_of_a_row__with_the_keyboard(desk):
    await lists_incidents(desk)
    await menus(desk).nth(1).focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("option", name="Show incident")).to_be_visible()
    await desk.page.keyboard.press("ArrowDown")
    await desk.page.keyboard.press("Enter")
    await expect(desk.message("Alice Chen acknowledged")).to_be_visible()


async def test_menu_of_a_row__with_the_mouse__leads_to_the_details(desk):
    await lists_incidents(desk)
    await menus(desk).nth(1).click()
    await desk.page.get_by_role("option", name="Show incident").click()
    await expect(desk.control("more:")).to_be_visible()
