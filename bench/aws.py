"""Processor time of a worker for one invoice, beside the plain program, both on one stand-in for AWS."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.figures import Figure, Options, figure, interleaved
from bench.process import COMMAND
from billdrop.aws.calls.clients import Clients
from billdrop.aws.ledger import open_dynamo_ledger
from billdrop.aws.stack import Stack
from billdrop.aws.store.objects import Objects
from billdrop.demo.bulk import docproc_invoice
from tests.aws.deployed import deploy
from tests.aws.standin import StandIn, fresh

PATIENCE = 240.0


QUIET = (sys.executable, "-m", "bench.quiet_worker")


def measure(options: Options) -> list[Figure]:
    """All take what lies in a queue, then end; what fewer documents took is subtracted."""
    many, few = options.size(2_000, 1_000), 200
    part, one = options.size(300, 200), 10
    server = StandIn(auth=False)
    try:
        clients = server.clients()
        plain, told, untold, base_plain, base_told, base_untold = interleaved(
            options.rounds,
            lambda: _plain(server, clients, part),
            lambda: _worker(server, clients, many, COMMAND),
            lambda: _worker(server, clients, many, QUIET),
            lambda: _plain(server, clients, one),
            lambda: _worker(server, clients, few, COMMAND),
            lambda: _worker(server, clients, few, QUIET),
        )
    finally:
        server.close()
        server.folder.cleanup()
    theirs = _each(plain, base_plain, part - one)
    how = (
        f"user and system time of the process: {many:,} files of 600 bytes that wait in the queue"
        " through `billdrop worker` once it has started, with receipts and messages to the customer"
        " and without; the"
        " plain program (the SDK, one call for each thing, nobody told) on "
        f"{part:,}; each less what it took for {few} and {one}"
    )
    return [
        *_figures("", _each(told, base_told, many - few), theirs, how),
        *_figures(", nobody told", _each(untold, base_untold, many - few), theirs, how),
    ]


def _each(seconds: Sequence[float], base: Sequence[float], count: int) -> list[float]:
    """Milliseconds of each round for one invoice."""
    return [(each - median(base)) / count * 1000 for each in seconds]


def _figures(
    kind: str, ours: Sequence[float], theirs: Sequence[float], how: str
) -> Iterator[Figure]:
    """As a time, and turned over, so that the ratio says how many times more."""
    for what, unit, rated, turned in (
        ("processor time of an invoice", "ms", False, float),
        ("invoices per second of processor time", "1/s", True, lambda each: 1000 / each),
    ):
        yield figure(
            "aws",
            f"{what}{kind}",
            unit,
            [turned(each) for each in ours],
            other=[turned(each) for each in theirs],
            other_name="plain program",
            rated=rated,
            how=how,
        )


def _worker(server: StandIn, clients: Clients, count: int, command: Sequence[str]) -> float:
    stack = _stack(clients, count)
    process = subprocess.Popen(
        [*command, "worker", "--stack", stack.name],
        env={**os.environ, **server.environment()},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    next(line for line in process.stderr if "takes what comes" in line)
    started = _so_far(process.pid)
    _until_empty(clients, stack)
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    seconds = _spent(process) - started
    objects = Objects(clients, stack.destination_bucket, owner=stack.account)
    states = open_dynamo_ledger(clients, stack, objects).books.states()
    if states["recorded"] != count or states["unpublished_segments"]:
        raise RuntimeError(f"{count} files, but {states}")
    return seconds


def _plain(server: StandIn, clients: Clients, count: int) -> float:
    stack = _stack(clients, count)
    given = (stack.queue_url, stack.table, stack.destination_bucket, str(count))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.plain_aws", *given],
        env={**os.environ, **server.environment()},
    )
    return _spent(process)


def _stack(clients: Clients, count: int) -> Stack:
    """A new stack with so many documents in its inbox, whose events wait."""
    stack = deploy(clients, fresh())
    assert stack is not None
    objects = Objects(clients, stack.inbox_bucket, owner=stack.account)
    for place in range(count):
        objects.put(f"bench/{place}.txt", docproc_invoice(place))
    return stack


def _so_far(pid: int) -> float:
    """Processor time of a process that still runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _until_empty(clients: Clients, stack: Stack) -> None:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = clients.sqs.get_queue_attributes(QueueUrl=stack.queue_url, AttributeNames=names)
        if not any(int(found["Attributes"][name]) for name in names):
            return
        time.sleep(0.2)
    raise RuntimeError(f"the queue of {stack.name} is not empty after {PATIENCE:g} s")


def _spent(process: "subprocess.Popen[str]") -> float:
    """Wait for its end; its processor time and that of its children."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{process.args} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
