"""Uploaded files (docs.slack.dev/messaging/working-with-files)."""

import mimetypes
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.slack.conversation.messages import Content
from sandbox.slack.refusal import Refusal

# Types that Slack shows as images; SVG is not one of them.
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_UNKNOWN: Final = "application/octet-stream"
# What an image block takes, by the first bytes.
# docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
_IMAGE_BLOCK_TYPES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")


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
    is_scanned: bool = False

    @property
    def mimetype(self) -> str:
        """Return its MIME type, from its name."""
        return mimetypes.guess_type(self.filename)[0] or _UNKNOWN

    @property
    def fits_an_image_block(self) -> bool:
        """Whether a block may show it: an image that Slack has scanned.

        Slack scans after it has answered; until then the file has no type, and a block with it is refused
        (github.com/slackapi/python-slack-sdk/issues/1521, github.com/slackapi/java-slack-sdk/issues/1349).
        """
        return self.is_complete and self.is_scanned and (self.content or b"").startswith(_IMAGE_BLOCK_TYPES)

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
    are_scanned: bool = True
    """Whether completed files are scanned; a test may delay that."""

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

    def scan(self) -> None:
        """Scan the completed files."""
        for upload in self.held.values():
            upload.is_scanned = upload.is_scanned or (upload.is_complete and self.are_scanned)

    def refuse_unusable(self, content: Content, *, status: int = 200) -> None:
        """Raise Refusal for a message with a `slack_file` that is not an image that can be shown."""
        if problem := self.unusable(content.blocks):
            raise Refusal("invalid_blocks", problem, status=status, errors=[problem])
        for attachment in content.attachments:
            if problem := self.unusable(attachment.get("blocks", [])):
                raise Refusal("invalid_attachments", problem, status=status, errors=[problem])

    def unusable(self, blocks: Sequence[Mapping[str, Any]]) -> str:
        """Return what is wrong with the first `slack_file` that is not an image that can be shown; empty for none."""
        for index, block in enumerate(blocks):
            named = block.get("slack_file")
            if not isinstance(named, dict):
                continue
            file_id = named.get("id") or str(named.get("url", "")).rpartition("/")[0].rpartition("-")[2]
            upload = self.held.get(file_id)
            if upload is None or not upload.fits_an_image_block:
                return f"invalid slack file [json-pointer:/blocks/{index}/slack_file]"
        return ""
