"""The demo as a person meets it: its own process, its page in Chromium."""

import asyncio
import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, async_playwright, expect

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs" / "images"
# The colours of a picture: the most frequent, and others far from one another, so that small marks keep theirs.
FREQUENT_COLOURS, OTHER_COLOURS = 16, 64
CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A cold start of the bot on a busy machine, and Flashduty's own time-outs, both fit.
expect.set_options(timeout=30_000)


@pytest.fixture
def chromium():
    """Where Chromium is; without it the tests are skipped, unless BROWSER_REQUIRED says that they may not be."""
    if not CHROMIUM.exists():
        sentence = f"{CHROMIUM} is missing: apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji"
        if os.environ.get("BROWSER_REQUIRED") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return CHROMIUM


@pytest.fixture
async def browser(chromium):
    """Chromium, for a page that is not the demo's."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield opened
        await opened.close()


@asynccontextmanager
async def demo_process(*arguments, ends_with=0):
    """The demo on a free port; gives the process and its address, and ends it with SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.demo", "--port", "0", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        said = (await process.stdout.readline()).decode()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address, said + (await process.stdout.read()).decode()
        yield process, address.group()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()
    assert process.returncode == ends_with


@pytest.fixture
def demo():
    """How to start the demo."""
    return demo_process


def bot_of(demo):
    """The process id of a demo's bot."""
    (child,) = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
    return int(child)


