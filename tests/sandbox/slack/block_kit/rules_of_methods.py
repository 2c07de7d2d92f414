"""Rules of single methods, beside what they say."""

from rules import METHODS, PAYMENTS, Rule

UPLOAD = "files.getUploadURLExternal"
COMPLETE = "files.completeUploadExternal"
GROUPS = "usergroups.users.update"


def announced(**more):
    return UPLOAD, {"filename": "x.png", "length": 3, **more}


def completed(*files, **more):
    return COMPLETE, {"files": list(files), **more}


CALLS = [
    Rule("a method is one", "docs.slack.dev/apis/web-api", (("chat.shout", {}),), (), "unknown_method"),
    Rule(
        "arguments are those of the page",
        f"{METHODS}/chat.postMessage",
        (
            ("chat.postMessage", {"channel": PAYMENTS, "text": "x", "color": "red"}),
            ("chat.postMessage", {"text": "x"}),
            ("chat.postMessage", {"channel": PAYMENTS, "text": "x", "mrkdwn": "yes"}),
            ("chat.postEphemeral", {"channel": PAYMENTS, "text": "x"}),
            ("usergroups.users.list", {}),
        ),
        (),
        "invalid_arguments",
    ),
    Rule(
        "a name and a picture of its own need a scope",
        f"{METHODS}/chat.postMessage",
        (("chat.postMessage", {"channel": PAYMENTS, "text": "x", "username": "Eve"}),),
        (),
        "missing_scope",
    ),
    Rule(
        "a channel is there",
        f"{METHODS}/chat.postMessage",
        (
            ("chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}),
            ("conversations.info", {"channel": "C0NOWHERE"}),
            ("conversations.setTopic", {"channel": "C0NOWHERE", "topic": "x"}),
        ),
        (),
        "channel_not_found",
    ),
    Rule(
        "whoever is whispered to is there",
        f"{METHODS}/chat.postEphemeral",
        (("chat.postEphemeral", {"channel": PAYMENTS, "user": "U0OTTO", "text": "x"}),),
        (("chat.postEphemeral", {"channel": PAYMENTS, "user": "U0ALICE", "text": "x"}),),
        "user_not_in_channel",
    ),
    Rule(
        "a topic has at most 250 characters",
        f"{METHODS}/conversations.setTopic",
        (("conversations.setTopic", {"channel": PAYMENTS, "topic": "x" * 251}),),
        (("conversations.setTopic", {"channel": PAYMENTS, "topic": "x" * 250}),),
        "too_long",
    ),
    Rule(
        "a permalink is of a message that is there",
        f"{METHODS}/chat.getPermalink",
        (("chat.getPermalink", {"channel": PAYMENTS, "message_ts": "1.000002"}),),
        (),
        "message_not_found",
    ),
    Rule(
        "a permalink is of a conversation the app may know",
        f"{METHODS}/chat.getPermalink",
        (("chat.getPermalink", {"channel": "C0NOWHERE", "message_ts": "1.000002"}),),
        (),
        "channel_not_found",
    ),
    Rule(
        "a user is known",
        f"{METHODS}/users.info",
        (("users.info", {"user": "U0EVE"}),),
        (("users.info", {"user": "U0ALICE"}),),
        "user_not_found",
    ),
    Rule(
        "an address is somebody's here",
        f"{METHODS}/users.lookupByEmail",
        (
            ("users.lookupByEmail", {"email": "nobody@harbor.example"}),
            ("users.lookupByEmail", {"email": "otto@otherworks.example"}),
        ),
        (("users.lookupByEmail", {"email": "alice@harbor.example"}),),
        "users_not_found",
    ),
    Rule(
        "members of a group are full members",
        f"{METHODS}/usergroups.users.update",
        (
            (GROUPS, {"usergroup": "S0RESPOND", "users": "U0ALICE,U0GINA"}),
            (GROUPS, {"usergroup": "S0RESPOND", "users": "U0ALICE,U0FLASHBOT"}),
            (GROUPS, {"usergroup": "S0RESPOND", "users": "U0EVE"}),
        ),
        ((GROUPS, {"usergroup": "S0RESPOND", "users": "U0ALICE"}),),
        "invalid_users",
    ),
    Rule(
        "members of a group are of this workspace",
        f"{METHODS}/usergroups.users.update",
        ((GROUPS, {"usergroup": "S0RESPOND", "users": "U0OTTO"}),),
        (),
        "failed_for_some_users",
    ),
    Rule(
        "a group has members",
        f"{METHODS}/usergroups.users.update",
        ((GROUPS, {"usergroup": "S0RESPOND", "users": ","}),),
        (),
        "no_users_provided",
    ),
    Rule(
        "a group is there",
        f"{METHODS}/usergroups.users.list",
        (("usergroups.users.list", {"usergroup": "S0NOBODY"}),),
        (),
        "no_such_subteam",
    ),
    Rule(
        "a trigger_id is one",
        f"{METHODS}/views.open",
        (
            (
                "views.open",
                {
                    "trigger_id": "1.2.3",
                    "view": {
                        "type": "modal",
                        "title": {"type": "plain_text", "text": "x"},
                        "blocks": [{"type": "divider"}],
                    },
                },
            ),
        ),
        (),
        "invalid_trigger_id",
    ),
]

FILES = [
    Rule("a file holds something", f"{METHODS}/{UPLOAD}", (announced(length=0),), (announced(),), "missing_argument"),
    Rule(
        "a picture's description has at most 1,000 characters",
        f"{METHODS}/{UPLOAD}",
        (announced(alt_txt="x" * 1001),),
        (announced(alt_txt="x" * 1000),),
        "alt_txt_too_large",
    ),
    Rule(
        "a snippet has at most 1 MB",
        f"{METHODS}/{UPLOAD}",
        (announced(snippet_type="text", length=1_000_001),),
        (announced(snippet_type="text"),),
        "snippet_too_large",
    ),
    Rule(
        "files are named by their ids",
        f"{METHODS}/{COMPLETE}",
        (
            completed(),
            completed("F0X"),
            completed({"id": "F0X", "name": "x"}),
            completed({"id": 5}),
            completed({"id": "F0X", "title": None}),
        ),
        (),
        "invalid_arguments",
    ),
    Rule(
        "a file was uploaded before",
        f"{METHODS}/{COMPLETE}",
        (completed({"id": "F0X", "title": "x"}), completed({"title": "x"})),
        (),
        "file_not_found",
    ),
]
