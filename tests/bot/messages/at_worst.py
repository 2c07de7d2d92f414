"""Every surface that holds what others wrote, filled with as much of it as there can be."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from recorded import ALICE, BOB, CAROL, NOW, WANG, ago, ahead, incident, responder, schedule, shift, team_with

from bot.cards.mentions.model import DirectReason
from bot.cards.messages.mention import mention_directly, mention_line
from bot.config.cards import HOST_LIMIT, LINK_NAME_LIMIT, MAX_CARD_LINKS, CardLink, CardSettings
from bot.delivery import alert_messages
from bot.delivery.model import DeliveryFailure
from bot.digest.messages import digest, on_demand
from bot.flashduty import Code, FlashdutyError, NoisyCheck, Person
from bot.flashduty.api.incidents import INCIDENT_LIST
from bot.handoff.messages import notices
from bot.handoff.messages.covering import Covered, takeover_line
from bot.handoff.model import Takeover
from bot.home import messages as me
from bot.home.model import Me, MyShift
from bot.home.present_limits import LimitKind, PresentLimit
from bot.home.tab import OnCallNow, TeamTab
from bot.home.tab_messages import HomeContent, home_tab
from bot.incidents.card_links import LINK_ADDRESS_LIMIT, link_buttons
from bot.incidents.holders import Attribution
from bot.incidents.list_view import IncidentList
from bot.incidents.messages import acknowledgement, card
from bot.incidents.messages import listing as incidents
from bot.incidents.model import Listing, OpenIncidents
from bot.incidents.search import read_search
from bot.messages import errors
from bot.messages import help as menu
from bot.messages.buttons import WORDS_LIMIT
from bot.messages.names import names as names_of
from bot.messages.views import OnCallQuestion, ViewValue
from bot.oncall.messages import now
from bot.oncall.messages.week import week_table
from bot.oncall.shifts import on_call as at_instant
from bot.oncall.week import week_of
from bot.report import messages as report
from bot.storage.postings import PostingKind
from bot.teams.access import MemberStatus, SlackPerson
from bot.topic import messages as topic
from bot.usergroups import messages as usergroups
from tests.bot.digest.days import morning, watched, with_package
from tests.bot.handoff.surfaces import changes
from tests.bot.report.surfaces import week_report
from tests.bot.samples import ALONE, EVERYBODY
from tests.bot.usergroups.surfaces import PLAN

LONG = "https://console.flashcat.cloud/incident/detail/"
TEXTS = {
    "ordinary": "Checkout: payments fail with 502 on web-01 since the deploy of 12:30, region eu-central-1",
    "ampersands": "&<>" * 300,
    "fire": "🔥" * 900,
    "chinese": "数据库连接池耗尽" * 120,
    "codes": ":100: :+1: a:8ball:b :支付: 12:30:45 :fire " * 20,
    "addresses": f"https://wiki.example.com/{'x' * 280} " * 4,
    "lines": "a line of a log\n" * 90,
    "markup": "<!channel> *bold* `rm -rf` :100: " * 30,
}
IDS = (ALICE, BOB, WANG, CAROL, 7005, 7006)
SCHEDULES = 60
INCIDENTS = 60


HOST = f"{'w' * (HOST_LIMIT - len('.example'))}.example"
CARDS = CardSettings(
    links=tuple(CardLink(f"{n}".ljust(LINK_NAME_LIMIT, "x"), f"link{n}") for n in range(MAX_CARD_LINKS)), hosts=(HOST,)
)


def people(text):
    return {number: Person.model_validate({"person_id": number, "person_name": text}) for number in IDS}


def schedule_cache(text, count=SCHEDULES):
    """Schedules that change hands in an hour, from four people to four others."""
    turns = (shift(ago(hours=8), ahead(hours=1), *IDS[:4]), shift(ahead(hours=1), ahead(days=30), *IDS[2:]))
    return [schedule(f"{n} {text}", *turns, number=n) for n in range(1, count + 1)]


def incident_of(text, number, **given):
    return incident(
        number,
        title=text,
        description=text * 5,
        channel_name=text,
        labels={f"{n} {text}": text for n in range(60)}
        | {f"link{n}": f"https://{HOST}/".ljust(LINK_ADDRESS_LIMIT, "x") for n in range(MAX_CARD_LINKS)},
        detail_url=f"{LONG}{text[:150]}",
        responders=[responder(person, assigned=ago(minutes=9)) for person in IDS * 3],
        assigned_to={"escalate_rule_id": "1" * 24, "escalate_rule_name": text, "layer_idx": 1},
        start_time=ago(days=2),
        snoozed_before=ahead(hours=2) if number % 3 == 0 else 0,
        **given,
    )


def incidents_of(text, count=INCIDENTS):
    return tuple(incident_of(text, number) for number in range(1, count + 1))


def opened(text):
    return OpenIncidents(incidents_of(text), is_complete=False, as_of=NOW, people=people(text))


def whole_digest(text):
    schedules = schedule_cache(text)
    found = morning(*incidents_of(text), schedules=schedules, complete=False)
    found = replace(found, incidents=replace(opened(text), as_of=found.as_of))
    checks = tuple(NoisyCheck.model_validate({"label": text, "total_alert_cnt": 9}) for _ in range(3))
    before = [schedule(f"{n} {text}", shift(ago(hours=8), ahead(days=20), BOB), number=n) for n in range(30, 90)]
    seen = watched(found, *schedules, before=before, people=people(text))
    return with_package(seen, *schedules, noisiest=checks)


def answered(text, **more):
    entries = tuple(at_instant(each, NOW, NOW + timedelta(days=15)) for each in schedule_cache(text))
    return now.OnCallAnswer(text[:200], entries, people(text), NOW, (text,) * 50, **more)


def failure(text, code=Code.UNKNOWN):
    error = FlashdutyError(
        operation=INCIDENT_LIST, team="payments", code=code, raw_code=text, message=text, request_id=text
    )
    retry = errors.Retry("again", ViewValue(team="payments", view=OnCallQuestion(words=text[:WORDS_LIMIT])))
    return errors.FailedCall(error, "payments", "SETTING", key_owner=text, looked_for=text, retry=retry)


def tabs_of(text, mine):
    """Five teams' parts of the Home tab, two of them with their sources away."""
    parts = [
        TeamTab(
            team=team_with(name=f"{n}".ljust(60, "x"), cards_channel="C0PAYMENTS"),
            incidents=opened(text),
            on_call=OnCallNow(
                entries=tuple(at_instant(each, NOW, NOW + timedelta(days=15)) for each in schedule_cache(text)),
                people=people(text),
                shifts=mine,
                horizon=NOW + timedelta(days=44),
            ),
            reader=people(text)[ALICE],
        )
        for n in range(5)
    ]
    parts[3:] = [replace(one, incidents=failure(text).error, on_call=failure(text).error) for one in parts[3:]]
    limits = tuple(
        PresentLimit(kind=kind, subject=f"{letter}{n:010}", code=text)
        for kind, letter in ((LimitKind.TOPIC, "C"), (LimitKind.USER_GROUP, "S"))
        for n in range(20)
    )
    return HomeContent(
        teams=tuple(parts),
        limits=limits,
        slack_id="U0ALICE",
        is_choice_lost=True,
        mention="thread",
        is_mention_lost=True,
    )


