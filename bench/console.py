"""Pages of the console while many streams are open and documents keep coming."""

import asyncio
import time
from pathlib import Path

import uvloop

from bench.figures import Figure, Options, figure, percentile
from bench.process import up
from billdrop.demo import docproc_invoice

STREAMS = 500
RATE = 200
"""Uploads per second."""
PAGES = ("", "expenses", "documents", "quarantine", "upload", "health.json")


def measure(options: Options) -> list[Figure]:
    """One reader of pages beside the streams and the uploads; the generators share the machine."""
    seconds = options.size(20, 6)
    times: list[float] = []
    told: list[float] = []
    memory: list[float] = []
    for number in range(options.rounds):
        data_dir = options.scratch / f"c{number}"
        data_dir.mkdir()
        with up(data_dir) as port:
            seen, states = uvloop.run(_round(port, seconds))
            memory.append(_resident(data_dir))
        times += seen
        told.append(states / seconds / STREAMS)
    how = (
        f"{STREAMS} open event streams and {RATE} uploads/s for {seconds} s, a page asked for every"
        f" 50 ms of {len(PAGES)} in turn; generators on the same cores"
    )
    return [
        figure("console", "page, p50", "ms", [percentile(times, 0.5) * 1000], how=how),
        figure("console", "page, p99", "ms", [percentile(times, 0.99) * 1000], how=how),
        figure("console", "states told to a stream", "1/s", told, how=how),
        figure("console", "resident memory", "MiB", memory, how=how),
    ]


async def _round(port: int, seconds: float) -> tuple[list[float], int]:
    times: list[float] = []
    states = [0]
    end = time.perf_counter() + seconds
    streams = [asyncio.create_task(_listen(port, end, states)) for _ in range(STREAMS)]
    await asyncio.gather(_upload(port, end), _look(port, end, times))
    await asyncio.gather(*streams)
    return times, states[0]


async def _listen(port: int, end: float, states: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /console/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    while time.perf_counter() < end:
        try:
            async with asyncio.timeout(1):
                piece = await reader.read(65536)
        except TimeoutError:
            continue
        if not piece:
            raise RuntimeError("a stream ended")
        states[0] += piece.count(b"data: ")
    writer.close()


async def _upload(port: int, end: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started, sent = time.perf_counter(), 0
    while time.perf_counter() < end:
        body = docproc_invoice(sent)
        head = f"PUT /inbox/bench/{sent:07}.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await _answer(reader)
        sent += 1
        await asyncio.sleep(max(0.0, started + sent / RATE - time.perf_counter()))
    writer.close()


async def _look(port: int, end: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    while time.perf_counter() < end:
        page = f"/console/{PAGES[number % len(PAGES)]}".rstrip("/")
        began = time.perf_counter()
        writer.write(f"GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        await _answer(reader)
        times.append(time.perf_counter() - began)
        number += 1
        await asyncio.sleep(0.05)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
        raise RuntimeError(f"not 200 but {head[:200]!r}")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    await reader.readexactly(length)


def _resident(data_dir: Path) -> float:
    """MiB that the process which holds the data directory has in memory."""
    holder = (data_dir / "lock").read_text().strip()
    status = Path(f"/proc/{holder}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
