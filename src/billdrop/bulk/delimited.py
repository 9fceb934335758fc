"""Delimited documents by columns."""

from collections.abc import Iterator
from functools import partial

from msgspec import Struct

from billdrop.bulk.form import Batch
from billdrop.bulk.regular import Layout, layout
from billdrop.bulk.templates import Named
from billdrop.guidelines.model import Guideline
from billdrop.model import Sliced
from billdrop.parsing.completing import Plan
from billdrop.readers import Draft
from billdrop.readers.delimited import Delimited
from billdrop.readers.delimited.cells import rows


class Opened(Struct, frozen=True):
    """A document in which every row is in its place."""

    layout: Layout
    asked: Plan
    guideline: Guideline

    @property
    def named(self) -> Named:
        """See `form.Opened`."""
        found = self.layout
        return Named(
            head=tuple(it.name for it in found.head),
            line=tuple(it.name for it in found.line),
            constants=found.assembly.table.line_constants,
        )

    def batches(self, content: Sliced) -> Iterator[Batch]:
        """See `form.Opened`."""
        from billdrop.bulk.checked import Check
        from billdrop.bulk.groups import Chunk, chunks

        found = self.layout
        check = Check(found, self.asked, self.guideline)

        def draft(chunk: Chunk, place: int) -> Draft:
            line = chunk.first + int(chunk.starts[place])
            taken = list(rows(iter([(line, chunk.text(place))]), found.dialect))
            return found.assembly.draft(taken, [])

        for chunk in chunks(content, found):
            yield Batch(check(chunk), partial(draft, chunk))


class Rows(Struct, frozen=True):
    """The delimited documents of a guideline."""

    guideline: Guideline
    asked: Plan
    reader: Delimited

    def opened(self, content: Sliced) -> Opened | None:
        """See `form.Form`; such a document has an invoice."""
        from billdrop.bulk.groups import regular

        found = layout(content, self.reader, self.guideline)
        if found is None or not regular(content, found):
            return None
        return Opened(found, self.asked, self.guideline)


def rows_of(guideline: Guideline, asked: Plan, reader: Delimited) -> Rows | None:
    """None for a guideline that says more of its rows than this way knows."""
    line = guideline.lines.fields if guideline.lines else {}
    special = any(field.less or field.required_where for field in line.values())
    return None if special or line["net"].column is None else Rows(guideline, asked, reader)
