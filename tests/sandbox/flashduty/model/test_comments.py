"""What a comment says when it is read, and who hears of it.

The Markdown of a comment, and that a mention in it notifies, are Flashduty's (`/incident/comment`); what is a link, an
autolink, a reference link, an image or HTML is CommonMark's (spec.commonmark.org/0.31.2).
"""

import pytest

ALICE = 7001
MEMBER = f"flashduty://ref/member/{ALICE}"


@pytest.fixture
def fresh(desk):
    return desk.flashduty.raise_incident(title="Something broke")["incident_id"]


async def said(desk, incident_id, text, **more):
    await desk.gets("/incident/comment", {"incident_ids": [incident_id], "comment": text, **more})
    return desk.account.comments[-1]


async def test_a_comment__is_kept_trimmed_with_the_owner_of_the_key_and_its_time(desk, fresh):
    comment = await said(desk, fresh, "  restarting *the* database \n")
    assert (comment.source, comment.shown) == ("restarting *the* database", "restarting the database")
    assert (comment.incident_id, comment.person_id, comment.at) == (fresh, 7005, desk.now)
    assert [*desk.account.timeline][-1].detail == {"comment": comment.source, "mute_reply": False}


@pytest.mark.parametrize(
    "text",
    [
        f"[@Alice Chen]({MEMBER}) please look",
        f"[@Alice Chen](<{MEMBER}>)",
        f"<{MEMBER}>",
        f"[@Alice][1]\n\n[1]: {MEMBER}",
        f"![@Alice]({MEMBER})",
        f'<a href="{MEMBER}">x</a>',
        f"[x](flashduty&#58;//ref/member/{ALICE})",
        f"[x](flashduty:\\/\\/ref/member/{ALICE})",
        f"FLASHDUTY://ref/member/{ALICE} [x](FLASHDUTY://ref/member/{ALICE})",
    ],
)
async def test_a_mention__however_it_is_written__notifies(desk, fresh, text):
    assert (await said(desk, fresh, text)).notified == (ALICE,)


@pytest.mark.parametrize(
    "text",
    [
        MEMBER,
        f"`[@Alice]({MEMBER})`",
        f"\\[@Alice]({MEMBER})",
        f"\\<{MEMBER}>",
        f"    [@Alice]({MEMBER})",
        "[@Nobody](flashduty://ref/member/999999)",
        "[a page](https://console.flashcat.example/incident)",
    ],
)
async def test_what_is_no_mention_of_anybody__notifies_nobody(desk, fresh, text):
    assert (await said(desk, fresh, f"x\n\n{text}")).notified == ()


async def test_links_images_and_html__are_told_apart(desk, fresh):
    comment = await said(
        desk, fresh, "[a](https://a.example/) <https://b.example/> ![c](https://c.example/p.png) <b>d</b>"
    )
    assert comment.links == ("https://a.example/", "https://b.example/")
    assert comment.images == ("https://c.example/p.png",)
    assert comment.markup == ("<b>", "</b>")


async def test_a_comment__of_1024_code_points__is_taken(desk, fresh):
    assert (await said(desk, fresh, f" {'😀' * 1_024}\n")).source == "😀" * 1_024
    answer = await desk.ask("/incident/comment", {"incident_ids": [fresh], "comment": "😀" * 1_025})
    assert (answer.status, answer.code) == (400, "InvalidParameter")
    assert "comment" in answer.message


async def test_a_comment__on_what_does_not_exist__is_not_kept(desk, fresh):
    answer = await desk.ask("/incident/comment", {"incident_ids": ["0" * 24], "comment": "x"})
    assert answer.code == "ResourceNotFound"
    typed = {"incident_ids": [fresh], "comment": "x", "comment_type_id": "f" * 24}
    assert (await desk.ask("/incident/comment", typed)).code == "ResourceNotFound"
    assert desk.account.comments == []


async def test_comments__over_http__are_told_with_those_they_notified(desk, fresh):
    await said(desk, fresh, f"[@Alice Chen]({MEMBER})")
    answer = await desk.raw("/sandbox/comments", method="GET", key=None)
    assert [(row["shown"], row["notified"]) for row in answer.body["comments"]] == [("@Alice Chen", [ALICE])]
