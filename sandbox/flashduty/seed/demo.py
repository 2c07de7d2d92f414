"""The account of the demo: Harbor, with what shows how the bot deals with it."""

from datetime import datetime

from sandbox.flashduty.model.account import Account
from sandbox.flashduty.seed import harbor_account
from sandbox.flashduty.seed.customs import FAIL_OVER, search_close_form
from sandbox.flashduty.seed.organisation import CAROL, KENJI, LEA, XIAOMING


def demo_account(start: datetime) -> Account:
    """Build Harbor, where the team Search demands a form before an incident is closed, and one custom action fails.

    People differ in how they prefer to be paged, and Kenji Sato cannot be reached.
    """
    account = harbor_account(start)
    account.forms.append(search_close_form())
    account.custom_actions[FAIL_OVER].failure = "connect to runbooks.harbor.example: connection refused"
    account.preferences |= {XIAOMING: ("voice", "sms"), CAROL: ("sms",), LEA: ("email",)}
    account.unreachable[KENJI] = "The number is switched off"
    return account
