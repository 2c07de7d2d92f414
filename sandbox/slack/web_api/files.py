"""files.*: uploads in three steps (docs.slack.dev/reference/methods/files.getUploadURLExternal)."""

from typing import Final

from sandbox.slack.contents import content_of
from sandbox.slack.messages import Content
from sandbox.slack.refusal import Refusal
from sandbox.slack.uploads import Upload
from sandbox.slack.web_api.method import Arguments, Method, Told, channel_to_write, thread_of
from sandbox.slack.world import World

UPLOAD_PATH: Final = "/upload/{file_id}/{secret}"
# docs.slack.dev/reference/methods/files.getUploadURLExternal
_LONGEST_ALT_TEXT: Final = 1000


def _get_url(world: World, arguments: Arguments) -> Told:
    if arguments["length"] < 1:
        raise Refusal("invalid_arguments", "length must be positive")
    alt_text = arguments.get("alt_txt", "")
    if len(alt_text) > _LONGEST_ALT_TEXT:
        raise Refusal("alt_txt_too_large")
    upload = world.uploads.announce(arguments["filename"], arguments["length"], alt_text)
    path = UPLOAD_PATH.format(file_id=upload.id, secret=upload.secret)
    return {"upload_url": f"{world.origin}{path}", "file_id": upload.id}


def _complete(world: World, arguments: Arguments) -> Told:
    uploads = [_uploaded(world, one) for one in arguments["files"]]
    files = [upload.as_slack(world.workspace.app.user_id) for upload in uploads]
    channel_id = arguments.get("channel_id")
    if channel_id is not None:
        _share(world, channel_id, files, arguments)
    for upload in uploads:
        upload.is_complete = True
    return {"files": files}


def _share(world: World, channel_id: str, files: list[Told], arguments: Arguments) -> None:
    channel = channel_to_write(world, channel_id)
    comment = arguments.get("initial_comment")
    said = content_of({"text": comment}) if comment else Content("")
    thread_ts = thread_of(world, channel, arguments)
    world.messages.post(channel.id, world.workspace.app.user_id, Content(said.text, files=files), thread_ts=thread_ts)


def _uploaded(world: World, named: object) -> Upload:
    given = named if isinstance(named, dict) else {}
    upload = world.uploads.held.get(str(given.get("id")))
    if upload is None or upload.content is None or upload.is_complete:
        raise Refusal("file_not_found")
    upload.title = str(given.get("title") or "")
    return upload


METHODS: Final = {
    "files.getUploadURLExternal": Method(
        _get_url,
        {"filename": "text", "length": "number", "alt_txt": "text", "snippet_type": "text"},
        ("filename", "length"),
        "files:write",
    ),
    "files.completeUploadExternal": Method(
        _complete,
        {"files": "objects", "channel_id": "text", "initial_comment": "text", "thread_ts": "ts"},
        ("files",),
        "files:write",
    ),
}
