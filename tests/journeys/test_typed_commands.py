"""What people type: acknowledging by number, a number alone, verbs, and the words of both languages."""

import pytest
from harbor import ALICE, CAROL, PAYMENTS

from sandbox.faults import Fault


async def typed(place, words, user=ALICE):
    """Type a command, and give all texts that the person is shown after it."""
    before = {message["ts"] for message in place.slack.seen_by(user, PAYMENTS)}
    await place.types(f"/flashduty {words}", user)
    await place.slack.settled()
    return [one["text"] for one in place.slack.seen_by(user, PAYMENTS) if one["ts"] not in before]


def raised(place, title="Card payments fail"):
    return place.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001)


def progress_of(place, record):
    return place.flashduty.account.incidents[record["incident_id"]]["progress"]


@pytest.mark.parametrize("words", ["ack {}", "acknowledge #{}.", "认领 {}", "认领{}", "认领：＃{}。", "ＡＣＫ　{}"])
async def test_a_typed_number__is_acknowledged_and_told_as_by_the_button(quay, words):
    record = raised(quay)
    texts = await typed(quay, words.format(record["num"]))
    assert progress_of(quay, record) == "Processing"
    assert any(text.startswith("You acknowledged") for text in texts)
    assert [text for text in quay.sees(CAROL) if "Alice Chen acknowledged" in text]
    confirmation = next(one for one in quay.shown() if one["text"].startswith("You acknowledged"))
    await quay.presses(confirmation, "undo_acknowledge")
    assert progress_of(quay, record) == "Triggered"


async def test_a_typed_number__that_somebody_has__is_told_with_their_name(quay):
    record = raised(quay)
    await typed(quay, f"ack {record['num']}")
    (text,) = await typed(quay, f"ack {record['num']}")
    assert "already acknowledged by Alice Chen" in text
    assert len(quay.called("/incident/ack")) == 1


async def test_a_person_who_may_only_look__is_refused(quay):
    record = raised(quay)
    (text,) = await typed(quay, f"ack {record['num']}", CAROL)
    assert progress_of(quay, record) == "Triggered"
    assert "was not acknowledged" in text


async def test_several_numbers__are_acknowledged_at_once(harbor):
    first, second = raised(harbor), raised(harbor, "Ledger is behind")
    texts = await typed(harbor, f"ack {first['num']}, {second['num']} and FFFFFF")
    assert [progress_of(harbor, one) for one in (first, second)] == ["Processing", "Processing"]
    told = next(text for text in texts if "You acknowledged 2 of 3 incidents" in text)
    assert "No incident #FFFFFF" in told
    (line,) = [text for text in harbor.sees(CAROL) if "Alice Chen acknowledged" in text]
    assert first["num"] in line
    assert second["num"] in line
    told = next(one for one in harbor.shown() if "2 of 3" in one["text"])
    await harbor.presses(told, f"undo_acknowledge:{second['incident_id']}")
    assert [progress_of(harbor, one) for one in (first, second)] == ["Processing", "Triggered"]


async def test_several_numbers__of_which_one_fails__tell_each_for_itself(quay):
    first, second = raised(quay), raised(quay, "Ledger is behind")
    quay.flashduty.fail("/incident/ack", Fault.code("InvalidParameter"), times=1)
    texts = await typed(quay, f"ack {first['num']} {second['num']}")
    assert [progress_of(quay, one) for one in (first, second)] == ["Triggered", "Processing"]
    told = next(text for text in texts if "You acknowledged 1 of 2 incidents" in text)
    assert f"*#{first['num']} was not acknowledged:*" in told


@pytest.mark.parametrize("words", ["ack", "ack {} because of the deploy", "ack the gateway", "认领"])
async def test_without_a_clear_number__nothing_is_acknowledged__and_there_is_something_to_press(quay, words):
    record = raised(quay, "Card payments fail at the gateway")
    (text,) = await typed(quay, words.format(record["num"]))
    assert progress_of(quay, record) == "Triggered"
    assert record["num"] in text
    shown = quay.shown()[-1]
    assert f"acknowledge:{record['incident_id']}" in str(shown["blocks"])


@pytest.mark.parametrize(
    "words", ["{num}", "#{num}", "＃{num}。", "“{num}”", "{id}", "{url}?a=b", "故障 #{num}", "故障＃{num}"]
)
async def test_a_number_alone__shows_the_card(quay, words):
    record = raised(quay)
    url = f"https://console.flashcat.example/incident/detail/{record['incident_id']}"
    (text,) = await typed(quay, words.format(num=record["num"], id=record["incident_id"], url=url))
    assert "Card payments fail" in text
    assert "*Responders*" in text or "Progress" in text or "Triggered" in text
    assert [call.body for call in quay.called("/incident/ack")] == []


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("assign {} @bob", "Reassign"),
        ("重新分派 {}", "Reassign"),
        ("escalate {}", "Escalate"),
        ("升级 {}", "Escalate"),
        ("add {}", "Add responder"),
    ],
)
async def test_a_verb_that_pages_people__opens_its_form_and_pages_nobody(quay, words, title):
    record = raised(quay)
    await quay.slack.command(ALICE, PAYMENTS, f"/flashduty {words.format(record['num'])}")
    await quay.slack.settled()
    (view,) = quay.slack.views(ALICE)
    assert view["title"]["text"] == title
    assert record["num"] in str(view["blocks"])
    assert quay.called("/incident/assign") + quay.called("/incident/responder/add") == []


async def test_a_verb_that_does_not_work_yet__leads_to_flashduty(quay):
    record = raised(quay)
    (text,) = await typed(quay, f"merge {record['num']}", CAROL)
    assert "was not merged" in text
    assert f"|Open #{record['num']} in Flashduty>" in text
    assert {call.path for call in quay.flashduty.calls if "incident" in call.path} <= {"/incident/list"}


async def test_a_verb_without_a_number__says_what_to_type(quay):
    (text,) = await typed(quay, "merge")
    assert "Nothing was changed" in text
    assert "`/flashduty merge`" in text


@pytest.mark.parametrize("words", ["who", "who is on call?", "who's on call now", "谁在值班", "值班"])
async def test_who__says_who_is_on_call(quay, words):
    (text,) = await typed(quay, words)
    assert "On call now" in text
    assert "Payments primary" in text


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("list", "incidents"),
        ("故障 critical", "incidents critical"),
        ("值班 本周", "oncall week"),
        ("我", "me"),
        ("日报", "digest"),
        ("周报", "digest week"),
        ("帮助", "help"),
        ("？", "help"),
    ],
)
async def test_a_word_of_either_language__does_the_same(quay, words, same):
    assert await typed(quay, words) == await typed(quay, same)


async def test_a_comment_in_chinese__keeps_what_was_typed(quay):
    record = raised(quay)
    await typed(quay, f"评论{record['num']}　已重启：“主库”，１２：３０ 恢复")
    (call,) = quay.called("/incident/comment")
    assert "已重启：“主库”，１２：３０ 恢复" in str(call.body)


async def test_a_misspelt_word_or_verb__is_suggested(quay):
    assert "Did you mean `ack`?" in (await typed(quay, "acknowlege"))[0]
    assert "Did you mean `close`?" in (await typed(quay, "clos"))[0]


async def test_a_chinese_reader__is_shown_the_chinese_words(quay):
    await typed(quay, "语言 中文")
    (menu,) = await typed(quay, "帮助")
    assert "`故障`" in menu
    assert "`认领 0E83EE`" in menu
    assert "`incidents`" not in menu
    (text,) = await typed(quay, "故账")
    assert "`故障`" in text
