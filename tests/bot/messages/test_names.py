"""How a person is named in a message: plainly, and by a mention where one is meant."""

import pytest

from bot.messages.names import names
from bot.people.directory import LinkedPerson
from tests.bot.samples import ALONE, HOSTILE_NAME


def named(name, *, notified):
    person = LinkedPerson.model_validate(
        {"person_id": 7, "person_name": "B. Müller", "slack_id": "U0BOB", "slack_name": name, "is_notified": notified}
    )
    return names(ALONE, [7], {7: person})


@pytest.mark.parametrize(("notified", "shown"), [(False, "Bob Müller"), (True, "<@U0BOB>")])
def test_a_person_in_slack__has_their_name_there__and_a_mention_only_where_one_is_meant(notified, shown):
    assert named("Bob Müller", notified=notified) == shown


def test_a_name_that_looks_like_markup__is_shown_as_it_is():
    assert "<!" not in named(HOSTILE_NAME, notified=False)
    assert "<@" not in named(HOSTILE_NAME, notified=False)
