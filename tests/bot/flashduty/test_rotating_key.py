"""A key that is replaced while the client is in use."""

import asyncio

import pytest
from pydantic import SecretStr
from scripted import DONE, RESET, html, ok, refusal

from bot.flashduty import Account, Code, Flashduty, FlashdutyError
from bot.runtime.rotating_secret import RotatingSecret

ID = "a" * 24
REFUSED = refusal("Unauthorized", status=401)


class File:
    """Where a newer key may be."""

    def __init__(self, *newer):
        self.newer = list(newer)
        self.times_read = 0
        self.key = RotatingSecret(SecretStr("first-key"), self.reread)

    async def reread(self):
        self.times_read += 1
        if self.newer:
            self.key.replace(SecretStr(self.newer.pop(0)))


@pytest.fixture
def using(pool, naps):
    """A client that reads its key from a file."""
    return lambda file: Flashduty(pool, Account(), team="payments", app_key=file.key, sleep=naps, random=lambda: 1.0)


def keys_sent(server):
    return [asked.query["app_key"] for asked in server.asked]


async def test_a_key__that_is_replaced__is_used_by_the_next_call_of_every_copy(using, server):
    file = File()
    client = using(file)
    copied = client.speaking("zh-CN")
    await client.acknowledge(ID)
    file.key.replace(SecretStr("second-key"))
    await copied.acknowledge(ID)
    assert keys_sent(server) == [["first-key"], ["second-key"]]
    assert file.times_read == 0


@pytest.mark.parametrize("call", ["acknowledge", "comment"])
async def test_a_refused_key__is_read_again_and_the_call_is_made_with_the_new_one(using, server, call):
    """Also a write that is never repeated otherwise: a call that was refused was not carried out."""
    server.plays(REFUSED, DONE)
    client = using(File("second-key"))
    await (client.acknowledge(ID) if call == "acknowledge" else client.comment(ID, "words"))
    assert keys_sent(server) == [["first-key"], ["second-key"]]


async def test_a_refused_key__that_somebody_has_replaced_meanwhile__is_not_read_again(using, server):
    file = File()
    server.plays(REFUSED, DONE)
    client = using(file)

    async def replaced():
        file.key.replace(SecretStr("second-key"))

    # Booking a call takes its time; the key of the call is chosen before that.
    await client.with_shared_limit(replaced).acknowledge(ID)
    assert keys_sent(server) == [["first-key"], ["second-key"]]
    assert file.times_read == 0


async def test_a_newer_key__that_is_refused_too__is_told_after_two_calls(using, server):
    file = File("second-key", "third-key")
    server.plays(then=REFUSED)
    with pytest.raises(FlashdutyError) as caught:
        await using(file).acknowledge(ID)
    assert caught.value.code is Code.UNAUTHORIZED
    assert keys_sent(server) == [["first-key"], ["second-key"]]
    assert file.times_read == 1


async def test_a_refused_key__without_a_newer_one__is_told_after_one_call(using, server):
    server.plays(then=REFUSED)
    with pytest.raises(FlashdutyError) as caught:
        await using(File()).acknowledge(ID)
    assert caught.value.code is Code.UNAUTHORIZED
    assert len(server.asked) == 1


async def test_a_file__that_takes_for_ever__does_not_keep_the_call_beyond_its_time(using, server):
    server.plays(then=REFUSED)

    async def hang():
        await asyncio.Event().wait()

    client = using(File()).copy_with(app_key=RotatingSecret(SecretStr("first-key"), hang))
    with pytest.raises(FlashdutyError) as caught:
        await client.until(asyncio.get_running_loop().time() + 0.2).acknowledge(ID)
    assert caught.value.code is Code.UNAUTHORIZED


async def test_passing_trouble__after_a_new_key__is_tried_again_with_the_new_one(using, server, naps):
    server.plays(REFUSED, html(502), RESET, ok(None))
    await using(File("second-key")).acknowledge(ID)
    assert keys_sent(server) == [["first-key"], *[["second-key"]] * 3]
    assert len(naps.taken) == 2


async def test_a_refusal_of_another_kind__reads_no_file(using, server):
    file = File("second-key")
    server.plays(refusal("AccessDenied", status=403))
    with pytest.raises(FlashdutyError):
        await using(file).acknowledge(ID)
    assert file.times_read == 0


async def test_a_rotating_key__is_in_no_repr(using):
    client = using(File())
    assert "first-key" not in f"{client!r}{client.app_key!r}{vars(client)!r}"
