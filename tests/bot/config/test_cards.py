"""What the card of an incident shows, as operators write it."""

import pytest

from bot.config.cards import CardLink, CardSettings
from bot.config.settings import Settings, WrongSettings

P = "FLASHDUTY_TEAMS__PAYMENTS__"
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    P + "APP_KEY": "made-up-key-0001",
}


def loaded(**given):
    return Settings.load(ENOUGH | {P + name: value for name, value in given.items()}, None, None)


def cards(**given):
    return loaded(**given).flashduty_teams["payments"].cards


def problem(**given):
    with pytest.raises(WrongSettings) as raised:
        loaded(**given)
    (found,) = raised.value.problems
    return found.name, found.what


def test_cards__without_settings__show_all_labels_and_no_link_button():
    assert cards() == CardSettings(labels=(), links=(), hosts=())


@pytest.mark.parametrize("written", ["service,k8s.pod", " service , k8s.pod,", '["service", "k8s.pod"]'])
def test_labels__however_written__are_kept_in_order(written):
    assert cards(CARDS_LABELS=written).labels == ("service", "k8s.pod")


@pytest.mark.parametrize(
    "written",
    [
        "Runbook=labels.runbook_url,On call=labels.team.page",
        " Runbook = labels.runbook_url ,\n On  call=labels.team.page,",
    ],
)
def test_links__however_written__are_a_name_and_a_label(written):
    assert cards(CARDS_LINKS=written).links == (CardLink("Runbook", "runbook_url"), CardLink("On call", "team.page"))


def test_hosts__in_any_case__are_kept_in_lower_case():
    written = "Wiki.Example.COM,grafana.example.com:3000,xn--fiqs8s.example,wiki.example.com"
    assert cards(CARDS_LINK_HOSTS=written).hosts == (
        "wiki.example.com",
        "grafana.example.com:3000",
        "xn--fiqs8s.example",
    )


@pytest.mark.parametrize(
    ("name", "written", "says"),
    [
        ("CARDS_LABELS", "x" * 129, "at most 128 characters"),
        ("CARDS_LINKS", "labels.hush", "write Runbook=labels.runbook_url"),
        ("CARDS_LINKS", "Runbook=runbook_url", "write Runbook=labels.runbook_url"),
        ("CARDS_LINKS", "Runbook=https://evil.example/", "write Runbook=labels.runbook_url"),
        ("CARDS_LINKS", "=labels.hush", "write Runbook=labels.runbook_url"),
        ("CARDS_LINKS", f"{'x' * 21}=labels.a", "at most 20 characters"),
        ("CARDS_LINKS", "A=labels.a,A=labels.b", "two buttons alike"),
        ("CARDS_LINKS", ",".join(f"{n}=labels.a" for n in range(6)), "at most 5"),
        ("CARDS_LINK_HOSTS", "https://wiki.example.com", "without https://"),
        ("CARDS_LINK_HOSTS", "wiki.example.com/runbooks", "without https://"),
        ("CARDS_LINK_HOSTS", "*.example.com", "names of hosts"),
        ("CARDS_LINK_HOSTS", ".hush.example", "names of hosts"),
        ("CARDS_LINK_HOSTS", "wiki.example.com.", "names of hosts"),
        ("CARDS_LINK_HOSTS", "user@wiki.example.com", "names of hosts"),
        ("CARDS_LINK_HOSTS", "hush.example:", "names of hosts"),
        ("CARDS_LINK_HOSTS", "wiki.ex\u0430mple.com", "as xn--"),
        ("CARDS_LINK_HOSTS", f"{'x' * 50}.example", "at most 50"),
        ("CARDS_LINK_HOSTS", "wiki.example.com,wiki_2", "entry 2 is none"),
    ],
)
def test_a_wrong_value__is_said_in_a_sentence__without_the_value(name, written, says):
    found, what = problem(**{name: written})
    assert found == P + name
    assert says in what
    assert written not in what


@pytest.mark.parametrize(
    ("given", "idle"),
    [
        ({"CARDS_LINKS": "Runbook=labels.runbook_url"}, ["CARDS_LINKS"]),
        ({"CARDS_LINK_HOSTS": "wiki.example.com"}, ["CARDS_LINK_HOSTS"]),
        ({"CARDS_LINKS": "Runbook=labels.runbook_url", "CARDS_LINK_HOSTS": "wiki.example.com"}, []),
    ],
)
def test_links_without_hosts_and_hosts_without_links__are_named_by_the_check(given, idle):
    assert [one.name for one in loaded(**given).without_effect] == [P + name for name in idle]
