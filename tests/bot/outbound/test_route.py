"""Which way out there is, by the settings alone."""

from base64 import b64encode

import pytest

from bot.config.settings import Settings, WrongSettings
from bot.outbound.route import Outbound, read_no_proxy, read_proxy

NEEDED = {
    "SLACK_BOT_TOKEN": "xoxb-pretend-0001",
    "SLACK_SIGNING_SECRET": "a-signing-secret",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "a-key-of-payments",
}


def way(**given):
    return Settings.load({**NEEDED, **given}, None, None).outbound


def refused(**given):
    with pytest.raises(WrongSettings) as caught:
        way(**given)
    return caught.value.report()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy__in_any_spelling__leads_to_encrypted_addresses(name):
    found = way(**{name: "http://proxy.example:3128"})
    assert found.proxy_to("https://slack.com/api/").address == "http://proxy.example:3128"
    assert found.proxy_to("wss://wss.slack.com/link/").address == "http://proxy.example:3128"
    assert found.proxy_setting == ("ALL_PROXY" if name.upper() == "ALL_PROXY" else "HTTPS_PROXY")


def test_http_proxy__leads_to_plain_addresses_only():
    found = way(HTTP_PROXY="proxy.example")
    assert found.proxy_to("https://slack.com/api/") is None
    assert found.proxy_to("http://intranet.example/").address == "http://proxy.example:80"


def test_the_lower_case_spelling__holds_unless_it_is_empty():
    both = {"HTTPS_PROXY": "http://upper.example:1", "https_proxy": "http://lower.example:2"}
    assert way(**both).https_proxy.address == "http://lower.example:2"
    assert way(**both | {"https_proxy": ""}).https_proxy.address == "http://upper.example:1"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "[::1]", "localhost", "bot.localhost"])
def test_this_machine__is_never_reached_through_a_proxy(host):
    found = way(ALL_PROXY="http://proxy.example:3128")
    assert found.proxy_to(f"http://{host}:8766/") is None
    assert found.proxy_to(f"https://{host}:8766/") is None


@pytest.mark.parametrize(
    ("listed", "address", "is_direct"),
    [
        ("example.com", "https://example.com/", True),
        ("example.com", "https://api.example.com/", True),
        (".example.com", "https://api.example.com/", True),
        ("*.example.com", "https://api.example.com/", True),
        ("EXAMPLE.com", "https://Api.Example.COM/", True),
        ("example.com", "https://notexample.com/", False),
        ("example.com:8443", "https://example.com:8443/", True),
        ("example.com:8443", "https://example.com/", False),
        ("example.com:443", "wss://example.com/", True),
        ("10.0.0.0/8", "https://10.1.2.3/", True),
        ("10.0.0.0/8", "https://11.1.2.3/", False),
        ("10.0.0.0/8", "https://ten.example/", False),
        ("fd00::1", "https://[fd00::1]/", True),
        ("[fd00::1]:8443", "https://[fd00::1]:8443/", True),
        ("a.example, b.example c.example", "https://c.example/", True),
        ("*", "https://anywhere.example/", True),
        ("", "https://anywhere.example/", False),
        (" , ", "https://anywhere.example/", False),
    ],
)
def test_no_proxy__names_what_is_reached_directly(listed, address, is_direct):
    found = way(HTTPS_PROXY="http://proxy.example:3128", NO_PROXY=listed)
    assert (found.proxy_to(address) is None) == is_direct


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HTTPS_PROXY", "socks5://proxy.example:1080", "HTTPS_PROXY is a SOCKS proxy, which the bot cannot use"),
        ("ALL_PROXY", "socks5h://u:s3cr3t-s3cr3t@proxy.example", "ALL_PROXY is a SOCKS proxy"),
        ("HTTPS_PROXY", "https://proxy.example:3128", "HTTPS_PROXY is a proxy by https://"),
        ("HTTPS_PROXY", "http://u:s3cr3t#s3cr3t@proxy.example", "percent-encoded"),
        ("HTTPS_PROXY", "http://proxy.example:port", "HTTPS_PROXY is not the address of a proxy"),
        ("HTTPS_PROXY", "http://", "HTTPS_PROXY is not the address of a proxy"),
        ("SSL_CERT_FILE", "/no/such/file.pem", "SSL_CERT_FILE names a file that is not there"),
        ("SSL_CERT_FILE", __file__, "SSL_CERT_FILE names a file without a certificate in PEM form"),
        ("SSL_CERT_DIR", "/no/such/directory", "SSL_CERT_DIR names a directory that is not there"),
    ],
)
def test_a_way_out_that_cannot_be__is_named_with_its_cure(name, value, sentence):
    report = refused(**{name: value})
    assert sentence in report
    assert "s3cr3t" not in report


def test_a_socks_proxy_that_is_not_needed__is_no_problem():
    found = way(HTTPS_PROXY="http://proxy.example:3128", ALL_PROXY="socks5://127.0.0.1:1080")
    assert found.https_proxy.address == "http://proxy.example:3128"


def test_a_password__is_a_secret_in_all_that_is_shown():
    settings = Settings.load({**NEEDED, "HTTPS_PROXY": "http://ann%40corp:p%2Fss%3Aword@proxy.example"}, None, None)
    proxy = settings.outbound.https_proxy
    assert proxy.authorization == f"Basic {b64encode(b'ann@corp:p/ss:word').decode()}"
    assert {"p/ss:word", "ann@corp:p/ss:word"} <= set(settings.secrets)
    assert "ss:word" not in f"{settings!r} {settings.outbound!r} {proxy!r} {vars(settings)!r}".replace("%2F", "/")


def test_trust__is_in_the_systems_authorities_and_in_those_of_the_settings(tmp_path):
    from authority import Authority  # noqa: PLC0415 - beside this file

    authority = Authority.made_in(tmp_path / "authority")
    usual = Outbound().trust.cert_store_stats()["x509_ca"]
    trusted = Outbound(cert_file=authority.file).trust
    assert trusted.cert_store_stats()["x509_ca"] == usual + 1
    assert trusted.check_hostname


def test_a_proxy_that_leads_to_nothing__is_told_and_stops_nobody():
    settings = Settings.load({**NEEDED, "HTTP_PROXY": "http://proxy.example:3128"}, None, None)
    assert [problem.name for problem in settings.without_effect] == ["HTTP_PROXY"]
    both = Settings.load({**NEEDED, "HTTP_PROXY": "p.example:1", "HTTPS_PROXY": "p.example:1"}, None, None)
    assert not both.without_effect


def test_values_made_in_code__are_taken_as_they_are():
    proxy = read_proxy("proxy.example:3128")
    assert Outbound(https_proxy=proxy, no_proxy=read_no_proxy(["a.example"])).proxy_to("https://b.example/") is proxy
