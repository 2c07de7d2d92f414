"""Files on their way into a conversation (docs.slack.dev/messaging/working-with-files)."""

import secrets
from dataclasses import dataclass, field


@dataclass
class Upload:
    """A file that was announced; `content` is there once it arrived."""

    id: str
    filename: str
    length: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    content: bytes | None = None
    is_complete: bool = False


@dataclass
class Uploads:
    """Announced and uploaded files."""

    held: dict[str, Upload] = field(default_factory=dict)

    def announce(self, filename: str, length: int) -> Upload:
        """Make a place for a file of so many bytes."""
        upload = Upload(f"F0{secrets.token_hex(4).upper()}", filename, length)
        self.held[upload.id] = upload
        return upload

    def receive(self, file_id: str, secret: str, content: bytes) -> bool:
        """Take the content of an announced file; False unless it is the one that was announced."""
        upload = self.held.get(file_id)
        if upload is None or upload.secret != secret or upload.content is not None or len(content) != upload.length:
            return False
        upload.content = content
        return True
