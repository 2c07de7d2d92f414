import pytest

from sandbox.slack.block_kit.mrkdwn import markup_problems, mentions, notified


@pytest.mark.parametrize(
    "text",
    [
        "plain *bold* _italics_ `code`",
        "a &lt;b&gt; &amp; c",
        "<https://example.com/a?b=1&amp;c=2|label>",
        "<https://example.com>",
        "<mailto:a@example.com|write>",
        "<@U0ALICE> and <@W12345|alice>",
        "<#C0PAYMENTS|payments> <!subteam^S0RESPOND|@responders>",
        "<!here> <!channel> <!everyone>",
        "<!date^1795505400^{date_short_pretty} {time}|2026-11-24 07:30 UTC>",
        "<!date^1795505400^{time}^https://example.com|07:30>",
        "> quoted\n>> deeper",
        "用户 😀",
        "",
    ],
)
def test_markup_problems__of_well_formed_markup__are_none(text):
    assert markup_problems(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a < b",
        "a > b",
        "Tom & Jerry",
        "&quot;",
        "<",
        "<>",
        "<b>",
        "<!channel",
        "<!all>",
        "<!Channel>",
        "<@alice>",
        "<@U0ALICE",
        "<#payments>",
        "<example.com|x>",
        "<javascript:alert(1)|x>",
        "<https://example.com|>",
        "<https://example.com|a|b>",
        "<https://example.com/a b|x>",
        "<https://example.com?a=1&b=2|x>",
        "<!date^now^{time}|x>",
        "<!date^1795505400^{time}>",
        "<!date^1795505400^{tyme}|x>",
        "<!date^1795505400^noon|x>",
        "<!date^1795505400^{time}^nowhere|x>",
        "<!subteam^responders>",
        "<@U0ALICE<@U0BOB>>",
    ],
)
def test_markup_problems__of_anything_stray__are_told(text):
    assert markup_problems(text)


def test_notified__lists_people_groups_and_broadcasts_only():
    text = "<@U0ALICE> <!subteam^S0RESPOND> <!channel> <#C0PAYMENTS> <https://a.example|x> &lt;@U0BOB&gt; @here"
    assert notified(text) == ["U0ALICE", "S0RESPOND", "!channel"]


def test_mentions__finds_them_wherever_they_stand_in_blocks():
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "<@U0BOB>"}},
        {"type": "header", "text": {"type": "plain_text", "text": "<@U0CAROL>"}},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "user", "user_id": "U0GINA"},
                        {"type": "broadcast", "range": "here"},
                        {"type": "usergroup", "usergroup_id": "S0RESPOND"},
                        {"type": "text", "text": "<!everyone>"},
                    ],
                }
            ],
        },
    ]
    assert mentions("<@U0ALICE> <@U0BOB>", blocks) == ["U0ALICE", "U0BOB", "U0GINA", "!here", "S0RESPOND"]
