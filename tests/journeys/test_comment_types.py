"""The types that an account has for comments: offered in the form, sent with the comment, named in summaries."""

import pytest
from comment_forms import comments, has_fields, opens, raised, said, typed_in, view_of
from harbor import ALICE, PAYMENTS

from sandbox.faults import Fault

FIELD = "comment_type"


def offered(view):
    (block,) = [one for one in view["blocks"] if one["block_id"] == FIELD]
    return {one["text"]["text"]: one["value"] for one in block["element"]["options"]}


def chosen(view):
    (block,) = [one for one in view["blocks"] if one["block_id"] == FIELD]
    option = block["element"].get("initial_option")
    return option["text"]["text"] if option else None


async def submits(quay, view, words, kind=None):
    values = {"comment": {"field": words}}
    if kind is not None:
        values[FIELD] = {"choice": kind}
    delivery = await quay.slack.submit(ALICE, view, values)
    assert delivery.acked, delivery.shown_error
    await quay.slack.settled(timeout=30)
    return delivery


def sent_types(quay):
    return [
        one.body.get("comment_type_id") for one in quay.flashduty.calls if one.path == "/incident/comment" and one.body
    ]


async def test_a_type__is_offered_and_goes_with_the_comment(quay):
    incident = raised(quay)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    assert has_fields(view) == ["comment", FIELD]
    assert list(offered(view)) == ["Progress", "Finding", "对外通告"]
    await submits(quay, view, "customers know", offered(view)["对外通告"])
    assert comments(quay) == [(incident["incident_id"], "Alice Chen in Slack: customers know")]
    assert sent_types(quay) == [offered(view)["对外通告"]]
    assert "💬 Comment added to" in said(view_of(quay))
    told = await quay.types(f"/flashduty catchup {incident['num']}")
    assert "Alice Chen (对外通告): “customers know”" in str(told)


async def test_a_type__need_not_be_chosen(quay):
    incident = raised(quay)
    await submits(quay, await opens(quay, f"/flashduty comment {incident['num']}"), "restarting")
    await quay.types(f"/flashduty comment {incident['num']} restarted")
    assert sent_types(quay) == [None, None]


async def test_a_chosen_type__is_kept_when_the_form_comes_back(quay):
    incident = raised(quay)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    quay.flashduty.fail("/incident/comment", Fault.code("InvalidParameter"))
    await submits(quay, view, "customers know", offered(view)["Finding"])
    back = view_of(quay)
    assert (chosen(back), typed_in(back), offered(back)) == ("Finding", "customers know", offered(view))
    quay.flashduty.mend()
    await quay.slack.submit(ALICE, back, {})
    await quay.slack.settled(timeout=30)
    assert sent_types(quay) == [offered(view)["Finding"]]


@pytest.mark.parametrize(
    "fault", [Fault.code("RouteNotFound"), Fault.code("AccessDenied"), Fault.code("InternalError")]
)
async def test_the_form__is_without_types_where_they_cannot_be_read(quay, fault):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment-type/list", fault, times=None)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    assert has_fields(view) == ["comment"]
    await submits(quay, view, "restarting")
    assert comments(quay) == [(incident["incident_id"], "Alice Chen in Slack: restarting")]


async def test_the_form__is_without_types_where_the_account_has_none(quay):
    incident = raised(quay)
    quay.flashduty.account.comment_types.clear()
    assert has_fields(await opens(quay, f"/flashduty comment {incident['num']}")) == ["comment"]


async def test_the_form__opens_at_once_while_the_types_hang(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment-type/list", Fault.hang(), times=None)
    delivery = await quay.slack.command(ALICE, PAYMENTS, "/flashduty comment")
    assert delivery.acked
    await quay.slack.until(lambda: quay.slack.views(ALICE))
    assert said(view_of(quay)) == "Loading …"
    await quay.slack.settled(timeout=20)
    assert has_fields(view_of(quay)) == ["incident", "comment"]
    assert incident["incident_id"]


async def test_the_types__are_read_once(quay):
    for _ in range(2):
        await opens(quay)
        await quay.slack.close_view(ALICE, view_of(quay))
    assert [one.path for one in quay.flashduty.calls].count("/incident/comment-type/list") == 1
