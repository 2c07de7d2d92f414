"""The files of deploy: their form, and that what they say is true of this bot and of this image.

No container is run here. Kubernetes' manifests are checked against its published schemas, Compose's file against the
keys of its specification that we use; the settings are read by the settings themselves.
"""

import json
import re
import subprocess
from copy import deepcopy
from pathlib import Path

import aiohttp
import kubernetes_validate
import pytest
import yaml
from harbor import harbor_at
from kubernetes_validate.utils import all_versions

from bot.app.process import RELEASE_TIMEOUT, SHUTDOWN_TIMEOUT
from bot.config.settings import Settings, WrongSettings, all_names

ROOT = Path(__file__).parents[1]
KUBERNETES = ROOT / "deploy" / "kubernetes"
COMPOSE = ROOT / "deploy" / "compose.yaml"
# Besides the drain and the leases, the database may take two seconds more.
DRAIN_SECONDS = SHUTDOWN_TIMEOUT + RELEASE_TIMEOUT + 2
# What is a secret among the settings, by the end of the name.
SECRET = re.compile(r"(?:TOKEN|SECRET|APP_KEY|DATABASE_URL|_PROXY|PASSWORD)$")
MADE_UP = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "made-up-key-0001",
    "FLASHDUTY_TEAMS__PAYMENTS__WEBHOOK_SECRET": "made-up-secret-0001",
    "DATABASE_URL": "postgresql://bot:made-up-password@database/flashduty_bot",
}


