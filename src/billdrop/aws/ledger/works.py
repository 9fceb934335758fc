"""What is to be committed, cut into what one transaction takes, and what can be written side by side."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from msgspec import Struct

from billdrop.aws.ledger.slice import Thing
from billdrop.aws.ledger.wire import AT_ONCE
from billdrop.books.alike import likeness_of
from billdrop.model import Parsed, errors_of
from billdrop.plan import Item, items_of

ROOM = AT_ONCE - 3
"""Items of a transaction but for what says what it brought, and the count of what it recorded."""

BYTES = 3_000_000
"""Bytes of documents in one transaction; it may have 4 MB in all."""


class Work(Struct, frozen=True, kw_only=True):
    """One document on its way into the books."""

    parsed: Parsed
    place: int
    """Among those given."""
    items: Iterable[Item]
    is_large: bool
    """Whether it takes more than one transaction, as far as can be seen."""
    things: tuple[Thing, ...]
    """What it certainly touches, of a large one the first."""

    @property
    def weight(self) -> int:
        """Items that it writes, as far as can be seen."""
        return len(self.things) + self.parsed.document.unannounced


Chunk = Sequence[Work]
Lane = Sequence[Chunk]
"""Chunks that are written one after the other."""


def work_of(parsed: Parsed, place: int) -> Work:
    """Look at a document; reads its records when they are few."""
    document = parsed.document
    own: tuple[Thing, ...] = (
        document.ref.document_id,
        (document.ref.customer, document.sha256),
        *document.after[:1],
    )
    if errors_of(parsed.findings):
        return Work(parsed=parsed, place=place, items=(), is_large=False, things=own)
    items, few = items_of(parsed), ROOM - len(own)
    first = list(islice(items, few * 20))
    touched = dict.fromkeys(thing for item in first for thing in things_of(item))
    is_large = len(touched) > few or len(first) == few * 20
    whole = items if is_large else first
    return Work(parsed=parsed, place=place, items=whole, is_large=is_large, things=(*own, *touched))


def things_of(item: Item) -> tuple[Thing, ...]:
    """What a record touches: its invoice, and those that look like it; also where policy holds it."""
    item = item.would or item
    if item.key is None or item.booking is None:
        return ()
    customer = item.key[0]
    return item.key, (customer, likeness_of(customer, item.booking))


def lanes_of(works: Sequence[Work]) -> Iterator[list[Lane]]:
    """Lanes that touch nothing in common; each list of them comes after the one before."""
    run: list[Work] = []
    for work in works:
        if work.is_large:
            yield _lanes(run)
            yield [[[work]]]
            run = []
        else:
            run.append(work)
    yield _lanes(run)


class _Filling:
    """Chunks that are filled one after the other."""

    def __init__(self) -> None:
        self.chunks: list[list[Work]] = []
        self._weight = self._size = 0

    def add(self, works: Sequence[Work]) -> None:
        """Put documents into one chunk, a new one if they do not fit into the last."""
        weight = sum(work.weight for work in works)
        size = sum(work.parsed.document.size for work in works)
        if not self.chunks or self._weight + weight > ROOM or self._size + size > BYTES:
            self.chunks.append([])
            self._weight = self._size = 0
        self.chunks[-1].extend(works)
        self._weight += weight
        self._size += size


def _lanes(works: Sequence[Work]) -> list[Lane]:
    """What has nothing in common goes together into chunks; too many of one kind follow each other."""
    together, lanes = _Filling(), list[list[list[Work]]]()
    for group in _groups(works):
        if _fits(group):
            together.add(group)
            continue
        apart = _Filling()
        for work in group:
            apart.add([work])
        lanes.append(apart.chunks)
    lanes += [[chunk] for chunk in together.chunks]
    for chunk in chain.from_iterable(lanes):
        chunk.sort(key=lambda work: work.place)
    return list(lanes)


def _groups(works: Sequence[Work]) -> Iterable[Sequence[Work]]:
    """Documents that touch the same, in order; no group touches what another does."""
    of_thing: dict[Thing, list[Work]] = {}
    groups: dict[int, list[Work]] = {}
    for work in works:
        met = {id(of_thing[thing]): of_thing[thing] for thing in work.things if thing in of_thing}
        for number in met:
            del groups[number]
        joined = sorted([*chain(*met.values()), work], key=lambda one: one.place)
        groups[id(joined)] = joined
        for thing in chain.from_iterable(one.things for one in joined) if met else work.things:
            of_thing[thing] = joined
    return groups.values()


def _fits(works: Sequence[Work]) -> bool:
    size = sum(work.parsed.document.size for work in works)
    return sum(work.weight for work in works) <= ROOM and (size <= BYTES or len(works) == 1)
