"""
Says when invoices became visible in the totals behind `billdrop expenses`: a process of its own.

SQLite's `data_version` changes with every commit of another process and costs microseconds to ask;
the totals are read only then, by the code that `expenses` uses. What is printed is a JSON list of
[monotonic nanoseconds, invoices visible], and the longest and the 99th percentile gap between looks.
"""

import json
import sys
import time
from pathlib import Path

import apsw

from billdrop.layout import Layout
from billdrop.local.ledger import SqliteBooks

PAUSE = 0.0002


def watch(data_dir: Path, expected: int, patience: float) -> dict[str, object]:
    """Look until so many invoices are visible, or nothing has changed for `patience` seconds."""
    path = Layout(data_dir).ledger
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    books = SqliteBooks(path)
    seen: list[tuple[int, int]] = []
    gaps: list[int] = []
    version = count = 0
    looked = changed = time.monotonic_ns()
    print("watching", flush=True)
    while count < expected and looked - changed < patience * 1e9:
        found = connection.pragma("data_version")
        now = time.monotonic_ns()
        gaps.append(now - looked)
        looked = now
        if found == version:
            time.sleep(PAUSE)
            continue
        version = found
        visible = sum(total.invoices for total in books.totals())
        if visible > count:
            count, changed = visible, time.monotonic_ns()
            seen.append((changed, count))
    gaps.sort()
    return {"seen": seen, "gap_p99_ms": gaps[len(gaps) * 99 // 100] / 1e6, "gap_ms": gaps[-1] / 1e6}


if __name__ == "__main__":
    print(json.dumps(watch(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
