"""The one place where the APP Key meets an address."""

import httpx
from pydantic import SecretStr

EXTENSION = "flashduty_app_key"


class KeyTransport(httpx.AsyncBaseTransport):
    """Adds `app_key` to the query of the request that leaves, and to no other object.

    httpx logs, and puts into its exceptions, the request it was given: that one has no key in it.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with its key."""
        key = request.extensions[EXTENSION]
        if not isinstance(key, SecretStr):
            raise TypeError("the key must be a SecretStr")
        extensions = {name: value for name, value in request.extensions.items() if name != EXTENSION}
        leaving = httpx.Request(
            request.method,
            request.url.copy_add_param("app_key", key.get_secret_value()),
            headers=request.headers,
            stream=request.stream,
            extensions=extensions,
        )
        return await self._inner.handle_async_request(leaving)

    async def aclose(self) -> None:
        """Close the pool."""
        await self._inner.aclose()
