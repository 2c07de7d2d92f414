import asyncio
from datetime import UTC, datetime
from unicodedata import east_asian_width

import pytest

from bot.cli.check.results import CheckMark, failed, not_checked, passed, warning
from bot.cli.check.run import check, findings_table
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack, harbor

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
async def clock():
    return Clock(NOW, frozen=True)


@pytest.fixture
async def slack(clock):
    async with PretendSlack(clock=clock, workspace=harbor()) as pretended:
        yield pretended


@pytest.fixture
async def flashduty(clock):
    async with PretendFlashduty(clock=clock, account=harbor_account(clock.now())) as pretended:
        yield pretended


@pytest.fixture
def look(slack, flashduty):
    """Run the check for one team called payments, or for `teams`; findings by subject."""

    async def run(
        *,
        teams=None,
        bot_token=None,
        app_token=None,
        signing_secret=None,
        timeout_seconds=10.0,
        slack_api_url=None,
        **team,
    ):
        key = team.pop("app_key", flashduty.keys["payments"])
        settings = Settings(
            slack_bot_token=bot_token or slack.bot_token,
            slack_app_token=None if signing_secret else app_token or slack.app_token,
            slack_signing_secret=signing_secret,
            slack_api_url=slack_api_url or slack.api_url,
            flashduty_api_url=flashduty.url,
            flashduty_teams=teams or {"payments": TeamSettings(app_key=key, **team)},
        )
        return {
            finding.subject: finding
            for finding in await check(settings, now=lambda: NOW, timeout_seconds=timeout_seconds)
        }

    return run


async def test_check__of_a_bot_that_is_set_up_right__finds_nothing_wrong(look):
    found = await look(
        slack_channels="C0PAYMENTS",
        responders="S0RESPOND,U0ALICE",
        digest_channel="C0PAYMENTS",
        timezone="Europe/Berlin",
    )
    assert [finding for finding in found.values() if not finding.ok] == []
    assert "Harbor" in found["SLACK_BOT_TOKEN"].what
    assert "Dana Okoye" in found["payments: APP key"].what
    assert "Harbor" in found["payments: APP key"].what
    assert "#payments-oncall" in found["channel C0PAYMENTS"].what
    assert found["payments: digest"].what == "next on Tue 2026-03-03 at 09:00 Europe/Berlin (UTC+01:00)"


async def test_check__with_a_signing_secret__does_not_ask_for_an_app_token(look, slack):
    found = await look(signing_secret=slack.signing_secret)
    assert found["SLACK_SIGNING_SECRET"].ok
    assert "apps.connections.open" not in [call.method for call in slack.calls]


async def test_check__of_a_wrong_bot_token__says_where_the_right_one_is(look):
    found = await look(bot_token="xoxb-of-somebody-else")
    assert not found["SLACK_BOT_TOKEN"].ok
    assert "invalid_auth" in found["SLACK_BOT_TOKEN"].what
    assert "OAuth & Permissions" in found["SLACK_BOT_TOKEN"].remedy


async def test_check__of_a_wrong_app_token__says_how_to_make_one(look):
    found = await look(app_token="xapp-of-somebody-else")
    assert not found["SLACK_APP_TOKEN"].ok
    assert "connections:write" in found["SLACK_APP_TOKEN"].remedy
    assert found["SLACK_BOT_TOKEN"].ok


async def test_check__without_slack__blames_the_network(look, slack):
    slack.fail("auth.test", Fault.reset(), times=None)
    found = await look()
    assert "SLACK_API_URL" in found["SLACK_BOT_TOKEN"].remedy
    assert found["payments: APP key"].ok


async def test_check__when_slack_never_answers__ends_and_blames_the_network(look, slack):
    slack.fail("auth.test", Fault.hang(), times=None)
    slack.fail("apps.connections.open", Fault.hang(), times=None)
    async with asyncio.timeout(20):
        found = await look(timeout_seconds=0.05)
    for subject in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        assert "no answer" in found[subject].what
        assert "SLACK_API_URL" in found[subject].remedy


async def test_check__when_slack_stops_answering__asks_no_more_after_two_silences(look, slack):
    """Otherwise it would wait ten seconds for each of fifty channels."""
    slack.fail("conversations.info", Fault.hang(), times=None)
    found = await look(timeout_seconds=0.2, slack_channels=",".join(f"C0NUMBER{number}" for number in range(50)))
    silent = [one for one in found.values() if one.subject.startswith("channel ") and "no answer in time" in one.what]
    assert len(silent) == 50
    await slack.settled()
    assert len([call for call in slack.calls if call.method == "conversations.info"]) <= 2


