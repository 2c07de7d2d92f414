"""Child processes on loopback: started, waited for, measured and stopped."""

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
BETWEEN_TRIES: Final = 0.005
LOOPBACK: Final = "127.0.0.1"


@dataclass
class Child:
    """A running process; `peak_mb` is known once it was told to stop."""

    process: subprocess.Popen[str]
    peak_mb: float = 0.0

    def first_line(self) -> str:
        """Read what the process prints when it is ready; raises RuntimeError if it ends before."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.process.args!r} did not start")
        return line.strip()

    def stop(self) -> str:
        """Ask it to end, wait, and give the rest of what it printed; after 10 s it is killed."""
        if self.process.poll() is None:
            self.peak_mb = _peak_mb(self.process.pid)
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.stdout.read() if self.process.stdout else ""


def _peak_mb(pid: int) -> float:
    # Linux only. What wait4 tells is no use here: it begins with the memory of the parent, from before the exec.
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


@contextmanager
def child(module: str, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Run `python -m module` until the block ends."""
    process = subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("BENCH_VERBOSE") else subprocess.DEVNULL,
        env={**_bare_environ(), **(environ or {})},
        text=True,
    )
    started = Child(process)
    try:
        yield started
    finally:
        started.stop()
        if process.stdout:
            process.stdout.close()


def _bare_environ() -> dict[str, str]:
    # Settings of whoever runs the benchmark must not reach the processes that are measured.
    foreign = ("SLACK_", "FLASHDUTY_", "LOG_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def free_port() -> int:
    """Find a port that nobody listens on at this moment."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def connected(port: int) -> socket.socket:
    """Connect as soon as somebody listens; raises TimeoutError after a minute."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = socket.create_connection((LOOPBACK, port), timeout=START_SECONDS)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nobody listens on port {port}") from None
            time.sleep(BETWEEN_TRIES)
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection


def database() -> str:
    """Name a database file of its own, in a folder that goes with the process."""
    return f"sqlite:///{_folder()}/bot.db"


def compiled_code() -> dict[str, str]:
    """Make Python keep compiled code, as the image does, in a folder that goes with the process.

    Where the environment has PYTHONDONTWRITEBYTECODE, every start would compile the bot's 300 modules, for 180 ms.
    """
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _folder()}


def _folder() -> str:
    folder = tempfile.TemporaryDirectory(prefix="bench-")
    atexit.register(folder.cleanup)
    return folder.name
