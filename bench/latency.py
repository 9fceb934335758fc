"""From the arrival of a file in the inbox to its amount in `expenses`, in the running program."""

import json
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure, Options, figure, percentile
from bench.process import up
from billdrop.demo import docproc_invoice
from billdrop.demo.bulk import DAYS

PER_SECOND = 200


def measure(options: Options) -> list[Figure]:
    """Files are renamed into the inbox at a steady pace; an arrival is the return of the rename."""
    seconds = options.size(15, 4)
    rounds = [_round(options.scratch / f"r{number}", seconds) for number in range(3)]
    gap = max(gap for _, gap in rounds)
    how = (
        f"{PER_SECOND} files/s renamed into the inbox of `billdrop up` for {seconds} s, three times;"
        f" rename returned to amount visible (which is durable), looked for all the time: 99 of 100"
        f" looks within {gap:.2f} ms of the last"
    )
    return [
        figure(
            "latency",
            f"folder, p{share * 100:.0f}",
            "ms",
            [percentile(latencies, share) for latencies, _ in rounds],
            how=how,
        )
        for share in (0.5, 0.99)
    ]


def _round(root: Path, seconds: int) -> tuple[list[float], float]:
    data_dir, staging, count = root / "data", root / "staging", seconds * PER_SECOND
    inbox = data_dir / "inbox" / "bench"
    staging.mkdir(parents=True)
    inbox.mkdir(parents=True)
    for index in range(count):
        (staging / f"{index:06}.txt").write_bytes(docproc_invoice(index * DAYS))
    with up(data_dir):
        watcher = subprocess.Popen(
            [sys.executable, "-m", "bench.watch", str(data_dir), str(count), "10"],
            stdout=subprocess.PIPE,
            text=True,
        )
        if watcher.stdout is None or watcher.stdout.readline() != "watching\n":
            raise RuntimeError("the watcher did not start")
        time.sleep(1)
        arrived = _drop(staging, inbox, count)
        found = json.loads(watcher.communicate(timeout=60)[0])
    return _latencies(arrived, found["seen"]), float(found["gap_p99_ms"])


def _drop(staging: Path, inbox: Path, count: int) -> list[int]:
    """Rename at an even pace; returns when each rename returned, in monotonic nanoseconds."""
    arrived = []
    begin = time.monotonic()
    for index in range(count):
        wait = begin + index / PER_SECOND - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        name = f"{index:06}.txt"
        (staging / name).rename(inbox / name)
        arrived.append(time.monotonic_ns())
    return arrived


def _latencies(arrived: list[int], seen: list[tuple[int, int]]) -> list[float]:
    """The n-th arrival became visible when so many were: in milliseconds."""
    latencies: list[float] = []
    for when, visible in seen:
        latencies += [(when - arrival) / 1e6 for arrival in arrived[len(latencies) : visible]]
    if len(latencies) != len(arrived):
        raise RuntimeError(f"{len(arrived)} files arrived, {len(latencies)} became visible")
    return latencies
