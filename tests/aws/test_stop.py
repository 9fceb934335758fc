"""A stop ends by itself, also where nothing answers any more; what was under way comes again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from os import environ
from threading import Event

import pytest

from tests.aws.faulty import Answer, Asked, Pass, Plan, faulty
from tests.aws.worked import Site, worker
from tests.process import eventually
from tests.samples import docproc

LONG = 60
"""Seconds within which a process that ends by itself has ended, on a machine with much else to do."""


class Network(Plan):
    """Passes everything on, until it is dead: then calls are taken and nobody answers."""

    def __init__(self) -> None:
        super().__init__({})
        self.dies_at = ""
        """At the next call of this name."""
        self.dead = Event()
        self.over = Event()
        self.waiting: list[str] = []

    def answer(self, asked: Asked, forward: Pass) -> Answer | None:
        """Or none, when all is over."""
        if asked.action == self.dies_at:
            self.dead.set()
        answer = None if self.dead.is_set() else forward(asked.body)
        if self.dead.is_set():
            self.waiting.append(asked.action)
            self.over.wait()
            return None
        return answer


@pytest.fixture
def network() -> Iterator[Network]:
    network = Network()
    yield network
    network.over.set()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("dies_at", ["TransactWriteItems", "ReceiveMessage", "DeleteMessageBatch"])
def test_stop_ends_by_itself_where_nothing_answers_and_what_was_under_way_counts_once(
    network: Network, dies_at: str
) -> None:
    site = Site(auth=False)
    with faulty(site.server.endpoint, network) as endpoint:
        given = {**site.server.environment(), "AWS_ENDPOINT_URL": endpoint}
        with worker(site, "--listen", "0", environment=given) as running:
            network.dies_at = dies_at
            site.upload("acme/a.txt", docproc("inv-1"))
            eventually(lambda: dies_at in network.waiting, bool)
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(LONG) == 5
            assert "what was not finished comes again" in "".join(running.said)
    with worker(site) as next_one:
        site.until(recorded=1, unpublished_segments=0)
        assert next_one.stop() == 0
    assert [row["number"] for row in site.rows("invoices")] == ["inv-1"]


@pytest.mark.timeout(120)
def test_stop_ends_by_itself_where_nothing_answers_from_the_start(network: Network) -> None:
    site = Site(auth=False)
    network.dead.set()
    with faulty(site.server.endpoint, network) as endpoint:
        given = {**environ, **site.server.environment(), "AWS_ENDPOINT_URL": endpoint}
        command = [sys.executable, "-m", "billdrop", "worker", "--stack", site.stack.name]
        with subprocess.Popen(command, env=given, stderr=subprocess.DEVNULL) as process:
            eventually(lambda: list(network.waiting), bool)
            process.send_signal(signal.SIGTERM)
            try:
                assert process.wait(LONG) == 5
            finally:
                process.kill()


@pytest.mark.timeout(120)
def test_stop_where_all_answers_ends_with_nothing_said_of_patience() -> None:
    site = Site(auth=False)
    with worker(site, "--listen", "0") as running:
        site.upload("acme/a.txt", docproc("inv-1"))
        site.until(recorded=1)
        assert running.stop() == 0
        assert "comes again" not in "".join(running.said)
