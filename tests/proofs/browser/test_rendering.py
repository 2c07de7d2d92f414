"""What the page makes of markup, asked of its own modules in the browser."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

RENDER = """async (text) => {
    const { renderMrkdwn } = await import("/js/mrkdwn.js");
    const place = document.createElement("div");
    place.append(...renderMrkdwn(text, { verbatim: true }));
    return place.innerHTML;
}"""

MARKUP = {
    "*bold* _italic_ ~strike~ `code`": (
        '<strong>bold</strong> <em>italic</em> <s>strike</s> <code class="span">code</code>'
    ),
    "*_both_*": "<strong><em>both</em></strong>",
    "2*3*4 and snake_case_name": "2*3*4 and snake_case_name",
    "中文*粗*体": "中文*粗*体",
    "* not bold *": "* not bold *",
    "&lt;!channel&gt; &amp;amp;": "&lt;!channel&gt; &amp;amp;",
    "`*not bold* &lt;b&gt;`": '<code class="span">*not bold* &lt;b&gt;</code>',
    "<@U0BOB>": '<span class="mention">@Bob Müller</span>',
    "<#C0SEARCH>": '<span class="mention">#search-oncall</span>',
    "<!channel>": '<span class="mention loud">@channel</span>',
    "<javascript:alert(1)|click>": "<span>click</span>",
    "https://bare.example": "https://bare.example",
    "<img src=x onerror=alert(1)>": "<span>img src=x onerror=alert(1)</span>",
    "<!date^1^{nonsense} at|fallback>": "{nonsense} at",
}


async def test_inline_markup__as_slack_shows_it(desk):
    shown = {text: await desk.page.evaluate(RENDER, text) for text in MARKUP}
    bare = {text: html.removeprefix('<div class="line">').removesuffix("</div>") for text, html in shown.items()}
    dates = "<!date^1^{nonsense} at|fallback>"
    assert MARKUP[dates] in bare.pop(dates)
    assert bare == {text: html for text, html in MARKUP.items() if text != dates}


async def test_quotes_and_fences__as_blocks(desk):
    html = await desk.page.evaluate(RENDER, "before\n> one\n&gt; two\nafter\n```\na &lt; b\n```")
    assert "<blockquote>one<br>two</blockquote>" in html
    assert '<pre class="fence"><code>a &lt; b</code></pre>' in html


DATES = """async ([seconds, format]) => {
    const { setClock } = await import("/js/workspace.js");
    const { formatDate } = await import("/js/dates.js");
    setClock("2026-11-24T07:30:00Z");
    return formatDate(seconds, format);
}"""


SHOWN = {
    "{date_num}": "2026-11-23",
    "{date}": "November 23rd",
    "{date_short}": "Nov 23",
    "{date_long}": "Monday, November 23rd",
    "{date_short_pretty} at {time}": "yesterday at 9:05 PM",
    "{ago}": "11 hours ago",
    "{unknown}": "{unknown}",
}


async def test_date_tokens__in_the_readers_zone(desk):
    # 20:05:10 UTC the day before, 21:05 in Berlin.
    shown = {format_: await desk.page.evaluate(DATES, [1795464310, format_]) for format_ in SHOWN}
    assert {format_: text.replace("\u202f", " ") for format_, text in shown.items()} == SHOWN


VIEW = """async (answer) => {
    const { Modals } = await import("/js/modal.js");
    const sent = (window.sent = []);
    const modals = new Modals({
        submit: async (view, values) => (sent.push(values), answer),
        close: () => modals.show([]),
        press: () => {},
    });
    const plain = (text) => ({ type: "plain_text", text });
    modals.show([{
        id: "V1", title: plain("Snooze"), submit: plain("Do it"), close: plain("Leave"),
        blocks: [
            { type: "input", block_id: "why", label: plain("Why"),
              element: { type: "plain_text_input", action_id: "text" } },
            { type: "input", block_id: "long", label: plain("How long"), element: {
                type: "static_select", action_id: "choice", placeholder: plain("Choose"),
                options: [{ text: plain("2 hours"), value: "120" }, { text: plain("4 hours"), value: "240" }] } },
        ],
    }]);
}"""


async def test_modal__field_errors_then_values(desk):
    await desk.page.evaluate(VIEW, {"why": "Say a little more."})
    dialog = desk.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Do it").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(2)
    await dialog.get_by_role("textbox").fill("noise")
    await dialog.get_by_role("combobox", name="How long").click()
    await dialog.get_by_role("option", name="4 hours").click()
    await dialog.get_by_role("button", name="Do it").click()
    await expect(dialog.get_by_text("Say a little more.")).to_be_visible()
    assert await desk.page.evaluate("window.sent") == [
        {
            "why": {"text": {"type": "plain_text_input", "value": "noise"}},
            "long": {
                "choice": {
                    "type": "static_select",
                    "selected_option": {"text": {"type": "plain_text", "text": "4 hours"}, "value": "240"},
                }
            },
        }
    ]
    await desk.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


MESSAGE = """async (message) => {
    const { MessageList } = await import("/js/messages.js");
    const place = document.createElement("div");
    document.body.append(place);
    new MessageList(place, { press() {}, suggest() {}, choose() {} }).show([message]);
    const bar = place.querySelector(".attachment");
    const found = {
        colour: getComputedStyle(bar).borderLeftColor,
        facts: bar.innerText,
        links: [...place.querySelectorAll("a")].map((link) => [link.textContent, link.href]),
        literal: place.querySelector("pre").textContent,
    };
    place.remove();
    return found;
}"""


async def test_a_card__has_its_bar__and_what_the_alert_said_with_links_that_show_where_they_lead(desk):
    said = [
        {"type": "text", "text": "*not bold* :fire: "},
        {"type": "link", "url": "https://x.example/a", "text": "https://x.example/a"},
    ]
    button = {
        "type": "button",
        "action_id": "link:0",
        "text": {"type": "plain_text", "text": "Open"},
        "url": "https://y.example/",
    }
    card = {
        "ts": "1795507200.000100",
        "user": "U0FLASHDUTY",
        "is_bot": True,
        "blocks": [
            {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": said}]},
            {"type": "actions", "elements": [button]},
        ],
        "attachments": [
            {
                "color": "#2eb67d",
                "blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "*Alerts*\n2 of 3 firing"}]}],
            }
        ],
    }
    assert await desk.page.evaluate(MESSAGE, card) == {
        "colour": "rgb(46, 182, 125)",
        "facts": "Alerts\n2 of 3 firing",
        "links": [["https://x.example/a", "https://x.example/a"], ["Open", "https://y.example/"]],
        "literal": "*not bold* :fire: https://x.example/a",
    }
