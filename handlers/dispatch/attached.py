"""What Slack attaches to a request: an open view with its fields, or the message of a shortcut."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.messages.language import Marked


@dataclass(frozen=True)
class FilledField:
    """The value of a field; `label` is the text that a select shows for it.

    In `value` U+FFFD stands for each character that cannot be stored; `unstorable_at` is the index of the first one.
    `several` are the values and labels of a select that takes several entries.
    """

    value: str = ""
    label: str = ""
    unstorable_at: int | None = None
    several: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class OpenView:
    """An open view with the values of its fields; `team` and `metadata` are what the bot stored in it.

    `opened_as` is its title untranslated, where it was opened before the language of the person was read.
    """

    id: str
    title: str
    opened_as: Marked | None = None
    callback_id: str = ""
    team: str = ""
    metadata: str = field(default="", repr=False)
    is_home: bool = False
    """Whether it is the person's Home tab, which is published and not updated."""

    fields: Mapping[str, FilledField] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """Return the value of a field; empty where nothing was filled in."""
        return self.fields.get(name, FilledField()).value

    def label(self, name: str) -> str:
        """Return the label of the entry chosen in a field."""
        return self.fields.get(name, FilledField()).label

    def several(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the entries chosen in a field, each with its value and its label."""
        return self.fields.get(name, FilledField()).several


@dataclass(frozen=True)
class SharedMessage:
    """The message of a message shortcut; without `author` an app wrote it, `app_name` where Slack names it."""

    channel: str
    ts: str
    author: str = ""
    app_name: str = ""
    text: str = field(default="", repr=False)
    thread: str | None = None
