"""Rules that choose the Slack channel for an incident's card, and their format in the settings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

_SEVERITIES: Final = ("Critical", "Warning", "Info")

_HINT: Final = "write severity=Critical channel=5001 label.env=prod -> C0123ABCD; severity=Info -> none"
_NO_CARD: Final = "none"
_ANYTHING: Final = "*"
_LABEL: Final = "label."
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,30}")
_FLASHDUTY_ID: Final = re.compile(r"[1-9][0-9]{0,18}")
# A Chinese keyboard writes other signs; inside quotation marks everything stays as it is.
_TOKEN: Final = re.compile(
    r"""(?P<end>[;；\n])
    |(?P<space>[^\S\n]+|[,，、])
    |(?P<arrow>->|－＞|—>|→)
    |(?P<name>[^\s=＝;；,，、"“「]+?)[^\S\n]*[=＝][^\S\n]*(?:
        "(?P<straight>[^"\n]*)"|“(?P<curly>[^”\n]*)”|「(?P<corner>[^」\n]*)」|'(?P<single>[^'\n]*)'(?![^\s;；,，、—－→-])
        |(?P<bare>(?:(?!->|－＞|—>|→|,(?:\s|$))[^\s;；，、"“「])+))
    |(?P<word>(?:(?!->|－＞|—>|→)[^\s;；])+)""",
    re.VERBOSE,
)
_QUOTES: Final = frozenset("\"'“”「」")
_VALUES: Final = ("straight", "curly", "corner", "single", "bare")


@dataclass(frozen=True, kw_only=True)
class CardRule:
    """Conditions, all of which an incident must meet, and where its card goes; `channel` None for no card.

    A condition that is None or empty is met by every incident. `flashduty_channel` is an id of Flashduty, `severity` a
    word of Flashduty's; the values of labels are compared as they are.
    """

    channel: str | None
    severity: str | None = None
    flashduty_channel: int | None = None
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def takes_everything(self) -> bool:
        """Whether it has no condition."""
        return self.severity is None and self.flashduty_channel is None and not self.labels


def parse_card_rules(raw: Any) -> tuple[CardRule, ...]:  # noqa: ANN401 - text from a source, or rules from code
    """Read `severity=Critical channel=5001 label.env="prod eu" -> C0123; severity=Info -> none`.

    Rules are separated by semicolons or lines; `* -> none`, as the last, is for all incidents that are left. Raises
    ValueError with a sentence that does not repeat the value.
    """
    if not isinstance(raw, str):
        return tuple(raw)
    rules = tuple(_rule(number, tokens) for number, tokens in enumerate(_rules(raw), 1))
    unreachable = next((number for number, rule in enumerate(rules[:-1], 1) if rule.takes_everything), None)
    if unreachable is not None:
        raise ValueError(f"has rules behind rule {unreachable}, which takes every incident; put that one last")
    return rules


def _rules(raw: str) -> Iterator[list[re.Match[str]]]:
    """Cut the text into tokens, and those into rules; empty rules are left out."""
    rule: list[re.Match[str]] = []
    for token in _TOKEN.finditer(raw):
        if token["end"] and rule:
            yield rule
            rule = []
        elif not token["end"] and not token["space"]:
            rule.append(token)
    if rule:
        yield rule


def _rule(number: int, tokens: list[re.Match[str]]) -> CardRule:
    arrows = [position for position, token in enumerate(tokens) if token["arrow"]]
    if not arrows:
        raise ValueError(f"has no -> with a channel behind it in rule {number}; {_HINT}")
    conditions, targets = tokens[: arrows[0]], tokens[arrows[0] + 1 :]
    if len(arrows) > 1 or len(targets) != 1:
        raise ValueError(
            f"must have one channel, or none, behind the -> of rule {number}, and a semicolon before the next rule"
        )
    rule = CardRule(channel=_target(number, targets[0][0]))
    if not conditions:
        raise ValueError(f"has no condition in rule {number}; for all incidents that are left write * -> C0123ABCD")
    if [token[0] for token in conditions] == [_ANYTHING]:
        return rule
    for token in conditions:
        rule = _with_condition(number, rule, token)
    return rule


def _target(number: int, target: str) -> str | None:
    if target.lower() == _NO_CARD:
        return None
    if not _CHANNEL.fullmatch(target):
        what = "is a name" if target[0] in "#@" else "is none"
        raise ValueError(
            f"must name in rule {number} a Slack channel by its id, which starts with C or G, or none; this {what}"
        )
    return target


def _with_condition(number: int, rule: CardRule, token: re.Match[str]) -> CardRule:
    """Add a condition to a rule; raises ValueError."""
    value = next((token[group] for group in _VALUES if token[group] is not None), "")
    name = (token["name"] or "").translate(str.maketrans("．。", ".."))
    key = name.lower()
    if not name and _QUOTES & set(token[0]):
        raise ValueError(f"has a quotation mark in rule {number} that is not closed, or not directly behind =")
    if not name or not value:
        raise ValueError(f"holds something in rule {number} that is no condition with a value; {_HINT}")
    if key == "severity":
        _refuse_second(number, "severity", is_second=rule.severity is not None)
        return replace(rule, severity=_severity(number, value))
    if key == "channel":
        _refuse_second(number, "channel", is_second=rule.flashduty_channel is not None)
        return replace(rule, flashduty_channel=_flashduty_channel(number, value))
    label = name[len(_LABEL) :]
    if not key.startswith(_LABEL) or not label:
        raise ValueError(f"has a condition in rule {number} that is not severity, channel or label.<name>; {_HINT}")
    _refuse_second(number, "a label", is_second=label in dict(rule.labels))
    return replace(rule, labels=(*rule.labels, (label, value)))


def _refuse_second(number: int, name: str, *, is_second: bool) -> None:
    if is_second:
        raise ValueError(f"names {name} twice in rule {number}; all conditions must be met, so write two rules")


def _severity(number: int, value: str) -> str:
    found = next((one for one in _SEVERITIES if one.lower() == value.lower()), None)
    if found is None:
        raise ValueError(f"must have one of {', '.join(_SEVERITIES)} behind severity= in rule {number}")
    return found


def _flashduty_channel(number: int, value: str) -> int:
    if not _FLASHDUTY_ID.fullmatch(value):
        raise ValueError(f"must have the id of a Flashduty channel, a whole number, behind channel= in rule {number}")
    return int(value)
