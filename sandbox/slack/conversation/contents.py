"""Validation of message contents, the same for the Web API, response URLs and replies to commands."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.slack.block_kit import limits, problems
from sandbox.slack.block_kit.size import blocks_too_long
from sandbox.slack.conversation.messages import Content
from sandbox.slack.refusal import Refusal

_METADATA_FIELDS: Final = {"event_type", "event_payload"}
# Slack documents no size; this is the one that its page of the error suggests.
_METADATA_BYTES: Final = 16_000


def content_of(given: Mapping[str, Any], *, status: int = 200) -> Content:
    """Parse a message's content; raises Refusal (docs.slack.dev/reference/methods/chat.postMessage)."""
    text = _text_of(given, status)
    blocks, attachments = given.get("blocks") or [], given.get("attachments") or []
    if len(text) > limits.MESSAGE_TEXT:
        raise Refusal("msg_too_long", f"at most {limits.MESSAGE_TEXT} characters, has {len(text)}", status=status)
    if not text.strip() and not blocks and not attachments:
        raise Refusal("no_text", status=status)
    if isinstance(attachments, list) and len(attachments) > limits.ATTACHMENTS:
        raise Refusal("too_many_attachments", status=status)
    _refuse_problems(text, blocks, attachments=attachments, status=status)
    too_long = blocks_too_long([*blocks, *(one for each in attachments for one in each.get("blocks", []))])
    if too_long is not None:
        raise Refusal("msg_blocks_too_long", too_long, status=status)
    return Content(
        text=text or _spoken(blocks), blocks=blocks, attachments=attachments, metadata=_metadata_of(given, status)
    )


def updated_content(given: Mapping[str, Any], old: Content) -> Content:
    """Parse the content of chat.update; metadata is kept unless new metadata, or {}, is given.

    The text is counted in bytes: the page says characters (docs.slack.dev/reference/methods/chat.update), but
    1,993 Chinese characters were measured to be refused.
    """
    size = len(str(given.get("text") or "").encode())
    if size > limits.UPDATE_TEXT:
        raise Refusal("msg_too_long", f"at most {limits.UPDATE_TEXT} bytes, has {size}")
    if given.get("metadata") == {}:
        return content_of({name: value for name, value in given.items() if name != "metadata"})
    content = content_of(given)
    kept: dict[str, Any] = {} if "metadata" in given else {"metadata": old.metadata}
    return replace(content, **kept, **kept_attachments(given, old))


def kept_attachments(given: Mapping[str, Any], old: Content) -> dict[str, Any]:
    """Return the attachments that stay because the update does not name them; an empty list takes them away.

    The page of chat.update says so; Slack says nothing of `replace_original`, which is held to the same here.
    """
    return {} if given.get("attachments") is not None else {"attachments": old.attachments}


def _text_of(given: Mapping[str, Any], status: int) -> str:
    markdown, text = given.get("markdown_text"), given.get("text")
    if markdown is not None and (text is not None or given.get("blocks") is not None):
        raise Refusal("markdown_text_conflict", status=status)
    if markdown is not None and len(markdown) > limits.MARKDOWN_TOTAL:
        raise Refusal("msg_too_long", status=status)
    held = markdown if text is None else text
    if held is not None and not isinstance(held, str):
        raise Refusal("invalid_arguments", "text must be a string", status=status)
    return held or ""


def _refuse_problems(text: str, blocks: object, *, attachments: object, status: int) -> None:
    found = problems({"text": text or "…", "blocks": blocks, "attachments": attachments}, "message")
    if not found:
        return
    places = {problem.partition(":")[0].split("/")[1] for problem in found}
    words = {frozenset({"text"}): "invalid_arguments", frozenset({"attachments"}): "invalid_attachments"}
    raise Refusal(words.get(frozenset(places), "invalid_blocks"), *found, status=status, errors=found)


def _metadata_of(given: Mapping[str, Any], status: int) -> dict[str, Any] | None:
    metadata = given.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or set(metadata) != _METADATA_FIELDS:
        raise Refusal("invalid_metadata_format", status=status)
    event_type, payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(event_type, str) or not event_type.strip() or not isinstance(payload, dict):
        raise Refusal("invalid_metadata_format", status=status)
    if len(json.dumps(metadata)) > _METADATA_BYTES:
        raise Refusal("metadata_too_large", status=status)
    return metadata


def _spoken(blocks: list[dict[str, Any]]) -> str:
    """Build the fallback text from blocks, as Slack does when there is none."""
    texts = [block.get("text") for block in blocks]
    return "\n".join(str(text["text"]) for text in texts if isinstance(text, dict))
