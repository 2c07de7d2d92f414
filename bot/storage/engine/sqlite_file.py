"""The file of an SQLite database: whether it can be created, and whether it is still the one that is open."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import URL

from bot.storage.engine.remedies import FolderMissingError

# A file by its device and its number there.
FileNumber = tuple[int, int]


class DatabaseFile:
    """The file of an SQLite database, identified by its inode: a deleted or replaced one keeps its connections."""

    def __init__(self, url: URL) -> None:
        self._path = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self._log = Path(f"{self._path}-wal")
        self._index = Path(f"{self._path}-shm")
        self._seen: FileNumber | None = None
        self._log_seen: FileNumber | None = None
        self.look()

    def look(self) -> None:
        """Record which file is at the path now."""
        if self._path is not None:
            self._seen, self._log_seen = _number(self._path, self._seen), _number(self._log, self._log_seen)

    def is_replaced(self) -> bool:
        """Whether the file was deleted, or replaced by another."""
        if self._path is None:
            return False
        if _number(self._path, self._seen) != self._seen:
            return True
        self.look()
        return False

    def drop_log(self) -> None:
        """Delete the write-ahead log of the file that is gone: SQLite finds it by name, and would apply it.

        Call it when every connection is closed. Source: sqlite.org/howtocorrupt.html, 1.4 and 2.5.
        """
        if self._path is not None and self._log_seen is not None and _number(self._log, None) == self._log_seen:
            for path in (self._log, self._index):
                path.unlink(missing_ok=True)


def _number(path: Path, unknown: FileNumber | None) -> FileNumber | None:
    """Return which file is at a path: None for none, `unknown` when it cannot be read now."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        return unknown
    return found.st_dev, found.st_ino


def exists_or_can_be_created(url: URL) -> bool:
    """Whether the file exists; raises FolderMissingError when it does not and cannot be created."""
    path = Path(str(url.database)).absolute()
    if path.exists():
        return True
    folder = next(parent for parent in path.parents if parent.exists())
    try:
        # Permissions do not suffice: root has all of them, even where no file can be created.
        with TemporaryDirectory(prefix=".flashduty-bot-", dir=folder):
            return False
    except OSError as error:
        raise FolderMissingError(path.parent, error.strerror or type(error).__name__) from None


def make_folder(url: URL) -> None:
    """Create the folder of the file; raises FolderMissingError."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderMissingError(folder, error.strerror or type(error).__name__) from None
