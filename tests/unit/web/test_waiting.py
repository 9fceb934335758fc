"""Those who wait in an event loop are told once, in time, and before the next batch begins."""

import asyncio
from datetime import UTC, datetime
from threading import Thread

from billdrop.model import Outcome, State
from billdrop.web.door import HttpDoor, Waiter
from billdrop.web.patience import Patience

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Asker(Waiter):
    """Remembers what it was told."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.heard: list[Outcome | None] = []
        self.happened = asyncio.Event()

    def told(self, outcome: Outcome | None) -> None:
        self.heard.append(outcome)
        self.happened.set()


class Deaf(Asker):
    """Cannot be told."""

    def told(self, outcome: Outcome | None) -> None:
        raise OSError("gone")


def settled(door: HttpDoor, *waiters: Waiter) -> None:
    for number, waiter in enumerate(waiters):
        door.offer("acme", f"acme/{number}", b"text", NOW, waiter)
    deliveries = door.listen(limit=10, wait=0)
    door.settle(
        deliveries,
        [Outcome(document_id=each.ref.document_id, state=State.RECORDED) for each in deliveries],
    )


def test_all_are_told_before_settling_ends() -> None:
    async def told() -> list[int]:
        loop = asyncio.get_running_loop()
        askers = [Asker(loop), Asker(loop)]

        def settle() -> list[int]:
            settled(HttpDoor(), *askers)
            return [len(asker.heard) for asker in askers]

        return await asyncio.to_thread(settle)

    assert asyncio.run(told()) == [1, 1]


def test_one_who_cannot_be_told_does_not_keep_the_others_waiting() -> None:
    async def told() -> tuple[list[Outcome | None], int]:
        loop, failed = asyncio.get_running_loop(), list[object]()
        loop.set_exception_handler(lambda _, context: failed.append(context))
        asker = Asker(loop)
        await asyncio.to_thread(settled, HttpDoor(), Deaf(loop), asker)
        return asker.heard, len(failed)

    heard, failed = asyncio.run(told())
    assert (len(heard), failed) == (1, 1)


def test_event_loop_that_stands_still_does_not_stop_the_batches() -> None:
    loop = asyncio.new_event_loop()
    door = HttpDoor()
    pump = Thread(target=settled, args=(door, Asker(loop)))
    pump.start()
    pump.join()
    assert door.held == 0
    loop.close()


def test_event_loop_that_is_closed_has_nobody_who_waits() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    settled(HttpDoor(), Asker(loop))


def test_whoever_waits_too_long_is_told_and_only_once() -> None:
    async def waited() -> list[list[Outcome | None]]:
        loop, patience, door = asyncio.get_running_loop(), Patience(0.02), HttpDoor()
        late, answered = Asker(loop), Asker(loop)
        for asker in (answered, late):
            patience.begin(asker)
        await asyncio.to_thread(settled, door, answered)
        patience.over(answered)
        await late.happened.wait()
        await asyncio.to_thread(settled, door, late)
        return [answered.heard, late.heard]

    answered, late = asyncio.run(waited())
    assert [outcome is None for outcome in answered] == [False]
    assert [outcome is None for outcome in late] == [True]


def test_patience_begins_anew_for_who_comes_later() -> None:
    async def waited() -> list[Outcome | None]:
        loop, patience = asyncio.get_running_loop(), Patience(0.01)
        for _ in range(2):
            asker = Asker(loop)
            patience.begin(asker)
            await asker.happened.wait()
        return asker.heard

    assert asyncio.run(waited()) == [None]
