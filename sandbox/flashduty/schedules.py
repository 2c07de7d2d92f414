"""`/schedule/list` and `/schedule/info`."""

from typing import Final

from sandbox.flashduty.model.account import Account, Asked
from sandbox.flashduty.model.rota import MOST_OF_A_SCHEDULE, Rota
from sandbox.flashduty.model.shifts import Shift, final_shifts, shifts_of
from sandbox.flashduty.wire.checks import Record, check_not_both, check_window
from sandbox.flashduty.wire.refusals import invalid, not_found

_DEFAULT_LIMIT: Final = 10


def list_schedules(asked: Asked) -> Record:
    """Answer `/en/api-reference/on-call/schedules/schedule-list`."""
    body = asked.body
    check_not_both(body, "is_my_team", "is_my_manage")
    window = _window(body)
    found = [rota for rota in asked.account.schedules.values() if _matches(asked, rota)]
    limit = body.get("limit") or _DEFAULT_LIMIT
    first = (max(body.get("p", 1), 1) - 1) * limit
    items = [on_wire(rota, asked.account, now=asked.now, window=window) for rota in found[first : first + limit]]
    return {"items": items, "total": len(found)}


def schedule_info(asked: Asked) -> Record:
    """Answer `/en/api-reference/on-call/schedules/schedule-info`."""
    number = asked.body["schedule_id"]
    window = _window(asked.body)
    if number not in asked.account.schedules:
        raise not_found("schedule", number)
    return on_wire(asked.account.schedules[number], asked.account, now=asked.now, window=window)


def _window(body: Record) -> tuple[int, int] | None:
    if "start" not in body and "end" not in body:
        return None
    for one, other in (("start", "end"), ("end", "start")):
        if one not in body:
            raise invalid(one, f"it is required with {other}", f"与 {other} 同时必填")
    check_window(body, "start", "end", longest=MOST_OF_A_SCHEDULE, or_exactly=False)
    return body["start"], body["end"]


def _matches(asked: Asked, rota: Rota) -> bool:
    body = asked.body
    wanted = [
        not body.get("team_ids") or rota.team_id in body["team_ids"],
        body.get("query", "").casefold() in rota.name.casefold(),
        not body.get("is_my_team") or rota.team_id in asked.account.teams_of(asked.key.owner_id),
        not body.get("is_my_manage") or rota.created_by == asked.key.owner_id,
    ]
    return all(wanted)


def on_wire(rota: Rota, account: Account, *, now: int, window: tuple[int, int] | None) -> Record:
    """Give the document's `ScheduleItem`; layers and shifts only for a window, as the document's examples have it."""
    record = _settings(rota, account)
    if window is None:
        return record
    start, end = window
    calculated = [_calculated(layer.name, shifts_of(layer, start, end), layer.is_override) for layer in rota.layers]
    current, following = _now_and_next(rota, now)
    return record | {
        "layers": [layer.on_wire(rota, account.account_id) for layer in rota.layers],
        "schedule_layers": calculated,
        "layer_schedules": calculated,
        "final_schedule": _calculated("", final_shifts(rota, start, end)),
        "start": start,
        "end": end,
        "cur_oncall": current and _on_call(current),
        "next_oncall": following and _on_call(following),
    }


def _settings(rota: Rota, account: Account) -> Record:
    return {
        "id": rota.schedule_id,
        "name": rota.name,
        "account_id": account.account_id,
        "group_id": rota.team_id,
        "disabled": int(rota.is_disabled),
        "create_at": rota.created_at,
        "create_by": rota.created_by,
        "update_at": rota.updated_at,
        "update_by": rota.created_by,
        "layers": [],
        "schedule_layers": [],
        "final_schedule": _calculated("", []),
        "notify": _notify(rota),
        "schedule_id": rota.schedule_id,
        "schedule_name": rota.name,
        "team_id": rota.team_id,
        "description": rota.description,
        "layer_schedules": [],
        "status": int(rota.is_disabled),
        "cur_oncall": None,
        "next_oncall": None,
    }


def _notify(rota: Rota) -> Record:
    hook = {"token": "", "alias": "", "data_source_id": 2001, "chat_ids": [], "verify_token": "", "sign_secret": ""}
    return {
        "advance_in_time": 300,
        "fixed_time": None,
        "by": {"follow_preference": True, "personal_channels": []},
        "webhooks": [{"type": "slack_app", "settings": hook | {"chat_ids": [chat]}} for chat in rota.im_channels],
    }


def _calculated(name: str, shifts: list[Shift], is_override: bool = False) -> Record:  # noqa: FBT001, FBT002 - the wire's `mode`
    schedules = [
        {
            "start": shift.start,
            "end": shift.end,
            "group": shift.watch.on_wire(shift.start, shift.end),
            "index": shift.index,
        }
        for shift in shifts
    ]
    return {"layer_name": name, "name": name, "mode": int(is_override), "schedules": schedules}


def _now_and_next(rota: Rota, now: int) -> tuple[Shift | None, Shift | None]:
    ahead = final_shifts(rota, now - now % 60, now + MOST_OF_A_SCHEDULE)
    current = next((shift for shift in ahead if shift.start <= now < shift.end), None)
    following = next((shift for shift in ahead if shift is not current), None)
    return current, following


def _on_call(shift: Shift) -> Record:
    return {
        "start": shift.start,
        "end": shift.end,
        "group": shift.watch.on_wire(shift.start, shift.end),
        "update_at": 0,
        "weight": shift.weight,
        "index": shift.index,
    }