async def test_check__of_channels__names_each_that_will_not_work(look):
    found = await look(slack_channels="C0PAYMENTS,C0NOWHERE", digest_channel="C0GENERAL")
    assert found["channel C0PAYMENTS"].ok
    assert not found["channel C0NOWHERE"].ok
    assert "FLASHDUTY_TEAMS__PAYMENTS__SLACK_CHANNELS" in found["channel C0NOWHERE"].remedy


async def test_check__of_a_wrong_key__names_the_setting_and_never_the_key(look):
    found = await look(app_key="wrong-key-of-nobody")
    key = found["payments: APP key"]
    assert not key.ok
    assert "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY" in key.remedy
    assert "wrong-key-of-nobody" not in findings_table(list(found.values()))


async def test_check__when_flashduty_fails__gives_the_request_id(look, flashduty):
    flashduty.fail("/member/info", Fault.code("AccessDenied"), times=None)
    key = (await look())["payments: APP key"]
    assert not key.ok
    assert "request id" in key.what
    assert "*" not in key.what + key.remedy


async def test_check__of_two_teams_of_one_account__wants_one_rate_limit(look, flashduty):
    teams = {
        "payments": TeamSettings(app_key=flashduty.keys["payments"], account="a"),
        "search": TeamSettings(app_key=flashduty.keys["search"], account="b"),
    }
    found = await look(teams=teams)
    limit = found["payments, search: rate limit"]
    assert not limit.ok
    assert "FLASHDUTY_TEAMS__SEARCH__ACCOUNT" in limit.remedy
    assert "none" in found["search: channels"].what


async def test_check__of_a_team_limited_to_other_workspaces__says_so(look):
    found = await look(slack_workspaces="T0ELSEWHERE")
    assert not found["payments: workspaces"].ok
    assert "T0HARBOR" in found["payments: workspaces"].remedy


async def test_check__of_responders__finds_guests_and_people_who_do_not_exist(look):
    found = await look(responders="U0ALICE,U0GINA,U0NOBODY,S0RESPOND,S0NOBODY")
    assert {subject for subject, finding in found.items() if not finding.ok} == {
        "responder U0GINA",
        "responder U0NOBODY",
        "responder S0NOBODY",
    }
    assert "@responders, a user group of 3" in found["responder S0RESPOND"].what


async def test_check__changes_nothing(look, slack, flashduty):
    await look(slack_channels="C0PAYMENTS", digest_channel="C0PAYMENTS", responders="S0RESPOND")
    reads = {"auth.test", "bots.info", "apps.connections.open", "conversations.info", "users.info", "usergroups.list"}
    reads |= {"users.lookupByEmail", "usergroups.users.list"}
    assert {call.method for call in slack.calls} <= reads
    assert {call.path for call in flashduty.calls} == {
        "/member/info",
        "/role/permission/list",
        "/incident/list",
        "/insight/account",
        "/schedule/list",
        "/person/infos",
    }
    assert slack.connections == 0


async def test_check__of_what_only_a_change_would_show__says_that_nobody_looked(look):
    found = await look(flashduty_team_ids="4001")
    assert found["payments: Incidents Manage"].mark is CheckMark.NOT_CHECKED
    assert "cannot be looked at" in found["payments: Incidents Manage"].what
    assert "12 things the bot has no use for" in found["payments: key's scope"].what
    drawn = findings_table(list(found.values()))
    assert "– Incidents Manage" in drawn
    assert drawn.endswith("Nothing that was looked at is wrong. 3 things were not looked at.")


@pytest.mark.parametrize("given", [{}, {"bot_token": "xoxb-of-somebody-else"}])
async def test_check__of_what_slack_tells_of_no_app__names_it_and_the_manifest_that_has_it(look, given):
    found = (await look(**given))["manifest"]
    assert found.mark is CheckMark.NOT_CHECKED
    for name in ("Home tab", "app_home_opened", "“Open incidents”", "“Add to incident…”", "“make manifest”"):
        assert name in found.what


async def test_check__of_a_wrong_bot_token__lists_what_it_could_not_look_at(look):
    found = await look(
        bot_token="xoxb-of-somebody-else",
        slack_channels="C0PAYMENTS",
        responders="S0RESPOND",
        slack_workspaces="T0HARBOR",
        oncall_usergroups="S0PAYONCALL=6001,U0BOB",
    )
    not_seen = {subject for subject, finding in found.items() if finding.mark is CheckMark.NOT_CHECKED}
    assert not_seen == {
        "scopes",
        "manifest",
        "payments: workspaces",
        "payments: Incidents Manage",
        "payments: key's scope",
        "channel C0PAYMENTS",
        "responder S0RESPOND",
        "user group S0PAYONCALL",
        "pinned U0BOB",
    }


