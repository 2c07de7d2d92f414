"""Keys that came from files, read again while the process runs."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar
from urllib.parse import unquote

import structlog
from pydantic import SecretStr, TypeAdapter, ValidationError

from bot.config.names.setting_names import setting_name
from bot.config.settings import Settings
from bot.config.sources import UnreadableFile, file_content
from bot.config.team_settings import AppKey, WebhookSecrets
from bot.config.text import value_fault
from bot.runtime.rotating_secret import RotatingSecret

log = structlog.get_logger(__name__)

T = TypeVar("T", SecretStr, tuple[SecretStr, ...])

APP_KEY: Final[TypeAdapter[SecretStr]] = TypeAdapter(AppKey)
WEBHOOK_SECRETS: Final[TypeAdapter[tuple[SecretStr, ...]]] = TypeAdapter(WebhookSecrets)


class KeyFiles:
    """The keys of the teams. One that came from a file follows it; any other stays as it is until a restart.

    A file that cannot be read, is empty or holds no key changes nothing: the key that was read before stays.
    """

    def __init__(self, settings: Settings) -> None:
        self._redactions = (settings.redaction, settings.key_redaction)
        teams = settings.flashduty_teams
        self._app_keys = {name: RotatingSecret(team.app_key, self.reread) for name, team in teams.items()}
        self._webhook_secrets = {name: RotatingSecret(team.webhook_secret) for name, team in teams.items()}
        self._files: tuple[_KeyFile[SecretStr] | _KeyFile[tuple[SecretStr, ...]], ...] = (
            *_files(settings.files, "app_key", APP_KEY, keys=self._app_keys),
            *_files(settings.files, "webhook_secret", WEBHOOK_SECRETS, keys=self._webhook_secrets),
        )
        self._reading: asyncio.Task[None] | None = None

    def app_key(self, team: str) -> RotatingSecret[SecretStr]:
        """Give the APP Key of a team."""
        return self._app_keys[team]

    def webhook_secrets(self, team: str) -> RotatingSecret[tuple[SecretStr, ...]]:
        """Give the secrets of a team's webhooks."""
        return self._webhook_secrets[team]

    async def reread(self) -> None:
        """Read every file again; callers at the same time share one reading."""
        if self._files:
            await asyncio.shield(self.begin_reread())

    def begin_reread(self) -> "asyncio.Task[None]":
        """Start to read every file again, unless that is under way."""
        if self._reading is None or self._reading.done():
            # In a context of its own: it is nobody's request, and its log lines name nobody.
            self._reading = asyncio.get_running_loop().create_task(self._read(), name="key files", context=Context())
        return self._reading

    async def _read(self) -> None:
        # In a thread: a file may be on a network.
        texts = await asyncio.to_thread(lambda: [file.read() for file in self._files])
        changed = [file.take(text, self._redact) for file, text in zip(self._files, texts, strict=True)]
        if any(changed):
            log.info("keys.reread", changed=sum(changed))

    def _redact(self, secret: SecretStr) -> None:
        for redaction in self._redactions:
            for text in (secret.get_secret_value(), unquote(secret.get_secret_value())):
                redaction.learn(text)


class _UnusableFile(Exception):  # noqa: N818 - its text is a sentence without its subject
    """A file holds no key."""


@dataclass(kw_only=True)
class _KeyFile(Generic[T]):
    """The file of one key; `fault` is what was last logged about it, None once it is readable."""

    setting: str
    path: Path
    adapter: TypeAdapter[T]
    key: RotatingSecret[T]
    fault: str | None = None

    def read(self) -> "str | UnreadableFile":
        """Read the file, which may block; an error is returned."""
        try:
            return file_content(self.path)
        except UnreadableFile as error:
            return error

    def take(self, text: "str | UnreadableFile", learn: Callable[[SecretStr], None]) -> bool:
        """Replace the key by what the file holds; False where that is no key, or the same."""
        try:
            found = self._parsed(text)
        except _UnusableFile as why:
            self._log_once(str(why))
            return False
        self.fault = None
        if found == self.key.value:
            return False
        # Before anybody uses it.
        for secret in [found] if isinstance(found, SecretStr) else found:
            learn(secret)
        self.key.replace(found)
        return True

    def _parsed(self, text: "str | UnreadableFile") -> T:
        if isinstance(text, UnreadableFile) or not text:
            raise _UnusableFile(str(text) or "is empty")
        if fault := value_fault(text):
            raise _UnusableFile(fault.what)
        why = "is not usable"
        try:
            if found := self.adapter.validate_python(text):
                return found
        except ValidationError as error:
            # Only the sentences of our parsers: pydantic's may quote the value.
            why = str(error.errors(include_url=False)[0].get("ctx", {}).get("error", why))
        raise _UnusableFile(why)

    def _log_once(self, why: str) -> None:
        if why != self.fault:
            self.fault = why
            log.warning("keys.file_unusable", setting=self.setting, why=why, in_use="the key that was read before")


def _files(
    files: Mapping[str, Path], field: str, adapter: TypeAdapter[T], *, keys: Mapping[str, RotatingSecret[T]]
) -> Iterator[_KeyFile[T]]:
    """List the files of a field of the teams."""
    for team, key in keys.items():
        setting = setting_name(team, field)
        if setting in files:
            yield _KeyFile(setting=setting, path=files[setting], adapter=adapter, key=key)
