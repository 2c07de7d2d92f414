"""Files on their way into a conversation (docs.slack.dev/messaging/working-with-files)."""

import mimetypes
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

# Of these Slack draws a picture in the conversation; a drawing in SVG is a file like any other to it.
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_UNKNOWN: Final = "application/octet-stream"


@dataclass
class Upload:
    """A file that was announced; `content` is there once it arrived."""

    id: str
    filename: str
    length: int
    alt_text: str = ""
    title: str = ""
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    content: bytes | None = None
    is_complete: bool = False

    @property
    def mimetype(self) -> str:
        """Tell what it is, by its name."""
        return mimetypes.guess_type(self.filename)[0] or _UNKNOWN

    def as_slack(self, user_id: str) -> dict[str, Any]:
        """Show it as it stands in a message (docs.slack.dev/reference/objects/file-object)."""
        told = {
            "id": self.id,
            "name": self.filename,
            "title": self.title or self.filename,
            "mimetype": self.mimetype,
            "filetype": self.filename.rpartition(".")[2],
            "size": self.length,
            "user": user_id,
        }
        return told | ({"alt_txt": self.alt_text} if self.alt_text else {})


@dataclass
class Uploads:
    """Announced and uploaded files."""

    held: dict[str, Upload] = field(default_factory=dict)

    def announce(self, filename: str, length: int, alt_text: str = "") -> Upload:
        """Make a place for a file of so many bytes."""
        upload = Upload(id=f"F0{secrets.token_hex(4).upper()}", filename=filename, length=length, alt_text=alt_text)
        self.held[upload.id] = upload
        return upload

    def receive(self, file_id: str, secret: str, content: bytes) -> bool:
        """Take the content of an announced file; False unless it is the one that was announced."""
        upload = self.held.get(file_id)
        if upload is None or upload.secret != secret or upload.content is not None or len(content) != upload.length:
            return False
        upload.content = content
        return True

    def picture(self, file_id: str) -> Upload | None:
        """Find a picture that stands in a conversation."""
        upload = self.held.get(file_id)
        return upload if upload is not None and upload.is_complete and upload.mimetype in PICTURES else None
