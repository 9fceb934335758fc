"""`billdrop up` as a person starts it."""

import shlex
import socket
from pathlib import Path

from tests.process import answer, billdrop
from tests.samples import docproc


def test_the_demo_shows_sums_and_ends(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    run = billdrop(
        "up", "--demo", "--count", "60", "--until-idle", "--port", "0", "--data-dir", data
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("date ")
    states = answer("status", data)
    assert sum(states[name] for name in ("recorded", "quarantined", "duplicate")) == 60
    assert states["unpublished_segments"] == 0
    proposed = [line.split("next: ")[1] for line in run.stderr.splitlines() if "next: " in line]
    called = [shlex.split(command) for command in proposed]
    assert {words[0] for words in called} == {"billdrop"}
    for name in ("why", "explain", "verify"):
        (words,) = (one[1:] for one in called if one[1] == name)
        assert billdrop(*words).returncode == 0, words


def test_the_demo_keeps_away_from_real_documents(tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = tmp_path / "a.txt"
    file.write_text(docproc("inv-1"))
    assert billdrop("ingest", "--customer", "acme", "--data-dir", data, file).returncode == 0
    run = billdrop("up", "--demo", "--until-idle", "--port", "0", "--data-dir", data)
    assert run.returncode == 2
    assert "real documents" in run.stderr
    assert answer("status", data)["recorded"] == 1


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = billdrop("up", "--port", port, "--data-dir", tmp_path / "data")
    assert run.returncode == 3
    assert f"port {port}" in run.stderr
