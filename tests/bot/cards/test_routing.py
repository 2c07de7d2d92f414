"""Which channel the card of an incident goes to."""

import pytest
from recorded import incident

from bot.cards.routing import route
from bot.config.card_rules import parse_card_rules

RULES = parse_card_rules(
    "severity=Critical channel=5001 label.env=prod -> C0PROD; label.env=prod label.region=eu -> C0EU;"
    " channel=5002 -> none; severity=Info -> none; * -> C0REST"
)


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        ({"labels": {"env": "prod"}}, "C0PROD"),
        ({"labels": {"env": "prod", "region": "eu"}}, "C0PROD"),
        ({"labels": {"env": "prod", "region": "eu"}, "channel_id": 5003}, "C0EU"),
        ({"labels": {"env": "prod"}, "incident_severity": "Warning"}, "C0REST"),
        ({"labels": {"env": "Prod"}}, "C0REST"),
        ({"labels": None}, "C0REST"),
        ({"channel_id": 5002}, None),
        ({"incident_severity": "Info"}, None),
        ({"incident_severity": "Unheard of", "channel_id": 0}, "C0REST"),
    ],
)
def test_the_first_rule_of_which_all_conditions_are_met__says_where_a_card_goes(given, channel):
    assert route(RULES, incident(**given)) == channel


def test_without_a_rule__there_is_no_card():
    assert route((), incident()) is None
