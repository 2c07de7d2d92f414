import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.input.markup import without_markup
from sandbox.slack.conversation.linking import escaped, linked

SAMPLES = [
    ("<http://db1.harbor.example|db1.harbor.example>", "db1.harbor.example"),
    ("is <http://DB1.harbor.example/x|DB1.harbor.example/x> up", "is DB1.harbor.example/x up"),
    ("<https://console.example/incident/65a?x=1&amp;y=2>", "https://console.example/incident/65a?x=1&y=2"),
    ("<https://console.example/incident/65a|this one>", "https://console.example/incident/65a"),
    ("<https://a.example/|https://a.example>", "https://a.example"),
    ("<mailto:dana@harbor.example|dana@harbor.example>", "dana@harbor.example"),
    ("<mailto:dana@harbor.example>", "dana@harbor.example"),
    ("<tel:+493012345678|+49 30 123456-78>", "+49 30 123456-78"),
    ("<@U0BOB|bob> <#C0GENERAL|general> <#C0GENERAL>", "@bob #general <#C0GENERAL>"),
    ("<@U0BOB>", "<@U0BOB>"),
    ("<!here> <!subteam^S1|@ops> <!subteam^S1> <!date^1^{date}|Monday>", "@here @ops <!subteam^S1> Monday"),
    ("a &lt;b&gt; &amp;lt; &copy;", "a <b> &lt; &copy;"),
    ("p99 < 5 and > 3", "p99 < 5 and > 3"),
    ("&lt;http://a.example|b&gt;", "<http://a.example|b>"),
    ("<javascript:alert(1)|db1>", "<javascript:alert(1)|db1>"),
    ("<>", "<>"),
]


@pytest.mark.parametrize(("sent", "typed"), SAMPLES)
def test_words__with_slacks_mark_up__are_what_was_typed(sent, typed):
    assert without_markup(sent) == typed


@given(st.text(alphabet="abz19.@+-/:| \u00e9\u503c<>&;", max_size=60))
def test_words__however_odd__come_back_as_they_were_typed(typed):
    """What the pretend Slack links and escapes is undone, whatever it is."""
    escaped_by_slack = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert without_markup(linked(escaped_by_slack)) == typed
    assert without_markup(escaped(typed, {}, {})) == typed
