"""A certificate is fetched from the one server that proves its name, in time, or not at all."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from billdrop.aws.topic.download import CERTIFICATE_BYTES, download
from billdrop.errors import UnavailableError
from tests.unit.aws.signer import LEAF, certificate, key_of, pem


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        getattr(self, f"page_{self.path[1:]}")()

    def log_message(self, *args: object) -> None:
        pass

    def _reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page_good(self) -> None:
        self._reply(200, pem(LEAF))

    def page_away(self) -> None:
        self._reply(302, b"", Location="/good")

    def page_gone(self) -> None:
        self._reply(404, pem(LEAF))

    def page_large(self) -> None:
        self._reply(200, b"x" * (CERTIFICATE_BYTES + 1))

    def page_huge(self) -> None:
        self._reply(200, b"x" * 200_000)

    def page_down(self) -> None:
        self._reply(503, b"")

    def page_half(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def page_rubbish(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH\r\n")
        self.close_connection = True

    def page_dripping(self) -> None:
        try:
            for _ in range(50):
                self.wfile.write(b"X")
                time.sleep(0.05)
        except OSError:
            pass
        self.close_connection = True


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    _Pages.asked = []
    server = _Quiet(("127.0.0.1", 0), _Pages)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with serving() as port:
        yield f"http://127.0.0.1:{port}"


def test_certificate_is_downloaded(site: str) -> None:
    assert download(f"{site}/good") == pem(LEAF)


@pytest.mark.parametrize("page", ["away", "gone", "large"])
def test_anything_but_a_certificate_is_nothing_and_no_redirect_is_followed(
    site: str, page: str
) -> None:
    assert download(f"{site}/{page}") is None
    assert _Pages.asked == [f"/{page}"]


@pytest.mark.parametrize("page", ["huge", "down", "half", "rubbish", "dripping"])
def test_half_an_answer_or_too_much_or_too_late_is_unavailable(site: str, page: str) -> None:
    with pytest.raises(UnavailableError):
        download(f"{site}/{page}", seconds=0.3)


def server_of(name: str, folder: Path) -> ssl.SSLContext:
    """A server that bears a name, under a root of its own."""
    since, until = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    root = certificate("root", "root", authority=True, since=since, until=until)
    leaf = certificate(name, "root", names=[name], since=since, until=until)
    key = key_of(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "root.pem").write_bytes(pem(root))
    (folder / "server.pem").write_bytes(pem(leaf, root) + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def test_server_has_to_prove_its_name_under_a_trusted_root(tmp_path: Path) -> None:
    with serving(server_of("localhost", tmp_path)) as port:
        assert download(f"https://localhost:{port}/good", bundle=tmp_path / "root.pem") == pem(LEAF)
        with pytest.raises(UnavailableError, match="CERTIFICATE_VERIFY_FAILED"):
            download(f"https://localhost:{port}/good")
    with (
        serving(server_of("evil.example", tmp_path)) as port,
        pytest.raises(UnavailableError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        download(f"https://localhost:{port}/good", bundle=tmp_path / "root.pem")


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(UnavailableError):
        download("http://127.0.0.1:1/a.pem")
