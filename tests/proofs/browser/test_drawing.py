"""The page draws everything the bot sends: each block, element and piece of text of every golden file."""

import json
from pathlib import Path

import pytest

from sandbox.slack.conversation.messages import all_blocks

pytestmark = pytest.mark.browser

GOLDEN = sorted(Path(__file__).parents[2].glob("bot/*/golden/*.json"))
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>'
DRAW = """async (goldens) => {
    const { renderBlocks } = await import("/js/blocks.js");
    const site = { press: async () => {}, hold: () => {}, suggest: async () => [] };
    return goldens.flatMap(([name, blocks]) => {
        const place = renderBlocks(blocks, site);
        document.body.append(place);
        const wrong = [...place.querySelectorAll(".undrawn")].map((node) => `${name}: ${node.textContent}`);
        const controls = [...place.querySelectorAll("button, a.button, input, textarea")];
        const nameless = controls.filter((node) => !node.textContent && !node.ariaLabel && !node.labels?.length)
            .filter((node) => !node.getAttribute("aria-labelledby") && !node.placeholder)
            .map((node) => `${name}: ${node.outerHTML} has no name`);
        const drawn = place.children.length === blocks.length ? [] : [`${name}: ${place.children.length} blocks`];
        place.remove();
        return [...wrong, ...nameless, ...drawn];
    });
}"""


def kinds(held):
    """The types of all objects in a payload."""
    if isinstance(held, list):
        return {kind for one in held for kind in kinds(one)}
    if not isinstance(held, dict):
        return set()
    own = {held["type"]} if isinstance(held.get("type"), str) else set()
    return own | {kind for one in held.values() for kind in kinds(one)}


async def test_every_block_and_element_of_the_golden_files__is_drawn(desk):
    payloads = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in GOLDEN}
    assert len(payloads) > 100
    blocks = [[name, all_blocks(payload)] for name, payload in payloads.items()]
    # Nobody uploaded here what the golden files show.
    await desk.page.route("**/sandbox/files/*", lambda route: route.fulfill(content_type="image/svg+xml", body=PICTURE))
    assert await desk.page.evaluate(DRAW, blocks) == []
    # The golden files hold the newer kinds as well, so that this is not said of too little.
    assert {"overflow", "rich_text", "section", "actions", "header"} <= kinds(
        [one for _, found in blocks for one in found]
    )


async def test_what_is_not_drawn__is_said(desk):
    unknown = [
        {"type": "hologram"},
        {"type": "actions", "elements": [{"type": "lever", "action_id": "x"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "smell"}]}]},
    ]
    said = await desk.page.evaluate(DRAW, [["unknown", unknown]])
    assert [one.partition(": ")[2] for one in said] == [
        "A “hologram” block is not drawn here.",
        "lever is not drawn here",
        "smell is not drawn here",
    ]
