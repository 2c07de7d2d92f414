"""Correct answers that do not come as they should: late, or twice."""

import asyncio

from aiohttp import web


async def passed(seconds: float, stopping: asyncio.Event) -> bool:
    """Wait for `seconds`; return whether the server stopped first."""
    try:
        async with asyncio.timeout(seconds):
            return await stopping.wait()
    except TimeoutError:
        return False


async def twice(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Send the response, and repeat it unasked."""
    if not isinstance(answer, web.Response) or request.transport is None:
        return answer
    await answer.prepare(request)
    await answer.write_eof()
    body = answer.body if isinstance(answer.body, bytes) else b""
    head = f"HTTP/1.1 {answer.status} OK\r\nContent-Type: {answer.content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    request.transport.write(head.encode() + body)
    return answer
