"""Typed text, on both kinds of database."""

from datetime import timedelta

import pytest
from recorded import NOW

from bot.storage.people.form_drafts import FormDraft, FormDrafts

ALICE, BOB, FORM = "U0ALICE", "U0BOB", "comment 69da451ef77b1b51f40e83ee"
DRAFT = FormDraft(words="restarting the database", typed_at=NOW)


@pytest.fixture
def drafts(database):
    return FormDrafts(database)


async def test_a_draft__is_given_back_to_the_same_person_and_form(drafts):
    await drafts.keep(ALICE, FORM, DRAFT)
    assert await drafts.of(ALICE, FORM, NOW) == DRAFT
    assert await drafts.of(BOB, FORM, NOW) is None
    assert await drafts.of(ALICE, "comment", NOW) is None


async def test_a_draft__typed_again__takes_the_place_of_the_first(drafts):
    await drafts.keep(ALICE, FORM, DRAFT)
    second = FormDraft(words="磁盘 🔥 \0", typed_at=NOW + timedelta(minutes=1), is_in_doubt=True, incident="#0E83EE")
    await drafts.keep(ALICE, FORM, second)
    found = await drafts.of(ALICE, FORM, NOW + timedelta(minutes=1))
    assert (found.words, found.is_in_doubt, found.incident) == ("磁盘 🔥 \ufffd", True, "#0E83EE")


async def test_a_draft__after_an_hour_or_once_it_is_done__is_gone(drafts):
    await drafts.keep(ALICE, FORM, DRAFT)
    assert await drafts.of(ALICE, FORM, NOW + timedelta(minutes=59)) == DRAFT
    assert await drafts.of(ALICE, FORM, NOW + timedelta(hours=1)) is None
    await drafts.forget(ALICE, FORM)
    assert await drafts.of(ALICE, FORM, NOW) is None
    await drafts.forget(ALICE, FORM)


async def test_a_form__of_a_name_of_any_length__has_a_draft_of_its_own(drafts):
    await drafts.keep(ALICE, "f" * 5_000, DRAFT)
    assert await drafts.of(ALICE, "f" * 4_999, NOW) is None
    assert await drafts.of(ALICE, "f" * 5_000, NOW) == DRAFT
