"""Builds the services of the living cards; without a team that has a channel for them they do nothing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.app.shared_services import Foundation, SharedServices
from bot.cards.channels import CardChannels
from bot.cards.contents import ContentsReader
from bot.cards.editing import CardEditor
from bot.cards.hints import CardHints
from bot.cards.last_look import LastLook
from bot.cards.lease import CardsLease
from bot.cards.mentions.gather import MentionedPeople
from bot.cards.mentions.mentions import CardMentions
from bot.cards.posting import CardPoster
from bot.cards.storms.message import StormMessages
from bot.cards.storms.storms import CardStorms
from bot.cards.sync import CardSync
from bot.cards.team_watch import TeamWatch
from bot.cards.telling import CardTeller
from bot.cards.timeline.summary import SummarySources
from bot.cards.timeline.thread import CardThreads
from bot.cards.watch import CardWatch
from bot.delivery.ledger import Ledger
from bot.delivery.live import LiveEdits
from bot.delivery.publisher import Publisher
from bot.incidents.actions.command import Change
from bot.incidents.titles import IncidentTitles
from bot.people.mention_choices import MentionChoices
from bot.storage.cards.card_storms import CardStormTable
from bot.storage.cards.cards import CardTable
from bot.storage.cards.incident_hints import IncidentHintTable
from bot.storage.oncall.sync_states import SyncStateTable
from bot.storage.people.preferences import PreferenceTable
from bot.storage.postings import PostingTable
from bot.storage.rate_limits import EDIT_MESSAGE


@dataclass(frozen=True, kw_only=True)
class CardServices:
    """The watch of the cards, the hints that others give it, the publisher of cards, and what summaries are made of."""

    watch: CardWatch
    hints: CardHints
    publisher: Publisher
    summary_sources: SummarySources

    async def changed(self, team: str, incident_ids: Sequence[str], changes: Sequence[Change]) -> None:
        """Show what a person has changed in this process, and hint at it for whichever process leads. Never raises."""
        self.watch.foresee(team, changes)
        await self.hints.changed(team, incident_ids)


def build_cards(base: Foundation, shared: SharedServices) -> CardServices:
    """Build the services of the cards of all teams."""
    with_cards = [team for team in shared.teams if team.settings.card_plan is not None]
    hints = CardHints(IncidentHintTable(base.database), teams=[one.name for one in with_cards], now=base.clock)
    channels = CardChannels(
        report=shared.operator_alerts.report,
        resolved=shared.operator_alerts.posted,
        takes_posts=base.workspace.takes_posts,
        now=base.clock,
        monotonic=base.monotonic,
    )
    publisher = _publisher(base, shared)
    edits = LiveEdits(lambda: shared.rate_limiter.wait(EDIT_MESSAGE), monotonic=base.monotonic)
    reader = ContentsReader(
        attributions=shared.attributions,
        schedule_cache=shared.schedule_cache,
        now=base.clock,
        monotonic=base.monotonic,
    )
    sync = _sync(base, shared, reader=reader, channels=channels, publisher=publisher, edits=edits)
    watch = CardWatch(
        [
            TeamWatch(
                team,
                team.settings.card_plan,
                CardsLease(shared.leases, team.name, monotonic=base.monotonic),
                hints=IncidentHintTable(base.database),
                cards=CardTable(base.database),
                states=SyncStateTable(base.database),
                sync=sync,
                now=base.clock,
                monotonic=base.monotonic,
                retention=timedelta(days=base.settings.retention_days),
            )
            for team in with_cards
            if team.settings.card_plan is not None
        ],
        hints=IncidentHintTable(base.database),
        edits=edits,
        channels=channels,
    )
    hints.wake = watch.wake
    shared.operator_alerts.incident_title = IncidentTitles(shared.teams).read
    return CardServices(watch=watch, hints=hints, publisher=publisher, summary_sources=_summary_sources(shared, reader))


def _summary_sources(shared: SharedServices, reader: ContentsReader) -> SummarySources:
    return SummarySources(
        contents=reader,
        own_comments=shared.own_comments,
        learnt_actions=shared.learnt_actions,
        presses=shared.audit.presses,
    )


def _publisher(base: Foundation, shared: SharedServices) -> Publisher:
    """Build the publisher of cards, their replies and mentions, which waits for no lease of a posting.

    Whoever leads the cards of a team is the only one that posts them: a posting of an earlier leader, whose lease of
    the cards has expired, is not under way any longer.
    """
    ledger = Ledger(
        PostingTable(base.database),
        owner=shared.leases.owner,
        monotonic=base.monotonic,
        random=random.random,
        lease=0.0,
    )
    last_look = LastLook(base.workspace, CardTable(base.database))
    return Publisher(
        ledger,
        base.clock,
        report=shared.operator_alerts.report,
        on_posted=shared.operator_alerts.posted,
        find_message=last_look.find,
        is_superseded=last_look.is_superseded,
        recreated_at=lambda: base.database.state.recreated_at,
    )


def _sync(
    base: Foundation,
    shared: SharedServices,
    *,
    reader: ContentsReader,
    channels: CardChannels,
    publisher: Publisher,
    edits: LiveEdits,
) -> CardSync:
    cards = CardTable(base.database)
    editor = CardEditor(
        cards=cards,
        workspace=base.workspace,
        audiences=shared.audiences,
        channels=channels,
        now=base.clock,
        retention=timedelta(days=base.settings.retention_days),
    )
    return CardSync(
        cards=cards,
        reader=reader,
        poster=CardPoster(
            publisher=publisher,
            workspace=base.workspace,
            audiences=shared.audiences,
            channels=channels,
            now=base.clock,
            retention=timedelta(days=base.settings.retention_days),
        ),
        storms=_storms(base, shared, channels=channels, publisher=publisher, edits=edits),
        editor=editor,
        teller=_teller(base, shared, publisher, editor=editor),
        edits=edits,
        channels=channels,
        now=base.clock,
    )


def _storms(
    base: Foundation, shared: SharedServices, *, channels: CardChannels, publisher: Publisher, edits: LiveEdits
) -> CardStorms:
    cards, storms = CardTable(base.database), CardStormTable(base.database)
    retention = timedelta(days=base.settings.retention_days)
    messages = StormMessages(
        cards=cards,
        storms=storms,
        publisher=publisher,
        workspace=base.workspace,
        audiences=shared.audiences,
        edits=edits,
        channels=channels,
        now=base.clock,
    )
    return CardStorms(
        cards=cards, storms=storms, publisher=publisher, messages=messages, now=base.clock, retention=retention
    )


def _teller(base: Foundation, shared: SharedServices, publisher: Publisher, *, editor: CardEditor) -> CardTeller:
    threads = CardThreads(
        publisher=publisher,
        workspace=base.workspace,
        cards=CardTable(base.database),
        attributions=shared.attributions,
        own_comments=shared.own_comments,
        learnt_actions=shared.learnt_actions,
        presses=shared.audit.presses,
        mentions=_mentions(base, shared, publisher),
        audiences=shared.audiences,
        rate_limiter=shared.rate_limiter,
        now=base.clock,
    )
    return CardTeller(threads=threads, editor=editor, cards=CardTable(base.database), tasks=base.work, now=base.clock)


def _mentions(base: Foundation, shared: SharedServices, publisher: Publisher) -> CardMentions:
    return CardMentions(
        people=MentionedPeople(
            workspace=base.workspace, profiles=shared.profiles, choices=MentionChoices(PreferenceTable(base.database))
        ),
        publisher=publisher,
        workspace=base.workspace,
        may_act=shared.teams.may_act,
        audiences=shared.audiences,
        rate_limiter=shared.rate_limiter,
        now=base.clock,
    )
