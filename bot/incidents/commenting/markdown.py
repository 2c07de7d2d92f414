"""Escape text of people as Markdown for Flashduty: it shows as it was typed, and nothing in it has an effect.

Flashduty reads comments as Markdown, and a link to `flashduty://ref/member/…` notifies a person. So a display name or a
pasted message must not become a link, an image, an autolink, a reference, HTML or a list. CommonMark gives every
punctuation character a backslash escape (spec.commonmark.org/0.31.2/#backslash-escapes); only what could have an effect
where it stands is escaped, as each escape counts towards the limits of Flashduty's texts.
"""

import re
from typing import Final

from bot.messages.text import clipped, one_line

NAME_LIMIT: Final = 80
NO_BREAK_SPACE: Final = "\u00a0"

# Controls except tab and line feed, other line separators, and the marks that reverse the writing direction.
_INVISIBLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BROKEN: Final = re.compile("[\ud800-\udfff]")
_EFFECTIVE: Final = re.compile(
    r"""[\\`*\[\]<~]                        # escapes, code, emphasis, links, HTML and autolinks, strikethrough
      | (?<![A-Za-z0-9_])_+ | _+(?![A-Za-z0-9_])  # emphasis, which begins and ends at the edge of a word
      | &(?=\#?[A-Za-z0-9]+;)               # entities
      | :(?=//) | (?<=www)\.                # addresses that GitHub's dialect links although they stand bare
      | (?<=\w)@(?=\w)                      # and e-mail addresses
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A hard line break, and every punctuation character that may be escaped.
_ESCAPE: Final = re.compile(r"\\(?=\n)|\\([!-/:-@\[-`{-~])")
_LINE_START: Final = re.compile(r"[#+\-=>|:]|(?<!\d)\d{1,9}(?=[.)])")


def escaped_markdown(untrusted: str) -> str:
    """Escape a text of several lines, and trim the white space around it."""
    text = _INVISIBLE.sub(" ", _BROKEN.sub("\ufffd", untrusted.replace("\r\n", "\n").replace("\r", "\n")))
    paragraphs = re.split(r"\n\s*\n", text.strip("\n").rstrip())
    return "\n\n".join(_paragraph(paragraph) for paragraph in paragraphs).strip()


def escaped_name(untrusted: str) -> str:
    """Escape a name on one line, at most 80 characters before escaping."""
    return _escaped_line(clipped(one_line(untrusted), NAME_LIMIT))


def unescaped_markdown(escaped: str) -> str:
    """Return what `escaped_markdown` or `escaped_name` escaped, as it was typed."""
    return _ESCAPE.sub(r"\1", escaped).replace(NO_BREAK_SPACE, " ")


def _paragraph(paragraph: str) -> str:
    # A backslash before the line feed makes a hard line break (…/#hard-line-breaks).
    return "\\\n".join(_escaped_line(line) for line in paragraph.split("\n"))


def _escaped_line(line: str) -> str:
    """Escape a line; leading spaces are kept, and make no code block (…/#indented-code-blocks)."""
    words = line.strip()
    indent = line[: len(line) - len(line.lstrip())].replace("\t", 4 * NO_BREAK_SPACE).replace(" ", NO_BREAK_SPACE)
    escaped = _EFFECTIVE.sub(lambda found: "".join(f"\\{character}" for character in found[0]), words)
    if (start := _LINE_START.match(words)) is None:
        return indent + escaped
    if start[0].isdigit():
        return f"{indent}{start[0]}\\{escaped[start.end() :]}"
    return f"{indent}\\{escaped}" if not escaped.startswith("\\") else indent + escaped
