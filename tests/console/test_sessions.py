"""Who is known, and how long: guesses, turns, the end of a session, and people that are looked at again."""

import asyncio
from collections.abc import Callable
from queue import Queue
from threading import Event

import pytest
from argon2 import PasswordHasher

from billdrop.console import tries
from billdrop.console.access import Access, Person
from billdrop.console.live import Live
from billdrop.console.sessions import IDLE_SECONDS, Entered, Sessions
from billdrop.console.tries import TRIES, WAIT_SECONDS, Tries
from billdrop.console.turns import Turns
from billdrop.errors import UnavailableError
from billdrop.runtime.accounts import Asked
from tests.process import eventually

OLGA = Person(name="olga", role="operator", password="no hash")
HOME, AWAY = "192.0.2.1", "198.51.100.7"


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def guess(many: Tries, key: str, times: int = TRIES) -> None:
    for _ in range(times):
        many.failed(key)


def test_who_guesses_waits_and_whoever_comes_from_elsewhere_does_not(clock: Clock) -> None:
    many = Tries(clock)
    attacker = many.key("olga", OLGA, peer=AWAY, mark="")
    guess(many, attacker, TRIES - 1)
    assert many.wait(attacker) == 0
    many.failed(attacker)
    assert many.wait(attacker) == WAIT_SECONDS
    assert many.wait(many.key("olga", OLGA, peer=HOME, mark="")) == 0
    assert many.wait(many.key("finn", None, peer=AWAY, mark="")) == 0
    clock.now += WAIT_SECONDS
    assert many.wait(attacker) == 0
    many.failed(attacker)
    assert many.wait(attacker) == WAIT_SECONDS


def test_browser_of_an_earlier_login_waits_for_its_own_wrong_passwords_alone(clock: Clock) -> None:
    many = Tries(clock)
    mark = many.mark(OLGA)
    guess(many, many.key("olga", OLGA, peer=HOME, mark=""))
    known = many.key("olga", OLGA, peer=HOME, mark=mark)
    assert many.wait(known) == 0
    guess(many, known)
    assert many.wait(known) == WAIT_SECONDS
    assert many.wait(many.key("olga", OLGA, peer=HOME, mark=many.mark(OLGA))) == 0


def test_mark_is_good_for_its_person_password_and_process_alone(clock: Clock) -> None:
    many = Tries(clock)
    mark = many.mark(OLGA)
    changed = Person(name="olga", role="operator", password="another hash")
    finn = Person(name="finn", role="operator", password="no hash")
    nobody = many.key("olga", OLGA, peer=HOME, mark="")
    assert many.key("olga", OLGA, peer=HOME, mark=mark) != nobody
    assert many.key("olga", changed, peer=HOME, mark=mark) == nobody
    assert many.key("olga", OLGA, peer=HOME, mark=f"x{mark}") == nobody
    assert many.key("olga", OLGA, peer=HOME, mark=Tries(clock).mark(OLGA)) == nobody
    assert many.key("finn", finn, peer=HOME, mark=mark) == many.key(
        "finn", None, peer=HOME, mark=""
    )


def test_what_is_remembered_of_guesses_is_bounded_and_the_last_stays(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "MOST", 3)
    many = Tries(clock)
    guess(many, "oldest")
    guess(many, "kept")
    for name in ("a", "b"):
        many.failed(name)
    assert [many.wait(key) > 0 for key in ("oldest", "kept")] == [False, True]
    lengths = {len(many.key("x" * length, None, peer=HOME, mark="")) for length in (1, 4_000_000)}
    assert lengths == {64}


def test_password_that_is_right_is_not_taken_from_who_waits_and_is_from_who_is_known(
    clock: Clock,
) -> None:
    password = "correct horse battery"
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
    access = Access(people=(Person(name="olga", role="operator", password=cheap),))
    sessions = Sessions(lambda: access, monotonic=clock)
    entered = sessions.login("olga", password, peer=HOME)
    assert isinstance(entered, Entered)
    for _ in range(TRIES):
        assert sessions.login("olga", "no", peer=AWAY) == 0
    assert sessions.login("olga", password, peer=AWAY) == WAIT_SECONDS
    assert isinstance(sessions.login("olga", password, peer=AWAY, mark=entered.mark), Entered)
    assert isinstance(sessions.login("olga", password, peer=HOME), Entered)
    assert sessions.holds(entered.cookie)
    clock.now += IDLE_SECONDS
    assert sessions.holds(entered.cookie)
    clock.now += 1
    assert not sessions.holds(entered.cookie), "to be asked for is no sign of life"


def test_few_work_at_a_time_a_few_wait_and_the_rest_is_sent_away() -> None:
    go, working, seen = Event(), list[int](), list[int]()

    def work() -> bool:
        working.append(1)
        seen.append(len(working))
        go.wait(20)
        working.pop()
        return True

    async def asked() -> list[bool | None]:
        turns = Turns(at_once=2, waiting=3)
        held = [asyncio.create_task(turns.taken(work)) for _ in range(5)]
        await asyncio.sleep(0)
        sent_away = [await turns.taken(work) for _ in range(2)]
        go.set()
        return [*sent_away, *await asyncio.gather(*held), await turns.taken(work)]

    assert asyncio.run(asked()) == [None, None, *[True] * 6]
    assert max(seen) <= 2


def told(still: Callable[[], bool], changes: int) -> list[bytes]:
    """What a stream says of a state that changes so often, until it ends."""
    states = iter(range(changes))
    live = Live(lambda: next(states, changes), every=0.001)

    async def heard() -> list[bytes]:
        found = [piece async for piece in live.response(still).body_iterator]
        assert live.streams == 0
        return [piece for piece in found if isinstance(piece, bytes) and b"data: " in piece]

    return asyncio.run(heard())


def test_stream_ends_with_the_session_and_says_nothing_after_it() -> None:
    assert told(lambda: False, changes=3) == []
    asked = iter([True, True])
    assert len(told(lambda: next(asked, False), changes=1000)) == 2


def test_nobody_waits_for_a_table_that_is_silent_and_it_is_asked_again_whatever_it_says() -> None:
    table = Queue[Access | Exception]()
    table.put(Access(people=(OLGA,)))

    def read() -> Access:
        said = table.get()
        if isinstance(said, Exception):
            raise said
        return said

    with Asked(read, every=0) as asked:
        assert asked().people == (OLGA,)
        table.put(UnavailableError("no answer"))
        table.put(RuntimeError("a surprise"))
        table.put(Access())
        assert eventually(asked, lambda held: not held.people).closed
    table.put(Access())
