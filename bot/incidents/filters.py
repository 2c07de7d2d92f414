"""The filters of the incident list that Flashduty has not. Pure."""

from collections.abc import Iterable
from datetime import datetime

from bot.flashduty import Incident, Person, Responder
from bot.incidents.holders import UNKNOWN, HolderSources, is_with
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.status import PeopleById
from bot.incidents.model import is_snoozed
from bot.people.directory import LinkedPerson, is_same_person
from bot.teams.team import SlackPerson


def matching_all(
    incidents: Iterable[Incident],
    search: IncidentList,
    *,
    people: PeopleById,
    known: HolderSources,
    reader: SlackPerson,
    now: datetime,
) -> tuple[Incident, ...]:
    """Return the incidents that fit every filter; names are compared in any case and by their parts.

    `reader` is the person who asks, whose address Slack has confirmed: a filter for them needs no profile of theirs
    among the people.
    """
    return tuple(
        one
        for one in incidents
        if (not search.is_snoozed or is_snoozed(one, now))
        and search.flashduty_channel.casefold() in one.channel_name.casefold()
        and all(_has_label(one, label) for label in search.labels)
        and (not search.names_responder or _is_theirs(one, search, people, known=known, reader=reader))
    )


def _has_label(incident: Incident, label: str) -> bool:
    name, has_value, value = label.partition("=")
    held = {key.casefold(): text.casefold() for key, text in incident.labels.items()}
    found = held.get(name.strip().casefold())
    return found is not None and (not has_value or found.strip() == value.strip().casefold())


def _is_theirs(
    incident: Incident, search: IncidentList, people: PeopleById, *, known: HolderSources, reader: SlackPerson
) -> bool:
    of_incident, slack_id = known.get(incident.id, UNKNOWN), search.responder_slack_id
    presser = of_incident.presser
    if presser is not None and (presser.id == slack_id if slack_id else _is_named(presser.name, search)):
        return True
    return any(
        is_with(incident, of_incident, one.person_id, slack_id=slack_id)
        for one in incident.responders
        if _is_person(one, search, people.get(one.person_id), reader=reader)
    )


def _is_person(one: Responder, search: IncidentList, person: Person | None, reader: SlackPerson) -> bool:
    if not search.responder_slack_id:
        return _is_named(one.name or (person.name if person else ""), search)
    if person is None:
        return False
    if search.responder_slack_id == reader.id:
        return is_same_person(person, reader)
    return isinstance(person, LinkedPerson) and person.slack_id == search.responder_slack_id


def _is_named(name: str, search: IncidentList) -> bool:
    return search.responder.casefold() in name.casefold()
