"""Who is let in, for which team, to do what."""

import pytest
from recorded import team_with

from bot.slack.api import SlackError
from bot.teams.access import AccessDenied, DenialReason, MemberStatus, Permission, SlackPerson, Teams

ALICE = SlackPerson("U0ALICE", "Alice Chen", MemberStatus.MEMBER)
CAROL = SlackPerson("U0CAROL", "Carol Diaz", MemberStatus.MEMBER)
GUEST = SlackPerson("U0GINA", "Gina Park", MemberStatus.GUEST)
STRANGER = SlackPerson("U0OTTO", "Otto Lang", MemberStatus.STRANGER)
GONE = SlackPerson("U0GONE", "Gone", MemberStatus.GONE)
GROUPS = {"S0RESPOND": frozenset({"U0ALICE"})}


def team(name, **given):
    return team_with(name=name, **given)


PAY_SETTINGS = {"slack_channels": "C0PAY", "responders": "S0RESPOND"}
PAY = team("payments", **PAY_SETTINGS)
SEARCH = team("search", slack_channels="C0SEARCH")
ABROAD = team("abroad", slack_workspaces="T0ABROAD", responders="U0CAROL")


async def members(group):
    return GROUPS[group]


async def channel_members(channel):
    return {"C0PAY": frozenset({"U0CAROL", "U0ALICE"}), "C0SEARCH": frozenset({"U0ALICE"})}.get(channel, frozenset())


async def silence(place):
    raise SlackError("conversations.members", f"missing_scope for {place}")


async def admit(
    teams, person, needs=Permission.VIEW, *, channel="C0PAY", workspace="T0HARBOR", asked=None, told=channel_members
):
    deciding = Teams(teams, group_members=members, channel_members=told)
    return (await deciding.admit(person, needs, workspace=workspace, channel=channel, team_name=asked)).name


async def refusal(*args, **kwargs):
    with pytest.raises(AccessDenied) as why:
        await admit(*args, **kwargs)
    return why.value


async def test_the_channel_decides_the_team():
    assert await admit([PAY, SEARCH], CAROL) == "payments"
    assert await admit([PAY, SEARCH], CAROL, channel="C0SEARCH") == "search"


@pytest.mark.parametrize(
    ("person", "why"), [(GUEST, DenialReason.GUEST), (STRANGER, DenialReason.STRANGER), (GONE, DenialReason.STRANGER)]
)
@pytest.mark.parametrize("needs", list(Permission))
async def test_outsiders_are_refused__whatever_they_want(person, why, needs):
    assert (await refusal([PAY, SEARCH], person, needs)).reason is why


async def test_a_plain_member_may_look_but_not_act():
    assert await admit([PAY], CAROL) == "payments"
    assert (await refusal([PAY], CAROL, Permission.RESPOND)).reason is DenialReason.NOT_A_RESPONDER
    assert await admit([PAY], ALICE, Permission.RESPOND) == "payments"


async def test_without_responders__the_people_in_its_channels_may_act():
    assert await admit([PAY, SEARCH], ALICE, Permission.RESPOND, channel="C0SEARCH") == "search"
    why = await refusal([PAY, SEARCH], CAROL, Permission.RESPOND, channel="C0SEARCH")
    assert (why.reason, why.teams, why.channels) == (DenialReason.NOT_A_RESPONDER, ("search",), ("C0SEARCH",))


async def test_a_team_that_is_alone_and_names_no_channel_serves_everybody():
    assert await admit([team("solo")], CAROL, Permission.RESPOND, channel="C0ANY") == "solo"
    assert await admit([team("solo")], CAROL, Permission.RESPOND, channel="D0CAROL") == "solo"


async def test_among_others__a_team_without_channels_and_responders_serves_nobody():
    why = await refusal([SEARCH, team("loose")], CAROL, channel="D0CAROL", asked="loose")
    assert why.reason is DenialReason.NO_SUCH_TEAM


@pytest.mark.parametrize("needs", list(Permission))
async def test_where_slack_does_not_tell_who_is_in_a_channel__nobody_is_let_in_for_that(needs):
    """The default is to refuse."""
    why = await refusal([PAY, SEARCH], ALICE, Permission.RESPOND, channel="C0SEARCH", told=silence)
    assert (why.reason, why.teams) == (DenialReason.MEMBERS_UNREAD, ("search",))
    for asked in ("search", None):
        why = await refusal([SEARCH, team("other")], ALICE, needs, channel="D0ALICE", asked=asked, told=silence)
        assert (why.reason, why.teams) == (DenialReason.MEMBERS_UNREAD, ())


async def test_the_channel_of_the_digest_is_one_of_the_teams_channels():
    """Otherwise every button of the digest would be refused."""
    announcing = team("payments", **PAY_SETTINGS, digest_channel="C0DIGEST")
    assert await admit([announcing, SEARCH], CAROL, channel="C0DIGEST") == "payments"
    assert await admit([announcing, SEARCH], CAROL, channel="C0DIGEST", asked="payments") == "payments"
    assert await admit([announcing, SEARCH], CAROL) == "payments"
    only = team("solo", digest_channel="C0DIGEST")
    assert (await refusal([only], CAROL, channel="C0ANY")).reason is DenialReason.NOT_SERVED
    assert Teams([announcing, SEARCH], group_members=members).announces_in(announcing, "C0DIGEST") == "C0DIGEST"