class Once(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping: the first would be lost in silence."""

    def construct_mapping(self, node, deep=False):  # noqa: FBT002 - PyYAML's signature
        names = [key.value for key, _ in node.value]
        assert len(names) == len(set(names)), f"twice: {names}, {node.start_mark}"
        return super().construct_mapping(node, deep=deep)


def read(path):
    return yaml.load(path.read_text(), Loader=Once)  # noqa: S506 - a safe loader


def is_setting(name):
    """Whether the bot has this setting, of the whole or of a team."""
    names = all_names()
    top, of_team = set(names.top_level), set(names.team_fields)
    team = re.fullmatch(r"FLASHDUTY_TEAMS__[A-Z0-9_.-]+?__([A-Z_]+)", name)
    return team[1].lower() in of_team if team else name in top


def instruction(word):
    """The last instruction of the Dockerfile that begins with a word."""
    return re.findall(rf"^{word} (.+)$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[-1]


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


def loaded(environ, directory):
    """Read the settings as the container gives them: its environment, and its files."""
    return Settings.load({**environ, "SECRETS_DIR": str(directory)}, None, None)


@pytest.fixture
def secrets(tmp_path):
    """The files of the secrets directory, with made-up values."""
    for name, value in MADE_UP.items():
        (tmp_path / name).write_text(f"{value}\n")
    return tmp_path


# Kubernetes

MANIFESTS = {path.name: path for path in sorted(KUBERNETES.iterdir())}
VERSIONS = all_versions()


def deployment():
    return read(MANIFESTS["deployment.yaml"])


def pod():
    return deployment()["spec"]["template"]["spec"]


def container():
    (only,) = pod()["containers"]
    return only


def test_kubernetes__has_the_manifests_that_the_readme_names():
    assert set(MANIFESTS) == {
        "deployment.yaml",
        "poddisruptionbudget.yaml",
        "secret.yaml.example",
        "service.yaml",
    }


@pytest.mark.parametrize("version", [VERSIONS[-5], VERSIONS[-1]])
@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest__is_valid_in_the_newest_and_in_an_older_version_of_kubernetes(name, version):
    kubernetes_validate.validate(read(MANIFESTS[name]), version, strict=True)


def misspell(manifest):
    manifest["spec"]["template"]["spec"]["containers"][0]["readinessprobe"] = {}


def mistype(manifest):
    manifest["spec"]["replicas"] = "two"


def lose(manifest):
    del manifest["spec"]["selector"]


@pytest.mark.parametrize("spoil", [misspell, mistype, lose])
def test_a_manifest__with_a_mistake__is_found(spoil):
    manifest = deepcopy(deployment())
    spoil(manifest)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)


def test_a_mapping__with_a_key_twice__is_found():
    with pytest.raises(AssertionError, match="twice"):
        yaml.load("a: 1\nb: 2\na: 3", Loader=Once)  # noqa: S506 - a safe loader


def test_the_example_of_the_secret__is_not_applied_over_the_real_one():
    """`kubectl apply --filename` takes a directory's .yaml, .yml and .json."""
    assert MANIFESTS["secret.yaml.example"].suffix == ".example"


def test_labels__lead_deployment_service_budget_and_spread_to_the_same_pods():
    spec = deployment()["spec"]
    labels = spec["template"]["metadata"]["labels"]
    (spread,) = pod()["topologySpreadConstraints"]
    selectors = [
        spec["selector"]["matchLabels"],
        read(MANIFESTS["service.yaml"])["spec"]["selector"],
        read(MANIFESTS["poddisruptionbudget.yaml"])["spec"]["selector"]["matchLabels"],
        spread["labelSelector"]["matchLabels"],
    ]
    assert all(selector == labels for selector in selectors)
    assert spread["topologyKey"] == "kubernetes.io/hostname"


def test_the_budget__leaves_one_of_two_replicas():
    assert deployment()["spec"]["replicas"] == 2
    assert read(MANIFESTS["poddisruptionbudget.yaml"])["spec"]["minAvailable"] == 1


async def test_probes__ask_for_paths_that_the_bot_answers():
    probes = {probe: container()[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {probe: asked["path"] for probe, asked in probes.items()} == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }
    assert {asked["port"] for asked in probes.values()} == {"http"}
    async with harbor_at() as place, aiohttp.ClientSession() as session:
        for path, status in {"/healthz": 200, "/readyz": 200, "/livez": 404}.items():
            async with session.get(f"{place.bot.url}{path}") as answer:
                assert (path, answer.status) == (path, status)


def test_the_ports__lead_from_the_service_to_where_the_bot_listens():
    (port,) = container()["ports"]
    (served,) = read(MANIFESTS["service.yaml"])["spec"]["ports"]
    assert port["containerPort"] == Settings.model_fields["port"].default == int(instruction("EXPOSE"))
    assert served["targetPort"] == port["name"]
    # From outside the container.
    assert "HOST=0.0.0.0" in (ROOT / "Dockerfile").read_text()


def test_a_start__has_as_long_as_the_bot_waits_for_slack_and_for_the_database():
    probe = container()["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] > 60


def test_the_pod__is_nobody_with_no_rights():
    inside = container()["securityContext"]
    outside = pod()["securityContext"]
    user, group = map(int, instruction("USER").split(":"))
    assert outside["runAsNonRoot"] is True
    assert (outside["runAsUser"], outside["runAsGroup"], outside["fsGroup"]) == (user, group, group)
    assert outside["seccompProfile"] == {"type": "RuntimeDefault"}
    assert inside == {
        "privileged": False,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod()["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod().keys()


def test_the_pod__has_resources_and_no_limit_of_cpu():
    resources = container()["resources"]
    assert set(resources["requests"]) == {"cpu", "memory"}
    assert set(resources["limits"]) == {"memory"}


def test_the_pod__has_as_long_to_end_as_the_bot_needs():
    pause = container()["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod()["terminationGracePeriodSeconds"] >= pause + DRAIN_SECONDS


def test_secrets_of_the_pod__are_files_that_follow_a_changed_secret():
    (mount,) = container()["volumeMounts"]
    (volume,) = pod()["volumes"]
    secret = read(MANIFESTS["secret.yaml.example"])
    environ = {one["name"]: one["value"] for one in container()["env"]}
    assert volume == {
        "name": mount["name"],
        "secret": {"secretName": secret["metadata"]["name"], "defaultMode": 0o440},
    }
    # A file that is mounted by subPath stays as it was.
    assert mount == {"name": "secrets", "mountPath": environ["SECRETS_DIR"], "readOnly": True}
    assert set(secret["stringData"]) == set(MADE_UP)


def test_the_environment_of_the_pod__is_settings_and_no_secret():
    names = [one["name"] for one in container()["env"]]
    assert names == [one for one in names if is_setting(one) and not SECRET.search(one)]
    assert not container().get("envFrom")
    assert pod()["enableServiceLinks"] is False


def test_the_settings_of_the_pod__start_the_bot_once_the_secret_is_filled_in(secrets, tmp_path):
    environ = {one["name"]: one["value"] for one in container()["env"]}
    settings = loaded(environ, secrets)
    assert settings.database_kind == "PostgreSQL"
    assert settings.uses_socket_mode
    for name, value in read(MANIFESTS["secret.yaml.example"])["stringData"].items():
        (secrets / name).write_text(value)
    with pytest.raises(WrongSettings) as wrong:
        loaded(environ, tmp_path)
    assert {problem.name for problem in wrong.value.problems} == set(MADE_UP)


# Compose

# Of the Compose specification, what is used here: a misspelt key would be refused by Compose only.
KNOWN = {
    "": {"name", "services", "networks", "volumes", "secrets", "x-bot"},
    "service": {
        "image",
        "build",
        "user",
        "environment",
        "secrets",
        "volumes",
        "tmpfs",
        "ports",
        "depends_on",
        "networks",
        "healthcheck",
        "restart",
        "stop_grace_period",
        "read_only",
        "cap_drop",
        "security_opt",
        "mem_limit",
        "logging",
    },
    "build": {"context"},
    "healthcheck": {"test", "interval", "timeout", "start_period", "retries"},
    "logging": {"driver", "options"},
    "volume": {"type", "source", "target", "read_only", "bind"},
    "bind": {"create_host_path"},
    "dependency": {"condition"},
    "network": {"internal"},
    "secret": {"file"},
}
POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}


def compose():
    return read(COMPOSE)


def services():
    return compose()["services"]


def bots():
    return {name: one for name, one in services().items() if name != "database"}


def mappings(found):
    """Every mapping of the file with the kind of its keys."""
    yield "", found
    for service in (found["x-bot"], *found["services"].values()):
        yield "service", service
        yield from ((kind, service[kind]) for kind in ("build", "healthcheck", "logging") if kind in service)
        yield from (("volume", one) for one in service["volumes"])
        yield from (("bind", one["bind"]) for one in service["volumes"] if "bind" in one)
        yield from (("dependency", one) for one in service.get("depends_on", {}).values())
    yield from (("network", one) for one in found["networks"].values())
    yield from (("secret", one) for one in found["secrets"].values())


def test_compose__has_known_keys_only():
    found = compose()
    assert [(kind, set(one) - KNOWN[kind]) for kind, one in mappings(found) if set(one) - KNOWN[kind]] == []
    assert found["volumes"] == {"database": {}}


def test_compose__refers_to_what_it_has():
    found = compose()
    for service in services().values():
        assert set(service["networks"]) <= set(found["networks"])
        assert set(service.get("secrets", [])) <= set(found["secrets"])
        assert set(service.get("depends_on", {})) <= set(services())
        assert {one["source"] for one in service["volumes"] if one["type"] == "volume"} <= set(found["volumes"])


def test_compose__runs_the_bot_twice_from_this_dockerfile():
    first, second = bots().values()
    assert {**first, "ports": None} == {**second, "ports": None}
    assert (COMPOSE.parent / first["build"]["context"] / "Dockerfile").resolve() == ROOT / "Dockerfile"
    assert first["image"] == re.search(r"^IMAGE \?= (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert container()["image"] == first["image"]


def test_ports_of_the_bot__are_on_this_machine_alone_and_the_database_has_none():
    ports = [port for bot in bots().values() for port in bot["ports"]]
    assert len(set(ports)) == 2
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:3000", port) for port in ports)
    assert not {"ports", "expose", "network_mode"} & services()["database"].keys()
    assert compose()["networks"]["database"] == {"internal": True}
    assert services()["database"]["networks"] == ["database"]


@pytest.mark.parametrize("name", services())
def test_a_service__has_no_rights_comes_back_and_writes_where_it_must(name):
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "devices", "env_file"} & service.keys()
    assert service["restart"] == "unless-stopped"
    assert seconds(service["stop_grace_period"]) > DRAIN_SECONDS


def test_health_of_the_bot__is_asked_as_in_the_image():
    """What that command asks for, and how it finds the bot, is tested beside the image."""
    text = (ROOT / "Dockerfile").read_text()
    command = json.loads(re.search(r"^HEALTHCHECK (?:.*\\\n)?\s*.*CMD (\[.+\])$", text, re.MULTILINE)[1])
    for bot in bots().values():
        assert bot["healthcheck"]["test"] == ["CMD", *command]
        assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_health_of_the_database__is_asked_of_the_server_that_the_bot_reaches():
    database = services()["database"]
    kind, program, *words = database["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "pg_isready")
    assert dict(word.removeprefix("--").split("=") for word in words) == {
        "host": "127.0.0.1",
        "username": database["environment"]["POSTGRES_USER"],
        "dbname": database["environment"]["POSTGRES_DB"],
    }


def test_secrets_of_compose__are_files_and_the_bots_can_be_replaced():
    """A file that is mounted by itself stays the old one when another takes its place: the bot has the directory."""
    (mount,) = bots()["bot-1"]["volumes"]
    assert mount == {
        "type": "bind",
        "source": "./secrets/bot",
        "target": str(Settings.model_fields["secrets_dir"].default),
        "read_only": True,
        "bind": {"create_host_path": False},
    }
    (secret,) = services()["database"]["secrets"]
    assert services()["database"]["environment"]["POSTGRES_PASSWORD_FILE"] == f"/run/secrets/{secret}"
    assert Path(compose()["secrets"][secret]["file"]).parts[0] == "secrets"


def test_the_environment_of_compose__is_settings_and_no_secret():
    for bot in bots().values():
        assert [one for one in bot["environment"] if not is_setting(one) or SECRET.search(one)] == []
    assert set(services()["database"]["environment"]) == POSTGRES


def test_the_settings_of_compose__start_the_bot_with_the_files_of_the_readme(secrets):
    settings = loaded(bots()["bot-1"]["environment"], secrets)
    assert settings.database_kind == "PostgreSQL"
    address = re.search(r"postgresql://(\w+):%s@(\w+)/(\w+)", (ROOT / "README.md").read_text())
    database = services()["database"]["environment"]
    assert address.groups() == (database["POSTGRES_USER"], "database", database["POSTGRES_DB"])


# Both


def test_files_with_secrets__never_come_into_the_repository_or_the_image():
    for name in ("bot/SLACK_BOT_TOKEN", "database_password"):
        ignored = subprocess.run(  # noqa: S603 - our own words
            ["git", "check-ignore", "--quiet", "--no-index", f"deploy/secrets/{name}"],  # noqa: S607 - whichever git
            cwd=ROOT,
            check=False,
        )
        assert ignored.returncode == 0, name
    assert "deploy" not in (ROOT / ".dockerignore").read_text()


@pytest.mark.parametrize("name", [*(f"SLACK_{one}" for one in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET")), *MADE_UP])
def test_a_secret__is_recognised_as_one_by_its_name(name):
    assert is_setting(name)
    assert SECRET.search(name)


def test_every_secret_of_the_settings__is_recognised_by_its_name():
    names = all_names()
    assert {name for name in names.top_level if SECRET.search(name)} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "DATABASE_URL",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
    }
    assert {name for name in names.team_fields if SECRET.search(name.upper())} == {"app_key", "webhook_secret"}


@pytest.mark.parametrize("name", ["FLASHDUTY_TEAMS__PAYMENTS__SLACK_CHANNEL", "LOG_FORMATS", "FLASHDUTY_BOT_PORT"])
def test_a_name_that_is_no_setting__is_found(name):
    assert not is_setting(name)
