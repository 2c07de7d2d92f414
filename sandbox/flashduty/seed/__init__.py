"""A realistic sample account, deterministic for a given start."""

from datetime import datetime
from typing import Final

from sandbox.flashduty.model.account import Account
from sandbox.flashduty.seed.closed import closed_incidents
from sandbox.flashduty.seed.customs import comment_types, custom_actions, fields
from sandbox.flashduty.seed.organisation import channels, keys, persons, teams
from sandbox.flashduty.seed.payments import ledger_incidents, payments_incidents
from sandbox.flashduty.seed.rules import rules
from sandbox.flashduty.seed.schedules import schedules
from sandbox.flashduty.seed.search import search_incidents

ACCOUNT_ID: Final = 2001


def harbor_account(start: datetime) -> Account:
    """Build the account "Harbor" as of this instant."""
    now = int(start.timestamp())
    account = Account(ACCOUNT_ID, "Harbor", time_zone="Europe/Berlin", domain="harbor.example")
    account.persons = persons(ACCOUNT_ID, now)
    account.teams = teams()
    account.channels = channels(ACCOUNT_ID, now)
    account.keys = keys(now)
    account.schedules = schedules(start)
    account.rules = rules(ACCOUNT_ID, now)
    account.custom_actions = custom_actions()
    account.fields = fields(ACCOUNT_ID, now)
    account.comment_types = comment_types(ACCOUNT_ID, now)
    for fill in (payments_incidents, ledger_incidents, search_incidents, closed_incidents):
        account.incidents.update((incident["incident_id"], incident) for incident in fill(account, now))
    return account
