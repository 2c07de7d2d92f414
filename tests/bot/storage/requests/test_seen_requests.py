"""Requests that were carried out, on both kinds of database."""

import asyncio
from datetime import timedelta

from recorded import NOW

from bot.storage.requests.seen_requests import SeenRequests

LATER = NOW + timedelta(hours=1)


async def test_add__by_many_at_once__is_new_to_one(database):
    seen = [SeenRequests(database) for _ in range(8)]
    assert sum(await asyncio.gather(*(one.add(["trigger 123.456"], LATER) for one in seen))) == 1


async def test_add__of_another_request__is_new(database):
    seen = SeenRequests(database)
    assert await seen.add(["trigger 123.456"], LATER)
    assert await seen.add(["trigger 123.457"], LATER)


async def test_add__of_a_key_of_any_length_and_content__is_kept_apart(database):
    seen = SeenRequests(database)
    keys = ["k" * 10_000, "k" * 9_999, "\0", "\ud800", "", "🦀" * 300]
    assert all([await seen.add([key], LATER) for key in keys])
    assert not any([await seen.add([key], LATER) for key in keys if key != "\ud800"])


async def test_add__of_a_request_with_two_keys__is_known_by_either(database):
    seen = SeenRequests(database)
    assert await seen.add(["press U0ALICE 1.2", "signature v0=1"], LATER)
    assert not await seen.add(["press U0ALICE 1.2", "signature v0=2"], LATER)
    assert not await seen.add(["press U0ALICE 1.3", "signature v0=1"], LATER)
