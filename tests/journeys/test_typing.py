"""What a Chinese keyboard writes, and what a phone makes of quotes, is understood wherever somebody types."""

import pytest
from harbor import ALICE, PAYMENTS

DIRECT = "D0ALICE"


async def answers(place, words):
    """Ask for the same as a command, as a mention and in a direct message, and give what is answered to each."""
    command = await place.types(f"/flashduty {words}")
    mention = await said(place, PAYMENTS, f"<@{place.slack.workspace.app.user_id}> {words}")
    direct = await said(place, DIRECT, f"{words} team：payments")
    return [message["text"] for message in (command, mention, direct)]


async def said(place, channel, text):
    before = {message["ts"] for message in place.slack.seen_by(ALICE, channel)}
    await place.slack.say(ALICE, channel, text)
    await place.slack.settled()
    (answer,) = [
        one
        for one in place.slack.seen_by(ALICE, channel)
        if one["ts"] not in before and one.get("user") != ALICE and text not in one["text"]
    ]
    return answer


@pytest.mark.parametrize(
    "words",
    [
        "incidents “card payments”",
        "incidents 「card payments」",
        'incidents "card payments"',
        "incidents 'card payments'",
        "ｉｎｃｉｄｅｎｔｓ　ｃａｒｄ　payments",
        "incidents card payments since：７ｄ，critical",
    ],
)
async def test_the_same_is_found__however_it_is_written(quay, words):
    quay.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    for text in await answers(quay, words):
        assert "Card payments fail" in text
        assert "matching “card payments”" in text
    assert {call.body["query"] for call in quay.called("/incident/list")} == {"card payments"}


@pytest.mark.parametrize(
    "words", ["oncall at：“tomorrow 18：00” “payments primary”", "ｏｎｃａｌｌ　at：tomorrow　18：00　primary"]
)
async def test_a_moment_and_a_name_are_understood(quay, words):
    for text in await answers(quay, words):
        assert "On call on Wed 25 Nov at 18:00" in text
        assert "Payments primary" in text
        assert "backup" not in text


async def test_a_number_is_understood(quay):
    for text in await answers(quay, "incident “＃Ｄ０Ｄ０Ｄ０”"):
        assert "#D0D0D0" in text


async def test_words_in_quotes_are_searched_for__even_where_they_look_like_filters(quay):
    quay.flashduty.raise_incident(title="Certificate is critical", severity="Info", flashduty_channel=5001)
    message = await quay.types("/flashduty incidents “critical”")
    assert "matching “critical”" in message["text"]
    assert "Certificate is critical" in message["text"]
    await quay.presses(message, "again:refresh")
    assert [call.body["query"] for call in quay.called("/incident/list")] == ["critical", "critical"]
    assert all("incident_severity" not in call.body for call in quay.called("/incident/list"))


async def test_chinese_punctuation_in_a_title_is_searched_for_as_it_was_typed(quay):
    quay.flashduty.raise_incident(title="支付：主库（一）延迟，很高", severity="Critical", flashduty_channel=5001)
    message = await quay.types("/flashduty incidents 支付：主库（一）延迟，很高")
    assert "#" in message["text"]
    assert quay.called("/incident/list")[0].body["query"] == "支付：主库（一）延迟，很高"
