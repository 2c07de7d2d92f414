import pytest

PAYMENTS = "C0PAYMENTS"
# The smallest picture there is: one transparent dot.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e366"
    "0000000049454e44ae426082"
)


@pytest.fixture
def upload(client, session):
    """Announce and send a file without sharing it; gives its id."""

    async def send(filename, content, **more):
        told = await client.files_getUploadURLExternal(filename=filename, length=len(content), **more)
        async with session.post(told["upload_url"], data=content) as answer:
            assert answer.status == 200
        return told["file_id"]

    return send


@pytest.fixture
def shown(slack, session):
    """What the page gets when it asks for a file."""

    async def ask(file_id):
        async with session.get(f"{slack.url}/sandbox/files/{file_id}") as answer:
            return answer.status, answer.headers, await answer.read()

    return ask


async def test_file__announced_and_uploaded__appears(client, slack, session, refused):
    told = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    files = [{"id": told["file_id"], "title": "a"}]
    assert (await refused(client.files_completeUploadExternal(files=files)))["error"] == "file_not_found"
    for content, status in ((b"four", 404), (b"abc", 200), (b"abc", 404)):
        async with session.post(told["upload_url"], data=content) as answer:
            assert answer.status == status
    await client.files_completeUploadExternal(files=files, channel_id=PAYMENTS, initial_comment="look")
    (message,) = slack.seen_by("U0ALICE", PAYMENTS)
    assert (message["text"], message["files"][0]["name"]) == ("look", "a.txt")
    assert (await refused(client.files_completeUploadExternal(files=files)))["error"] == "file_not_found"


async def test_picture__put_into_a_thread__has_its_title_and_says_what_it_shows(client, slack, upload, shown):
    root = await client.chat_postMessage(channel=PAYMENTS, text="the week")
    file_id = await upload("week.png", DOT, alt_txt="Twelve incidents, half of them on Tuesday")
    assert (await shown(file_id))[0] == 404
    files = [{"id": file_id, "title": "The week"}]
    await client.files_completeUploadExternal(files=files, channel_id=PAYMENTS, thread_ts=root["ts"])
    message = slack.seen_by("U0BOB", PAYMENTS)[-1]
    assert message["thread_ts"] == root["ts"]
    (described,) = message["files"]
    assert described == {
        "id": file_id,
        "name": "week.png",
        "title": "The week",
        "mimetype": "image/png",
        "filetype": "png",
        "size": len(DOT),
        "user": "U0FLASHBOT",
        "alt_txt": "Twelve incidents, half of them on Tuesday",
    }
    status, headers, content = await shown(file_id)
    assert (status, headers["Content-Type"], content) == (200, "image/png", DOT)
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_file__sent_with_slack_sdk_in_one_go__appears(client, slack):
    root = await client.chat_postMessage(channel=PAYMENTS, text="the week")
    told = await client.files_upload_v2(
        channel=PAYMENTS, thread_ts=root["ts"], file=DOT, filename="week.png", title="The week", alt_txt="A dot"
    )
    assert slack.seen_by("U0ALICE", PAYMENTS)[-1]["files"][0]["id"] == told["file"]["id"]


@pytest.mark.parametrize("filename", ["page.html", "drawing.svg", "numbers.csv", "no-ending"])
async def test_file__that_is_no_picture__is_never_served(client, upload, shown, filename):
    file_id = await upload(filename, b"<script>alert(1)</script>")
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=PAYMENTS)
    status, headers, content = await shown(file_id)
    assert (status, headers["Content-Type"]) == (404, "application/json; charset=utf-8")
    assert b"script" not in content


async def test_alt_text__longer_than_1000_characters__is_refused(client, refused):
    assert (await client.files_getUploadURLExternal(filename="a.png", length=1, alt_txt="x" * 1000))["ok"]
    told = await refused(client.files_getUploadURLExternal(filename="a.png", length=1, alt_txt="x" * 1001))
    assert told["error"] == "alt_txt_too_large"


async def test_file__for_a_place_that_is_not_there__is_refused_and_can_be_sent_again(client, slack, upload, refused):
    files = [{"id": await upload("week.png", DOT)}]
    slack.workspace.channels["C0SEARCH"].members.remove("U0FLASHBOT")
    for place, error in (
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"channel_id": "C0SEARCH"}, "not_in_channel"),
        ({"channel_id": PAYMENTS, "thread_ts": "1.2"}, "thread_not_found"),
    ):
        assert (await refused(client.files_completeUploadExternal(files=files, **place)))["error"] == error
    assert (await client.files_completeUploadExternal(files=files, channel_id=PAYMENTS))["ok"]


def picture(file_id):
    return [{"type": "image", "alt_text": "A dot", "slack_file": {"id": file_id}}]


@pytest.fixture
async def dot(upload, client, slack):
    """A picture that any block may show."""
    file_id = await upload("dot.png", DOT)
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    await slack.settled()
    return file_id


async def test_a_view__shows_a_picture_that_is_there__and_no_other(slack, client, refused, dot):
    await client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": picture(dot)})
    for file_id in ("F0NOWHERE", dot):
        delivery = await slack.shortcut("U0ALICE", "incidents")
        modal = {"type": "modal", "title": {"type": "plain_text", "text": "A"}, "blocks": picture(file_id)}
        opening = client.views_open(trigger_id=delivery.payload["trigger_id"], view=modal)
        if file_id == dot:
            view = (await opening)["view"]
        else:
            assert (await refused(opening))["error"] == "invalid_arguments"
    wrong = {"type": "home", "blocks": picture("F0NOWHERE")}
    assert "slack_file" in str(await refused(client.views_publish(user_id="U0ALICE", view=wrong)))
    modal["blocks"] = picture("F0NOWHERE")
    assert (await refused(client.views_update(view_id=view["id"], view=modal)))["error"] == "invalid_arguments"


async def test_a_response_url__shows_a_picture_that_is_there__and_no_other(slack, session, dot):
    delivery = await slack.command("U0ALICE", PAYMENTS, "/flashduty incidents")
    for file_id, status in (("F0NOWHERE", 400), (dot, 200)):
        async with session.post(delivery.payload["response_url"], json={"blocks": picture(file_id)}) as told:
            assert told.status == status
            assert ("slack_file" in await told.text()) is (status == 400)


async def test_a_picture_beside_a_bar__must_be_there(client, refused, dot):
    def bar(file_id):
        return [{"color": "#aa0000", "blocks": picture(file_id)}]

    await client.chat_postMessage(channel=PAYMENTS, text="x", attachments=bar(dot))
    error = await refused(client.chat_postMessage(channel=PAYMENTS, text="x", attachments=bar("F0NOWHERE")))
    assert error["error"] == "invalid_attachments"
