"""The settings of one team."""

from datetime import time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.config import cards
from bot.config import parsers as read
from bot.config.card_rules import CardRule, parse_card_rules
from bot.config.cards import ActionButton, CardLink, CardSettings
from bot.config.group_plans import GroupPlan, parse_group_plans
from bot.config.plans import (
    CARDS_POLL_EVERY,
    CARDS_STORM,
    CATCH_UP,
    MON_TO_FRI,
    CardMention,
    CardPlan,
    DigestPlan,
    ShiftPlan,
)
from bot.config.time_zones import time_zone

ChannelIds = Annotated[tuple[str, ...], BeforeValidator(read.slack_ids("Slack channels", "CGD"))]
Workspaces = Annotated[tuple[str, ...], BeforeValidator(read.slack_ids("Slack workspaces", "TE"))]
ResponderList = Annotated[tuple[str, ...], BeforeValidator(read.slack_ids("Slack people or user groups", "UWS"))]
ChannelId = Annotated[str | None, BeforeValidator(read.slack_id("a Slack channel", "CGD"))]
CardsChannelId = Annotated[str | None, BeforeValidator(read.slack_id("a Slack channel", "CG"))]
FlashdutyIds = Annotated[tuple[int, ...], BeforeValidator(read.numbers)]
AppKey = Annotated[SecretStr, BeforeValidator(read.secret(what="a Flashduty APP key"))]
WebhookSecrets = Annotated[tuple[SecretStr, ...], BeforeValidator(read.webhook_secrets)]
ShiftNoticeSettings = Literal["off", "channel", "dm", "both"]
AttributionSetting = Literal["comment", "off"]
ChannelLanguageSetting = Literal["auto", "en", "zh"]


