"""`python -m bot webhook sample`: one delivery, a sentence, and never the secret."""

import asyncio

import pytest
from aiohttp import web
from recorded import NOW

from bot.__main__ import main
from bot.app.http import asgi_app, serve
from bot.cards.hints import CardHints
from bot.cards.webhooks.receiver import WebhookReceiver
from bot.config.settings import Settings
from bot.runtime.health import Health
from bot.runtime.rotating_secret import RotatingSecret
from bot.storage.cards.incident_hints import IncidentHintTable
from bot.storage.database import open_database

P, OTHER = "FLASHDUTY_TEAMS__PAYMENTS__", "FLASHDUTY_TEAMS__SEARCH__"
SECRET = "hush-hush-hush-0001"
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    P + "APP_KEY": "made-up-key-0001",
}
WEBHOOKS = ENOUGH | {P + "CARDS_CHANNEL": "C0CARDS", P + "WEBHOOK_SECRET": f"{SECRET},hush-hush-hush-0002"}


@pytest.fixture
async def bot(tmp_path):
    """Give a server with the receiver of a bot, and its hints."""
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db") as database:
        table = IncidentHintTable(database)
        hints = CardHints(table, teams=["payments"], now=lambda: NOW)
        payments = Settings.load(WEBHOOKS, None, None).flashduty_teams["payments"]
        receiver = WebhookReceiver(
            {"payments": RotatingSecret(payments.webhook_secret)}, hints, report_unreadable=pytest.fail
        )
        server = await serve(asgi_app(slack=None, health=Health(), webhooks=receiver), "127.0.0.1", 0)
        yield server, table
        await server.stop()
        await hints.close()


@pytest.fixture
def sample(monkeypatch, tmp_path, capsys):
    """Run the command in a thread: its event loop is its own."""
    monkeypatch.chdir(tmp_path)

    async def run(*words, **environ):
        code = await asyncio.to_thread(main, ["webhook", "sample", *words], WEBHOOKS | environ)
        shown = capsys.readouterr()
        assert "hush" not in shown.out + shown.err
        return code, shown.out + shown.err

    return run


async def test_a_sample__is_taken_by_the_bot__as_a_hint_at_an_incident_that_is_not_there(bot, sample):
    server, table = bot
    code, told = await sample(PORT=str(server.port))
    assert (code, told) == (
        0,
        f"The bot took the delivery at http://127.0.0.1:{server.port}/flashduty/webhook/payments.\n",
    )
    assert [one.incident_id for one in await table.take("payments")] == ["0" * 24]
    assert (await sample("--team", "Payments", PORT=str(server.port), HOST="0.0.0.0"))[0] == 0  # noqa: S104 - ours


@pytest.mark.parametrize("end", ["", "/", "/flashduty/webhook/"])
async def test_an_address__may_be_that_of_a_proxy(bot, sample, end):
    assert (await sample("--url", f"{bot[0].url}{end}", PORT="9"))[0] == 0


async def test_another_secret__is_said(bot, sample):
    code, told = await sample(PORT=str(bot[0].port), **{P + "WEBHOOK_SECRET": "hush-hush-hush-0003"})
    assert code == 1
    assert "does not have this team with this secret" in told


async def test_nobody_there__is_said(sample):
    code, told = await sample(PORT="9")
    assert code == 1
    assert "http://127.0.0.1:9/flashduty/webhook/payments could not be reached" in told


@pytest.mark.parametrize(
    ("status", "says"), [(404, "There is nothing at"), (200, "which is not the bot's"), (301, "status 301")]
)
async def test_something_else_there__is_said(sample, status, says):
    async def answer(_request):
        return web.Response(status=status, text="hush-hush-hush-0001", headers={"Location": "http://127.0.0.1:9/"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    code, told = await sample(PORT=str(runner.addresses[0][1]))
    await runner.cleanup()
    assert code == 1
    assert says in told


@pytest.mark.parametrize(
    ("words", "environ", "says"),
    [
        (["--team", "platform"], {}, "There is no team of that name in the settings; there are payments."),
        ([], {P + "WEBHOOK_SECRET": ""}, f"{P}WEBHOOK_SECRET is not set"),
        ([], {P + "CARDS_CHANNEL": ""}, f"{P}CARDS_CHANNEL is not set"),
        (["--team", "search"], {OTHER + "APP_KEY": "made-up-key-0002"}, f"{OTHER}WEBHOOK_SECRET is not set"),
        (["--url", "bot.example.com"], {}, "--url is the address of the bot"),
        (["--url", "https://hush:hush@bot.example.com"], {}, "--url is the address of the bot"),
    ],
)
async def test_what_cannot_be_sent__is_said(sample, words, environ, says):
    code, told = await sample(*words, **environ)
    assert code == 1
    assert says in told
