"""The total size of the blocks of one message: Slack's `msg_blocks_too_long`, an undocumented limit.

Measured: 11,341 characters of text were refused (github.com/slackapi/bolt-js/issues/2867); of markdown alone
13,297 went through, and 125 fewer with a divider beside it; a Slack employee named 12,000 characters with a
buffer for block containers (github.com/slackapi/bolt-js/issues/2509). The pretend Slack stays below all of them.
"""

from collections.abc import Iterator
from typing import Any, Final

from sandbox.slack.block_kit import limits

# Not text: names, identifiers and styles.
_NOT_READ: Final = frozenset(
    {"type", "block_id", "action_id", "value", "style", "align", "width", "level", "status", "task_id"}
)


def blocks_too_long(blocks: list[Any]) -> str | None:
    """Describe by how much blocks are too long, or return None; counted in UTF-16 units, entities as written."""
    text = sum(_units(one) for one in _texts(blocks))
    if text > limits.BLOCKS_TEXT:
        return f"at most {limits.BLOCKS_TEXT} characters in all blocks together, there are {text}"
    size = text + limits.BLOCK_COST * sum(1 for _ in _blocks(blocks))
    if size > limits.BLOCKS_SIZE:
        return f"at most {limits.BLOCKS_SIZE} with {limits.BLOCK_COST} for each block, there are {size}"
    return None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, held in value.items():
            if name not in _NOT_READ:
                yield from _texts(held)


def _blocks(blocks: list[Any]) -> Iterator[Any]:
    """Iterate over blocks and nested blocks."""
    for block in blocks:
        yield block
        for name in ("child_blocks", "tasks") if isinstance(block, dict) else ():
            yield from _blocks(block.get(name) or [])
        if isinstance(block, dict) and block.get("type") == "carousel":
            yield from _blocks(block.get("elements") or [])
