"""The Home tab: opened, refreshed, pressed in, and with its sources away."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from acting import acknowledged, submits
from harbor import ALICE, BOB, GINA, OTTO, PAYMENTS, harbor_at, replica_of

from bot.messages.language import chinese
from sandbox.faults import Fault

TRANSPORTS = pytest.mark.parametrize("socket_mode", [True, False], ids=["socket", "http"])


def texts(view):
    """Everything a view says, in its order."""
    for block in view["blocks"]:
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        yield from (part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def tab(harbor, user=ALICE):
    return harbor.slack.home(user)


def said(harbor, user=ALICE):
    return "\n".join(texts(tab(harbor, user)))


def control_of(view, route):
    """The first control of a route: what it stands in, and its action id."""
    for block in view["blocks"]:
        for one in [block.get("accessory"), *block.get("elements", [])]:
            if isinstance(one, dict) and str(one.get("action_id", "")).partition(":")[0] == route:
                return one
    raise LookupError(route)


async def opened(harbor, user=ALICE):
    delivery = await harbor.slack.open_home(user)
    assert delivery.acked
    await harbor.slack.settled()
    return tab(harbor, user)


@TRANSPORTS
async def test_home__opened__shows_what_is_open_and_who_is_on_call(socket_mode):
    async with harbor_at(socket_mode=socket_mode) as harbor:
        view = await opened(harbor)
        words = "\n".join(texts(view))
        assert "unacknowledged" in view["blocks"][0]["text"]["text"]
        assert "On call now" in words
        assert "Your on-call" in words
        published = [call for call in harbor.slack.calls if call.method == "views.publish"]
        assert next(len(call.params["view"]["blocks"]) for call in published) == 1
        assert len(published) == 2


async def test_home__opened_again__is_published_without_the_loading_view():
    async with harbor_at() as harbor:
        await opened(harbor)
        before = len([call for call in harbor.slack.calls if call.method == "views.publish"])
        await opened(harbor)
        assert len([call for call in harbor.slack.calls if call.method == "views.publish"]) == before + 1


@pytest.mark.parametrize("user", [GINA, OTTO])
async def test_home__of_somebody_from_outside__shows_no_incident(user):
    async with harbor_at() as harbor:
        view = await opened(harbor, user)
        assert "of this workspace" in "\n".join(texts(view))
        assert harbor.flashduty.calls == []


async def test_acknowledge_in_the_tab__is_told_above_it__and_the_tab_is_drawn_anew():
    async with harbor_at() as harbor:
        view = await opened(harbor)
        button = control_of(view, "acknowledge")
        await harbor.presses(view, button["action_id"])
        modal = harbor.slack.views(ALICE)[-1]
        assert "You acknowledged" in "\n".join(texts(modal))
        assert len(harbor.called("/incident/ack")) == 1
        assert button["value"] not in str(tab(harbor))


async def snoozed_from_home(harbor):
    """Snooze an incident in the form that More opens from the tab; the incident, and how often the tab was drawn."""
    incident = await acknowledged(harbor, title="Ledger is behind")
    view = await opened(harbor)
    await harbor.chooses(view, incident, "more")
    await harbor.presses(harbor.slack.views(ALICE)[-1], f"form:snooze:{incident}")
    drawn = len([call for call in harbor.slack.calls if call.method == "views.publish"])
    return incident, drawn


async def test_a_form_opened_from_the_tab__draws_the_tab_anew_when_it_is_sent():
    async with harbor_at() as harbor:
        incident, drawn = await snoozed_from_home(harbor)
        before = said(harbor).count("snoozed until")
        await submits(harbor, harbor.slack.views(ALICE)[-1], until="2h")
        assert harbor.flashduty.account.incidents[incident]["snoozed_before"]
        assert said(harbor).count("snoozed until") == before + 1
        assert len([call for call in harbor.slack.calls if call.method == "views.publish"]) == drawn + 1


async def test_a_form_opened_from_the_tab__by_another_replica__draws_the_tab_anew(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as harbor:
        await snoozed_from_home(harbor)
        async with replica_of(harbor) as other:
            harbor.slack.deliver_to(f"{other.url}/slack/events")
            before = said(harbor).count("snoozed until")
            await submits(harbor, harbor.slack.views(ALICE)[-1], until="2h")
            assert said(harbor).count("snoozed until") == before + 1


async def test_a_button_in_a_form_opened_from_the_tab__draws_the_tab_anew():
    async with harbor_at() as harbor:
        incident = await acknowledged(harbor, title="Ledger is behind")
        await harbor.chooses(await opened(harbor), incident, "more")
        assert "Ledger is behind" in said(harbor)
        await harbor.presses(harbor.slack.views(ALICE)[-1], f"close:{incident}")
        assert harbor.flashduty.account.incidents[incident]["progress"] == "Closed"
        assert "Ledger is behind" not in said(harbor)


async def test_a_press_in_the_list_opened_from_the_tab__draws_the_tab_anew():
    async with harbor_at() as harbor:
        view = await opened(harbor)
        await harbor.presses(view, control_of(view, "open")["action_id"])
        listed = harbor.slack.views(ALICE)[-1]
        button = control_of(listed, "acknowledge")
        assert button["action_id"] in str(tab(harbor))
        await harbor.presses(listed, button["action_id"])
        assert button["action_id"] not in str(tab(harbor))


async def test_home__with_flashduty_dead__says_so_and_comes_back():
    async with harbor_at() as harbor:
        harbor.flashduty.fail("/incident/list", Fault.code("InternalError"), times=None)
        await opened(harbor)
        assert "Not everything of team payments could be read" in said(harbor)
        assert "On call now" in said(harbor)


async def test_home__with_its_scope_missing__is_acknowledged_and_leaves_no_trace():
    async with harbor_at(prepare=lambda slack: setattr(slack.workspace.app, "has_home", False)) as harbor:
        delivery = await harbor.slack.open_home(BOB)
        assert delivery.acked
        await harbor.slack.settled()
        assert harbor.slack.home(BOB) is None


def language_row(view):
    """Which language the tab says it speaks, and the names of the buttons below."""
    *_, line, buttons = view["blocks"]
    return line["text"]["text"], [one["text"]["text"] for one in buttons["elements"]]


@TRANSPORTS
async def test_a_language_chosen_in_the_tab__is_that_of_the_tab_at_once_and_of_everything_after(socket_mode):
    async with harbor_at(socket_mode=socket_mode) as harbor:
        view = await opened(harbor)
        line, names = language_row(view)
        assert line == "*The bot speaks English to you*, as your Slack does."
        assert names == ["中文", "English", "Same as Slack"]
        await harbor.presses(view, "again:zh-CN")
        line, names = language_row(tab(harbor))
        assert line == chinese().say("*The bot speaks {language} to you.* You chose it.", language="中文")
        assert chinese().label("On call now") in said(harbor)
        assert harbor.slack.views(ALICE) == []
        assert chinese().label("On call now") in (await harbor.types("/flashduty oncall"))["text"]
        await harbor.presses(tab(harbor), "again:auto")
        assert language_row(tab(harbor))[0] == "*The bot speaks English to you*, as your Slack does."


async def test_a_language_chosen_in_the_tab__while_the_database_fails__is_said_not_to_be_kept():
    async with harbor_at() as harbor:
        view = await opened(harbor)
        file = harbor.settings.database_url.get_secret_value().partition("///")[2]
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("ALTER TABLE preferences RENAME COLUMN language TO lost")
        await harbor.presses(view, "again:zh-CN")
        assert "The language was not changed" in language_row(tab(harbor))[0]
        assert "On call now" in said(harbor)


def mention_row(view):
    """Where the reader is mentioned, and the names of the buttons below; empty where the tab does not say."""
    *_, line, buttons, _, _ = view["blocks"]
    if buttons["type"] != "actions":
        return "", []
    return line["text"]["text"], [one["text"]["text"] for one in buttons["elements"]]


CARDS = {"FLASHDUTY_TEAMS__PAYMENTS__CARDS_CHANNEL": PAYMENTS}


@TRANSPORTS
async def test_where_one_is_mentioned__is_chosen_in_the_tab__and_shown_at_once(socket_mode):
    async with harbor_at(socket_mode=socket_mode, **CARDS) as harbor:
        view = await opened(harbor)
        line, names = mention_row(view)
        assert line == "*When an incident is assigned to you*, you are mentioned as your team has set it."
        assert names == ["In the thread", "Direct message", "Do not mention me", "As the team has set it"]
        await harbor.presses(view, "again:mention-dm")
        assert (
            mention_row(tab(harbor))[0]
            == "*When an incident is assigned to you*, you get a direct message. You chose it."
        )
        await harbor.presses(tab(harbor), "again:zh-CN")
        assert mention_row(tab(harbor))[0].startswith("*故障分派给你时*")
        await harbor.presses(tab(harbor), "again:auto")
        assert mention_row(await opened(harbor, BOB))[0] == line
        await harbor.presses(tab(harbor), "again:mention-auto")
        assert mention_row(tab(harbor))[0] == line


async def test_where_one_is_mentioned__is_no_question_without_cards():
    async with harbor_at() as harbor:
        assert "assigned to you*, you are mentioned" not in "\n".join(texts(await opened(harbor)))


async def test_where_one_is_mentioned__while_the_database_fails__is_said_not_to_be_kept():
    async with harbor_at(**CARDS) as harbor:
        view = await opened(harbor)
        file = harbor.settings.database_url.get_secret_value().partition("///")[2]
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            # The cards write as well: the lock is waited for.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ALTER TABLE preferences RENAME COLUMN mention TO lost")
            connection.execute("COMMIT")
        await harbor.presses(view, "again:mention-off")
        assert "Where you are mentioned was not changed" in mention_row(tab(harbor))[0]
        assert "On call now" in said(harbor)


async def test_home__with_nothing_of_flashduty__does_not_say_that_the_reader_is_nobody_there():
    async with harbor_at() as harbor:
        for path in ("/incident/list", "/schedule/list", "/member/list"):
            harbor.flashduty.fail(path, Fault.code("InternalError"), times=None)
        await opened(harbor)
        assert "Not everything of team payments could be read" in said(harbor)
        assert "no person in Flashduty" not in said(harbor)
        assert "no shift of yours" not in said(harbor)


async def test_home__of_somebody_without_a_shift__says_how_far_it_looked():
    async with harbor_at() as harbor:
        harbor.flashduty.account.schedules.clear()
        await opened(harbor)
        (until,) = re.findall(r"no shift of yours \(checked to <!date\^([0-9]+)", said(harbor))
        (read,) = harbor.called("/schedule/list")
        assert int(until) == read.body["end"]
        assert int(until) - harbor.clock.now().timestamp() > timedelta(days=44).total_seconds()


async def test_home__asks_flashduty_in_the_language_of_its_reader__and_at_once_in_one_that_is_chosen():
    """Flashduty says in that language why it refuses."""
    async with harbor_at() as harbor:
        harbor.flashduty.fail("/incident/list", Fault.code("AccessDenied"), times=None)
        view = await opened(harbor)
        (asked,) = harbor.called("/incident/list")
        assert asked.language == "en"
        await harbor.presses(view, "again:zh-CN")
        *_, asked = harbor.called("/incident/list")
        assert asked.language == "zh-CN"
        *_, schedules = harbor.called("/schedule/list")
        assert schedules.language == "zh-CN"


async def test_the_list_of_all_teams__asks_flashduty_in_the_language_of_its_reader():
    async with harbor_at() as harbor:
        harbor.slack.workspace.people[ALICE].locale = "zh-CN"
        await harbor.slack.shortcut(ALICE, "incidents")
        await harbor.slack.settled()
        assert {call.language for call in harbor.called("/incident/list")} == {"zh-CN"}