def surfaces(text):
    """Draw them all, as private answers, as public ones, and as what is shared from a private one."""
    found = Listing(read_search(text[:400]), incidents_of(text, 25), is_complete=False, people=people(text), as_of=NOW)
    one, many, who = (
        incident_of(text, 1),
        changes(*schedule_cache(text, 40)),
        SlackPerson("U0BOB", text, MemberStatus.MEMBER),
    )
    mine = tuple(MyShift(text, NOW - timedelta(hours=n), NOW + timedelta(days=n)) for n in range(1, 40))
    person, horizon = people(text)[ALICE], NOW + timedelta(days=44)
    myself = Me(
        person=person,
        now=mine,
        following=mine[:3],
        incidents=incidents_of(text, 40),
        is_complete=False,
        as_of=NOW,
        horizon=horizon,
    )
    names = tuple(f"{n} {text}" for n in range(300))
    wanted = {"schedules": tuple((name, 1) for name in names), "added": names, "removed": names}
    proposal = usergroups.Proposal(plan=PLAN, handle=text[:80], staying=names, unknown=names, **wanted)
    decision = usergroups.Decision(handle=text, follows=True, who=text, slack_user_id="U0ALICE", at=NOW)
    key = "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY"
    whole = whole_digest(text)
    posted = digest.posted_digest(EVERYBODY, whole, planned_for=NOW, asked_by=text)
    lost = DeliveryFailure(
        team="payments",
        kind=PostingKind.SHIFT_NOTICE,
        local_date=date(2026, 11, 24),
        channel="C0PAYMENTS",
        why=text,
        attempts=3,
        is_final=False,
    )
    berlin = ZoneInfo("Europe/Berlin")
    drawn_week = week_of(schedule_cache(text), NOW, berlin)
    return {
        "menu": menu.not_understood(ALONE, text, menu.SimilarCommand(name=text, view=IncidentList()), team="payments"),
        "incidents": incidents.listing(ALONE, found, "payments"),
        "incidents shared": incidents.listing(EVERYBODY, found, "payments"),
        "incidents of nobody": incidents.listing(ALONE, replace(found, incidents=()), "payments"),
        "card": card.card(
            ALONE,
            one,
            people(text),
            team="payments",
            known=Attribution(who, BOB, ALICE),
            links=tuple(link_buttons(one.labels, CARDS)),
        ),
        "card of chosen labels": card.card(
            EVERYBODY,
            one,
            people(text),
            team="payments",
            labels=tuple(one.labels),
            links=tuple(link_buttons(one.labels, CARDS)),
        ),
        "card shared": card.card(EVERYBODY, one, people(text), team="payments"),
        "chooser": card.chooser(ALONE, incidents_of(text, 40), text, people=people(text), team="payments"),
        "not found": card.not_found(ALONE, text, "payments"),
        "acknowledged": acknowledgement.confirmed(ALONE, one, "payments"),
        "announced": acknowledgement.announced(ALONE, one, text),
        "already": acknowledgement.already(ALONE, one, people(text), team="payments", clicked_by=text),
        "on call": now.on_call_answer(ALONE, answered(text), "payments"),
        "on call shared": now.on_call_answer(EVERYBODY, answered(text), "payments"),
        "nobody on call": now.on_call_answer(ALONE, replace(answered(text), entries=()), "payments"),
        "week": week_table(ALONE, drawn_week, people(text), words=text, team="payments"),
        "week shared": week_table(EVERYBODY, drawn_week, people(text), words=text, team="payments"),
        "me": me.me(ALONE, myself, "payments"),
        "mention": mention_line(EVERYBODY, one, [f"U{n:010}" for n in range(40)]),
        "mention in private": mention_directly(ALONE, one, DirectReason.TEAM, channel="C" + 10 * "0", team="payments"),
        "home tab": home_tab(ALONE, tabs_of(text, mine)),
        "digest": posted.first,
        **{f"digest, thread {n}": each for n, each in enumerate(posted.thread, 1)},
        "digest in private": digest.digest(ALONE, whole, has_thread=False),
        "digest redrawn": digest.digest(EVERYBODY, whole, asked_by=text),
        "digest failed": digest.digest_failed(ALONE, "payments", failure(text)),
        "report": report.report(ALONE, week_report(), date(2026, 11, 24), asked_by=text),
        "shift notice": notices.notice(ALONE, many, people(text), team="payments"),
        "reminder": notices.reminder(ALONE, many, opened(text), team="payments", key_setting=key, person_id=2),
        "taken over": takeover_line(
            EVERYBODY,
            Covered(
                schedule=text,
                start=NOW,
                taken=Takeover(who, NOW),
                paged=names_of(ALONE, IDS, people(text)),
                instead_of=text,
            ),
        ),
        "proposal": usergroups.proposal(ALONE, proposal, "payments"),
        "decided": usergroups.decision_message(
            ALONE,
            decision,
            usergroups.GroupValue(team="payments", group=PLAN.group, signature=PLAN.signature),
            outcome=usergroups.GroupChanges(added=names, removed=names, problem=text),
        ),
        "group trouble": usergroups.group_problem(
            ALONE, text, usergroups.MEMBERS_UNKNOWN, unknown=names, team="payments"
        ),
        "topic trouble": topic.topic_problem(ALONE, text, "payments"),
        "not posted": alert_messages.not_posted(ALONE, lost),
        "by hand": on_demand.unknown_digest_words(ALONE, text, "payments"),
        "error": errors.explain(ALONE, failure(text)),
        "refused by Flashduty": errors.explain(ALONE, failure(text, Code.ACCESS_DENIED)),
    }
