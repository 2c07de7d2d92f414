"""How a rule of Slack is stated: where it comes from, what keeps to it, and what must be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PAYMENTS = "C0PAYMENTS"
BLOCKS = "docs.slack.dev/reference/block-kit/blocks"
ELEMENTS = "docs.slack.dev/reference/block-kit/block-elements"
OBJECTS = "docs.slack.dev/reference/block-kit/composition-objects"
METHODS = "docs.slack.dev/reference/methods"
PLACES = "api.slack.com/reference/block-kit/block-elements"
# In calls that are taken: the id of a picture that was uploaded before.
UPLOADED = "F0UPLOADED"

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """One rule: `taken` are near misses, `refused` must be answered with `error`."""

    says: str
    source: str
    refused: tuple[Call, ...]
    taken: tuple[Call, ...] = ()
    error: str = "invalid_blocks"


def message(*blocks) -> Call:
    return "chat.postMessage", {"channel": PAYMENTS, "text": "x", "blocks": list(blocks)}


def modal(*blocks, **more) -> Call:
    view = {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks) or [section()], **more}
    return "views.open", {"trigger_id": "1.2.3", "view": view}


def home(*blocks) -> Call:
    return "views.publish", {"user_id": "U0ALICE", "view": {"type": "home", "blocks": list(blocks)}}


def at_most(number: int, says: str, source: str, build: Callable[[int], list[Any]], *, step: int = 1) -> Rule:
    """State a limit of what stands in a message."""
    taken, refused = message(*build(number)), message(*build(number + step))
    return Rule(f"{says}: at most {number}", source, (refused,), (taken,))


def not_taken(says: str, source: str, *refused: Any, taken: tuple[Any, ...] = ()) -> Rule:
    """State a shape of one block that is refused in a message, beside those that are taken."""
    return Rule(says, source, tuple(message(one) for one in refused), tuple(message(one) for one in taken))


def plain(text="x", size=None):
    return {"type": "plain_text", "text": "x" * size if size else text}


def marked(text="x", size=None):
    return {"type": "mrkdwn", "text": "x" * size if size else text}


def section(**more):
    return {"type": "section", "text": marked(), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def field(element=None, **more):
    return {"type": "input", "label": plain(), "element": element or writing(), **more}


def writing(**more):
    return {"type": "plain_text_input", "action_id": "a", **more}


def button(action_id="a", **more):
    return {"type": "button", "text": plain(), "action_id": action_id, **more}


def confirm(**more):
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}


def option(text="x", value="v", **more):
    return {"text": plain(text), "value": value, **more}


def options(count):
    return [option(value=str(number)) for number in range(count)]


def select(count=1, **more):
    return {"type": "static_select", "action_id": "a", "options": options(count), **more}


def picture(**more):
    return {"type": "image", "alt_text": "x", "image_url": "https://a.example/x.png", **more}


def table(count=1, width=1, text="x", **more):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * width] * count, **more}


def without(name, thing):
    return {key: value for key, value in thing.items() if key != name}
