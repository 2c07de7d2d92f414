"""The settings: one typed object that `__main__` loads and hands down. Nothing is read at import."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import network_parsers as network
from bot.config import parsers as read
from bot.config.combinations import contradictions, without_effect
from bot.config.misnamed import Known, hint, misnamed, unknown_field
from bot.config.problems import Problem, WrongSettings
from bot.config.setting_names import TEAMS_PREFIX, setting_name
from bot.config.slash_command import DEFAULT_COMMAND, slash_command
from bot.config.sources import USUAL_SECRETS_DIR, Given, gather, nested
from bot.config.team_settings import TeamSettings
from bot.outbound.route import NoProxyEntry, Outbound, Proxy
from bot.runtime.redaction import Redaction

__all__ = ["Problem", "Settings", "WrongSettings"]

NO_TEAM: Final = f"{TEAMS_PREFIX}<TEAM>__APP_KEY"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - in HTTP mode Slack comes from outside
HERE: Final = "127.0.0.1"

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
    """Everything that can be set; `load` reads it, building one in code reads nothing."""

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
    host: Annotated[str | None, BeforeValidator(network.listening_host)] = Field(default=None, examples=["127.0.0.1"])
    port: Annotated[int, BeforeValidator(network.port)] = Field(default=3000, examples=["3000"])
    log_level: Annotated[LogLevel, BeforeValidator(read.one_of("debug", "info", "warning", "error", "critical"))] = (
        Field(default="info", examples=["info"])
    )
    log_format: Annotated[LogFormat, BeforeValidator(read.one_of("text", "json"))] = Field(
        default="text", examples=["json"]
    )
    secrets_dir: Path = Field(default=USUAL_SECRETS_DIR, examples=["/run/secrets"])

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the caller alone: `load` has them from sources that can name a wrong setting."""
        return (init_settings,)

    @classmethod
    def load(
        cls,
        environ: Mapping[str, str],
        env_file: Path | None = None,
        secrets_dir: Path | None = USUAL_SECRETS_DIR,
    ) -> Self:
        """Read the settings; raises WrongSettings with every problem found, never with a value of one."""
        given = gather(environ, env_file, secrets_dir, names=frozenset(top_level_names()))
        problems = [*given.problems, *misnamed(given, known()), *_no_way_in(given)]
        found = cls._checked(given, problems)
        problems += [*contradictions(found.flashduty_teams), *_no_way_out(found.outbound)] if found else ()
        if found is None or problems:
            raise WrongSettings(_in_order(problems))
        return found

    @classmethod
    def _checked(cls, given: Given, problems: list[Problem]) -> Self | None:
        try:
            return cls(**nested(given))
        except ValidationError as error:
            # Raised on by the caller, outside this block: the error's context holds the values.
            found = [_problem(detail, given) for detail in error.errors(include_url=False)]
            # A team whose name is wrong is the only one there is.
            said = given.spoilt | ({NO_TEAM} if any(problem.is_of_a_team for problem in problems) else set())
            problems += [problem for problem in found if problem.name not in said]
        return None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self._database_password)
        keys = (team.app_key for team in self.flashduty_teams.values())
        given = [secret.get_secret_value() for secret in (*tokens, *keys) if secret is not None]
        # A password in an address is percent-encoded there and plain where it is used.
        return tuple(dict.fromkeys([*given, *(unquote(secret) for secret in given), *self.outbound.secrets]))

    @cached_property
    def redaction(self) -> Redaction:
        """What hides all of them, however they are written."""
        return Redaction(self.secrets)

    @cached_property
    def key_redaction(self) -> Redaction:
        """What hides keys and tokens alone: the password of a database may be a word that people are shown."""
        database = self._database_password
        given = database.get_secret_value() if database is not None else ""
        passwords = {given, unquote(given), *self.outbound.secrets}
        return Redaction(secret for secret in self.secrets if secret not in passwords)

    @cached_property
    def outbound(self) -> Outbound:
        """The way to everything the bot calls."""
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
        """What kind of database it is, as people call it."""
        return "SQLite" if self.database_url.get_secret_value().startswith("sqlite") else "PostgreSQL"

    @property
    def without_effect(self) -> tuple[Problem, ...]:
        """What somebody has set and nothing will come of; the bot runs all the same."""
        return (*self._not_needed(), *self._leads_nowhere(), *without_effect(self.flashduty_teams))

    def _leads_nowhere(self) -> Iterable[Problem]:
        """Tell of a proxy for addresses of which there are none: all that is called is https or on this machine."""
        if self.http_proxy is not None and self.outbound.https_proxy is None:
            yield Problem(
                "HTTP_PROXY", "leads to nothing the bot calls, which is https", cure="Set HTTPS_PROXY as well."
            )

    def _not_needed(self) -> Iterable[Problem]:
        if self.uses_socket_mode and self.slack_signing_secret is not None:
            what = "has no effect beside SLACK_APP_TOKEN, which turns Socket Mode on"
            yield Problem("SLACK_SIGNING_SECRET", what, cure="Take one of the two out.")

    @property
    def listens_on(self) -> str:
        """`HOST`, or what suits the mode: in Socket Mode only this machine asks for anything."""
        return self.host or (HERE if self.uses_socket_mode else EVERYWHERE)

    @property
    def uses_socket_mode(self) -> bool:
        """Whether Slack is reached through Socket Mode, which an app-level token turns on."""
        return self.slack_app_token is not None


