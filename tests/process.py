"""The real program as a child process, for journeys and crashes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


def billdrop(
    *args: str | Path, stdin: str | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "billdrop", *map(str, args)],
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def answer(command: str, data: Path, *args: str) -> Any:
    """The JSON answer of a command."""
    run = billdrop(command, "--data-dir", data, "--json", *args)
    assert run.returncode in (0, 1), run.stderr
    return json.loads(run.stdout)


class Answer(NamedTuple):
    """What the HTTP door said."""

    status: int
    body: Any
    headers: dict[str, str]


class Up:
    """A running `billdrop up`."""

    def __init__(self, data: Path, process: "subprocess.Popen[str]", url: str) -> None:
        self.data = data
        self.process = process
        self.url = url
        self.inbox = data / "inbox"

    def drop(self, name: str, text: str | bytes, customer: str = "acme") -> Path:
        """Put a file into the inbox by atomic rename."""
        target = self.inbox / customer / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}")
        temporary.write_bytes(text.encode() if isinstance(text, str) else text)
        temporary.rename(target)
        return target

    def put(self, name: str, text: str | bytes, customer: str = "acme") -> Answer:
        """Upload by HTTP."""
        return self.ask(
            f"/inbox/{customer}/{name}", "PUT", text.encode() if isinstance(text, str) else text
        )

    def ask(self, path: str, method: str = "GET", body: bytes | None = None) -> Answer:
        """One request."""
        request = urllib.request.Request(self.url + path, data=body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return _answer(response.status, response.read(), dict(response.headers))
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.read(), dict(error.headers))

    def states(self) -> dict[str, int]:
        """The answer of `status`."""
        states: dict[str, int] = answer("status", self.data)
        return states

    def until(self, **expected: int) -> dict[str, int]:
        """Wait until `status` says so."""
        return eventually(self.states, lambda now: expected.items() <= now.items())

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(timeout=30)


@contextmanager
def up(data: Path, *args: str, **environment: str) -> Iterator[Up]:
    """`billdrop up` on a free port, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "billdrop", "up", "--data-dir", str(data), "--port", "0", *args],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = ""
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                url = found[0]
                break
        assert url, f"`up` ended with {process.wait()}"
        yield Up(data, process, url)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def eventually(ask: Callable[[], T], holds: Callable[[T], bool], seconds: float = 20) -> T:
    """Ask again until it holds."""
    deadline = time.monotonic() + seconds
    while True:
        found = ask()
        if holds(found):
            return found
        assert time.monotonic() < deadline, f"still {found}"
        time.sleep(0.05)


def _answer(status: int, body: bytes, headers: dict[str, str]) -> Answer:
    is_json = "json" in headers.get("content-type", "")
    return Answer(status, json.loads(body) if is_json else body.decode(), headers)
