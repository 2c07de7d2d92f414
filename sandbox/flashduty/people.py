"""`/person/infos`, `/member/info`, `/member/list` and `/team/infos`."""

from typing import Final

from sandbox.flashduty.model.account import ApiRequest
from sandbox.flashduty.wire.checks import Record

_DEFAULT_LIMIT: Final = 20


def person_infos(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/platform/members/person-infos`; unknown ids are left out."""
    persons = request.account.persons
    hidden = {"created_at", "team"}
    return {
        "items": [
            {name: value for name, value in persons[number].items() if name not in hidden}
            for number in dict.fromkeys(request.body["person_ids"])
            if number in persons
        ]
    }


def member_info(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/platform/members/member-info`: the owner of the key."""
    account = request.account
    member = _member(request, request.owner)
    for name in ("created_at", "updated_at", "ref_id"):
        del member[name]
    return member | {
        "account_name": account.name,
        "account_avatar": "",
        "account_email": f"billing@{account.domain}",
        "account_locale": account.locale,
        "account_time_zone": account.time_zone,
        "domain": account.domain.split(".")[0],
    }


def member_list(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/platform/members/member-list`; `query` matches names and e-mail addresses."""
    body = request.body
    query = body.get("query", "").casefold()
    found = [_member(request, person) for person in request.account.persons.values() if person["as"] == "member"]
    found = [one for one in found if query in f"{one['member_name']}\n{one['email']}".casefold()]
    if "role_id" in body:
        found = [one for one in found if body["role_id"] in one["account_role_ids"]]
    found.sort(key=lambda one: one[body.get("orderby", "created_at")], reverse=not body.get("asc", False))
    page, limit = body.get("p", 1), body.get("limit", _DEFAULT_LIMIT)
    first = (page - 1) * limit
    return {"p": page, "limit": limit, "total": len(found), "items": found[first : first + limit]}


def team_infos(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/platform/teams/team-read-infos`; unknown ids are left out."""
    teams = request.account.teams
    return {"items": [teams[number] for number in dict.fromkeys(request.body["team_ids"]) if number in teams]}


def _member(request: ApiRequest, person: Record) -> Record:
    return {
        "account_id": person["account_id"],
        "member_id": person["person_id"],
        "member_name": person.get("person_name", ""),
        "country_code": "DE",
        "phone": person.get("phone", ""),
        "email": person.get("email", ""),
        "locale": person.get("locale", ""),
        "time_zone": person.get("time_zone", ""),
        "phone_verified": person["phone_verified"],
        "email_verified": person["email_verified"],
        "avatar": person.get("avatar", ""),
        "status": person["status"],
        "account_role_ids": list(request.account.role_ids_of(person["person_id"])),
        "is_external": False,
        "ref_id": "",
        "created_at": person["created_at"],
        "updated_at": person["created_at"],
    }
