"""What a worker says of itself, so that the console of its stack can add up the fleet."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import msgspec

from billdrop.aws.ledger.pulses import Pulses
from billdrop.aws.ledger.wire import Wire
from billdrop.console.fleet import FRESH, Fleet, Pulse, Waits, decode, encode, pulse
from billdrop.console.flow import Flow
from billdrop.errors import BilldropError
from billdrop.runtime import monotonic, now
from billdrop.runtime.aws import Site
from billdrop.way.pump import Log

EVERY_SECONDS = 5.0
QUIET_SECONDS = FRESH.total_seconds() / 3
"""So long a worker that has nothing new to say keeps quiet."""
LEAVE_SECONDS = 1.0
"""So long a stop waits until leave is taken."""
GONE_SECONDS = 24 * 3600
"""What is older was said by a worker that could not take its leave."""


def worker_name() -> str:
    """The machine and the process."""
    return f"{socket.gethostname()}-{os.getpid()}"


def pulses_of(here: Site) -> Pulses:
    """What the workers of a stack say of themselves."""
    return Pulses(Wire(here.clients, here.stack.table))


def heard(pulses: Pulses) -> Iterator[Pulse]:
    """Every worker's last word; one that another version of billdrop says otherwise is left out."""
    for _, body in pulses.all():
        with suppress(msgspec.MsgspecError):
            yield decode(body)


def fleet_of(own: Callable[[], Pulse], pulses: Pulses) -> Fleet:
    """One's own flow and that of every worker."""
    return Fleet(own, lambda: heard(pulses), now=now, monotonic=monotonic)


def telling(
    flow: Flow,
    name: str,
    trouble: Callable[[], BilldropError | None],
    waits: Callable[[], Waits] = Waits,
) -> Callable[[], Pulse]:
    """What says what a process has to say of itself."""
    since = now()

    def told() -> Pulse:
        error = trouble()
        said = "" if error is None else f"{error.message} ({error.error_code})"
        return pulse(flow, name, since=since, at=now(), trouble=said, waits=waits())

    return told


@contextmanager
def beating(told: Callable[[], Pulse], pulses: Pulses, log: Log) -> Iterator[None]:
    """
    Say it every few seconds as long as the block lasts, from a thread of its own, and take leave.

    No document waits for it: where it cannot be said, the log says so once.
    """
    stop = Event()
    thread = Thread(target=_beat, args=(told, pulses, log, stop), name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LEAVE_SECONDS)


def _beat(told: Callable[[], Pulse], pulses: Pulses, log: Log, stop: Event) -> None:
    said: object = None
    quiet_until, fails = 0.0, False
    while not stop.wait(EVERY_SECONDS if said is not None else 0.2):
        one = told()
        fresh = (one.edges, one.under_way, one.trouble, one.waits)
        if fresh == said and monotonic() < quiet_until:
            continue
        try:
            pulses.put(one.worker, encode(one))
        except BilldropError as error:
            if not fails:
                log("trouble", what="pulse", code=error.error_code, detail=str(error))
            fails = True
        else:
            fails = False
        said, quiet_until = fresh, monotonic() + QUIET_SECONDS
    with suppress(BilldropError):
        pulses.remove(told().worker)
        _forget(pulses)


def _forget(pulses: Pulses) -> None:
    """Workers that were gone without a word."""
    for one in list(heard(pulses)):
        if (now() - one.at).total_seconds() > GONE_SECONDS:
            pulses.remove(one.worker)
