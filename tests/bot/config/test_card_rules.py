"""Where cards go, as operators write it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config.card_rules import CardRule, parse_card_rules
from bot.config.plans import CardPlan
from bot.config.settings import Settings, WrongSettings

P, OTHER = "FLASHDUTY_TEAMS__PAYMENTS__", "FLASHDUTY_TEAMS__SEARCH__"
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    P + "APP_KEY": "made-up-key-0001",
}
OF_PRODUCTION = CardRule(severity="Critical", flashduty_channel=5001, labels=(("env", "prod"),), channel="C0ONE")
NO_INFO = CardRule(severity="Info", channel=None)
REST = CardRule(channel="C0CARDS")
SECRETS = ("made-up-secret-0001", "made-up-secret-0002")


def loaded(environ=None, **given):
    return Settings.load(ENOUGH | (environ or {}) | {P + name: value for name, value in given.items()}, None, None)


def team(**given):
    return loaded(**given).flashduty_teams["payments"]


def test_cards__without_a_channel__are_not_planned():
    assert team(CARDS_RULES="severity=Critical -> C0ONE").card_plan is None
    assert team(CARDS_RULES="severity=Critical -> C0ONE").channels == frozenset()


def test_cards__with_only_a_channel__all_go_there():
    plan = team(CARDS_CHANNEL="C0CARDS").card_plan
    assert plan == CardPlan(rules=(REST,), poll_every=timedelta(seconds=20), mention="thread", storm=10)


def test_cards__fully_set__are_read():
    plan = team(
        CARDS_CHANNEL="C0CARDS",
        CARDS_RULES="severity=Critical channel=5001 label.env=prod -> C0ONE; severity=Info -> none",
        CARDS_POLL_EVERY=" 5 s",
        CARDS_MENTION="DM",
        CARDS_STORM="25",
    ).card_plan
    assert plan.rules == (OF_PRODUCTION, NO_INFO, REST)
    assert (plan.poll_every, plan.mention, plan.storm) == (timedelta(seconds=5), "dm", 25)


@pytest.mark.parametrize(
    "written",
    [
        "severity=Critical channel=5001 label.env=prod -> C0ONE; severity=Info -> none",
        " severity = critical  channel= 5001 , label.env='prod'->C0ONE ;;\n severity=INFO -> None;",
        "severity=Critical, channel=5001, label.env=“prod” -> C0ONE\nseverity=Info -> none\n",
        "severity＝Critical，channel＝5001、label.env＝「prod」→C0ONE；severity＝Info － ＞ none".replace(
            "－ ＞", "－＞"
        ),
    ],
)
def test_rules__however_written__are_the_same(written):
    assert parse_card_rules(written) == (OF_PRODUCTION, NO_INFO)


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ('label.team="on call; EU -> x" -> C0ONE', ("team", "on call; EU -> x")),
        ("label.团队=「支付，订单」 -> C0ONE", ("团队", "支付，订单")),
        ("label.owner=bob's -> C0ONE", ("owner", "bob's")),
        ("label.query=a=b,c -> C0ONE", ("query", "a=b,c")),
        ("label.Env.Region=EU -> C0ONE", ("Env.Region", "EU")),
        ("label.url=https://wiki.example/a-b -> C0ONE", ("url", "https://wiki.example/a-b")),
    ],
)
def test_a_label__keeps_its_case_and_signs(written, label):
    assert parse_card_rules(written) == (CardRule(labels=(label,), channel="C0ONE"),)


def test_a_rule_for_all_that_is_left__is_the_last():
    assert parse_card_rules("severity=Info -> C0ONE; * -> none") == (
        CardRule(severity="Info", channel="C0ONE"),
        CardRule(channel=None),
    )


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("severity=Critical C0ONE", "has no -> with a channel behind it in rule 1"),
        ("severity=Info -> none; severity=Critical => C0ONE", "has no -> with a channel behind it in rule 2"),
        ("label.env=prod\n-> C0ONE", "has no -> with a channel behind it in rule 1"),
        ("severity=Critical ->", "one channel, or none, behind the -> of rule 1"),
        ("severity=Critical -> C0ONE C0TWO", "one channel, or none, behind the -> of rule 1"),
        ("severity=Critical -> C0ONE severity=Info -> none", "a semicolon before the next rule"),
        ("severity=Critical -> #hush", "this is a name"),
        ("severity=Critical -> hush", "starts with C or G, or none; this is none"),
        ("severity=Critical -> D0HUSH", "starts with C or G, or none; this is none"),
        ("-> C0ONE", "has no condition in rule 1"),
        ("* -> none; severity=Info -> C0ONE", "has rules behind rule 1"),
        ("severity=Hush -> C0ONE", "one of Critical, Warning, Info behind severity= in rule 1"),
        ("severity=Critical,Warning -> C0ONE", "one of Critical, Warning, Info behind severity= in rule 1"),
        ("channel=Hush -> C0ONE", "a whole number, behind channel= in rule 1"),
        ("channel=0 -> C0ONE", "a whole number, behind channel= in rule 1"),
        ("severity=Info severity=Critical -> C0ONE", "names severity twice in rule 1"),
        ("channel=1 channel=2 -> C0ONE", "names channel twice in rule 1"),
        ("label.a=hush label.a=hush -> C0ONE", "names a label twice in rule 1"),
        ("env=hush -> C0ONE", "not severity, channel or label.<name>"),
        ("label.=hush -> C0ONE", "not severity, channel or label.<name>"),
        ("label.env= -> C0ONE", "no condition with a value"),
        ('label.env="" -> C0ONE', "no condition with a value"),
        ("hush -> C0ONE", "no condition with a value"),
        ('label.env="hush hush -> C0ONE', "a quotation mark in rule 1 that is not closed"),
        ('label.env=hush"hush -> C0ONE', "a quotation mark in rule 1 that is not closed"),
    ],
)
def test_a_wrong_rule__is_said_in_a_sentence__without_the_value(written, says):
    with pytest.raises(WrongSettings) as raised:
        team(CARDS_RULES=written)
    (problem,) = raised.value.problems
    assert problem.name == P + "CARDS_RULES"
    assert says in problem.what
    assert "hush" not in str(problem).lower()


@given(st.lists(st.sampled_from([*"=;->→\"'“”「」\n ，a", "label.", "severity", "C0ONE", "none", "*"]), max_size=30))
def test_any_text__is_read_or_refused_in_a_sentence(pieces):
    try:
        rules = parse_card_rules("".join(pieces))
    except ValueError as error:
        assert len(str(error)) > 20  # noqa: PT017 - either outcome is right
    else:
        assert all(isinstance(rule, CardRule) for rule in rules)


def test_channels_of_cards__are_channels_of_the_team():
    found = team(CARDS_CHANNEL="C0CARDS", CARDS_RULES="severity=Info -> C0ONE; channel=1 -> none")
    assert found.channels == {"C0CARDS", "C0ONE"}
    assert found.announcement_channel == "C0CARDS"
    assert team(CARDS_CHANNEL="C0CARDS", SLACK_CHANNELS="C0ONE").announcement_channel == "C0ONE"


@pytest.mark.parametrize(
    ("other", "setting"),
    [
        ({"SLACK_CHANNELS": "C0CARDS"}, "CARDS_CHANNEL"),
        ({"DIGEST_CHANNEL": "C0ONE"}, "CARDS_RULES"),
        ({"CARDS_CHANNEL": "C0TWO", "CARDS_RULES": "severity=Info -> C0CARDS"}, "CARDS_CHANNEL"),
    ],
)
def test_a_channel_of_cards__of_another_team_as_well__stops_the_start(other, setting):
    others = {OTHER + "APP_KEY": "made-up-key-0002"} | {OTHER + name: value for name, value in other.items()}
    with pytest.raises(WrongSettings) as raised:
        loaded(others, CARDS_CHANNEL="C0CARDS", CARDS_RULES="severity=Critical -> C0ONE")
    found = {problem.name: problem.what for problem in raised.value.problems}
    assert "a channel of team search as well" in found[P + setting]


@pytest.mark.parametrize("written", [",".join(SECRETS), " \n".join(SECRETS), '["{}", "{}"]'.format(*SECRETS)])
def test_secrets_of_webhooks__are_kept_secret(written):
    settings = loaded(WEBHOOK_SECRET=written, CARDS_CHANNEL="C0CARDS")
    found = settings.flashduty_teams["payments"]
    assert found.webhook_secret == tuple(map(SecretStr, SECRETS))
    assert set(SECRETS) <= set(settings.secrets)
    assert "made-up-secret" not in repr(settings) + repr(found) + settings.redaction(f"sent {SECRETS[1]}")


def test_secrets_of_webhooks__may_come_from_a_file(tmp_path):
    (tmp_path / "secret").write_text("\n".join(SECRETS) + "\n")
    found = team(WEBHOOK_SECRET_FILE=str(tmp_path / "secret"))
    assert [one.get_secret_value() for one in found.webhook_secret] == list(SECRETS)
    named = tmp_path / "secrets"
    named.mkdir()
    (named / (P + "WEBHOOK_SECRET")).write_text(SECRETS[0])
    found = Settings.load(ENOUGH, None, named).flashduty_teams["payments"]
    assert [one.get_secret_value() for one in found.webhook_secret] == [SECRETS[0]]


@pytest.mark.parametrize(
    "given",
    [
        {"CARDS_RULES": "severity=Info -> none"},
        {"CARDS_POLL_EVERY": "30s"},
        {"CARDS_MENTION": "off"},
        {"CARDS_STORM": "5"},
        {"WEBHOOK_SECRET": SECRETS[0]},
    ],
)
def test_settings_of_cards__without_a_channel__are_named_by_the_check(given):
    assert [one.name for one in loaded(**given).without_effect] == [P + name for name in given]
    assert loaded(**given, CARDS_CHANNEL="C0CARDS").without_effect == ()


def test_retention__is_of_the_process():
    assert loaded().retention_days == 90
    assert loaded({"RETENTION_DAYS": "30"}).retention_days == 30
