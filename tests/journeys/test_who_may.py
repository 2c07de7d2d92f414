"""Who may look and who may act: every kind of person, in every kind of place, on every kind of way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, GENERAL, GINA, OTTO, PAYMENTS, SEARCH, SHARED, harbor_at
from samples import sample

from bot.messages.buttons import INCIDENT_DETAILS, MORE, OPEN_FORM
from bot.messages.views import PostedDigest
from bot.teams.access import Permission
from handlers import routes
from sandbox.faults import Fault

XIAOMING = "U0XIAOMING"
# The digest's channel is not among those the team is said to serve.
DIGEST_ELSEWHERE = {"FLASHDUTY_TEAMS__PAYMENTS__SLACK_CHANNELS": SHARED}
ALONE = {f"FLASHDUTY_TEAMS__SEARCH__{name}": None for name in ("APP_KEY", "SLACK_CHANNELS", "FLASHDUTY_TEAM_IDS")}
DIRECT = "direct"


def place_of(user, place):
    return f"D{user[1:]}" if place is DIRECT else place


async def looks(harbor, user, place, team):
    """Ask for the list as a mention or a message would, and give what is answered."""
    return (await harbor.types(f"/flashduty incidents team:{team}", user, place_of(user, place)))["text"]


async def acts(harbor, user, place, team, title="Somebody must look"):
    """Press Acknowledge with a control that names the team, and tell whether it was acknowledged."""
    flashduty_channel = 5003 if team == "search" else 5001
    record = harbor.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=flashduty_channel)
    number = record["incident_id"]
    await harbor.forges(user, place_of(user, place), f"acknowledge:{number}", sample("acknowledge", number, team))
    return harbor.flashduty.account.incidents[number]["progress"] == "Processing"


async def test_every_button_of_a_digest_works__where_its_channel_is_named_for_the_digest_alone():
    """The announcement channel is one of the team's channels."""
    async with harbor_at(**DIGEST_ELSEWHERE) as place:
        place.clock.shift(timedelta(minutes=30))
        await place.bot.tick()
        (digest,) = place.shown()
        pressed = [
            element["action_id"]
            for block in digest["blocks"]
            for element in (*block.get("elements", []), block.get("accessory") or {})
            if element.get("type") == "button"
        ]
        assert any(action.startswith("acknowledge:") for action in pressed)
        for action in pressed:
            (now,) = [message for message in place.shown() if message["ts"] == digest["ts"]]
            if action in str(now["blocks"]):
                await place.presses(now, action)
        assert not [text for text in place.sees() if "no team" in text or "no team of the bot" in text]
        assert any("Alice Chen acknowledged" in text for text in place.sees(CAROL))


async def test_the_digests_channel_is_served_like_the_others():
    """The announcement channel is one of the team's channels."""
    async with harbor_at(**DIGEST_ELSEWHERE) as place:
        assert "Team *payments*" in (await place.types("/flashduty incidents", CAROL))["text"]


async def test_a_team_that_is_alone_and_has_a_digest__is_not_served_everywhere():
    """A team that has a digest names a channel, and is served there."""
    given = {f"FLASHDUTY_TEAMS__PAYMENTS__{name}": None for name in ("SLACK_CHANNELS", "RESPONDERS")}
    async with harbor_at(**ALONE, **given) as place:
        assert "Team *payments*" in (await place.types("/flashduty incidents", CAROL))["text"]
        assert "belongs to no team of the bot" in (await place.types("/flashduty incidents", CAROL, GENERAL))["text"]


async def test_a_team_that_is_alone_and_names_no_channel__serves_every_full_member():
    unset = ("SLACK_CHANNELS", "RESPONDERS", "DIGEST_CHANNEL")
    given = {f"FLASHDUTY_TEAMS__PAYMENTS__{name}": None for name in unset}
    async with harbor_at(**ALONE, **given, socket_mode=False) as place:
        for where in (GENERAL, DIRECT):
            assert "Team *payments*" in await looks(place, CAROL, where, "payments")
            assert await acts(place, CAROL, where, "payments")
        assert not await acts(place, GINA, PAYMENTS, "payments")
        assert not await acts(place, OTTO, SHARED, "payments")