class TeamSettings(BaseModel):
    """One team: `FLASHDUTY_TEAMS__<TEAM>__…`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    app_key: AppKey = Field(examples=["<the APP key from Flashduty's account settings>"])
    slack_channels: ChannelIds = Field(default=(), examples=["C0123ABCD,C0456EFGH"])
    slack_workspaces: Workspaces = Field(default=(), examples=["T0123ABCD"])
    flashduty_team_ids: FlashdutyIds = Field(default=(), examples=["4001"])
    flashduty_channel_ids: FlashdutyIds = Field(default=(), examples=["5001,5002"])
    responders: ResponderList = Field(default=(), examples=["U0123ABCD,S0456EFGH"])
    oncall_may_act: Annotated[bool, BeforeValidator(read.yes_or_no)] = Field(default=True, examples=["false"])
    account: Annotated[str, BeforeValidator(read.name)] = Field(default="default", examples=["main"])
    digest_channel: ChannelId = Field(default=None, examples=["C0123ABCD"])
    digest_time: Annotated[time, BeforeValidator(read.time_of_day)] = Field(default=time(9), examples=["09:00"])
    digest_days: Annotated[frozenset[int], BeforeValidator(read.weekdays)] = Field(
        default=MON_TO_FRI, examples=["mon-fri"]
    )
    digest_mention: Annotated[bool, BeforeValidator(read.yes_or_no)] = Field(default=False, examples=["true"])
    digest_catch_up: Annotated[timedelta, BeforeValidator(read.delay)] = Field(default=CATCH_UP, examples=["3h"])
    report_day: Annotated[int | None, BeforeValidator(read.parse_day_of_week)] = Field(default=None, examples=["mon"])
    shift_notices: Annotated[ShiftNoticeSettings, BeforeValidator(read.one_of("off", "channel", "dm", "both"))] = Field(
        default="off", examples=["both"]
    )
    shift_reminder: Annotated[timedelta, BeforeValidator(read.delay)] = Field(
        default=timedelta(hours=1), examples=["1h"]
    )
    oncall_usergroups: Annotated[tuple[GroupPlan, ...], BeforeValidator(parse_group_plans)] = Field(
        default=(), examples=["S0123ABCD=6001,6002/1"]
    )
    topic: Annotated[bool, BeforeValidator(read.yes_or_no)] = Field(default=False, examples=["true"])
    language: Annotated[ChannelLanguageSetting, BeforeValidator(read.one_of("auto", "en", "zh"))] = Field(
        default="auto", examples=["zh"]
    )
    attribution: Annotated[AttributionSetting, BeforeValidator(read.one_of("comment", "off"))] = Field(
        default="comment", examples=["off"]
    )
    cards_labels: Annotated[tuple[str, ...], BeforeValidator(cards.parse_labels)] = Field(
        default=(), examples=["service,host"]
    )
    cards_links: Annotated[tuple[CardLink, ...], BeforeValidator(cards.parse_links)] = Field(
        default=(), examples=["Runbook=labels.runbook_url"]
    )
    cards_link_hosts: Annotated[tuple[str, ...], BeforeValidator(cards.parse_hosts)] = Field(
        default=(), examples=["wiki.example.com"]
    )
    cards_channel: CardsChannelId = Field(default=None, examples=["C0123ABCD"])
    cards_rules: Annotated[tuple[CardRule, ...], BeforeValidator(parse_card_rules)] = Field(
        default=(), examples=["severity=Critical -> C0123ABCD; severity=Info -> none"]
    )
    cards_poll_every: Annotated[timedelta, BeforeValidator(read.poll_interval)] = Field(
        default=CARDS_POLL_EVERY, examples=["20s"]
    )
    cards_mention: Annotated[CardMention, BeforeValidator(read.one_of("thread", "channel", "dm", "off"))] = Field(
        default="thread", examples=["thread"]
    )
    cards_storm: Annotated[int, BeforeValidator(read.whole_number(1, 1000, "a number of cards"))] = Field(
        default=CARDS_STORM, examples=["10"]
    )
    custom_actions: Annotated[tuple[ActionButton, ...], BeforeValidator(cards.parse_custom_actions)] = Field(
        default=(), examples=["Restart=6113996590131"]
    )
    webhook_secret: WebhookSecrets = Field(
        default=(), repr=False, examples=["<16 characters or more, which you give Flashduty as well>"]
    )
    timezone: Annotated[ZoneInfo, BeforeValidator(time_zone)] = Field(
        default=ZoneInfo("UTC"), examples=["Europe/Berlin"]
    )

    @property
    def channels(self) -> frozenset[str]:
        """Every Slack channel of the team, the announcement channel and those with cards among them."""
        cards = self.card_plan.channels if self.card_plan else ()
        return frozenset((*self.slack_channels, *([self.digest_channel] if self.digest_channel else []), *cards))

    @property
    def announcement_channel(self) -> str | None:
        """The channel for announcements: the digest's, or else the first of `slack_channels`, or that of the cards."""
        return self.digest_channel or next(iter(self.slack_channels), self.cards_channel)

    @property
    def digest(self) -> DigestPlan | None:
        """The plan of the digest; None without a digest channel."""
        return None if self.digest_channel is None else self._plan(self.digest_channel, self.digest_days)

    @property
    def report(self) -> DigestPlan | None:
        """The plan of the weekly report; None without a report day or a channel."""
        if self.report_day is None or self.announcement_channel is None:
            return None
        return self._plan(self.announcement_channel, frozenset({self.report_day}))

    @property
    def shift_plan(self) -> ShiftPlan:
        """The plan of the shift notices."""
        return ShiftPlan(
            posts_to_channel=self.shift_notices in {"channel", "both"},
            reminds_people=self.shift_notices in {"dm", "both"},
            lead=self.shift_reminder,
            mentions=self.digest_mention,
        )

    @property
    def cards(self) -> CardSettings:
        """The contents of an incident's card."""
        return CardSettings(labels=self.cards_labels, links=self.cards_links, hosts=self.cards_link_hosts)

    @property
    def card_plan(self) -> CardPlan | None:
        """The plan of the living cards; None without a channel for them."""
        if self.cards_channel is None:
            return None
        return CardPlan(
            rules=(*self.cards_rules, CardRule(channel=self.cards_channel)),
            poll_every=self.cards_poll_every,
            mention=self.cards_mention,
            storm=self.cards_storm,
        )

    def _plan(self, channel: str, days: frozenset[int]) -> DigestPlan:
        return DigestPlan(
            channel=channel,
            at=self.digest_time,
            timezone=self.timezone,
            days=days,
            catch_up=self.digest_catch_up,
            mentions=self.digest_mention,
        )
