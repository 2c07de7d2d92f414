"""Comments on incidents: their rendered Markdown, and whom they notify.

An independent CommonMark parser reads them, so that nothing depends on the bot's own view of Markdown. A link
`[@Jane Doe](flashduty://ref/member/7001)` mentions a person, and a mention notifies.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST: Final = 1_024
# The "commonmark" preset is the specification to the letter, HTML included.
_PARSER: Final = MarkdownIt("commonmark")
_MEMBER: Final = re.compile(r"flashduty://ref/member/(\d+)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Comment:
    """A comment as written and as rendered; `at` in Unix seconds, `notified` holds person ids.

    `links` are the addresses of links, autolinks and reference links, `images` those of images, `markup` the raw HTML.
    """

    incident_id: str
    at: int
    person_id: int
    source: str
    shown: str
    links: tuple[str, ...]
    images: tuple[str, ...]
    markup: tuple[str, ...]
    notified: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """The parse result of a comment; `mentioned` are the person ids in its mentions, existing or not."""

    shown: str
    links: tuple[str, ...]
    images: tuple[str, ...]
    markup: tuple[str, ...]

    @property
    def mentioned(self) -> tuple[int, ...]:
        """The person ids in links, images and raw HTML, each once."""
        found = [
            int(number)
            for written in (*self.links, *self.images, *self.markup)
            for number in _MEMBER.findall(unquote(html.unescape(written)))
        ]
        return tuple(dict.fromkeys(found))


def read(source: str) -> Reading:
    """Parse Markdown and return what a reader sees."""
    tokens = list(_flat(_PARSER.parse(source)))
    return Reading(
        shown="".join(_shown(token) for token in tokens).strip(),
        links=_addresses(tokens, "link_open", "href"),
        images=_addresses(tokens, "image", "src"),
        markup=tuple(token.content for token in tokens if token.type in {"html_inline", "html_block"}),
    )


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())


def _shown(token: Token) -> str:
    if token.type in {"text", "code_inline", "code_block", "fence"}:
        return token.content
    return "\n" if token.type in {"softbreak", "hardbreak", "paragraph_close", "heading_close"} else ""


def _addresses(tokens: Sequence[Token], kind: str, attribute: str) -> tuple[str, ...]:
    return tuple(str(token.attrs[attribute]) for token in tokens if token.type == kind)
