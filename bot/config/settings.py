"""The settings: one typed object that `__main__` loads and passes on. Importing this reads nothing."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import network_parsers as network
from bot.config import parsers as read
from bot.config.combinations import contradictions, without_effect
from bot.config.names.misnamed import SettingNames, hint, misnamed, unknown_field
from bot.config.names.setting_names import TEAMS_PREFIX, setting_name
from bot.config.problems import Problem, WrongSettings
from bot.config.slash_command import DEFAULT_COMMAND, slash_command
from bot.config.sources import DEFAULT_SECRETS_DIR, RawSettings, gather, nested
from bot.config.team_settings import TeamSettings
from bot.outbound.route import NoProxyEntry, Outbound, Proxy
from bot.runtime.redaction import Redaction

__all__ = ["Problem", "Settings", "WrongSettings"]

TEAM_APP_KEY: Final = f"{TEAMS_PREFIX}<TEAM>__APP_KEY"
ALL_INTERFACES: Final = "0.0.0.0"  # noqa: S104 - in HTTP mode Slack connects from outside
LOCALHOST: Final = "127.0.0.1"

AdminList = Annotated[tuple[str, ...], BeforeValidator(read.slack_ids("Slack people", "UW"))]
BotToken = Annotated[SecretStr, BeforeValidator(read.secret("xoxb-", "a bot token"))]
AppToken = Annotated[SecretStr, BeforeValidator(read.secret("xapp-", "an app-level token"))]
SigningSecret = Annotated[SecretStr, BeforeValidator(read.secret(what="a signing secret"))]
Address = Annotated[str, BeforeValidator(network.address)]
Addresses = Annotated[tuple[str, ...], BeforeValidator(network.addresses)]
HttpProxy = Annotated[Proxy | None, BeforeValidator(network.proxy)]
LogLevel = Literal["debug", "info", "warning", "error", "critical"]
LogFormat = Literal["text", "json"]


class Settings(BaseSettings):
    """All settings. `load` reads the sources; the constructor reads none."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    slack_bot_token: BotToken = Field(examples=["xoxb-…"])
    slack_app_token: AppToken | None = Field(default=None, examples=["xapp-…"])
    slack_signing_secret: SigningSecret | None = Field(default=None, examples=["<from the app's Basic Information>"])
    slack_api_url: Address = Field(default="https://slack.com/api/", examples=["https://slack.com/api/"])
    slack_response_urls: Addresses = Field(default=(), examples=["https://slack-proxy.example.com/"])
    flashduty_api_url: Annotated[Address, AfterValidator(network.without_slash)] = Field(
        default="https://api.flashcat.cloud", examples=["https://api.flashcat.cloud"]
    )
    flashduty_teams: dict[str, TeamSettings]
    https_proxy: HttpProxy = Field(default=None, examples=["http://proxy.example.com:3128"])
    http_proxy: HttpProxy = Field(default=None, examples=["http://proxy.example.com:3128"])
    all_proxy: HttpProxy = Field(default=None, examples=["http://proxy.example.com:3128"])
    no_proxy: Annotated[tuple[NoProxyEntry, ...], BeforeValidator(network.without_proxy)] = Field(
        default=(), examples=[".example.com,10.0.0.0/8"]
    )
    ssl_cert_file: Annotated[Path | None, BeforeValidator(network.authority_file)] = Field(
        default=None, examples=["/etc/ssl/company.pem"]
    )
    ssl_cert_dir: Annotated[tuple[Path, ...], BeforeValidator(network.authority_directories)] = Field(
        default=(), examples=["/etc/ssl/company"]
    )
    command: Annotated[str, BeforeValidator(slash_command)] = Field(default=DEFAULT_COMMAND, examples=["/oncall"])
    admins: AdminList = Field(default=(), examples=["U0123ABCD"])
    database_url: Annotated[SecretStr, BeforeValidator(network.database_url)] = Field(
        default=SecretStr("sqlite+aiosqlite:///data/flashduty-bot.db"),
        examples=["postgresql://bot:…@db.example.com/flashduty_bot"],
    )
    retention_days: Annotated[int, BeforeValidator(read.whole_number(7, 3650, "a number of days"))] = Field(
        default=90, examples=["90"]
    )
    audit_days: Annotated[int, BeforeValidator(read.whole_number(7, 3650, "a number of days"))] = Field(
        default=400, examples=["400"]
    )
    host: Annotated[str | None, BeforeValidator(network.listening_host)] = Field(default=None, examples=["127.0.0.1"])
    port: Annotated[int, BeforeValidator(network.port)] = Field(default=3000, examples=["3000"])
    log_level: Annotated[LogLevel, BeforeValidator(read.one_of("debug", "info", "warning", "error", "critical"))] = (
        Field(default="info", examples=["info"])
    )
    log_format: Annotated[LogFormat, BeforeValidator(read.one_of("text", "json"))] = Field(
        default="text", examples=["json"]
    )
    secrets_dir: Path = Field(default=DEFAULT_SECRETS_DIR, examples=["/run/secrets"])
    _files: Mapping[str, Path] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the caller alone: the sources that `load` uses can name a wrong setting."""
        return (init_settings,)

    @classmethod
    def load(
        cls,
        environ: Mapping[str, str],
        env_file: Path | None = None,
        secrets_dir: Path | None = DEFAULT_SECRETS_DIR,
    ) -> Self:
        """Read the settings; raises WrongSettings with every problem found, without any value."""
        raw = gather(environ, env_file, secrets_dir, names=frozenset(top_level_names()))
        problems = [*raw.problems, *misnamed(raw, all_names()), *_missing_connection(raw)]
        found = cls._validated(raw, problems)
        problems += [*contradictions(found.flashduty_teams), *_unusable_proxy(found.outbound)] if found else ()
        if found is None or problems:
            raise WrongSettings(_in_order(problems))
        return found.with_files(raw.files)

    @classmethod
    def _validated(cls, raw: RawSettings, problems: list[Problem]) -> Self | None:
        try:
            return cls(**nested(raw))
        except ValidationError as error:
            # The caller raises WrongSettings outside this block, as the context of this error holds the values.
            found = [_problem(detail, raw) for detail in error.errors(include_url=False)]
            # A misspelt team may be the only one: that problem is enough.
            reported = raw.unreadable | ({TEAM_APP_KEY} if any(problem.is_of_a_team for problem in problems) else set())
            problems += [problem for problem in found if problem.name not in reported]
        return None

    def with_files(self, files: Mapping[str, Path]) -> Self:
        """Note the file of each setting that came from one."""
        self._files = dict(files)
        return self

    @property
    def files(self) -> Mapping[str, Path]:
        """The files of the settings that came from one, by the setting's name."""
        return self._files

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value, percent-decoded as well."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self._database_password)
        keys = (secret for team in self.flashduty_teams.values() for secret in (team.app_key, *team.webhook_secret))
        values = [secret.get_secret_value() for secret in (*tokens, *keys) if secret is not None]
        # A password is percent-encoded in an address, and plain where it is used.
        return tuple(dict.fromkeys([*values, *(unquote(secret) for secret in values), *self.outbound.secrets]))

    @cached_property
    def redaction(self) -> Redaction:
        """The redaction of all secrets."""
        return Redaction(self.secrets)

    @cached_property
    def key_redaction(self) -> Redaction:
        """The redaction of keys and tokens only: the password of a database may be an ordinary word of a message."""
        database = self._database_password
        password = database.get_secret_value() if database is not None else ""
        passwords = {password, unquote(password), *self.outbound.secrets}
        return Redaction(secret for secret in self.secrets if secret not in passwords)

    @cached_property
    def outbound(self) -> Outbound:
        """The proxies and certificates of outgoing connections."""
        return Outbound(
            https_proxy=self.https_proxy or self.all_proxy,
            http_proxy=self.http_proxy or self.all_proxy,
            no_proxy=self.no_proxy,
            cert_file=self.ssl_cert_file,
            cert_dirs=self.ssl_cert_dir,
            proxy_setting="ALL_PROXY" if self.https_proxy is None and self.all_proxy else "HTTPS_PROXY",
        )

    @property
    def _database_password(self) -> SecretStr | None:
        password = urlsplit(self.database_url.get_secret_value()).password
        return SecretStr(password) if password else None

    @property
    def database_kind(self) -> str:
        """The name of the database system."""
        return "SQLite" if self.database_url.get_secret_value().startswith("sqlite") else "PostgreSQL"

    @property
    def without_effect(self) -> tuple[Problem, ...]:
        """Settings that have no effect; the bot starts with them."""
        return (*self._unused_signing_secret(), *self._unused_proxy(), *without_effect(self.flashduty_teams))

    def _unused_proxy(self) -> Iterable[Problem]:
        """Report HTTP_PROXY alone: the bot calls https, and http on this machine only."""
        if self.http_proxy is not None and self.outbound.https_proxy is None:
            yield Problem(
                "HTTP_PROXY", "leads to nothing the bot calls, which is https", remedy="Set HTTPS_PROXY as well."
            )

    def _unused_signing_secret(self) -> Iterable[Problem]:
        if self.uses_socket_mode and self.slack_signing_secret is not None:
            what = "has no effect beside SLACK_APP_TOKEN, which turns Socket Mode on"
            yield Problem("SLACK_SIGNING_SECRET", what, remedy="Take one of the two out.")

    @property
    def listens_on(self) -> str:
        """`HOST`, or the default of the mode: in Socket Mode only health checks connect, from this machine."""
        return self.host or (LOCALHOST if self.uses_socket_mode else ALL_INTERFACES)

    @property
    def uses_socket_mode(self) -> bool:
        """Whether Slack connects through Socket Mode, which an app-level token turns on."""
        return self.slack_app_token is not None


