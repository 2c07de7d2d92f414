"""`/schedule/list` and `/schedule/info`."""

from typing import Final

from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.model.schedule import MOST_OF_A_SCHEDULE, Schedule
from sandbox.flashduty.model.shifts import Shift, final_shifts, shifts_of
from sandbox.flashduty.wire.checks import Record, check_not_both, check_window
from sandbox.flashduty.wire.refusals import invalid, not_found

_DEFAULT_LIMIT: Final = 10


def list_schedules(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/schedules/schedule-list`."""
    body = request.body
    check_not_both(body, "is_my_team", "is_my_manage")
    window = _window(body)
    found = [schedule for schedule in request.account.schedules.values() if _matches(request, schedule)]
    limit = body.get("limit") or _DEFAULT_LIMIT
    first = (max(body.get("p", 1), 1) - 1) * limit
    items = [
        on_wire(schedule, request.account, now=request.now, window=window) for schedule in found[first : first + limit]
    ]
    return {"items": items, "total": len(found)}


def schedule_info(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/schedules/schedule-info`."""
    number = request.body["schedule_id"]
    window = _window(request.body)
    if number not in request.account.schedules:
        raise not_found("schedule", number)
    return on_wire(request.account.schedules[number], request.account, now=request.now, window=window)


def _window(body: Record) -> tuple[int, int] | None:
    if "start" not in body and "end" not in body:
        return None
    for one, other in (("start", "end"), ("end", "start")):
        if one not in body:
            raise invalid(one, f"it is required with {other}", f"与 {other} 同时必填")
    check_window(body, "start", "end", longest=MOST_OF_A_SCHEDULE, or_exactly=False)
    return body["start"], body["end"]


def _matches(request: ApiRequest, schedule: Schedule) -> bool:
    body = request.body
    wanted = [
        not body.get("team_ids") or schedule.team_id in body["team_ids"],
        body.get("query", "").casefold() in schedule.name.casefold(),
        not body.get("is_my_team") or schedule.team_id in request.account.teams_of(request.key.owner_id),
        not body.get("is_my_manage") or schedule.created_by == request.key.owner_id,
    ]
    return all(wanted)


def on_wire(schedule: Schedule, account: Account, *, now: int, window: tuple[int, int] | None) -> Record:
    """Return the document's `ScheduleItem`; layers and shifts only with a window, as in the document's examples."""
    record = _settings(schedule, account)
    if window is None:
        return record
    start, end = window
    calculated = [_calculated(layer.name, shifts_of(layer, start, end), layer.is_override) for layer in schedule.layers]
    current, following = _now_and_next(schedule, now)
    return record | {
        "layers": [layer.on_wire(schedule, account.account_id) for layer in schedule.layers],
        "schedule_layers": calculated,
        "layer_schedules": calculated,
        "final_schedule": _calculated("", final_shifts(schedule, start, end)),
        "start": start,
        "end": end,
        "cur_oncall": current and _on_call(current),
        "next_oncall": following and _on_call(following),
    }


def _settings(schedule: Schedule, account: Account) -> Record:
    return {
        "id": schedule.schedule_id,
        "name": schedule.name,
        "account_id": account.account_id,
        "group_id": schedule.team_id,
        "disabled": int(schedule.is_disabled),
        "create_at": schedule.created_at,
        "create_by": schedule.created_by,
        "update_at": schedule.updated_at,
        "update_by": schedule.created_by,
        "layers": [],
        "schedule_layers": [],
        "final_schedule": _calculated("", []),
        "notify": _notify(schedule),
        "schedule_id": schedule.schedule_id,
        "schedule_name": schedule.name,
        "team_id": schedule.team_id,
        "description": schedule.description,
        "layer_schedules": [],
        "status": int(schedule.is_disabled),
        "cur_oncall": None,
        "next_oncall": None,
    }


def _notify(schedule: Schedule) -> Record:
    hook = {"token": "", "alias": "", "data_source_id": 2001, "chat_ids": [], "verify_token": "", "sign_secret": ""}
    return {
        "advance_in_time": 300,
        "fixed_time": None,
        "by": {"follow_preference": True, "personal_channels": []},
        "webhooks": [{"type": "slack_app", "settings": hook | {"chat_ids": [chat]}} for chat in schedule.im_channels],
    }


def _calculated(name: str, shifts: list[Shift], is_override: bool = False) -> Record:  # noqa: FBT001, FBT002 - the wire's `mode`
    schedules = [
        {
            "start": shift.start,
            "end": shift.end,
            "group": shift.group.on_wire(shift.start, shift.end),
            "index": shift.index,
        }
        for shift in shifts
    ]
    return {"layer_name": name, "name": name, "mode": int(is_override), "schedules": schedules}


def _now_and_next(schedule: Schedule, now: int) -> tuple[Shift | None, Shift | None]:
    ahead = final_shifts(schedule, now - now % 60, now + MOST_OF_A_SCHEDULE)
    current = next((shift for shift in ahead if shift.start <= now < shift.end), None)
    following = next((shift for shift in ahead if shift is not current), None)
    return current, following


def _on_call(shift: Shift) -> Record:
    return {
        "start": shift.start,
        "end": shift.end,
        "group": shift.group.on_wire(shift.start, shift.end),
        "update_at": 0,
        "weight": shift.weight,
        "index": shift.index,
    }
