"""What Harbor has defined for itself."""

from typing import Final

from sandbox.flashduty.model.customs import CustomAction, Form, custom_field
from sandbox.flashduty.seed.organisation import CHECKOUT, DANA, PAYMENTS_API, SEARCH, SEARCH_CHANNEL
from sandbox.flashduty.wire.checks import DAY, Record

RESTART: Final = 9_101
FAIL_OVER: Final = 9_102
REINDEX: Final = 9_103
_FIELDS: Final[tuple[Record, ...]] = (
    {"field_name": "affected_service", "display_name": "Affected service"},
    {
        "field_name": "cause",
        "display_name": "Kind of cause",
        "field_type": "single_select",
        "options": ["Release", "Capacity", "Network", "第三方"],
    },
    {
        "field_name": "regions",
        "display_name": "Regions",
        "field_type": "multi_select",
        "options": ["EU", "US", "APAC"],
    },
    {"field_name": "customers_told", "display_name": "Customers told", "field_type": "checkbox", "value_type": "bool"},
    {"field_name": "loss_percent", "display_name": "Loss, %", "value_type": "float"},
)


def custom_actions() -> dict[int, CustomAction]:
    """Return the actions by their ids; at most five belong to a channel."""
    made = (
        CustomAction(RESTART, "Restart the service", frozenset({PAYMENTS_API, CHECKOUT})),
        CustomAction(FAIL_OVER, "Fail over to eu-west-2", frozenset({PAYMENTS_API})),
        CustomAction(REINDEX, "Rebuild the index", frozenset({SEARCH_CHANNEL})),
    )
    return {action.integration_id: action for action in made}


def fields(account_id: int, now: int) -> list[Record]:
    """Return the custom fields, one of each type and one that is disabled."""
    told = {"creator_id": DANA, "updated_by": DANA, "created_at": now - 200 * DAY, "updated_at": now - 30 * DAY}
    made = [
        custom_field(account_id, number, one["field_name"], **(told | {"created_at": now - 200 * DAY + number} | one))
        for number, one in enumerate(_FIELDS, 1)
    ]
    old = {"display_name": "Ticket", "status": "disabled"}
    return [*made, custom_field(account_id, len(_FIELDS) + 1, "ticket", **(told | old))]


def comment_types(account_id: int, now: int) -> list[Record]:
    """Return the types of comments."""
    told = {"account_id": account_id, "creator_id": DANA, "updated_by": DANA, "updated_at": now - 30 * DAY}
    named = (("Progress", "#1677ff"), ("Finding", "#fa8c16"), ("对外通告", "#52c41a"))
    return [
        {
            "comment_type_id": f"67{number:022x}",
            "name": name,
            "color": color,
            "position": number,
            "created_at": now - 200 * DAY,
            **told,
        }
        for number, (name, color) in enumerate(named, 1)
    ]


def search_close_form() -> Form:
    """Return the form that the team Search demands before an incident is closed."""
    return Form(
        action="resolve",
        fields={"cause": True, "affected_service": False},
        summary="required",
        team_ids=frozenset({SEARCH}),
    )