def few_colours(picture):
    """The picture in few colours: a fifth of the bytes."""
    counted = sorted(picture.getcolors(picture.width * picture.height))[-FREQUENT_COLOURS:]
    others = picture.quantize(OTHER_COLOURS, Image.Quantize.MAXCOVERAGE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([*(value for _, colour in counted for value in colour), *others[: 3 * OTHER_COLOURS]])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


@dataclass
class Desk:
    """Somebody in front of the page."""

    page: Page
    demo: asyncio.subprocess.Process
    is_phone: bool = False
    album: Path | None = None
    reader: str = "en"

    @property
    def bot(self) -> int:
        """The process id of the bot."""
        return bot_of(self.demo)

    @property
    def box(self) -> Locator:
        """The message box."""
        return self.page.locator("#composer textarea")

    @property
    def messages(self) -> Locator:
        """All messages of the conversation."""
        return self.page.locator("#messages article")

    @property
    def newest(self) -> Locator:
        """The last message of the conversation."""
        return self.messages.last

    def message(self, text: str) -> Locator:
        """The last message that says this."""
        return self.messages.filter(has_text=text).last

    async def types(self, text: str) -> None:
        """Type into the message box and send."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def taps(self, target: Locator) -> None:
        """Press with a finger on a phone, with the mouse elsewhere."""
        await (target.tap() if self.is_phone else target.click())

    async def opens_the_drawer(self) -> None:
        """Open the drawer of conversations, where there is one."""
        if self.is_phone:
            await self.page.locator("#drawer-toggle").tap()
            await expect(self.page.locator("#sidebar")).to_be_visible()

    async def makes_happen(self, button: str) -> None:
        """Press a button of the stage; on a phone they open from "Try it"."""
        if self.is_phone:
            await self.page.locator("#stage-toggle").tap()
        await self.taps(self.page.locator(button))

    async def acts_as(self, name: str) -> None:
        """Become somebody else."""
        await self.opens_the_drawer()
        await self.page.locator("#acting").click()
        await self.page.get_by_role("option", name=name).click()
        await expect(self.page.locator("#acting")).to_contain_text(name)

    async def goes_to(self, conversation: str) -> None:
        """Open a conversation."""
        await self.opens_the_drawer()
        await self.page.locator(".conversation", has_text=conversation).click()
        await expect(self.page.locator("#channel-name")).to_contain_text(conversation)

    async def breaks_flashduty(self, fault: str) -> None:
        """Choose a fault from the menu."""
        await self.makes_happen("#break")
        await self.page.get_by_role("option", name=fault).click()
        await expect(self.page.locator("#break")).to_have_class(re.compile(r"\bon\b"))

    async def mends_flashduty(self) -> None:
        """Let Flashduty work again."""
        await self.makes_happen("#break")
        await self.page.get_by_role("option", name="Repair").click()
        await expect(self.page.locator("#break")).not_to_have_class(re.compile(r"\bon\b"))

    def control(self, route: str, within: Locator | None = None) -> Locator:
        """The controls that do this, in the newest message or in something else; in every language alike."""
        return (within or self.newest).locator(f'[data-action^="{route}"]')

    async def chooses(self, route: str) -> None:
        """Choose the entry of an open menu that does this."""
        await self.taps(self.page.locator(f'.menu [role="option"][data-value^="{route} "]'))

    async def photographs(self, surface: str, shown: Locator | None = None, *, is_alone: bool = False) -> None:
        """Leave a small picture named after the surface, the language and the screen, where pictures are wanted.

        With `shown` that is scrolled to first: a message from its beginning on. With `is_alone` nothing is above or
        below it in the picture.
        """
        hints = self.page.get_by_role("button", name="Hide these suggestions")
        if await hints.is_visible() and await self.page.locator("dialog[open]").count() == 0:
            await self.taps(hints)
        await self.page.mouse.move(0, 0)
        await expect(self.page.locator(".toast")).to_have_count(0)
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        if shown is not None:
            await shown.evaluate("node => node.scrollIntoView({ behavior: 'instant' })")
        if is_alone:
            await self.page.evaluate("document.activeElement?.blur()")
        if self.album is None:
            return
        clip = await self._box_of(shown) if is_alone else None
        taken = await self.page.screenshot(animations="disabled", caret="hide", clip=clip)
        name = f"{surface}-{self.reader}-{'phone' if self.is_phone else 'desk'}.png"
        few_colours(Image.open(BytesIO(taken)).convert("RGB")).save(self.album / name, optimize=True)

    async def _box_of(self, shown: Locator) -> dict[str, float]:
        """What is to be seen of a form, or of a message, which is as wide as its conversation."""
        box, pane = await shown.bounding_box(), await self.page.locator("#messages-pane").bounding_box()
        if await shown.evaluate("node => node.matches('dialog')"):
            return box
        top, bottom = max(box["y"], pane["y"]), min(box["y"] + box["height"], pane["y"] + pane["height"])
        return {"x": pane["x"], "width": pane["width"], "y": top, "height": bottom - top}


DESK = {"viewport": {"width": 1400, "height": 880}}
# Beside the text of a README: without the panel of requests.
SMALL_DESK = {"viewport": {"width": 1100, "height": 880}, "device_scale_factor": 1.25}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# Who reads in which language: the person in front of the page and their channel; both are responders of Payments.
READERS = ("en", "zh")
# How the bot's part of the channel's topic begins, the last of what the bot does by itself on start.
TOPIC_BEGINS = {"en": "[on call: ", "zh": "[值班："}


@asynccontextmanager
async def desk_of(chromium, *, screen=DESK, reader="en", **look):
    """Open the page of a demo of one's own: how large the screen is, and in which language one reads."""
    async with demo_process("--language", reader) as (process, address), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        context = await browser.new_context(
            locale="en-US", timezone_id="Europe/Berlin", **{"device_scale_factor": 1.5} | screen | look
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(address)
        await expect(page.locator("body.ready")).to_be_visible()
        await expect(page.locator("#channel-topic")).to_contain_text(TOPIC_BEGINS[reader])
        yield Desk(page, process, is_phone=screen is PHONE, reader=reader)
        await browser.close()
        assert complaints == []


@pytest.fixture
async def desk(chromium):
    """A person in the light look."""
    async with desk_of(chromium, color_scheme="light") as opened:
        yield opened


@pytest.fixture
async def dark_desk(chromium):
    """A person whose system is dark."""
    async with desk_of(chromium, color_scheme="dark") as opened:
        yield opened


@pytest.fixture
async def phone(chromium):
    """A person with a phone: 390 pixels wide, and no mouse."""
    async with desk_of(chromium, screen=PHONE) as opened:
        yield opened


def album():
    """Where the pictures of every surface go: to those of the READMEs, where they are asked for."""
    if os.environ.get("PICTURES") != "all":
        return None
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES


@pytest.fixture(params=[f"{reader}-{screen}" for reader in READERS for screen in ("phone", "desk")])
async def either(chromium, request):
    """A reader of each language, with a phone and at a desk."""
    reader, _, screen = request.param.partition("-")
    async with desk_of(chromium, screen=PHONE if screen == "phone" else SMALL_DESK, reader=reader) as opened:
        opened.album = album()
        yield opened


@pytest.fixture(params=READERS)
async def phone_of(chromium, request):
    """A reader of each language, with a phone."""
    async with desk_of(chromium, screen=PHONE, reader=request.param) as opened:
        yield opened


@pytest.fixture
async def chinese_phone(chromium):
    """A reader of Chinese with a phone, whose surfaces are photographed."""
    async with desk_of(chromium, screen=PHONE, reader="zh") as opened:
        opened.album = album()
        yield opened
