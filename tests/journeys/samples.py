"""A value for the controls of each route, as a message of ours would carry it; for presses that no message offered."""

from bot.handoff.messages.shift_value import ShiftValue
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.acknowledgement import AnnounceValue, UndoValue
from bot.incidents.messages.actions.values import (
    AcknowledgeValue,
    AddResponderValue,
    AnnounceActionValue,
    AssignValue,
    CloseValue,
    CustomActionValue,
    DetailsValue,
    FormValue,
    ReopenValue,
    SnoozeValue,
    UnacknowledgeValue,
    WakeValue,
)
from bot.messages.buttons import encode
from bot.messages.views import IncidentCard, ViewValue
from bot.usergroups.messages import GroupValue
from handlers.routes import BUTTONS

# When the frozen day of the journeys begins.
MOMENT = 1_795_507_200


def sample(route, incident, team="payments", view=None):
    """Write what a control of a route carries; what draws draws `view`, or the open incidents."""
    kind = BUTTONS[route].reads
    more = {
        ViewValue: lambda: {"view": view or (IncidentCard(asked=incident) if route == "details" else IncidentList())},
        AcknowledgeValue: lambda: {"incident_id": incident, "view": view or IncidentList()},
        SnoozeValue: lambda: {"incident_id": incident, "minutes": 60},
        **dict.fromkeys((WakeValue, CloseValue, ReopenValue, UnacknowledgeValue), lambda: {"incident_id": incident}),
        AssignValue: lambda: {"incident_id": incident, "person_ids": (7005,)},
        AddResponderValue: lambda: {"incident_id": incident, "person_ids": (7005,)},
        CustomActionValue: lambda: {"incident_id": incident, "integration_id": 9101, "name": "Restart"},
        AnnounceActionValue: lambda: {"incident_id": incident, "action": "close", "once": "a press"},
        DetailsValue: lambda: {"incident_id": incident},
        FormValue: lambda: {"incident_id": incident, "form": "more" if route == "more" else "snooze"},
        UndoValue: lambda: {"incident_id": incident},
        AnnounceValue: lambda: {"incident_id": incident, "change": "acknowledged", "moment": MOMENT},
        ShiftValue: lambda: {"schedule_id": 6001, "starts_at": MOMENT, "schedule": "Payments primary"},
        GroupValue: lambda: {"group": "S0PAYONCALL", "signature": "1a2b3c4d", "handle": "payments-oncall"},
    }
    return encode(kind(team=team, **more[kind]()))
