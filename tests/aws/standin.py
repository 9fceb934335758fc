"""
The stand-in for AWS: ministack on 127.0.0.1, one for each process of the tests, ended with it.

Where it differs from AWS is said in `gaps.md`, beside this file.
"""

import atexit
import functools
import itertools
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from boto3.session import Session

from billdrop.aws.calls.clients import Clients

ACCOUNT = "111122223333"
"""The account of all that the tests make: twelve digits as access key are the root of that account."""

REGION: Final = "eu-central-1"
PATIENCE = 60.0

_PYTHON = Path(__file__).resolve().parents[2] / ".tools/ministack/bin/python"
_UNTIL_PARENT_ENDS = (
    "import os, sys, threading\n"
    "threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()\n"
    "sys.argv = ['ministack']\n"
    "from ministack.app import main\n"
    "main()\n"
)
_run = uuid4().hex[:8]
_numbers = itertools.count()


class StandIn:
    """A running server."""

    def __init__(self, *, auth: bool) -> None:
        if not _PYTHON.exists():
            raise AssertionError(
                f"{_PYTHON.parents[1]} is not there: the tests of the AWS family need ministack; "
                "`make .tools/ministack/ready` installs it, and `make test` does so first"
            )
        self.folder = tempfile.TemporaryDirectory(prefix="standin-")
        self.port = _free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.process = self._start(auth=auth)
        self._wait()

    def _start(self, *, auth: bool) -> "subprocess.Popen[bytes]":
        """It reads its standard input and ends when that does: with this process, however it ends."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [_PYTHON, "-c", _UNTIL_PARENT_ENDS],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder.name,
                start_new_session=True,
                env=kept
                | {
                    "TMPDIR": self.folder.name,
                    "GATEWAY_PORT": str(self.port),
                    "BIND_HOST": "127.0.0.1",
                    "MINISTACK_HOST": "127.0.0.1",
                    "MINISTACK_REGION": REGION,
                    "SFTP_ENABLED": "0",
                    "IOT_MTLS_ENABLED": "0",
                    "DOCKER_HOST": "unix:///nonexistent",
                    "LOG_LEVEL": "WARNING",
                    "AUTH": str(auth).lower(),
                },
            )

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        self.close()
        raise AssertionError(f"ministack did not start: {self._log.read_text()[-2000:]}")

    @property
    def _log(self) -> Path:
        return Path(self.folder.name) / "log.txt"

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()

    def session(
        self, key: str = ACCOUNT, secret: str = "test", token: str | None = None
    ) -> Session:
        """A session of the SDK that knows no other endpoint, whatever the environment says."""
        return self.pointed(self.endpoint, key, secret, token)

    @staticmethod
    def pointed(
        endpoint: str, key: str = ACCOUNT, secret: str = "test", token: str | None = None
    ) -> Session:
        """The same for any endpoint."""
        return _Pointed(endpoint, key, secret, token)

    def clients(
        self, key: str = ACCOUNT, secret: str = "test", token: str | None = None
    ) -> Clients:
        """Our clients with these credentials; without any, those of the root of `ACCOUNT`."""
        return Clients(self.session(key, secret, token))

    def environment(
        self, key: str = ACCOUNT, secret: str = "test", token: str = ""
    ) -> dict[str, str]:
        """What a child process needs to find it; the region is set as instances have it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }


class _Pointed(Session):
    def __init__(self, endpoint: str, key: str, secret: str, token: str | None) -> None:
        super().__init__(
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            region_name=REGION,
        )
        self.endpoint = endpoint

    def client(self, *args: Any, **kwargs: Any) -> Any:
        return super().client(*args, **{"endpoint_url": self.endpoint, **kwargs})


def standin(*, auth: bool = False) -> StandIn:
    """The server of this process; with `auth` the one that enforces IAM. Started when first asked for."""
    return _started(auth)


@functools.cache
def _started(auth: bool) -> StandIn:
    server = StandIn(auth=auth)
    atexit.register(server.folder.cleanup)
    atexit.register(server.close)
    return server


@functools.cache
def root(*, auth: bool = False) -> Clients:
    """Clients of the root of `ACCOUNT`; making one costs a moment, so all tests share them."""
    return standin(auth=auth).clients()


def fresh() -> str:
    """A name that nothing else has: fits buckets, queues, tables and, with `-` replaced, databases."""
    return f"t-{_run}-{os.getpid()}-{next(_numbers)}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
