"""Many uploads at once over connections that stay open, with little work of its own per request."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import cast

import uvloop


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last is complete."""

    def __init__(self, requests: Iterator[bytes], done: Callable[[float], None]) -> None:
        self.requests = requests
        self.done = done
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        """Collect an answer; it is complete by its Content-Length."""
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 201"):
            self.closed.set_exception(RuntimeError(f"not 201 but {self.received[:600]!r}"))
            self.transport.abort()
            return
        self.done(time.perf_counter() - self.sent)
        self.received = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whether all was sent is counted by the caller."""
        if not self.closed.done():
            self.closed.set_result(None)

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)


def _length(head: bytes) -> int:
    lowered = head.lower()
    place = lowered.index(b"content-length:") + 15
    return int(lowered[place:].split(b"\r\n", 1)[0])


def run(port: int, requests: list[bytes], connections: int) -> tuple[float, list[float]]:
    """Send them all; returns the seconds they took, and those of each. Every answer must be 201."""
    times: list[float] = []

    async def all_of_them() -> float:
        loop = asyncio.get_running_loop()
        waiting = iter(requests)
        started = time.perf_counter()
        made = [
            await loop.create_connection(
                lambda: Connection(waiting, times.append), "127.0.0.1", port
            )
            for _ in range(connections)
        ]
        await asyncio.gather(*(protocol.closed for _, protocol in made))
        return time.perf_counter() - started

    seconds = uvloop.run(all_of_them())
    if len(times) != len(requests):
        raise RuntimeError(f"{len(requests)} requests, {len(times)} answers")
    return seconds, times