def known() -> Known:
    """Give the names of all settings there are."""
    return Known(top_level_names(), tuple(TeamSettings.model_fields))


def top_level_names() -> list[str]:
    """List the settings that belong to no team, as they are set."""
    return [name.upper() for name in Settings.model_fields if name != "flashduty_teams"]


def _no_way_in(given: Given) -> Iterable[Problem]:
    if not {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} & (given.values.keys() | given.spoilt):
        near = hint("SLACK_APP_TOKEN", given, known()) or hint("SLACK_SIGNING_SECRET", given, known())
        what = f"is not set, and neither is SLACK_SIGNING_SECRET: one of the two is needed{near}"
        yield Problem("SLACK_APP_TOKEN", what, "SLACK_APP_TOKEN=xapp-…")


def _no_way_out(outbound: Outbound) -> Iterable[Problem]:
    """List a proxy that the bot would have to use and cannot."""
    proxy = outbound.https_proxy
    if proxy is not None and not proxy.is_usable:
        kind = "a SOCKS proxy" if proxy.scheme.startswith("socks") else f"a proxy by {proxy.scheme}://"
        what = f"is {kind}, which the bot cannot use; name an HTTP proxy in HTTPS_PROXY"
        yield Problem(outbound.proxy_setting, what, "HTTPS_PROXY=http://proxy.example.com:3128")


def _problem(detail: ErrorDetails, given: Given) -> Problem:
    place = [str(part) for part in detail["loc"] if not str(part).startswith("function-")]
    if place[0] != "flashduty_teams":
        name = place[0].upper()
        return Problem(name, _sentence(detail, name, given), f"{name}={_example(Settings.model_fields, place[0])}")
    if len(place) < len(("flashduty_teams", "team", "field")):
        return Problem(
            NO_TEAM,
            "is not set: the bot needs at least one team",
            f"{setting_name('payments', 'app_key')}=…",
        )
    _, team, field, *_ = place
    name = setting_name(team, field)
    if detail["type"] == "extra_forbidden":
        return unknown_field(team, field, known())
    return Problem(name, _sentence(detail, name, given), f"{name}={_example(TeamSettings.model_fields, field)}")


def _sentence(detail: ErrorDetails, name: str, given: Given) -> str:
    if detail["type"] == "missing":
        return "is empty" if name in given.empty else f"is not set{hint(name, given, known())}"
    # Only the readers' own sentences are repeated: pydantic's may quote what was given.
    told = str(detail.get("ctx", {}).get("error", "")) if detail["type"] == "value_error" else ""
    origin = given.origins.get(name, "")
    return f"{told or 'is not usable'}{f', in {origin}' if origin not in {'', 'the environment'} else ''}"


def _example(fields: Mapping[str, FieldInfo], name: str) -> str:
    examples = fields[name].examples or ["…"]
    return str(examples[0])


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    # What cannot be read at all may be why the rest is missing.
    order = [".env", "SECRETS_DIR", *top_level_names()]
    place = {name: number for number, name in reversed(list(enumerate(order)))}
    return tuple(
        sorted(dict.fromkeys(problems), key=lambda problem: (place.get(problem.name, len(order)), problem.name))
    )