def all_names() -> SettingNames:
    """Give the names of all settings."""
    return SettingNames(top_level_names(), tuple(TeamSettings.model_fields))


def top_level_names() -> list[str]:
    """List the names of settings that belong to no team."""
    return [name.upper() for name in Settings.model_fields if name != "flashduty_teams"]


def _missing_connection(raw: RawSettings) -> Iterable[Problem]:
    if not {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} & (raw.values.keys() | raw.unreadable):
        similar = hint("SLACK_APP_TOKEN", raw, all_names()) or hint("SLACK_SIGNING_SECRET", raw, all_names())
        what = f"is not set, and neither is SLACK_SIGNING_SECRET: one of the two is needed{similar}"
        yield Problem("SLACK_APP_TOKEN", what, "SLACK_APP_TOKEN=xapp-…")


def _unusable_proxy(outbound: Outbound) -> Iterable[Problem]:
    """Report a proxy of a kind that the bot cannot use."""
    proxy = outbound.https_proxy
    if proxy is not None and not proxy.is_usable:
        kind = "a SOCKS proxy" if proxy.scheme.startswith("socks") else f"a proxy by {proxy.scheme}://"
        what = f"is {kind}, which the bot cannot use; name an HTTP proxy in HTTPS_PROXY"
        yield Problem(outbound.proxy_setting, what, "HTTPS_PROXY=http://proxy.example.com:3128")


