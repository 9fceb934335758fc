"""Who is known, and how long others wait for it: people that are looked at again beside the pages."""

from queue import Queue

from billdrop.console.access import Access, Person
from billdrop.errors import UnavailableError
from billdrop.runtime.accounts import Asked
from tests.process import eventually

OLGA = Person(name="olga", role="operator", password="no hash")


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
