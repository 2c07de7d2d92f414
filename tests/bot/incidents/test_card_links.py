"""Whoever sends alerts must not be able to put a button to anywhere before a tired person."""

import pytest

from bot.config.cards import CardLink, CardSettings
from bot.incidents.card_links import LINK_ADDRESS_LIMIT, link_buttons

HOSTS = ("wiki.example.com", "grafana.example.com:3000")
SETTINGS = CardSettings(links=(CardLink("Runbook", "runbook_url"),), hosts=HOSTS)


def buttons(address, settings=SETTINGS):
    return [(one.name, one.host, one.address) for one in link_buttons({"runbook_url": address}, settings)]


@pytest.mark.parametrize(
    ("address", "host", "opened"),
    [
        ("https://wiki.example.com/r/1?a=b&c=d#e", HOSTS[0], "https://wiki.example.com/r/1?a=b&c=d#e"),
        ("https://wiki.example.com", HOSTS[0], "https://wiki.example.com"),
        (" HTTPS://Wiki.Example.COM/x ", HOSTS[0], "HTTPS://Wiki.Example.COM/x"),
        ("https://grafana.example.com:3000/d/1", HOSTS[1], "https://grafana.example.com:3000/d/1"),
        ("https://wiki.example.com/运行", HOSTS[0], "https://wiki.example.com/%E8%BF%90%E8%A1%8C"),
        ("https://wiki.example.com#@evil.example/", HOSTS[0], "https://wiki.example.com#@evil.example/"),
    ],
)
def test_an_address_on_a_host_of_the_settings__is_a_button(address, host, opened):
    assert buttons(address) == [("Runbook", host, opened)]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "wiki.example.com/x",
        "//wiki.example.com/x",
        "http://wiki.example.com/x",
        "javascript:alert('https://wiki.example.com/')",
        "data:text/html,https://wiki.example.com/",
        "https:wiki.example.com/x",
        "https:/wiki.example.com/x",
        "https:///wiki.example.com/x",
        "https://evil.example/wiki.example.com",
        "https://evil.example/?https://wiki.example.com/",
        "https://wiki.example.com.evil.example/",
        "https://evilwiki.example.com/",
        "https://sub.wiki.example.com/",
        "https://example.com/",
        "https://wiki.example.com./",
        "https://wiki.example.com@evil.example/",
        "https://evil.example@wiki.example.com/",
        "https://user:word@wiki.example.com/",
        "https://wiki.example.com:443/",
        "https://wiki.example.com:8443/",
        "https://wiki.example.com:3000/",
        "https://grafana.example.com/d/1",
        "https://wiki.example.com\\@evil.example/",
        "https://evil.example\\.wiki.example.com/",
        "https://wiki.example.com\t.evil.example/",
        "https://wiki.exam\nple.com/",
        "https://wiki.example.com /",
        "https://wiki%2eexample.com/",
        "https://wiki.ex\u0430mple.com/",
        "https://ｗｉｋｉ.example.com/",
        "https://wiki.example.com\uff0f@evil.example/",
        "https://wiki.example。com/",
        "https://wiki.example.com/\u202egro.live",
        "https://wiki.example.com/\u200bx",
        "https://[wiki.example.com/",
        "https://xn--wiki.example.com/",
        f"https://wiki.example.com/{'x' * LINK_ADDRESS_LIMIT}",
    ],
)
def test_any_other_address__is_no_button(address):
    assert buttons(address) == []


def test_without_hosts__there_is_no_button():
    assert buttons("https://wiki.example.com/x", CardSettings(links=SETTINGS.links)) == []


def test_a_label_that_is_not_there__makes_no_button():
    assert list(link_buttons({}, SETTINGS)) == []
