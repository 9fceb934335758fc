"""Reading documents in a process apart, while this one commits what was read before."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from billdrop.model import Document, Parsed
from billdrop.parsing.crossing import Known, decode_got, encode, parsed, sent
from billdrop.parsing.second import compiled, opened, read, second_process
from billdrop.readers import Limits
from billdrop.way.pipeline import Read

if TYPE_CHECKING:
    from billdrop.guidelines.library import Library

WORTH = 200
"""Fewer documents are read sooner here than there."""

LARGEST = 8 * 1024 * 1024
"""Documents of more bytes are read here, as their records are asked for; no more than `reading.EAGER`."""

Ready = Future[list[Known]]


class Apart:
    """
    A second process that reads, started with the first batch that is worth it.

    Of an accepted invoice its booking crosses, which is what the ledger needs; whoever wants the
    invoice or its spans reads the original again. When the process dies, its documents are read here.
    """

    def __init__(
        self,
        library: "Library | Callable[[], Library]",
        limits: Limits,
        pool: ProcessPoolExecutor | None = None,
        *,
        folder: Path | None = None,
        worth: int = WORTH,
    ) -> None:
        """
        A library that is a function is opened when something has to be read here.

        `pool`: a process that was started already; `folder`: of the same guidelines, which the process
        opens by itself, and is waited for; `worth`: how many documents are read there.
        """
        self._worth = 1 if folder else worth
        self._limits = limits
        self._folder = folder
        self._library = library
        self._pool = pool
        self._begun: Ready | None = None
        if pool is not None:
            self._ready()

    @property
    def library(self) -> "Library":
        """The guidelines that documents are read with."""
        if callable(self._library):
            self._library = self._library()
        return self._library

    @library.setter
    def library(self, library: "Library") -> None:
        self.close()
        self._library, self._folder = library, None

    def __call__(self, documents: Sequence[Document]) -> Read:
        """Begin to read there, or read here."""
        worth = len(documents) >= self._worth and all(_crosses(document) for document in documents)
        ready = self._ready() if worth else None
        future = self._submitted(documents) if ready is not None else None
        if ready is not None and future is not None:
            return There(documents, ready, future, self._reader())
        return Here(self._reader()(documents))

    def close(self) -> None:
        """End the process."""
        pool, self._pool, self._begun = self._pool, None, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _reader(self) -> Callable[[Sequence[Document]], list[Parsed]]:
        """Reads here, with the guidelines of now whatever comes later."""
        library, limits = self._library, self._limits

        def here(documents: Sequence[Document]) -> list[Parsed]:
            from billdrop.parsing.reading import parse

            chosen = self.library if callable(library) else library
            return [parse(document, chosen, limits) for document in documents]

        return here

    def _ready(self) -> Ready | None:
        """What the process makes ready, if documents can be sent to it; the first question starts it."""
        if self._begun is None:
            self._begun = self._start()
        if not self._begun.done():
            return self._begun if self._folder else None
        return None if self._begun.exception() else self._begun

    def _start(self) -> Ready:
        self._pool = self._pool or second_process()
        limits = msgspec.to_builtins(self._limits)
        if self._folder:
            return self._pool.submit(opened, str(self._folder), limits)
        return self._pool.submit(compiled, self.library.packed, limits)

    def _submitted(self, documents: Sequence[Document]) -> "Future[bytes] | None":
        """What will be read; None when the process has died."""
        assert self._pool is not None, "it is ready"
        try:
            return self._pool.submit(read, encode([sent(document) for document in documents]))
        except BrokenProcessPool:
            self.close()
            return None


class Here(Struct, frozen=True):
    """What was read here."""

    parsed: list[Parsed]

    def __call__(self) -> list[Parsed]:
        """See `Read`."""
        return self.parsed

    def done(self) -> bool:
        """See `Read`."""
        return True


class There(Struct, frozen=True):
    """What is read there; what was not is read here, which says what is wrong."""

    documents: Sequence[Document]
    ready: Ready
    future: "Future[bytes]"
    here: Callable[[Sequence[Document]], list[Parsed]]

    def __call__(self) -> list[Parsed]:
        """See `Read`."""
        try:
            if self.ready.exception():
                return self.here(self.documents)
            packed = self.future.result()
        except (BrokenProcessPool, CancelledError):
            return self.here(self.documents)
        guidelines = {known.ref.digest: known for known in self.ready.result()}
        pairs = zip(self.documents, decode_got(packed), strict=True)
        return [parsed(document, got, guidelines) for document, got in pairs]

    def done(self) -> bool:
        """See `Read`."""
        return self.future.done()


def _crosses(document: Document) -> bool:
    """Whether a document can be sent: its bytes are at hand and its records come all at once."""
    return bool(document.content) and not document.findings and document.size <= LARGEST
