"""The workspace of the demo in the language of whoever tries it: the app, the topic, what was said, who comes first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from sandbox.slack import Channel, Workspace, harbor
from sandbox.slack.workspace import Command, Shortcut, Word

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

# Who of the workspace reads Slack in Chinese; in tests everybody reads English until they say otherwise.
READS_CHINESE: Final = "U0XIAOMING"
# Where the living cards are: apart from the talk.
CARDS_CHANNEL: Final = "C0INCIDENTS"
_CARD_TOPICS: Final[Mapping[Language, str]] = {"en": "Payments: what is broken, as it is now", "zh": "支付：当前故障"}
_TOPICS: Final[Mapping[Language, str]] = {"en": "Payments: who is on call", "zh": "支付：谁在值班"}

# The app as `make manifest LANGUAGE=zh` describes it.
_CHINESE_COMMAND: Final = Command(
    command="/flashduty",
    description="故障、值班、日报",
    usage_hint="[故障 | 详情 0E83EE | 认领 0E83EE | 评论 0E83EE | 进展 0E83EE | 值班 | 我 | 日报 | 语言 | 帮助]",
    words=(
        Word("故障", "未关闭的故障，最严重的在前", "[严重 警告 提醒] [未关闭 已关闭] [since:7d] [关键词]"),
        Word("详情", "按编号查看一个故障", "0E83EE"),
        Word("认领", "认领故障", "0E83EE"),
        Word("评论", "给故障添加评论", "0E83EE 正在重启数据库"),
        Word("值班", "谁在值班，下一位是谁", "[值班表名称的一部分] [本周] [at:+6h]"),
        Word("我", "我是否在值班、我的班次、我的故障"),
        Word("日报", "今天的日报，仅自己可见", "[发布]"),
        Word("语言", "机器人对你使用的语言", "[中文] [English] [auto]"),
        Word("帮助", "这里能做什么"),
    ),
)
_CHINESE_SHORTCUTS: Final = {"incidents": "未关闭的故障", "comment": "添加到故障…"}

# The initial messages: user, conversation, text.
INITIAL_MESSAGES: Final[Mapping[Language, tuple[tuple[str, str, str], ...]]] = {
    "en": (
        ("U0CAROL", "C0PAYMENTS", "Customers tell us that checkout hangs at the card step. Is somebody on it? 😬"),
        ("U0BOB", "C0PAYMENTS", "Just back at my desk. <@U0ALICE> can you look with me? What does Flashduty say?"),
        ("U0CAROL", "C0SEARCH", "Search suggestions feel slow since this morning, or is it only me?"),
        ("U0BOB", "C0GENERAL", "Cake in the kitchen, third floor 🎂"),
        ("U0OTTO", "C0SHARED", "Hello from Otherworks: our settlement file of last night never arrived."),
    ),
    "zh": (
        ("U0CAROL", "C0PAYMENTS", "有客户说结账卡在银行卡那一步，有人在看吗？😬"),
        ("U0BOB", "C0PAYMENTS", "我刚回到工位。<@U0XIAOMING> 一起看看？Flashduty 上怎么说？"),
        ("U0CAROL", "C0SEARCH", "从早上开始搜索建议就很慢，只有我这样吗？"),
        ("U0BOB", "C0GENERAL", "三楼茶水间有蛋糕 🎂"),
        ("U0OTTO", "C0SHARED", "这里是 Otherworks：昨晚的结算文件一直没收到。"),
    ),
}


def demo_workspace(language: Language) -> Workspace:
    """Return the sample workspace, with a channel for cards.

    In Chinese the app, the topics and the first person are Chinese.
    """
    workspace = harbor()
    workspace.people[READS_CHINESE].locale = "zh-CN"
    payments = workspace.channels["C0PAYMENTS"]
    payments.topic = _TOPICS[language]
    cards = Channel(
        id=CARDS_CHANNEL, name="payments-incidents", topic=_CARD_TOPICS[language], members=list(payments.members)
    )
    # Beside the channel of the same team.
    workspace.channels = {payments.id: payments, CARDS_CHANNEL: cards, **workspace.channels}
    if language == "zh":
        app = workspace.app
        app.commands = (_CHINESE_COMMAND,)
        app.shortcuts = tuple(_in_chinese(one) for one in app.shortcuts)
        # The page begins with the first person of the workspace.
        first = workspace.people[READS_CHINESE]
        workspace.people = {READS_CHINESE: first, **workspace.people}
    return workspace


def _in_chinese(shortcut: Shortcut) -> Shortcut:
    return replace(shortcut, name=_CHINESE_SHORTCUTS[shortcut.callback_id])
