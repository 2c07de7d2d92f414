"""files.*: uploads in three steps (docs.slack.dev/reference/methods/files.getUploadURLExternal)."""

from typing import Final

from sandbox.slack.conversation.contents import content_of
from sandbox.slack.conversation.messages import Content
from sandbox.slack.conversation.uploads import Upload
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.method import Arguments, Method, Result, channel_to_write, thread_of
from sandbox.slack.world import World

UPLOAD_PATH: Final = "/upload/{file_id}/{secret}"
# docs.slack.dev/reference/methods/files.getUploadURLExternal
_LONGEST_ALT_TEXT: Final = 1000
_LARGEST_SNIPPET: Final = 1_000_000
_FILE: Final = frozenset({"id", "title"})


def _get_url(world: World, arguments: Arguments) -> Result:
    if arguments["length"] < 1:
        raise Refusal("missing_argument", "length must be positive")
    if "snippet_type" in arguments and arguments["length"] > _LARGEST_SNIPPET:
        raise Refusal("snippet_too_large")
    alt_text = arguments.get("alt_txt", "")
    if len(alt_text) > _LONGEST_ALT_TEXT:
        raise Refusal("alt_txt_too_large")
    upload = world.uploads.announce(arguments["filename"], arguments["length"], alt_text)
    path = UPLOAD_PATH.format(file_id=upload.id, secret=upload.secret)
    return {"upload_url": f"{world.origin}{path}", "file_id": upload.id}


def _complete(world: World, arguments: Arguments) -> Result:
    """Complete uploads and share them after the response, in which the files have no message yet."""
    if not arguments["files"]:
        raise Refusal("invalid_arguments", "files must name at least one file")
    uploads = [_uploaded(world, one) for one in arguments["files"]]
    if len({upload.id for upload in uploads}) < len(uploads):
        raise Refusal("invalid_arguments", "a file stands twice")
    channel_id = arguments.get("channel_id")
    if channel_id is None and "thread_ts" in arguments:
        raise Refusal("invalid_arguments", "thread_ts needs channel_id")
    for upload, named in zip(uploads, arguments["files"], strict=True):
        upload.title = named.get("title", "")
    files = [upload.as_slack(world.workspace.app.user_id) for upload in uploads]
    if channel_id is not None:
        _share(world, channel_id, files=files, arguments=arguments)
    for upload in uploads:
        upload.is_complete = True
    world.afterwards.append(world.uploads.scan)
    return {"files": files}


def _share(world: World, channel_id: str, *, files: list[Result], arguments: Arguments) -> None:
    channel = channel_to_write(world, channel_id)
    comment = arguments.get("initial_comment")
    initial = content_of({"text": comment}) if comment else Content("")
    thread_ts = thread_of(world, channel, arguments)
    content = Content(initial.text, files=files)
    bot = world.workspace.app.user_id
    world.afterwards.append(lambda: world.messages.post(channel.id, bot, content, thread_ts=thread_ts))


def _uploaded(world: World, named: object) -> Upload:
    if not isinstance(named, dict) or set(named) - _FILE or not all(isinstance(one, str) for one in named.values()):
        raise Refusal("invalid_arguments", "a file is named by its id, with a title if any")
    upload = world.uploads.held.get(named.get("id", ""))
    if upload is None or upload.content is None or upload.is_complete:
        raise Refusal("file_not_found")
    return upload


FILE_METHODS: Final = {
    "files.getUploadURLExternal": Method(
        run=_get_url,
        takes={"filename": "text", "length": "number", "alt_txt": "text", "snippet_type": "text"},
        needs=("filename", "length"),
        scope="files:write",
        takes_json=False,
    ),
    "files.completeUploadExternal": Method(
        run=_complete,
        takes={"files": "objects", "channel_id": "text", "initial_comment": "text", "thread_ts": "ts"},
        needs=("files",),
        scope="files:write",
    ),
}
