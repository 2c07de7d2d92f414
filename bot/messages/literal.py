"""Text that others wrote, exactly as it is: rich text takes no markup, so nothing in it is escaped or replaced.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from slack_sdk.models.blocks import RichTextBlock

from bot.messages.text import ELLIPSIS

# What an address may consist of (RFC 3986). A sign at its end belongs to the sentence around it.
_ADDRESS: Final = re.compile(r"https?://[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.IGNORECASE | re.ASCII)
_SENTENCE_SIGNS: Final = ".,;:!?'*"
_PAIRS: Final = {")": "(", "]": "["}
# Control characters except tab and line break, and the marks that reverse the writing direction: with them a command
# would be read differently from what is copied. They are shown as �.
_MISLEADING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Element = dict[str, Any]


def plain_lines(untrusted: str) -> str:
    """Return a text with its own lines and without blank ones around them; misleading characters become �."""
    text = re.sub(r"\r\n?", "\n", untrusted)
    return _MISLEADING.sub("\ufffd", text).strip("\n").rstrip()


def is_cut(text: str, limit: int, max_lines: int) -> bool:
    """Whether `literal` shows less than the whole of a text."""
    return len(text) > limit or text.count("\n") >= max_lines


def literal(text: str, limit: int, max_lines: int) -> RichTextBlock:
    """Draw lines as preformatted text, and one line as a quotation; a longer text ends in an ellipsis.

    Its web addresses are links whose text is the whole address.
    """
    kept = "\n".join(islice(text.split("\n"), max_lines))
    shown = kept if len(kept) == len(text) or len(kept) > limit else f"{kept}\n{ELLIPSIS}"
    kind = "rich_text_preformatted" if "\n" in shown else "rich_text_quote"
    return RichTextBlock(elements=[{"type": kind, "elements": _elements(shown, limit)}])


def named_values(pairs: Iterable[tuple[str, str]], limit: int) -> RichTextBlock:
    """Draw each value behind its name on a line of its own; one with several lines is preformatted."""
    parts: list[Element] = []
    for name, value in pairs:
        head = {"type": "text", "text": f"{name}:", "style": {"bold": True}}
        if "\n" in value:
            parts += [_section([head]), {"type": "rich_text_preformatted", "elements": _elements(value, limit)}]
        else:
            parts.append(_section([head, _text(" "), *_elements(value, limit)]))
    return RichTextBlock(elements=list(_on_lines(parts)))


def _on_lines(parts: Sequence[Element]) -> Iterator[Element]:
    """Merge sections that follow each other, with a line break between them."""
    gathered: list[Element] = []
    for part in parts:
        if part["type"] != "rich_text_section":
            yield from [_section(gathered)] if gathered else []
            gathered = []
            yield part
        else:
            gathered += [*([_text("\n")] if gathered else []), *part["elements"]]
    yield from [_section(gathered)] if gathered else []


def spoken(block: RichTextBlock) -> Iterator[str]:
    """Yield the lines of a rich text."""
    for part in block.to_dict()["elements"]:
        text = "".join(one.get("text") or one.get("url", "") for one in part["elements"])
        yield from filter(str.strip, text.split("\n"))


def shorter(block: RichTextBlock, limit: int) -> RichTextBlock:
    """Cut each part of a rich text to `limit` characters; an address that is cut is no link."""
    parts = block.to_dict()["elements"]
    return RichTextBlock(elements=[{**part, "elements": list(_within(part["elements"], limit))} for part in parts])


def _section(elements: list[Element]) -> Element:
    return {"type": "rich_text_section", "elements": elements}


def _text(text: str) -> Element:
    return {"type": "text", "text": text}


def _elements(text: str, limit: int) -> list[Element]:
    return list(_within(_linked(text), limit))


def _linked(text: str) -> Iterator[Element]:
    done = 0
    for found in _ADDRESS.finditer(text):
        address = _without_sentence(found.group())
        if not _is_linkable(address, text[found.start() + len(address) :]):
            continue
        if found.start() > done:
            yield _text(text[done : found.start()])
        yield {"type": "link", "url": address, "text": address}
        done = found.start() + len(address)
    if done < len(text):
        yield _text(text[done:])


def _within(elements: Iterable[Element], limit: int) -> Iterator[Element]:
    room = limit
    for element in elements:
        text = element["text"]
        if len(text) > room:
            yield _text(text[: max(0, room - 1)].rstrip() + ELLIPSIS)
            return
        room -= len(text)
        yield element


def _without_sentence(address: str) -> str:
    while (last := address[-1]) in _SENTENCE_SIGNS or (
        last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
    ):
        address = address[:-1]
    return address


def _is_linkable(address: str, following: str) -> bool:
    """Whether an address leads where it seems to: it names no user, and its host ends where the address does."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    is_host_whole = bool(parts.path or parts.query or parts.fragment) or not following[:1].isalnum()
    return bool(parts.hostname) and "@" not in parts.netloc and is_host_whole