def _problem(detail: ErrorDetails, raw: RawSettings) -> Problem:
    path = [str(part) for part in detail["loc"] if not str(part).startswith("function-")]
    if path[0] != "flashduty_teams":
        name = path[0].upper()
        return Problem(name, _sentence(detail, name, raw), f"{name}={_example(Settings.model_fields, path[0])}")
    if len(path) < len(("flashduty_teams", "team", "field")):
        return Problem(
            TEAM_APP_KEY,
            "is not set: the bot needs at least one team",
            f"{setting_name('payments', 'app_key')}=…",
        )
    _, team, field, *_ = path
    name = setting_name(team, field)
    if detail["type"] == "extra_forbidden":
        return unknown_field(team, field, all_names())
    return Problem(name, _sentence(detail, name, raw), f"{name}={_example(TeamSettings.model_fields, field)}")


def _sentence(detail: ErrorDetails, name: str, raw: RawSettings) -> str:
    if detail["type"] == "missing":
        return "is empty" if name in raw.empty else f"is not set{hint(name, raw, all_names())}"
    # Only the sentences of our parsers are repeated: pydantic's may quote the value.
    sentence = str(detail.get("ctx", {}).get("error", "")) if detail["type"] == "value_error" else ""
    origin = raw.origins.get(name, "")
    return f"{sentence or 'is not usable'}{f', in {origin}' if origin not in {'', 'the environment'} else ''}"


def _example(fields: Mapping[str, FieldInfo], name: str) -> str:
    examples = fields[name].examples or ["…"]
    return str(examples[0])


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    # Sources that cannot be read come first, as the others may be missing because of them.
    order = [".env", "SECRETS_DIR", *top_level_names()]
    position = {name: number for number, name in reversed(list(enumerate(order)))}
    return tuple(
        sorted(dict.fromkeys(problems), key=lambda problem: (position.get(problem.name, len(order)), problem.name))
    )
