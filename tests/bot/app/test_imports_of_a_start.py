"""What a start imports: nothing heavy that it does not use."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from bot.storage.engine.migrate import MIGRATIONS, known_schemas

ROOT = Path(__file__).parents[3]
START = """
import asyncio, json, sys
from contextlib import AsyncExitStack
import bot.__main__
from bot.app import process
from bot.app.startup import wait_for_database
from bot.config.settings import Settings
from bot.storage.transactions import DatabaseState

async def start():
    async with AsyncExitStack() as stack:
        await wait_for_database(stack, Settings.load(json.loads(sys.argv[1]), secrets_dir=None), DatabaseState())

asyncio.run(start())
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} | set(sys.modules))))
"""


def settings(database):
    return {
        "SLACK_BOT_TOKEN": "xoxb-pretend-0001",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "never-asked-for-here",
        "DATABASE_URL": database,
    }


async def imported_by_a_start(database):
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", START, json.dumps(settings(database))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(json.loads(run.stdout.splitlines()[-1]))


async def test_a_start_behind_http_on_sqlite__imports_what_it_uses(tmp_path):
    database = f"sqlite:///{tmp_path}/bot.db"
    assert "alembic" in await imported_by_a_start(database)
    again = await imported_by_a_start(database)
    assert {"slack_bolt", "sqlalchemy", "uvicorn"} <= again
    unused = {
        "alembic",
        "mako",
        "asyncpg",
        "sqlalchemy.dialects.postgresql",
        "matplotlib",
        "numpy",
        "slack_sdk.socket_mode",
    }
    assert not unused & again


@pytest.mark.parametrize("command", [["manifest"], ["digest", "times", "--timezone", "UTC", "--time", "09:00"]])
def test_a_command_that_runs_no_bot__imports_no_database_and_no_server(command):
    code = (
        "import runpy, sys; sys.argv = ['bot', *sys.argv[1:]]\n"
        "try:\n    runpy.run_module('bot', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "assert not {'bot.app.process', 'uvicorn', 'apscheduler'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, *command], cwd=ROOT, capture_output=True, check=True, timeout=60)  # noqa: S603 - ours


def test_the_migrations__are_numbered_as_alembic_has_them():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert known_schemas() == (scripts.get_current_head(), {one.revision for one in scripts.walk_revisions()})
