import pytest

from bot.config.settings import Settings, WrongSettings

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "made-up-key-0001",
}


@pytest.fixture
def secrets_dir(tmp_path):
    directory = tmp_path / "secrets"
    directory.mkdir()
    for name, value in SECRETS.items():
        (directory / name).write_text(value + "\n")
    return directory


@pytest.fixture
def env_file(tmp_path):
    return tmp_path / ".env"


def wrong(environ, env_file=None, secrets_dir=None):
    with pytest.raises(WrongSettings) as raised:
        Settings.load(environ, env_file, secrets_dir)
    return {problem.name: problem.what for problem in raised.value.problems}


def test_secrets_directory__alone__is_enough(secrets_dir):
    assert set(Settings.load({}, None, secrets_dir).secrets) == set(SECRETS.values())


def test_secrets_directory__with_lower_case_names__is_read_alike(secrets_dir):
    for file in list(secrets_dir.iterdir()):
        file.rename(secrets_dir / file.name.lower())
    assert set(Settings.load({}, None, secrets_dir).secrets) == set(SECRETS.values())


def test_secrets_directory__as_kubernetes_mounts_it__is_read_through_the_links(tmp_path):
    real = tmp_path / "..2026_01_01"
    real.mkdir()
    for name, value in SECRETS.items():
        (real / name).write_text(value)
        (tmp_path / name).symlink_to(real / name)
    (tmp_path / "..data").symlink_to(real)
    (tmp_path / "kubernetes.io").mkdir()
    assert set(Settings.load({}, None, tmp_path).secrets) == set(SECRETS.values())


def test_secrets_directory__with_other_files__leaves_them_alone(secrets_dir):
    (secrets_dir / "rhsm.conf").write_bytes(b"\xff\xfe\x00")
    assert Settings.load({}, None, secrets_dir)


def test_environment__over_env_file__over_secrets_directory(secrets_dir, env_file):
    (secrets_dir / "PORT").write_text("1111")
    (secrets_dir / "LOG_LEVEL").write_text("error")
    (secrets_dir / "LOG_FORMAT").write_text("json")
    env_file.write_text("PORT=2222\nLOG_LEVEL=debug\n")
    settings = Settings.load({"PORT": "3333"}, env_file, secrets_dir)
    assert (settings.port, settings.log_level, settings.log_format) == (3333, "debug", "json")


def test_an_empty_line_in_the_env_file__leaves_the_secrets_directory_its_say(secrets_dir, env_file):
    env_file.write_text("SLACK_BOT_TOKEN=\nFLASHDUTY_TEAMS__PAYMENTS__APP_KEY=\n")
    assert set(Settings.load({}, env_file, secrets_dir).secrets) == set(SECRETS.values())


def test_a_file_for_a_setting__gives_its_value(tmp_path, secrets_dir):
    (tmp_path / "port").write_text("\ufeff4444\n")
    assert Settings.load({"PORT_FILE": str(tmp_path / "port")}, None, secrets_dir).port == 4444


def test_a_file_for_a_key__works_for_every_team(tmp_path, secrets_dir):
    (tmp_path / "key").write_text("made-up-key-0002\n")
    given = {"FLASHDUTY_TEAMS__SEARCH__APP_KEY_FILE": str(tmp_path / "key")}
    assert "made-up-key-0002" in Settings.load(given, None, secrets_dir).secrets


def test_a_file_in_the_environment__beats_a_value_in_the_env_file(tmp_path, secrets_dir, env_file):
    (tmp_path / "port").write_text("4444")
    env_file.write_text("PORT=2222\n")
    assert Settings.load({"PORT_FILE": str(tmp_path / "port")}, env_file, secrets_dir).port == 4444


def test_a_value_and_a_file__in_one_place__is_a_problem(secrets_dir):
    assert wrong({"PORT": "1", "PORT_FILE": "/nowhere"}, None, secrets_dir) == {
        "PORT_FILE": "and PORT are both set; keep one"
    }


def test_a_file_that_is_missing__is_said_without_its_content(secrets_dir):
    found = wrong({"PORT_FILE": "/nowhere/at/all"}, None, secrets_dir)
    assert found == {"PORT_FILE": "names a file that cannot be read (No such file or directory)"}


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe\x00\x01", "is not text"), (b"1" * 70_000, "is too large to hold a setting")],
)
def test_a_file_that_holds_no_setting__is_refused(tmp_path, secrets_dir, content, says):
    (tmp_path / "port").write_bytes(content)
    found = wrong({"PORT_FILE": str(tmp_path / "port")}, None, secrets_dir)
    assert found == {"PORT_FILE": f"names a file that {says}"}


def test_secrets_dir__set_in_the_environment__replaces_the_usual_one(tmp_path, secrets_dir):
    elsewhere = tmp_path / "elsewhere"
    secrets_dir.rename(elsewhere)
    assert Settings.load({"SECRETS_DIR": str(elsewhere)}, None, secrets_dir).secrets_dir == elsewhere


def test_secrets_dir__that_is_named_and_missing__is_a_problem():
    found = wrong({**SECRETS, "SECRETS_DIR": "/nowhere/at/all"})
    assert found == {"SECRETS_DIR": "names a directory that cannot be read (No such file or directory)"}


def test_the_usual_secrets_directory__when_missing__is_no_problem(tmp_path):
    assert Settings.load(SECRETS, None, tmp_path / "missing")


def test_a_secret__that_is_not_text__is_said(secrets_dir):
    (secrets_dir / "SLACK_BOT_TOKEN").write_bytes(b"\xff\xfe\x00")
    assert wrong({}, None, secrets_dir) == {"SLACK_BOT_TOKEN": "has a file in the secrets directory that is not text"}


def test_env_file__with_quotes_comments_and_dollars__is_read_literally(secrets_dir, env_file, monkeypatch):
    monkeypatch.setenv("HOME_OF_THE_KEY", "elsewhere")
    env_file.write_text(
        "# a comment\nexport PORT=5555 # the usual\nFLASHDUTY_TEAMS__SEARCH__APP_KEY='a${HOME_OF_THE_KEY}#b'\n"
    )
    settings = Settings.load({}, env_file, secrets_dir)
    assert settings.port == 5555
    assert "a${HOME_OF_THE_KEY}#b" in settings.secrets


@pytest.mark.parametrize("content", [b"# caf\xe9 secret-word\n", "PORT=5555 secret-word\n".encode("utf-16")])
def test_env_file__that_is_not_utf_8__is_a_problem_without_its_content(secrets_dir, env_file, content):
    env_file.write_bytes(content)
    with pytest.raises(WrongSettings) as raised:
        Settings.load({}, env_file, secrets_dir)
    assert [(problem.name, problem.what) for problem in raised.value.problems] == [(".env", "is not UTF-8 text")]
    assert "secret-word" not in raised.value.report()


def test_env_file__that_is_missing__is_not_needed(tmp_path, secrets_dir):
    assert Settings.load({}, tmp_path / "missing", secrets_dir)
