"""Uploaded files (docs.slack.dev/messaging/working-with-files)."""

import mimetypes
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

# Types that Slack shows as images; SVG is not one of them.
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_UNKNOWN: Final = "application/octet-stream"


@dataclass
class Upload:
    """An announced file; `content` is set by the upload."""

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
        """Return its MIME type, from its name."""
        return mimetypes.guess_type(self.filename)[0] or _UNKNOWN

    def as_slack(self, user_id: str) -> dict[str, Any]:
        """Return its record in a message (docs.slack.dev/reference/objects/file-object)."""
        record = {
            "id": self.id,
            "name": self.filename,
            "title": self.title or self.filename,
            "mimetype": self.mimetype,
            "filetype": self.filename.rpartition(".")[2],
            "size": self.length,
            "user": user_id,
        }
        return record | ({"alt_txt": self.alt_text} if self.alt_text else {})


@dataclass
class Uploads:
    """Announced and uploaded files."""

    held: dict[str, Upload] = field(default_factory=dict)

    def announce(self, filename: str, length: int, alt_text: str = "") -> Upload:
        """Announce a file of this size in bytes."""
        upload = Upload(id=f"F0{secrets.token_hex(4).upper()}", filename=filename, length=length, alt_text=alt_text)
        self.held[upload.id] = upload
        return upload

    def receive(self, file_id: str, secret: str, content: bytes) -> bool:
        """Store the content of an announced file; False if it was not announced so."""
        upload = self.held.get(file_id)
        if upload is None or upload.secret != secret or upload.content is not None or len(content) != upload.length:
            return False
        upload.content = content
        return True

    def picture(self, file_id: str) -> Upload | None:
        """Find an image that was shared."""
        upload = self.held.get(file_id)
        return upload if upload is not None and upload.is_complete and upload.mimetype in PICTURES else None
