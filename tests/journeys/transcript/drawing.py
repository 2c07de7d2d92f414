"""A message as the lines a person would read, without action ids and without what its controls carry."""

import html
import re
from collections.abc import Iterator

# Random or counted; where they stand is what matters.
CHANGING = (
    (re.compile(r"\b06[0-9A-HJKMNP-TV-Z]{24}\b"), "<request id>"),
    (re.compile(r"\b01[0-9A-HJKMNP-TV-Z]{24}\b"), "<request id>"),
    (re.compile(r"(?<=Reference )[0-9A-F]{8}\b"), "<reference>"),
)


def drawn(message):
    """Give the lines of a message: what is notified where it says something else, its blocks, its files."""
    lines = [line for block in message.get("blocks") or [] for line in drawn_block(block)]
    spoken = "\n".join(text for block in message.get("blocks") or [] for text in _spoken(block))
    lines = [*_notified(message["text"], spoken), *lines]
    lines += [
        f"(file {one.get('title') or one.get('name')}, {one.get('mimetype')})" for one in message.get("files", [])
    ]
    lines += [line for one in message.get("attachments", []) for line in drawn(one | {"text": one.get("text", "")})]
    return [_settled(line) for line in lines]


def _notified(text, spoken):
    """Give what a notification says, where it is not what the blocks say."""
    if not text or text == spoken:
        return
    if text.endswith("…") and spoken.startswith(text[:-1].rstrip()):
        yield f"(notified with the first {len(text)} characters)"
    else:
        yield from _prefixed("text: " if spoken else "", text)


def drawn_view(view):
    """Give the lines of a modal or a home."""
    words = [_text(view[name]) for name in ("title", "submit", "close") if view.get(name)]
    return [_settled(" | ".join(words)), *(line for block in view["blocks"] for line in drawn_block(block))]


def drawn_block(block) -> Iterator[str]:
    """Give the lines of one block."""
    draw = BLOCKS.get(block["type"])
    if draw is None:
        lines = (line.strip() for line in _plain(block).split("\n"))
        yield from _prefixed(f"({block['type']}) ", "\n".join(lines))
    else:
        yield from draw(block)


def control(element):
    """Write a control as its label in brackets, with all a person can notice of it."""
    label = _text(element.get("text") or element.get("placeholder") or element["type"])
    more = [element["style"]] if element.get("style") else []
    more += [f"read aloud: {element['accessibility_label']}"] if element.get("accessibility_label") else []
    more += [f"leads to {element['url']}"] if element.get("url") else []
    if element.get("confirm"):
        asked = element["confirm"]
        more.append("asks first: " + " / ".join(_text(asked[name]) for name in ("title", "text", "confirm", "deny")))
    more += [f"holds {_text(element['initial_value'])}"] if element.get("initial_value") else []
    kind = element["type"]
    name = "" if kind == "button" else f"{kind}: "
    return f"[{name}{'; '.join([label, *more])}]"


def controls(message):
    """Go through the controls of a message, also those beside its bar, each with its block."""
    parts = [message, *message.get("attachments", [])]
    for block in [block for part in parts for block in part.get("blocks") or []]:
        for held in (block.get("elements"), block.get("accessory"), block.get("element")):
            for element in held if isinstance(held, list) else [held]:
                if isinstance(element, dict) and "action_id" in element:
                    yield block, element


def labels(element):
    """Name a control: what stands on it, and what is read aloud."""
    return _text(element.get("text") or element.get("placeholder") or ""), str(element.get("accessibility_label") or "")


def entries(element):
    """Give the entries of a menu that the bot is asked for; one without a menu has none."""
    return [one for one in element.get("options", []) if not one.get("url")]


def _options(element):
    yield from (f"  ◦ {_text(one['text'])}" for one in element.get("options", []))


def _section(block):
    yield from _text(block.get("text") or "").split("\n") if block.get("text") else ()
    yield from (f"  {line}" for one in block.get("fields", []) for line in _text(one).split("\n"))
    if "accessory" in block:
        yield f"    {control(block['accessory'])}"
        yield from _options(block["accessory"])


def _context(block):
    for element in block["elements"]:
        yield from _prefixed("· ", _text(element) if "text" in element else f"(picture {element.get('alt_text')})")


def _actions(block):
    yield " ".join(control(element) for element in block["elements"])
    for element in block["elements"]:
        yield from _options(element)


def _table(block):
    yield from ("| " + " | ".join(_cell(cell) for cell in row) for row in block["rows"])


def _input(block):
    yield f"{_text(block['label'])}: {control(block['element'])}{' (optional)' if block.get('optional') else ''}"
    yield from _options(block["element"])
    yield from _prefixed("  ", _text(block["hint"])) if block.get("hint") else ()


BLOCKS = {
    "divider": lambda _: ["----"],
    "header": lambda block: [f"# {_text(block['text'])}"],
    "section": _section,
    "context": _context,
    "actions": _actions,
    "table": _table,
    "image": lambda block: [f"(picture {_text(block.get('title') or '')}: {block.get('alt_text')})"],
    "input": _input,
}


def _spoken(block):
    """Name the texts of a block in the order in which `text` repeats them."""
    kind = block["type"]
    if kind == "table":
        heads, *rows = [[cell["text"] for cell in row] for row in block["rows"]]
        told = ("; ".join(f"{head}: {cell}" for head, cell in zip(heads[1:], row[1:], strict=True)) for row in rows)
        return [html.escape(f"{row[0]}. {cells}", quote=False) for row, cells in zip(rows, told, strict=True)]
    if kind == "header":
        return [html.escape(block["text"]["text"], quote=False)]
    if kind == "section":
        return [block["text"]["text"]] if "text" in block else []
    return [element.get("text", "") for element in block["elements"]] if kind == "context" else []


def _text(given):
    return given if isinstance(given, str) else str(given.get("text", given))


def _cell(cell):
    return str(cell.get("text", "")) if cell.get("type") != "rich_text" else _plain(cell)


def _plain(held):
    """Gather the texts in anything."""
    if isinstance(held, dict):
        own = [held["text"]] if isinstance(held.get("text"), str) else []
        return " ".join([*own, *(_plain(one) for one in held.values() if isinstance(one, dict | list))])
    return " ".join(_plain(one) for one in held if isinstance(one, dict | list))


def _prefixed(prefix, text):
    first, *rest = text.split("\n")
    yield f"{prefix}{first}"
    yield from (f"{' ' * len(prefix)}{line}" for line in rest)


def _settled(line):
    for pattern, name in CHANGING:
        line = pattern.sub(name, line)
    return line
