"""A lifelike account: the same for the same start."""

from datetime import datetime
from typing import Final

from sandbox.flashduty.fill.closed import closed_incidents
from sandbox.flashduty.fill.desks import channels, keys, persons, teams
from sandbox.flashduty.fill.payments import ledger_incidents, payments_incidents
from sandbox.flashduty.fill.rotas import rotas
from sandbox.flashduty.fill.search import search_incidents
from sandbox.flashduty.model.account import Account

ACCOUNT_ID: Final = 2001


def harbor_account(start: datetime) -> Account:
    """Fill the account "Harbor" as it is at this instant."""
    now = int(start.timestamp())
    account = Account(ACCOUNT_ID, "Harbor", time_zone="Europe/Berlin", domain="harbor.example")
    account.persons = persons(ACCOUNT_ID, now)
    account.teams = teams()
    account.channels = channels(ACCOUNT_ID, now)
    account.keys = keys(now)
    account.schedules = rotas(start)
    for fill in (payments_incidents, ledger_incidents, search_incidents, closed_incidents):
        account.incidents.update((incident["incident_id"], incident) for incident in fill(account, now))
    return account
