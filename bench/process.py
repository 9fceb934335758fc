"""The real command, run as people run it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from msgspec import Struct

COMMAND = (str(Path(sys.executable).with_name("billdrop")),)


class Ran(Struct, frozen=True, kw_only=True):
    """One run of a command."""

    seconds: float
    peak_mb: float
    """Largest resident size, in MiB."""
    output: str


def run(*arguments: str | Path, command: tuple[str, ...] = COMMAND, expect: int = 0) -> Ran:
    """Run the command to its end; raises `RuntimeError` when it ends otherwise than expected."""
    with TemporaryFile("w+") as output, TemporaryFile("w+") as trouble:
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, *map(str, arguments)],
            stdout=output,
            stderr=trouble,
            stdin=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != expect:
            raise RuntimeError(
                f"{arguments} ended with {process.returncode}: {_text(trouble)[-2000:]}"
            )
        return Ran(seconds=seconds, peak_mb=usage.ru_maxrss / 1024, output=_text(output))


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def ask(*arguments: str | Path) -> Any:
    """What a command answers with `--json`."""
    return json.loads(run(*arguments, "--json").output)


@contextmanager
def up(data_dir: Path) -> Iterator[int]:
    """A running `billdrop up`; gives the port once it is ready, and stops it at the end."""
    with (data_dir.parent / f"{data_dir.name}.log").open("w+") as log:
        process = subprocess.Popen(
            [*COMMAND, "up", "--data-dir", str(data_dir), "--port", "0"],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _ready(process, Path(log.name))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _ready(process: "subprocess.Popen[bytes]", log: Path) -> int:
    for _ in range(400):
        found = re.search(r"127\.0\.0\.1:(\d+)", log.read_text())
        if found and _answers(int(found[1])):
            return int(found[1])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"billdrop up did not become ready: {log.read_text()[-2000:]}")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
