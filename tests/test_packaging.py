"""Rules about the tree itself: what the image holds, what the locks say, who imports what, how long things are."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("bot", "handlers", "sandbox")
SOURCES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
    for folder in OURS
    for path in sorted((ROOT / folder).rglob("*.py"))
}


def instructions():
    """The Dockerfile's instructions, one string each, without comments."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    return [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def tracked():
    """Every file that is or may become part of the repository, with its text."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")  # noqa: S603 - our own words
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".ico", ".woff2", ".mo"}:
            yield name, path.read_text()


# The image


def test_dockerfile__builds_in_two_stages_from_one_pinned_slim_base():
    bases = [line.split()[1] for line in instructions() if line.startswith("FROM ")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm(@sha256:[0-9a-f]{64})?", bases[0])


def test_dockerfile__installs_from_the_lock_with_hash_checking():
    installs = [line for line in instructions() if "install" in line and "pip" in line]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "COPY requirements/run.txt ./" in instructions()


def test_dockerfile__copies_only_the_lock_the_bot_and_its_handlers():
    copied = {line.split()[1] for line in instructions() if line.startswith("COPY ") and "--from" not in line}
    assert copied == {"requirements/run.txt", "bot/", "handlers/"}
    allowed = (ROOT / ".dockerignore").read_text().split()
    assert allowed[0] == "*"
    assert {name for name in allowed if name.startswith("!")} == {"!bot", "!handlers", "!requirements/run.txt"}


def test_dockerfile__runs_as_a_numbered_user_who_is_not_root():
    final = instructions()[[line.startswith("FROM") for line in instructions()].index(True) + 1 :]
    user = next(line for line in final if line.startswith("USER "))
    assert re.fullmatch(r"USER [1-9]\d{3,}:[1-9]\d{3,}", user)
    assert final.index(user) > max(final.index(line) for line in final if line.startswith(("COPY", "RUN")))


def test_dockerfile__writes_nothing_while_it_runs():
    text = "\n".join(instructions())
    assert "PYTHONDONTWRITEBYTECODE=1" in text
    assert "compileall" in text
    assert "VOLUME" not in text


def test_dockerfile__starts_the_bot_directly_so_that_it_gets_the_signals():
    assert 'ENTRYPOINT ["python", "-m", "bot"]' in instructions()
    assert 'CMD ["run"]' in instructions()


def test_dockerfile__holds_no_secret():
    text = (ROOT / "Dockerfile").read_text()
    assert not re.search(r"TOKEN|SECRET|APP_KEY|xox|ARG ", text)


class Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *args):
        pass


@contextmanager
def answering(address, status=200):
    class Bot(HTTPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with Bot((address, 0), type("Handler", (Answer,), {"status": status})) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


def health_check(**environ):
    line = next(line for line in instructions() if line.startswith("HEALTHCHECK"))
    command = json.loads(line[line.index("CMD ") + len("CMD ") :])
    assert command[0] == "python"
    run = [sys.executable, *command[1:]]
    return subprocess.run(run, cwd=ROOT, env=environ, capture_output=True, check=False).returncode  # noqa: S603 - from the Dockerfile


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check__of_the_image__tells_a_well_bot_from_an_ill_one(status, healthy):
    proxy = "http://127.0.0.1:9"
    with answering("127.0.0.1", status) as port:
        assert (health_check(PORT=port, http_proxy=proxy, HTTP_PROXY=proxy) == 0) is healthy


@pytest.mark.parametrize(
    ("listens_on", "host"),
    [("127.0.0.1", "0.0.0.0"), ("127.0.0.2", "127.0.0.2"), ("::1", "::1"), ("::1", "::"), ("127.0.0.1", "localhost")],  # noqa: S104 - nobody listens there
)
def test_the_health_check__asks_the_address_the_bot_listens_on(listens_on, host):
    """HOST and PORT may set another address."""
    with answering(listens_on) as port:
        assert health_check(PORT=port, HOST=host) == 0


def test_the_health_check__with_settings_in_files__finds_the_bot(tmp_path):
    with answering("127.0.0.2") as port:
        (tmp_path / "HOST").write_text("127.0.0.2\n")
        (tmp_path / "port").write_text(f"{port}\n")
        assert health_check(SECRETS_DIR=str(tmp_path), PORT_FILE=str(tmp_path / "port")) == 0


def test_the_health_check__without_a_bot__fails():
    with answering("127.0.0.1") as port:
        pass
    assert health_check(PORT=port) != 0
    assert health_check(PORT="no number") != 0


def test_the_image__listens_to_the_outside():
    assert any(line.startswith("ENV ") and " HOST=0.0.0.0" in line for line in instructions())


# The locks


@pytest.mark.parametrize("name", ["requirements/run.txt", "requirements/demo.txt", "requirements/dev.txt"])
def test_python_locks__pin_every_version_with_hashes_and_name_no_host(name):
    text = (ROOT / name).read_text()
    for requirement in re.sub(r"\s*\\\n\s*", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines():
        assert re.match(r"[a-z0-9._-]+==[^\s;]+( ; [^-]+)? --hash=sha256:[0-9a-f]{64}", requirement), requirement
    assert not re.search(r"://|--(?:extra-)?index|--find-links|--trusted-host| @ ", text)


def test_the_lock_for_tests__has_what_the_bot_and_the_demo_run_with():
    run, demo, dev = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), flags=re.MULTILINE))
        for name in ("requirements/run.txt", "requirements/demo.txt", "requirements/dev.txt")
    )
    assert run | demo <= dev
    assert not run & demo, "what the demo needs besides is not in the image"


def test_the_lock_of_slacks_types__has_hashes_and_names_no_host():
    packages = json.loads((ROOT / "tests/proofs/block_kit/package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)
    assert "://" not in (ROOT / "tests/proofs/block_kit/package-lock.json").read_text()


def test_tracked_files__name_no_package_index_and_no_place_on_somebodys_machine():
    # Written so that this file does not find itself.
    strange = re.compile(r"--(?:extra-)?index-url[= ]|registry[=]http|(?<![\w.])/(?:[r]oot|[w]ork|Users|[h]ome)/\w")
    found = [f"{name}: {hit.group()}" for name, text in tracked() for hit in strange.finditer(text)]
    assert not found


def test_the_licence__is_apache_2_in_full():
    text = (ROOT / "LICENSE").read_text()
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text) > 11_000


# The commands


def test_makefile__has_the_promised_commands():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert {"demo", "test", "run", "manifest", "check", "bench", "lint", "image"} <= targets


@pytest.mark.parametrize(
    ("given", "command"),
    [
        (["manifest"], "-m bot manifest"),
        (
            ["manifest", "MODE=http", "URL=https://bot.example.com", "WITH=user-groups topic"],
            "-m bot manifest --mode http --url 'https://bot.example.com' --with user-groups topic",
        ),
        (["manifest", "LANGUAGE=zh"], "-m bot manifest --language 'zh'"),
        (
            ["manifest", "COMMAND=/oncall", "NAME=Pat's on-call"],
            "-m bot manifest --command '/oncall' --name 'Pat'\\''s on-call'",
        ),
        (["demo"], "-m sandbox demo"),
        (["demo", "PORT=9000", "LANGUAGE=zh"], "-m sandbox demo --port 9000 --language 'zh'"),
    ],
)
def test_make__hands_on_what_it_is_given(given, command):
    # The tests themselves may run under make, which hands its own variables on.
    foreign = {"MODE", "URL", "WITH", "PORT", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    around = {name: value for name, value in os.environ.items() if name not in foreign}
    # Such names are often set for something else: only what is written behind `make` counts.
    around |= {"COMMAND": "/bin/sh", "NAME": "a-machine", "LANGUAGE": "en_GB:en"}
    run = subprocess.run(  # noqa: S603 - our own words
        ["make", "--no-print-directory", "--dry-run", *given],  # noqa: S607 - whichever make there is
        cwd=ROOT,
        env=around,
        capture_output=True,
        text=True,
        check=True,
    )
    assert " ".join(run.stdout.splitlines()[-1].split()).endswith(command)


def test_ci__may_be_run_and_skips_nothing():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash")
    assert "set -euo pipefail" in text
    assert all(
        word in text
        for word in (
            "make test",
            "make browser",
            "TSC_REQUIRED=1",
            "BROWSER_REQUIRED=1",
            "POSTGRES_REQUIRED=1",
            "FULL_PROOF=1",
            "CI=true",
        )
    )