async def test_check__of_people_who_stay_in_a_group__calls_them_pinned(look):
    found = await look(oncall_usergroups="S0PAYONCALL=6001,U0BOB")
    assert found["pinned U0BOB"].what == "Bob Müller"
    assert "user group U0BOB" not in found


async def test_check__of_a_role_that_nobody_has__names_the_roles_there_are(look):
    found = await look(oncall_usergroups="S0PAYONCALL=6001/9,6002")
    schedules = found["payments: schedules of user groups"]
    assert not schedules.ok
    assert schedules.what == "nobody has this role in the next 14 days: 6001/9"
    assert "FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS" in schedules.remedy
    assert "6001 Payments primary has the role" in schedules.remedy


async def test_check__of_a_role_that_somebody_has__is_right(look):
    found = await look(oncall_usergroups="S0PAYONCALL=6001/1")
    assert found["payments: schedules of user groups"].ok


async def test_check__with_a_wrong_key__does_not_look_at_schedules(look):
    found = await look(app_key="wrong-key-of-nobody", oncall_usergroups="S0PAYONCALL=6001")
    assert found["payments: schedules of user groups"].mark is CheckMark.NOT_CHECKED


async def test_check__without_flashduty__names_the_setting_with_its_address(look, flashduty):
    flashduty.fail("/member/info", Fault.reset(), times=None)
    assert "FLASHDUTY_API_URL" in (await look())["payments: APP key"].remedy


async def test_check__without_slack__says_so_in_a_sentence(look):
    found = await look(slack_api_url="http://127.0.0.1:9/api/")
    assert found["SLACK_BOT_TOKEN"].what == "Slack gave no answer: it cannot be reached from this machine"
    assert "SLACK_API_URL" in found["SLACK_BOT_TOKEN"].remedy


async def test_check__of_something_that_is_not_slack__says_so(look, flashduty):
    found = await look(slack_api_url=f"{flashduty.url}/api/")
    assert "something else" in found["SLACK_BOT_TOKEN"].what
    assert "SLACK_API_URL" in found["SLACK_BOT_TOKEN"].remedy


def test_table__of_what_is_wrong_and_what_was_not_seen__claims_neither():
    drawn = findings_table(
        [failed("scopes", "missing: commands", "Add them."), not_checked("channel C0ONE"), not_checked("admin U0ONE")]
    )
    assert "– channel C0ONE  not looked at" in drawn
    assert drawn.endswith("One thing is wrong. 2 things were not looked at.")


def test_table__of_teams__has_each_under_its_name_and_fits_a_terminal_of_80_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    rows = [
        passed("payments: digest", "next on Tue 2026-03-03 at 09:00 Europe/Berlin " * 3),
        failed(
            "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_REMINDER",
            "没有效果" * 20,
            "Correct FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES.",
        ),
        warning("search: digest", "late", "Look at the clock."),
    ]
    drawn = findings_table(rows).splitlines()
    assert max(sum(2 if east_asian_width(one) in "WF" else 1 for one in line) for line in drawn) <= 80
    assert drawn.index("Team payments") < drawn.index("Team search")
    assert "! digest" in "\n".join(drawn)
    assert drawn[0] == "✘ FLASHDUTY_TEAMS__PAYMENTS__SHIFT_REMINDER"
    assert drawn[-1] == "One thing is wrong. One thing deserves a look."


def test_table__marks_what_is_wrong_and_gives_the_cure():
    drawn = findings_table(
        [passed("SLACK_BOT_TOKEN", "flashduty in Harbor"), failed("scopes", "missing: commands", "Add them.")]
    )
    right, wrong, cure = (line for line in drawn.splitlines() if "✔" in line or "✘" in line or "→" in line)
    assert "✔" in right
    assert "✘" in wrong
    assert "→ Add them." in cure
    assert drawn.endswith("One thing is wrong.")


def test_table__of_names_that_look_like_markup__shows_them_as_they_are():
    drawn = findings_table([passed("[red]team[/red]", "of [bold]Eve\x1b[31m\nand others[/]")])
    assert "[red]team[/red]" in drawn
    assert "[bold]Eve" in drawn
    assert "\x1b" not in drawn
    assert drawn.endswith("Everything is as it should be.")


async def test_check__of_webhooks__says_where_flashduty_delivers(look, slack):
    found = await look(
        signing_secret=slack.signing_secret, cards_channel="C0PAYMENTS", webhook_secret="made-up-secret-0001"
    )
    assert found["payments: webhooks"].what.startswith("POST /flashduty/webhook/payments on port 3000")
    assert [subject for subject, finding in found.items() if not finding.ok or subject.startswith("cards")] == []


async def test_check__of_cards_without_webhooks__says_nothing_of_them(look):
    assert "payments: webhooks" not in await look(cards_channel="C0PAYMENTS")
