"""Flashduty's own terms, one Chinese word each, as its console has them."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """An English term as a pattern, its Chinese words (the first is the usual one), and words that are not ours."""

    english: str
    words: tuple[str, ...]
    rejected: tuple[str, ...] = ()

    def is_in(self, sentence):
        return (
            re.search(rf"\b(?:{self.english})\b", re.sub(r"`[^`]*`|\{\w+\}", "", sentence), re.IGNORECASE) is not None
        )

    def has_its_word(self, sentence):
        return any(word in sentence for word in self.words)


TERMS = (
    Term("incidents?", ("故障",), ("事件", "事故")),
    Term("unacknowledged", ("待处理", "取消认领", "未认领"), ("未确认",)),
    Term("(?<!un)acknowledged?", ("认领", "处理中"), ("确认故障", "已确认")),
    Term("closed?", ("关闭",), ("解决了",)),
    Term("snoozed?|snoozes", ("暂缓",), ("打盹", "静默", "推迟")),
    Term("escalation rule", ("分派策略",)),
    Term("schedules?", ("值班表",), ("排班表", "日程")),
    Term("on call|on-call", ("值班",), ("待命", "随叫随到")),
    Term("shifts?", ("班次", "值班", "班"), ("轮班次",)),
    Term("handoffs?", ("交接班", "交接"), ("移交",)),
    Term("severity", ("严重程度",), ("严重性", "级别")),
    Term("critical", ("严重",), ("危急", "致命", "紧急")),
    Term("comments?", ("评论",), ("备注", "注释")),
    Term("responders?", ("处理人员",), ("响应者", "响应人")),
    Term("timeline", ("时间线",), ("时间轴",)),
    Term("overrides?", ("调班",), ("覆盖",)),
    Term("merged?", ("合并",)),
    Term("reassigned?", ("重新分派",), ("转派",)),
    Term("escalated?", ("升级",)),
    Term("digests?", ("日报",), ("摘要",)),
    Term("reports?", ("周报",)),
    Term("accounts?", ("账号",), ("帐号", "账户")),
    Term("APP Keys?", ("APP Key",), ("密钥",)),
    Term("scope", ("权限范围",)),
    Term("reminders?", ("提醒",)),
    Term("reopen(?:ed)?", ("重新打开",), ("重开",)),
    Term("alerts? firing|alerts? recovered|alert storm|alerts in this", ("告警",), ("警报", "报警")),
    Term("recovered", ("恢复",), ("复原",)),
    Term("storms?", ("风暴",)),
    Term("paged", ("通知",), ("寻呼", "呼叫")),
    Term("level", ("级",), ("层级",)),
    Term("snooze ends|snooze ended|cancelled the snooze", ("暂缓",)),
    Term("flapping", ("抖动",)),
    Term("cards?", ("卡片",), ("卡牌",)),
    Term("custom actions?", ("自定义操作",), ("自定义动作",)),
    Term("war rooms?", ("作战室",), ("战情室", "作战间")),
    Term("work items?", ("工作项",), ("工单", "任务项")),
    Term("root cause", ("根因",), ("根本原因",)),
    Term("resolution", ("解决办法",), ("解决方案", "解决措施")),
    Term("past incidents?", ("历史故障",), ("过往故障",)),
    Term("webhooks?", ("Webhook", "推送"), ("webhook",)),
)
