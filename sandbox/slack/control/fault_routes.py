"""Routes under /sandbox/ for faults, administration and rare actions; JSON in and out."""

from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from sandbox.slack.control.requests import Body, WrongRequest, delivery_json, shown_to, taking, words_of
from sandbox.slack.service import SlackService

_REASONS: Final = frozenset({"warning", "refresh_requested", "link_disabled", "too_many_websockets"})


class FaultRoutes:
    """The routes of scripts."""

    def __init__(self, slack: SlackService) -> None:
        self._slack = slack

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        posts = {
            "deliver-to": self._deliver_to,
            "archive": self._archive,
            "delete": self._delete,
            "edit-window": self._edit_window,
            "member": self._member,
            "scopes": self._scopes,
            "limits": self._limits,
            "again": self._again,
            "twice": self._twice,
            "hold": self._hold,
            "let-go": self._let_go,
            "sockets": self._sockets,
            "handshakes": self._handshakes,
            "shortcut": self._shortcut,
            "suggest": self._suggest,
            "home": self._home,
            "verify-url": self._verify_url,
            "check-ssl": self._check_ssl,
        }
        return [web.post(f"/sandbox/{name}", taking(act)) for name, act in posts.items()]

    async def _deliver_to(self, body: Body) -> dict[str, Any]:
        """Take `url`, or null for Socket Mode."""
        url = body.get("url")
        if url is not None and not str(url).startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:")):
            raise WrongRequest("url is an address of this machine, such as http://127.0.0.1:3000/slack/events.")
        self._slack.deliver_to(url)
        return {"url": url}

    async def _archive(self, body: Body) -> dict[str, Any]:
        """Take `channel`, and `archived` (default true)."""
        (channel,) = words_of(body, "channel")
        self._slack.archive(channel, is_archived=_flag(body, "archived", default=True))
        return {}

    async def _delete(self, body: Body) -> dict[str, Any]:
        """Take `user`, `channel` and `message_ts`: a person deletes a message of theirs, or of the app."""
        self._slack.delete(*words_of(body, "user", "channel", "message_ts"))
        return {}

    async def _edit_window(self, body: Body) -> dict[str, Any]:
        """Take `minutes` for which messages can be edited, or null for ever."""
        minutes = body.get("minutes")
        window = None if minutes is None else timedelta(minutes=_number(body, "minutes"))
        self._slack.close_edits_after(window)
        return {"minutes": minutes}

    async def _member(self, body: Body) -> dict[str, Any]:
        """Take `user` (the bot's as well), `channel`, and `member`."""
        user, channel = words_of(body, "user", "channel")
        act = self._slack.let_in if _flag(body, "member", default=True) else self._slack.take_out
        act(user, channel)
        return {"members": self._slack.workspace.channels[channel].members}

    async def _scopes(self, body: Body) -> dict[str, Any]:
        """Take `without`, scopes to take away, or `scopes`, the complete list."""
        without, scopes = body.get("without", []), body.get("scopes", list(self._slack.workspace.app.scopes))
        if not isinstance(without, list) or not isinstance(scopes, list):
            raise WrongRequest("without and scopes are lists.")
        self._slack.set_scopes(str(one) for one in scopes if one not in without)
        return {"scopes": list(self._slack.workspace.app.scopes)}

    async def _limits(self, body: Body) -> dict[str, Any]:
        """Take `on`."""
        self._slack.limit(is_on=_flag(body, "on", default=True))
        return {}

    async def _again(self, _: Body) -> dict[str, Any]:
        """Retry every event that was not acknowledged."""
        return {"deliveries": [delivery_json(one) for one in await self._slack.send_again()]}

    async def _twice(self, body: Body) -> dict[str, Any]:
        """Take `times`: how many of the next deliveries are sent twice."""
        self._slack.deliver_twice(_number(body, "times"))
        return {}

    async def _hold(self, body: Body) -> dict[str, Any]:
        """Take `times`: how many of the next deliveries are held back."""
        self._slack.hold_back(_number(body, "times"))
        return {}

    async def _let_go(self, body: Body) -> dict[str, Any]:
        """Deliver what was held back; the newest first with `newest_first`."""
        held = self._slack.held
        await self._slack.let_go(newest_first=_flag(body, "newest_first", default=False))
        return {"brought": held}

    async def _sockets(self, body: Body) -> dict[str, Any]:
        """Take `reason`: one of Slack's, `dropped` for no message, or `link_enabled`."""
        (reason,) = words_of(body, "reason")
        if reason == "dropped":
            self._slack.drop_sockets()
        elif reason in {"link_disabled", "link_enabled"}:
            await self._slack.switch_socket_mode(is_on=reason == "link_enabled")
        elif reason in _REASONS:
            await self._slack.disconnect(reason)
        else:
            raise WrongRequest(f"reason is one of dropped, link_enabled, {', '.join(sorted(_REASONS))}.")
        return {"connections": self._slack.connections}

    async def _handshakes(self, body: Body) -> dict[str, Any]:
        """Take `hang` and `refuse`: how many of the next handshakes."""
        self._slack.hang_handshakes(_number(body, "hang", default=0))
        self._slack.refuse_handshakes(_number(body, "refuse", default=0))
        return {}

    async def _shortcut(self, body: Body) -> dict[str, Any]:
        """Take `user`, `callback_id`, and for one in a message's menu `channel` and `message_ts`."""
        user, callback_id = words_of(body, "user", "callback_id")
        if "message_ts" in body:
            channel, ts = words_of(body, "channel", "message_ts")
            shown = {"channel": channel, "ts": ts}
            return {"delivery": delivery_json(await self._slack.message_action(user, shown, callback_id))}
        return {"delivery": delivery_json(await self._slack.shortcut(user, callback_id))}

    async def _suggest(self, body: Body) -> dict[str, Any]:
        """Take `user`, `action_id` and `text`, and `view_id`, or `channel` and `message_ts`."""
        user, action_id = words_of(body, "user", "action_id")
        shown = shown_to(self._slack, body, user)
        delivery = await self._slack.suggest(user, shown, action_id=action_id, typed=str(body.get("text", "")))
        return {"delivery": delivery_json(delivery), "answer": delivery.answer}

    async def _home(self, body: Body) -> dict[str, Any]:
        """Take `user`, and `tab` (default home)."""
        (user,) = words_of(body, "user")
        return {"delivery": delivery_json(await self._slack.open_home(user, str(body.get("tab", "home"))))}

    async def _verify_url(self, _: Body) -> dict[str, Any]:
        return {"delivery": delivery_json(await self._slack.verify_url())}

    async def _check_ssl(self, _: Body) -> dict[str, Any]:
        return {"delivery": delivery_json(await self._slack.check_ssl())}


def _flag(body: Body, name: str, *, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise WrongRequest(f"{name} is true or false.")
    return value


def _number(body: Body, name: str, default: int = 1) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WrongRequest(f"{name} is a number, 0 or more.")
    return value