async def test_a_named_responder_is_served_anywhere():
    assert await admit([PAY, SEARCH], ALICE, channel="C0GENERAL") == "payments"
    assert await admit([PAY], ALICE, channel="D0ALICE") == "payments"


async def test_an_unserved_channel_is_refused__and_names_nobody():
    why = await refusal([PAY, SEARCH], CAROL, channel="C0GENERAL")
    assert (why.reason, why.teams) == (DenialReason.NOT_SERVED, ())


async def test_a_direct_message_asks_which_team__when_there_are_several():
    teams = [team("payments", slack_channels="C0PAY"), team("search", slack_channels="C0SEARCH")]
    why = await refusal(teams, ALICE, channel="D0ALICE")
    assert (why.reason, why.teams) == (DenialReason.WHICH_TEAM, ("payments", "search"))
    assert await admit(teams, ALICE, channel="D0ALICE", asked="Search") == "search"


async def test_a_direct_message_is_for_the_team_that_names_the_person():
    assert await admit([PAY, SEARCH], ALICE, channel="D0ALICE") == "payments"
    assert await admit([SEARCH, ABROAD], CAROL, channel="D0CAROL", workspace="T0ABROAD") == "abroad"


@pytest.mark.parametrize("asked", ["payments", "nonesuch"])
async def test_another_teams_name_is_refused_like_one_there_is_not(asked):
    why = await refusal([PAY, SEARCH], CAROL, channel="C0SEARCH", asked=asked)
    assert (why.reason, why.teams) == (DenialReason.NO_SUCH_TEAM, ())


async def test_the_only_team_without_channels_serves_every_channel():
    assert await admit([team("solo")], CAROL, channel="C0ANY") == "solo"


async def test_several_teams_without_channels_serve_none():
    assert (await refusal([team("one"), team("two")], CAROL, channel="C0ANY")).reason is DenialReason.NOT_SERVED


async def test_a_team_is_limited_to_its_workspaces():
    assert await admit([PAY, ABROAD], CAROL, channel="C0ANY", workspace="T0ABROAD") == "abroad"
    assert (await refusal([ABROAD], CAROL, channel="C0ANY")).reason is DenialReason.NOT_SERVED


async def test_a_channel_of_two_teams_asks_which():
    twins = [team("one", slack_channels="C0PAY"), team("two", slack_channels="C0PAY")]
    assert (await refusal(twins, CAROL)).teams == ("one", "two")
    assert await admit(twins, CAROL, asked="two") == "two"


async def in_a_direct_message(person, needs=Permission.VIEW, asked=None, teams=(PAY, SEARCH)):
    deciding = Teams(teams, group_members=members, channel_members=channel_members)
    return (await deciding.admit(person, needs, workspace="T0HARBOR", channel="D0CAROL", team_name=asked)).name


async def test_in_a_direct_message__whoever_is_in_a_teams_channel_may_look_and_not_act():
    assert await in_a_direct_message(CAROL, asked="payments") == "payments"
    assert await in_a_direct_message(CAROL, teams=(PAY,)) == "payments"
    with pytest.raises(AccessDenied) as why:
        await in_a_direct_message(CAROL, Permission.RESPOND, asked="payments")
    assert why.value.reason is DenialReason.NOT_A_RESPONDER


async def test_in_a_direct_message__with_several_teams_it_is_asked_which():
    here = team("search", slack_channels="C0PAY")
    with pytest.raises(AccessDenied) as why:
        await in_a_direct_message(CAROL, teams=(PAY, here))
    assert why.value.reason is DenialReason.WHICH_TEAM
    assert set(why.value.teams) == {"payments", "search"}
    assert await in_a_direct_message(ALICE) == "payments"


async def test_in_a_direct_message__whoever_is_in_no_channel_of_a_team_is_told_nothing_of_it():
    stranger_to_payments = SlackPerson("U0DAVE", "Dave", MemberStatus.MEMBER)
    with pytest.raises(AccessDenied) as why:
        await in_a_direct_message(stranger_to_payments, asked="payments")
    assert why.value.reason is DenialReason.NO_SUCH_TEAM


async def own(teams, person, needs=Permission.RESPOND, *, workspace="T0HARBOR"):
    admitted = await Teams(teams, group_members=members, channel_members=channel_members).admit_to_own(
        person, needs, workspace=workspace
    )
    return [one.name for one in admitted]


async def test_what_has_no_channel__is_for_every_team_a_person_may_act_for():
    assert await own([PAY, SEARCH, ABROAD], ALICE) == ["payments", "search"]
    assert await own([PAY, SEARCH, ABROAD], CAROL, workspace="T0ABROAD") == ["abroad"]


async def test_what_has_no_channel__is_refused_by_the_name_of_a_team_of_theirs_alone():
    with pytest.raises(AccessDenied) as why:
        await own([PAY, SEARCH], CAROL)
    assert (why.value.reason, why.value.teams) == (DenialReason.NOT_A_RESPONDER, ("payments",))


@pytest.mark.parametrize(("person", "why"), [(GUEST, DenialReason.GUEST), (STRANGER, DenialReason.STRANGER)])
@pytest.mark.parametrize("needs", list(Permission))
async def test_outsiders_have_no_team_of_theirs(person, why, needs):
    with pytest.raises(AccessDenied) as refused:
        await own([PAY], person, needs)
    assert refused.value.reason is why
