"""What a message may say: the same rules for the Web API, response URLs and replies to commands."""

import json
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit import limits, problems
from sandbox.slack.messages import Content
from sandbox.slack.refusal import Refusal

_METADATA_FIELDS: Final = {"event_type", "event_payload"}
# Slack states no size; this is what its own documentation of the error suggests as sensible.
_METADATA_BYTES: Final = 16_000


def content_of(given: Mapping[str, Any], *, longest: int = limits.MESSAGE_TEXT, status: int = 200) -> Content:
    """Read a message's content; raises Refusal with no_text, msg_too_long, invalid_blocks or invalid_arguments."""
    text = _text_of(given, status)
    blocks, attachments = given.get("blocks") or [], given.get("attachments") or []
    if len(text) > longest:
        raise Refusal("msg_too_long", f"at most {longest} characters, has {len(text)}", status=status)
    if not text and not blocks and not attachments:
        raise Refusal("no_text", status=status)
    _refuse_problems(text, blocks, attachments, status)
    return Content(text or _spoken(blocks), blocks, attachments, _metadata_of(given, status))


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


def _refuse_problems(text: str, blocks: object, attachments: object, status: int) -> None:
    found = problems({"text": text or "…", "blocks": blocks, "attachments": attachments}, "message")
    if not found:
        return
    in_text = [problem for problem in found if problem.startswith("/text")]
    error = "invalid_blocks" if len(in_text) < len(found) else "invalid_arguments"
    raise Refusal(error, *found, status=status, errors=found)


def _metadata_of(given: Mapping[str, Any], status: int) -> dict[str, Any] | None:
    metadata = given.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or set(metadata) != _METADATA_FIELDS:
        raise Refusal("invalid_metadata_format", status=status)
    if len(json.dumps(metadata)) > _METADATA_BYTES:
        raise Refusal("metadata_too_large", status=status)
    return metadata


def _spoken(blocks: list[dict[str, Any]]) -> str:
    """Build the fallback text from blocks, as Slack does when there is none."""
    texts = [block.get("text") for block in blocks]
    return "\n".join(str(text["text"]) for text in texts if isinstance(text, dict))