# Team search names no responders; Alice, Bob and Carol are in its channel, Xiaoming is not. Team payments names Alice,
# and a group of Alice, Bob and Xiaoming; all four are in its channel. Nobody of them is on call for search.
WHO_MAY_WHAT = pytest.mark.parametrize(
    ("user", "place", "team", "may_look", "may_act"),
    [
        (ALICE, PAYMENTS, "payments", True, True),
        (XIAOMING, PAYMENTS, "payments", True, True),
        (CAROL, PAYMENTS, "payments", True, False),
        (GINA, PAYMENTS, "payments", False, False),
        (OTTO, SHARED, "payments", False, False),
        (ALICE, DIRECT, "payments", True, True),
        (XIAOMING, DIRECT, "payments", True, True),
        (CAROL, DIRECT, "payments", True, False),
        (GINA, DIRECT, "payments", False, False),
        (OTTO, DIRECT, "payments", False, False),
        (ALICE, GENERAL, "payments", True, True),
        (CAROL, GENERAL, "payments", False, False),
        (CAROL, SEARCH, "search", True, True),
        (BOB, SEARCH, "search", True, True),
        (CAROL, DIRECT, "search", True, True),
        (XIAOMING, DIRECT, "search", False, False),
        (GINA, DIRECT, "search", False, False),
        (CAROL, PAYMENTS, "search", False, False),
        (XIAOMING, PAYMENTS, "search", False, False),
        (XIAOMING, GENERAL, "search", False, False),
    ],
)
# Whoever is on call may act besides, which is looked at on its own.
ONLY_NAMED = {f"FLASHDUTY_TEAMS__{name}__ONCALL_MAY_ACT": "false" for name in ("PAYMENTS", "SEARCH")}
REFUSALS = (
    "you are a guest",
    "another organisation",
    "no team of the bot",
    "no team of that name",
    "can change incidents of team",
)
# What a control carries decides what it needs.
POSTING = (PostedDigest(), PostedDigest(is_week=True))


def in_english(slack):
    """Let everybody read English, so that one sentence tells a refusal."""
    people = slack.workspace.people
    people.update({name: replace(person, locale="en-GB") for name, person in people.items()})


@WHO_MAY_WHAT
async def test_every_route_asks_the_same_of_a_person_in_a_place(user, place, team, may_look, may_act):
    async with harbor_at(socket_mode=False, prepare=in_english, **ONLY_NAMED) as harbor:
        number = next(iter(harbor.flashduty.account.incidents))
        where = place_of(user, place)
        # A form needs a press of Slack's own to open.
        pressed = set(routes.BUTTONS) - {OPEN_FORM, MORE, INCIDENT_DETAILS}
        forged = [(route, None, routes.BUTTONS[route].permission) for route in pressed]
        if not may_act:
            forged += [(route, view, Permission.RESPOND) for route in ("open", "again", "share") for view in POSTING]
        for count, (route, view, needs) in enumerate(forged):
            before = len(harbor.slack.seen_by(user, where))
            carried = sample(route, number if count else "f" * 24, team, view)
            await harbor.forges(user, where, f"{route}:n{count}", carried)
            told = [message["text"] for message in harbor.slack.seen_by(user, where)[before:]]
            is_refused = any(words in text for text in told for words in REFUSALS)
            assert is_refused is not (may_act if needs is Permission.RESPOND else may_look), (route, view, told)
        assert may_look or harbor.flashduty.calls == []
        assert may_act or not harbor.called("/incident/ack") + harbor.called("/incident/unack")
        assert may_act or not [text for text in harbor.sees(user, where) if "who asked for it" in text]


@WHO_MAY_WHAT
async def test_who_may_what__by_person_place_and_route(user, place, team, may_look, may_act):
    async with harbor_at(socket_mode=False, prepare=in_english, **ONLY_NAMED) as harbor:
        assert (f"Team *{team}*" in await looks(harbor, user, place, team)) is may_look
        assert await acts(harbor, user, place, team) is may_act
        told = harbor.sees(user, place_of(user, place))[-1]
        assert may_act or "was not acknowledged" in told
        assert may_look or ("*search*" not in told and "*payments*" not in told)


async def test_whoever_has_just_joined_a_channel_of_the_team__is_told_to_wait_a_little():
    """The members of a channel are cached for five minutes."""
    async with harbor_at(socket_mode=False, prepare=in_english) as harbor:
        assert await acts(harbor, CAROL, SEARCH, "search")
        harbor.slack.workspace.channels[SEARCH].members.append(XIAOMING)
        assert not await acts(harbor, XIAOMING, SEARCH, "search")
        assert "If you have just joined, try again in five minutes" in harbor.sees(XIAOMING, SEARCH)[-1]


async def test_where_slack_does_not_tell_who_is_in_the_channels__that_is_said_and_nothing_is_done():
    """The default is to refuse."""
    async with harbor_at(socket_mode=False, prepare=in_english) as harbor:
        harbor.slack.fail("conversations.members", Fault.error("missing_scope"), times=None)
        assert not await acts(harbor, CAROL, SEARCH, "search")
        told = harbor.sees(CAROL, SEARCH)[-1]
        assert "could not be checked whether you may change incidents of team *search*" in told
        assert "bot's administrator" in told
        assert "could not be checked" in await looks(harbor, CAROL, DIRECT, "search")


async def test_silence_of_slack_is_not_remembered():
    async with harbor_at(socket_mode=False, prepare=in_english) as harbor:
        harbor.slack.fail("conversations.members", Fault.error("internal_error"), times=1)
        assert not await acts(harbor, CAROL, SEARCH, "search")
        assert await acts(harbor, CAROL, SEARCH, "search")
