"""Choosing several people in one search, and a comment's type, on a phone and in both languages."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

INCIDENT = "0E83EE"
SAYS = {
    "en": {
        "page": "Add and page",
        "all": "Page all 2",
        "off": "Dana Okoye, Carol Diaz are not on call in the schedules of this team now.",
        "added": "You added Dana Okoye, Carol Diaz to",
        "type": "Choose a type",
        "comment": "Add comment",
        "commented": "Comment added to",
    },
    "zh": {
        "page": "添加并通知",
        "all": "通知全部 2 人",
        "off": "Dana Okoye、Carol Diaz 现在不在本团队的任何值班表中值班。",
        "added": "Dana Okoye、Carol Diaz",
        "type": "选择类型",
        "comment": "添加评论",
        "commented": "添加评论。",
    },
}


async def pictured(desk, name):
    """Photograph the screen where a folder for it is named."""
    if folder := os.environ.get("LOOKS"):
        await desk.page.screenshot(path=Path(folder) / f"{name}-{desk.reader}.png")


async def finds(form, typed, name):
    await form.locator("input[role=combobox]").fill(typed)
    await form.get_by_role("option", name=name).first.tap()


async def test_people_of_several_searches__are_chosen_as_chips__and_paged_together(phone_of):
    desk, says = phone_of, SAYS[phone_of.reader]
    await desk.types(f"/flashduty add {INCIDENT}")
    form = desk.page.get_by_role("dialog")
    await expect(form.locator("input[role=combobox]")).to_be_visible()
    await pictured(desk, "add")
    await form.locator("input[role=combobox]").tap()
    await expect(form.get_by_role("option").first).to_be_visible()
    await pictured(desk, "add-offered")
    await finds(form, "dana", "Dana Okoye")
    await finds(form, "小明", "王小明")
    await finds(form, "carol", "Carol Diaz")
    chips = form.locator(".chip")
    await expect(chips).to_have_count(3)
    await desk.taps(chips.nth(1))
    await expect(chips).to_have_text(["Dana Okoye", "Carol Diaz"])
    await pictured(desk, "add-chosen")
    await desk.taps(form.get_by_role("button", name=says["page"]))
    await expect(form).to_contain_text(says["off"])
    await pictured(desk, "add-off-shift")
    await desk.taps(form.get_by_role("button", name=says["all"]))
    await expect(form).to_contain_text(says["added"])
    await pictured(desk, "add-done")


async def test_a_comments_type__is_chosen_by_thumb(phone_of):
    desk, says = phone_of, SAYS[phone_of.reader]
    await desk.types(f"/flashduty comment {INCIDENT}")
    form = desk.page.get_by_role("dialog")
    await form.locator("textarea").fill("restarting")
    menu = form.locator("button[role=combobox]")
    await expect(menu).to_have_text(says["type"])
    await pictured(desk, "comment")
    await desk.taps(menu)
    await pictured(desk, "comment-types")
    await desk.taps(desk.page.get_by_role("option", name="Finding"))
    await expect(menu).to_have_text("Finding")
    await desk.taps(form.get_by_role("button", name=says["comment"]))
    await expect(form).to_contain_text(says["commented"])
