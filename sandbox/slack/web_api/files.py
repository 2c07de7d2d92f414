"""files.*: uploads in three steps (docs.slack.dev/reference/methods/files.getUploadURLExternal)."""

from typing import Final

from sandbox.slack.contents import content_of
from sandbox.slack.messages import Content
from sandbox.slack.refusal import Refusal
from sandbox.slack.uploads import Upload
from sandbox.slack.web_api.method import Arguments, Method, Told, channel_to_write
from sandbox.slack.world import World

UPLOAD_PATH: Final = "/upload/{file_id}/{secret}"


def _get_url(world: World, arguments: Arguments) -> Told:
    if arguments["length"] < 1:
        raise Refusal("invalid_arguments", "length must be positive")
    upload = world.uploads.announce(arguments["filename"], arguments["length"])
    path = UPLOAD_PATH.format(file_id=upload.id, secret=upload.secret)
    return {"upload_url": f"{world.origin}{path}", "file_id": upload.id}


def _complete(world: World, arguments: Arguments) -> Told:
    uploads = [_uploaded(world, one) for one in arguments["files"]]
    files = [_described(world, upload) for upload in uploads]
    channel_id = arguments.get("channel_id")
    if channel_id is not None:
        channel = channel_to_write(world, channel_id)
        comment = arguments.get("initial_comment")
        said = content_of({"text": comment}) if comment else Content("")
        content = Content(said.text, files=files)
        world.messages.post(channel.id, world.workspace.app.user_id, content, thread_ts=arguments.get("thread_ts"))
    for upload in uploads:
        upload.is_complete = True
    return {"files": files}


def _uploaded(world: World, named: object) -> Upload:
    file_id = named.get("id") if isinstance(named, dict) else None
    upload = world.uploads.held.get(str(file_id))
    if upload is None or upload.content is None or upload.is_complete:
        raise Refusal("file_not_found")
    return upload


def _described(world: World, upload: Upload) -> Told:
    return {"id": upload.id, "name": upload.filename, "size": upload.length, "user": world.workspace.app.user_id}


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
