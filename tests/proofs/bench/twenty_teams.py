"""Twenty teams with 15 schedules each on one Flashduty account, their channels in Slack, and the bot's settings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from sandbox.flashduty import Account, AppKey
from sandbox.flashduty.incidents.record import incident_record
from sandbox.flashduty.model.schedule import Layer, RotationGroup, Schedule
from sandbox.flashduty.seed import ACCOUNT_ID, randomness
from sandbox.flashduty.seed.organisation import ALICE, PAYMENTS_API, channels, persons
from sandbox.flashduty.seed.schedules import PRIMARY
from sandbox.flashduty.wire.checks import Record
from sandbox.slack import PretendSlack
from sandbox.slack.harbor import harbor
from sandbox.slack.workspace import Channel, Person, Workspace
from tests.proofs.bench.processes import LOOPBACK

# A Tuesday.
NINE: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
TEAMS: Final = range(1, 21)
SCHEDULES: Final = 15
# One more than schedules: as everybody moves up by one schedule a week, nobody is ever on two.
PEOPLE: Final = 16
INCIDENTS: Final = 12
_DAY: Final = timedelta(days=1)


def slack_channel(team: int) -> str:
    """Name the Slack channel a team's digest goes to."""
    return f"C0TEAM{team:02}"


def cards_channel(team: int) -> str:
    """Name the Slack channel a team's cards go to, where it has cards."""
    return f"C0CARDS{team:02}"


def flashduty_team(team: int) -> int:
    """Give a team's id in Flashduty."""
    return 4000 + team


def key_owner(team: int) -> int:
    """Give the person id that only this team's key acts as."""
    return _person(team, 0)


def schedule_name(team: int, number: int) -> str:
    """Name a schedule; no name is a part of another one."""
    return f"Team {team:02} service {number:02} primary"


def account() -> Account:
    """Fill the account as it is at nine; every team hands all its schedules over at ten."""
    now = int(NINE.timestamp())
    whole = Account(ACCOUNT_ID, "Harbor", domain="harbor.example")
    somebody, somewhere = persons(ACCOUNT_ID, now)[ALICE], channels(ACCOUNT_ID, now)[PAYMENTS_API]
    for team in TEAMS:
        people = [_person(team, place) for place in range(PEOPLE)]
        whole.persons |= {number: somebody | _named(number) for number in people}
        number = flashduty_team(team)
        whole.teams[number] = {"team_id": number, "team_name": f"Team {team:02}", "person_ids": people}
        whole.channels[5000 + team] = somewhere | {"channel_id": 5000 + team, "team_id": number}
        whole.keys[f"team {team:02}"] = AppKey(f"pretend-app-key-team-{team:02}", owner_id=key_owner(team))
        whole.schedules |= {schedule.schedule_id: schedule for schedule in _schedules(team, people)}
        whole.incidents |= {incident["incident_id"]: incident for incident in _incidents(whole, team, people)}
    return whole


def _person(team: int, place: int) -> int:
    return 10_000 + 100 * team + place


def _named(number: int) -> Record:
    return {"person_id": number, "person_name": f"Person {number}", "email": f"person-{number}@harbor.example"}


def _schedules(team: int, people: list[int]) -> Iterator[Schedule]:
    # Ten weeks ago, so that somebody is on call; at ten o'clock today everybody moves up.
    start = NINE + timedelta(hours=1) - 70 * _DAY
    for number in range(1, SCHEDULES + 1):
        in_turn = (people[(number + week) % PEOPLE] for week in range(PEOPLE))
        groups = tuple(RotationGroup(f"Person {person}", {PRIMARY: (person,)}) for person in in_turn)
        name, owner = schedule_name(team, number), flashduty_team(team)
        yield Schedule(6000 + 100 * team + number, name, owner, (Layer("Weekly", groups, start),), created_by=people[0])


def _incidents(whole: Account, team: int, people: list[int]) -> Iterator[Record]:
    """Give some that are open and some that are over, of yesterday and of the weeks before."""
    rng = randomness.seeded_random(f"team {team}")
    for place in range(INCIDENTS):
        started = int((NINE - _DAY * place - timedelta(hours=12)).timestamp())
        is_over = place % 2 == 1
        yield incident_record(
            whole,
            whole.channels[5000 + team],
            randomness.new_id(started, randomness.new_number(rng), rng),
            start_time=started,
            title=f"Error rate of service {place} above 5 %",
            progress="Closed" if is_over else "Triggered",
            close_time=started + 3_600 if is_over else 0,
            labels={"check": f"error_rate_{place}", "resource": f"service-{place}"},
            responders=randomness.responders(started, [people[place]]),
        )


def workspace() -> Workspace:
    """Give every team a channel with the bot in it; everybody of Flashduty is in Slack as well."""
    whole = harbor()
    for team in TEAMS:
        channel, people = slack_channel(team), [_in_slack(_person(team, place)) for place in range(PEOPLE)]
        whole.people |= {person.id: person for person in people}
        members = [*(person.id for person in people), whole.app.user_id]
        whole.channels[channel] = Channel(channel, f"team-{team:02}", members=members)
        cards = cards_channel(team)
        whole.channels[cards] = Channel(cards, f"team-{team:02}-incidents", members=list(members))
    return whole


def _in_slack(number: int) -> Person:
    record = _named(number)
    return Person(f"U{number}", f"person{number}", record["person_name"], "member", "", record["email"], "T0HARBOR")


def with_cards() -> dict[str, str]:
    """Write the settings that give each team cards."""
    return {f"FLASHDUTY_TEAMS__T{team:02}__CARDS_CHANNEL": cards_channel(team) for team in TEAMS}


def environ(slack: PretendSlack, flashduty_url: str) -> dict[str, str]:
    """Write the bot's settings, but for the database."""
    keys = account().keys
    teams = {
        f"FLASHDUTY_TEAMS__T{team:02}__{name}": value
        for team in TEAMS
        for name, value in (
            ("APP_KEY", str(keys[f"team {team:02}"])),
            ("SLACK_CHANNELS", slack_channel(team)),
            ("FLASHDUTY_TEAM_IDS", str(flashduty_team(team))),
            ("DIGEST_CHANNEL", slack_channel(team)),
        )
    }
    return teams | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "FLASHDUTY_API_URL": flashduty_url,
        "HOST": LOOPBACK,
        "PORT": "0",
    }
