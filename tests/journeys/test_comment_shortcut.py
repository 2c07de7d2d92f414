"""Add to incident: a message becomes a comment that names its author, links to it and notifies nobody."""

import asyncio
from datetime import timedelta

import pytest
from comment_forms import (
    SHORTCUT,
    XIAOMING,
    comments,
    has_fields,
    notified,
    raised,
    said,
    sends,
    shares,
    typed_in,
    view_of,
)
from harbor import ALICE, BOB, CAROL, GENERAL, GINA, PAYMENTS, SEARCH

MENTION = "[@Alice Chen](flashduty://ref/member/7001)"


async def test_the_shortcut__keeps_author_text_and_permalink(harbor):
    incident = raised(harbor)
    view = await shares(harbor, "the database is slow, <@U0ALICE> can you look?", user=XIAOMING)
    assert view["title"]["text"] == "添加到故障"
    assert typed_in(view) == "the database is slow, @Alice Chen can you look?"
    assert "Bob Müller 的消息" in said(view)
    await sends(harbor, view, incident=incident, user=XIAOMING)
    (comment,) = harbor.flashduty.account.comments
    ts = next(one["ts"] for one in harbor.shown() if "the database is slow" in one["text"]).replace(".", "")
    assert comment.source == (
        "Bob Müller in Slack: the database is slow, @Alice Chen can you look?\n\n"
        f"[message of Bob Müller in Slack](https://harbor.slack.com/archives/{PAYMENTS}/p{ts}), added by 王小明"
    )
    assert comment.links == (f"https://harbor.slack.com/archives/{PAYMENTS}/p{ts}",)
    assert notified(harbor) == []


async def test_the_shortcut__with_other_words__says_whose_they_are(quay):
    incident = raised(quay)
    view = await shares(quay, "the database is slow", user=XIAOMING)
    await sends(quay, view, words="slow: restarting", incident=incident, user=XIAOMING)
    assert quay.flashduty.account.comments[0].source.startswith(
        "王小明 in Slack: slow: restarting\n\nAbout: [message of Bob"
    )


async def test_the_shortcut__on_a_message_too_long__begins_with_author_and_link_and_says_why(harbor):
    incident = raised(harbor)
    view = await shares(harbor, "stack trace " * 250, user=XIAOMING)
    assert typed_in(view) == ""
    assert "加上这条消息后评论共 3,132 个字符，超过上限 1,024 个，因此只带上作者和链接" in said(view)
    await sends(harbor, view, incident=incident, user=XIAOMING)
    assert harbor.flashduty.account.comments[0].source.startswith(
        "[message of Bob Müller in Slack](https://harbor.slack.com/"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> everybody",
        MENTION,
        f"<{'flashduty://ref/member/7001'}>",
        "磁盘" * 250,
        "`x` *b* _i_ ~s~ ![a](b) <b>\n# h\n- l\n> q",
    ],
)
async def test_hostile_text__reads_as_it_was_said_and_notifies_nobody(harbor, text):
    incident = raised(harbor)
    await sends(harbor, await shares(harbor, text, user=XIAOMING), incident=incident, user=XIAOMING)
    await harbor.types(f"/flashduty comment {incident['num']} {text.splitlines()[0]}", user=XIAOMING)
    assert len(comments(harbor)) == 2
    for comment in harbor.flashduty.account.comments:
        assert all(link.startswith("https://harbor.slack.com/archives/") for link in comment.links)
        assert (comment.images, comment.markup, comment.notified) == ((), (), ())


async def test_a_hostile_name__makes_no_mention(quay):
    incident = raised(quay)
    quay.slack.workspace.people[XIAOMING].real_name = MENTION
    quay.slack.workspace.people[XIAOMING].name = MENTION
    await quay.types(f"/flashduty comment {incident['num']} restarting", user=XIAOMING)
    quay.slack.take_out(XIAOMING, SEARCH)
    await sends(quay, await shares(quay, "slow", author=XIAOMING, user=XIAOMING), incident=incident, user=XIAOMING)
    assert notified(quay) == []
    assert len(comments(quay)) == 2


async def test_the_shortcut__of_somebody_in_two_teams__asks_for_which(harbor):
    incident = next(
        one
        for one in harbor.flashduty.account.incidents.values()
        if one["channel_name"].startswith("Search") and one["progress"] != "Closed"
    )
    choice = await shares(harbor, "suggestions are slow", channel=GENERAL)
    assert "Which team's incident is it about?" in said(choice)
    assert has_fields(choice) == []
    await harbor.presses(choice, "open:search")
    view = view_of(harbor)
    assert typed_in(view) == "suggestions are slow"
    told = await harbor.slack.suggest(ALICE, view, action_id="find_incident", typed="")
    listed = [one["value"] for one in told.answer["options"]]
    assert incident["incident_id"] in listed
    await sends(harbor, view, incident=incident)
    assert [number for number, _ in comments(harbor)] == [incident["incident_id"]]
    assert "message of Bob Müller in Slack" in comments(harbor)[0][1]


async def test_the_shortcut__where_no_team_is_served__is_for_the_persons_own_team(quay):
    incident = raised(quay)
    view = await shares(quay, "is it down?", author=CAROL, user=XIAOMING, channel=GENERAL)
    await sends(quay, view, incident=incident, user=XIAOMING)
    assert comments(quay)[0][1].startswith("Carol Diaz in Slack: is it down?")


async def test_the_shortcut__of_somebody_who_may_not__is_refused_in_the_view(quay):
    view = await shares(quay, "is it down?", author=BOB, user=GINA)
    assert "you are a guest" in said(view)
    assert has_fields(view) == []


async def test_the_shortcut__in_a_private_channel_without_the_bot__goes_without_a_link(quay):
    quay.slack.workspace.channels[GENERAL].kind = "private"
    quay.slack.take_out("U0FLASHBOT", GENERAL)
    incident = raised(quay)
    view = await shares(quay, "psst", author=BOB, user=XIAOMING, channel=GENERAL)
    assert "Slack 未提供这条消息的链接" in said(view)
    await sends(quay, view, incident=incident, user=XIAOMING)
    assert comments(quay)[0][1].endswith("message of Bob Müller in Slack, added by 王小明")


async def test_the_shortcut__with_slack_late__is_told_that_no_form_opened(harbor):
    message = (await harbor.slack.say(BOB, PAYMENTS, "slow")).message or harbor.slack.seen_by(BOB, PAYMENTS)[-1]
    harbor.slack.hold_back(1)
    acting = asyncio.create_task(harbor.slack.message_action(ALICE, message, SHORTCUT))
    await harbor.slack.until(lambda: harbor.slack.held == 1)
    harbor.clock.shift(timedelta(seconds=4))
    await harbor.slack.let_go()
    await acting
    await harbor.slack.settled()
    assert harbor.slack.views(ALICE) == []
    assert "expired_trigger_id" in harbor.sees(ALICE, "D0ALICE")[-1]
