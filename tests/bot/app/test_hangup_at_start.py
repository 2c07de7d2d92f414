"""SIGHUP that comes before the event loop runs: the real process, held where it reads `.env`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parents[1]
ENDS_SECONDS = 60.0


async def ends_after(signum, folder):
    """Send a signal while the process reads its settings, let it go on, and give its exit code and what it prints."""
    os.mkfifo(folder / ".env")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(ENDS_SECONDS):
        # It opens when the process does.
        settings = await asyncio.to_thread((folder / ".env").open, "w")
        process.send_signal(signum)
        settings.write("SLACK_BOT_TOKEN=none\n")
        settings.close()
        _, printed = await process.communicate()
    return process.returncode, printed.decode()


async def test_a_hangup_before_the_loop_runs__ends_nothing(tmp_path):
    code, printed = await ends_after(signal.SIGHUP, tmp_path)
    assert code == 2
    assert "SLACK_BOT_TOKEN" in printed


async def test_a_termination_before_the_loop_runs__ends_the_process(tmp_path):
    code, _ = await ends_after(signal.SIGTERM, tmp_path)
    assert code == -signal.SIGTERM
