"""Documents of fixed width by columns."""

from collections.abc import Iterator
from functools import partial

from msgspec import Struct

from billdrop.bulk.fixed.laid import Laid, laid
from billdrop.bulk.form import Batch
from billdrop.bulk.templates import Named
from billdrop.guidelines.model import Guideline
from billdrop.model import Sliced
from billdrop.parsing.completing import Plan
from billdrop.readers import Draft
from billdrop.readers.fixed import Fixed


class Opened(Struct, frozen=True):
    """A document in which every record is in its place."""

    laid: Laid

    @property
    def named(self) -> Named:
        """See `form.Opened`."""
        from billdrop.bulk.fixed.checked import named

        found = self.laid
        return Named(head=named(found.heads), line=named(found.lines), constants=found.constants)

    def batches(self, content: Sliced) -> Iterator[Batch]:
        """See `form.Opened`."""
        from billdrop.bulk.fixed.checked import Check
        from billdrop.bulk.fixed.groups import Chunk, chunks

        check, reader = Check(self.laid), self.laid.reader

        def draft(chunk: Chunk, place: int) -> Draft:
            return reader.draft(chunk.records(place))

        for chunk in chunks(content, self.laid):
            if len(chunk.starts) > 1:
                yield Batch(check(chunk), partial(draft, chunk))


class Records(Struct, frozen=True):
    """The documents of a guideline."""

    laid: Laid

    def opened(self, content: Sliced) -> Opened | None:
        """See `form.Form`; such a document has an invoice."""
        from billdrop.bulk.fixed.regular import regular

        return Opened(self.laid) if regular(content, self.laid) else None


def records_of(guideline: Guideline, asked: Plan, reader: Fixed) -> Records | None:
    """None for a guideline that says more of its records than this way knows."""
    found = laid(guideline, asked, reader)
    return None if found is None else Records(found)
