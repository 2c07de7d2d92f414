"""What Slack sends along with a request: an open view with its fields, the message a shortcut was chosen on."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FilledField:
    """What was typed or chosen; `label` is what an entry of a menu shows for its value."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True)
class OpenView:
    """A view a person has in front of them, with what is filled in; the bot left `team` and `metadata` in it."""

    id: str
    title: str
    callback_id: str = ""
    team: str = ""
    metadata: str = field(default="", repr=False)
    fields: Mapping[str, FilledField] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """Give the value of a field; empty where nothing was filled in."""
        return self.fields.get(name, FilledField()).value

    def label(self, name: str) -> str:
        """Give the label of the entry chosen in a field."""
        return self.fields.get(name, FilledField()).label


@dataclass(frozen=True)
class SharedMessage:
    """The message a shortcut was chosen on; without `author` it was written by an app, whose name may be known."""

    channel: str
    ts: str
    author: str = ""
    app_name: str = ""
    text: str = field(default="", repr=False)
    thread: str | None = None
