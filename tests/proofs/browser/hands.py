"""How a person presses on a phone, with a finger or with the keyboard alone, and how often."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Locator, expect

from tests.proofs.browser.conftest import Desk

# What counts as a tap: a press of anything, a choice in a menu or a list, and Escape. Typing does not.
COUNT_TAPS = """() => {
    window.taps = 0;
    const count = (event) => event.isTrusted && (window.taps += 1);
    const chooses = (event) => ["Enter", " "].includes(event.key) && event.target.matches("[role=listbox]");
    const picks = (event) => event.key === "Enter" && event.target.matches("[aria-expanded=true][role=combobox]");
    addEventListener("click", count, true);
    const counts = (event) => event.key === "Escape" || chooses(event) || picks(event);
    addEventListener("keydown", (event) => counts(event) && count(event), true);
}"""
# As many stops as the longest conversation of a test has.
MOST_STOPS = 400


@dataclass
class Hand:
    """Presses with a finger, or moves the focus with Tab and presses Enter; every tap is counted in the page."""

    desk: Desk
    has_keyboard: bool
    taps: dict[str, int] = field(default_factory=dict)

    async def begins(self) -> None:
        """Begin to count."""
        await self.desk.page.evaluate(COUNT_TAPS)

    @asynccontextmanager
    async def step(self, name: str, *, at_most: int):
        """Count what one step of the night takes."""
        before = await self.desk.page.evaluate("window.taps")
        yield
        self.taps[name] = await self.desk.page.evaluate("window.taps") - before
        assert self.taps[name] <= at_most, f"{name}: {self.taps[name]} taps"

    async def presses(self, target: Locator) -> None:
        """Press something."""
        if not self.has_keyboard:
            await target.tap()
            return
        await self._reaches(target)
        await self.desk.page.keyboard.press("Enter")

    async def chooses(self, option: Locator) -> None:
        """Choose an entry of the menu that is open."""
        if not self.has_keyboard:
            await option.tap()
            return
        keyboard = self.desk.page.keyboard
        await expect(option).to_be_visible()
        for _ in range(await self.desk.page.get_by_role("option").count()):
            if "current" in (await option.get_attribute("class")).split():
                break
            await keyboard.press("ArrowDown")
        await keyboard.press("Enter")

    async def types(self, words: str, box: Locator) -> None:
        """Type into a field."""
        if self.has_keyboard:
            await self._reaches(box)
        else:
            await box.tap()
        await self.desk.page.keyboard.type(words)

    async def leaves(self, form: Locator) -> None:
        """Leave a form in which something was done."""
        if self.has_keyboard:
            await self.desk.page.keyboard.press("Escape")
        else:
            await form.locator(".dialog-foot .button").first.tap()
        await expect(form).to_have_count(0)

    async def _reaches(self, target: Locator) -> None:
        await expect(target).to_be_visible()
        # Whichever way is shorter, as whoever lives by the keyboard knows.
        key = await target.evaluate(
            """node => {
                const at = document.activeElement;
                const isBehind = at.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING;
                return isBehind ? "Shift+Tab" : "Tab";
            }"""
        )
        for _ in range(MOST_STOPS):
            if await target.evaluate("node => node === document.activeElement"):
                return
            await self.desk.page.keyboard.press(key)
        pytest.fail(f"{target} cannot be reached with {key}")
