"""What each account defines for itself: custom actions, custom fields, types of comments, and forms.

Sources: the guide's `/en/on-call/integration/webhooks/custom-action`; the operations `/field/create` and
`/incident/comment-type/create`; the console's settings of forms, which no operation shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final, Literal, get_args

from sandbox.flashduty.wire.checks import Check, Record, array, boolean, one_of, text
from sandbox.flashduty.wire.refusals import invalid

MOST_ACTIONS: Final = 5
_LONGEST_VALUE: Final = 1_024
# /field/create
_LONGEST_NAME: Final = 39
_LONGEST_DESCRIPTION: Final = 499
_FIELD_TYPES: Final = ("checkbox", "multi_select", "single_select", "text")
_VALUE_TYPES: Final = ("string", "bool", "float")
FormAction = Literal["ack", "resolve"]
FormSummary = Literal["none", "optional", "required"]


@dataclass
class CustomAction:
    """An action of some Flashduty channels; with a `failure` its own call fails, and the answer says so."""

    integration_id: int
    name: str
    channel_ids: frozenset[int]
    is_enabled: bool = True
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form to fill in before an incident is acknowledged or closed.

    `fields` are the names of custom fields, and whether each must be answered. The conditions are those of the
    settings: teams of the incident's channel, severities, labels; without any the form is for every incident.
    """

    action: FormAction
    fields: Mapping[str, bool] = field(default_factory=dict)
    summary: FormSummary = "none"
    team_ids: frozenset[int] = frozenset()
    severities: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, given: Record) -> "Form":
        """Read the fields of this class, sets as arrays; raises ValueError for others and for an unknown word."""
        unknown = set(given) - {one.name for one in fields(cls)}
        if unknown or given.get("action") not in get_args(FormAction):
            raise ValueError(f"a form is for one of {', '.join(get_args(FormAction))} and has the fields of its kind")
        if given.get("summary", "none") not in get_args(FormSummary):
            raise ValueError(f"the summary is one of {', '.join(get_args(FormSummary))}")
        read: Record = dict(given)
        read |= {name: frozenset(given[name]) for name in ("team_ids", "severities") if name in given}
        return cls(**read)

    def is_for(self, incident: Record, team_id: int | None) -> bool:
        """Return whether an incident of a team must be answered for."""
        return (
            (not self.team_ids or team_id in self.team_ids)
            and (not self.severities or incident["incident_severity"] in self.severities)
            and self.labels.items() <= incident["labels"].items()
        )


def custom_field(account_id: int, number: int, name: str, **given: object) -> Record:
    """Build a record of `/field/list`: a field of the type text unless `given` says otherwise.

    Raises ValueError for what `/field/create` does not take; a type that it does not know is of a newer Flashduty.
    """
    made: Record = {
        "account_id": account_id,
        "field_id": f"66{number:022x}",
        "field_name": name,
        "display_name": name,
        "description": "",
        "field_type": "text",
        "value_type": "string",
        "options": None,
        "default_value": None,
        "status": "enabled",
        "creator_id": 0,
        "updated_by": 0,
        "created_at": 1,
        "updated_at": 1,
        **given,
    }
    longest = {"field_name": _LONGEST_NAME, "display_name": _LONGEST_NAME, "description": _LONGEST_DESCRIPTION}
    too_long = [name for name, most in longest.items() if len(made[name]) > most]
    if too_long or made["value_type"] not in _VALUE_TYPES:
        raise ValueError(f"no custom field of an account: {', '.join(too_long) or made['value_type']}")
    return made


def check_value(told: Record, name: str, value: object) -> None:
    """Refuse a value that does not fit the definition of its field."""
    _check_of(told)(name, value)


def _check_of(told: Record) -> Check:
    options = tuple(told["options"] or ())
    if told["field_type"] == "checkbox":
        return boolean
    if told["field_type"] == "multi_select":
        return _each_once(array(one_of(*options), least=1, most=max(len(options), 1)))
    if told["field_type"] == "single_select":
        return one_of(*options)
    if told["field_type"] not in _FIELD_TYPES:
        return _unknown
    return _number if told["value_type"] == "float" else text(_LONGEST_VALUE, may_be_blank=False)


def _each_once(check: Check) -> Check:
    def checked(name: str, value: object) -> None:
        check(name, value)
        if isinstance(value, list) and len(set(value)) < len(value):
            raise invalid(name, "it has an option twice", "选项重复")

    return checked


def _unknown(name: str, value: object) -> None:
    del value
    raise invalid(name, "values of its type are not known here", "不支持该字段类型")


def _number(name: str, value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise invalid(name, "it must be a number", "必须为数字")
