"""What a team's incidents show: the labels, buttons for addresses that stand in labels, and custom actions."""

import re
from dataclasses import dataclass
from typing import Any, Final

from bot.config.parsers import entries

MAX_CARD_LINKS: Final = 5
# Name and host stand on one button (75 characters, docs.slack.dev/reference/block-kit/block-elements/button-element).
LINK_NAME_LIMIT: Final = 20
HOST_LIMIT: Final = 50
# Of a standard alert event, Flashduty keeps 128 characters of a label's name.
CARD_LABEL_LIMIT: Final = 128
MAX_CUSTOM_ACTIONS: Final = 10
# A name stands on a button beside a line of text, also on a phone.
ACTION_NAME_LIMIT: Final = 30

_LINK: Final = re.compile(r"(?P<name>[^=]+)=\s*labels\.(?P<label>\S.*)")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::[1-9][0-9]{0,4})?")
_ACTION: Final = re.compile(r"(?P<name>[^=]+)=\s*(?P<id>[1-9][0-9]{0,18})")
_ACTION_HINT: Final = (
    "write Restart=6113996590131: the name of the button, then the number of the custom action's integration"
)
_LINK_HINT: Final = "write Runbook=labels.runbook_url: the name of the button, then the label that holds the address"


@dataclass(frozen=True)
class CardLink:
    """A link button: its name, and the label whose value is the address."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class CardSettings:
    """The contents of a card; without `labels` all of them are shown, and without `hosts` no link button."""

    labels: tuple[str, ...] = ()
    links: tuple[CardLink, ...] = ()
    hosts: tuple[str, ...] = ()


def parse_labels(raw: Any) -> tuple[str, ...]:  # noqa: ANN401 - text from a source, or a collection from code
    """Read the names of labels; raises ValueError."""
    found = tuple(entries(raw))
    if any(len(name) > CARD_LABEL_LIMIT for name in found):
        raise ValueError(f"must hold names of labels, of at most {CARD_LABEL_LIMIT} characters")
    return found


def parse_links(raw: Any) -> tuple[CardLink, ...]:  # noqa: ANN401 - text from a source, or links from code
    """Read `Runbook=labels.runbook_url,Dashboard=labels.dashboard`; raises ValueError."""
    if not isinstance(raw, str):
        return tuple(raw)
    links = tuple(_link(part) for part in re.split(r"[,\n]", raw) if part.strip())
    if len({link.name for link in links}) < len(links):
        raise ValueError("names two buttons alike")
    if len(links) > MAX_CARD_LINKS:
        raise ValueError(f"must hold at most {MAX_CARD_LINKS} links")
    return links


def _link(part: str) -> CardLink:
    found = _LINK.fullmatch(part.strip())
    if found is None:
        raise ValueError(f"holds something that is no link; {_LINK_HINT}")
    name = " ".join(found["name"].split())
    if not 0 < len(name) <= LINK_NAME_LIMIT or not name.isprintable():
        raise ValueError(f"must name each button with at most {LINK_NAME_LIMIT} characters")
    return CardLink(name, found["label"].strip())


def parse_hosts(raw: Any) -> tuple[str, ...]:  # noqa: ANN401 - text from a source, or a collection from code
    """Read the hosts that link buttons may lead to, each with a port if it is not the usual one; raises ValueError."""
    found = tuple(dict.fromkeys(entry.lower() for entry in entries(raw)))
    for position, host in enumerate(found, 1):
        if len(host) > HOST_LIMIT or not _HOST.fullmatch(host):
            which = f"entry {position}" if len(found) > 1 else "this"
            raise ValueError(
                f"must hold names of hosts, such as wiki.example.com or wiki.example.com:8443, of at most {HOST_LIMIT}"
                f" characters, without https:// and path, others than Latin letters as xn--; {which} is none"
            )
    return found


@dataclass(frozen=True)
class ActionButton:
    """A button for a custom action: the name of its button, and the id of its integration in Flashduty."""

    name: str
    integration_id: int


def parse_custom_actions(raw: Any) -> tuple[ActionButton, ...]:  # noqa: ANN401 - text from a source, or actions from code
    """Read `Restart=6113996590131,Fail over=6113996590132`; raises ValueError."""
    if not isinstance(raw, str):
        return tuple(raw)
    parts = [part for part in re.split(r"[,\n]", raw) if part.strip()]
    actions = tuple(_action(part, position) for position, part in enumerate(parts, 1))
    if len({one.name for one in actions}) < len(actions):
        raise ValueError("names two buttons alike")
    if len({one.integration_id for one in actions}) < len(actions):
        raise ValueError("names one custom action twice")
    if len(actions) > MAX_CUSTOM_ACTIONS:
        raise ValueError(f"must hold at most {MAX_CUSTOM_ACTIONS} custom actions")
    return actions


def _action(part: str, position: int) -> ActionButton:
    found = _ACTION.fullmatch(part.strip())
    if found is None or int(found["id"]) >= 2**63:
        raise ValueError(f"holds something that is no custom action, as entry {position}; {_ACTION_HINT}")
    name = " ".join(found["name"].split())
    if not 0 < len(name) <= ACTION_NAME_LIMIT:
        raise ValueError(
            f"must name each button with at most {ACTION_NAME_LIMIT} characters; entry {position} is not named so"
        )
    return ActionButton(name, int(found["id"]))
