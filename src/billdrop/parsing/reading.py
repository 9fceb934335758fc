"""Parse: from a document and the guidelines to invoices and findings. Pure; raises nothing for any bytes."""

import traceback
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import cast

from msgspec import Struct

from billdrop.bulk import Asks, Bulk, Opened, bulk
from billdrop.errors import Transient
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.library import Library
from billdrop.guidelines.policy import Policy
from billdrop.model import Document, DocumentRef, Finding, Parsed, Record, Sliced
from billdrop.parsing.completing import Plan, completed, plan
from billdrop.parsing.shapes import Memory, shapes
from billdrop.parsing.twins import Twins, refused
from billdrop.parsing.unlike import another_kind, unlike_text
from billdrop.policy import ruled
from billdrop.readers import Draft, Limits

EAGER = 8 * 1024 * 1024
"""Documents of more bytes are read again each time their records are asked for."""

_BEGINNING = 1024 * 1024
"""So much of a document that is not held is looked at to see what it is."""

OF_THE_DOCUMENT = ("BD1", "BD2022", "BD2024", "BD2026", "BD2099")
"""What these codes begin with, in a draft without values, is wrong with the document as a whole."""


def parse(document: Document, library: Library, limits: Limits = Limits()) -> Parsed:  # noqa: B008  frozen
    """Read a document with the one guideline that recognises it."""
    content = document.content
    if content is None and document.slices is not None:
        content = document.slices[:_BEGINNING]
    findings = document.findings or (another_kind(content) if content else (_unread(document),))
    if findings or not content:
        return Parsed(document=document, guideline=None, findings=findings)
    chosen = library.select(document.ref, content)
    if isinstance(chosen, Guide):
        return read(document, chosen, library.policies(document.ref.customer))
    return Parsed(document=document, guideline=None, findings=unlike_text(content) or chosen)


def read(document: Document, guide: Guide, beyond: Sequence[Policy] = ()) -> Parsed:
    """Read a document with a guide; `beyond`: policies that hold beside its own."""
    ready = _ready(guide)
    policies = beyond if ready.own is None else (ready.own, *beyond)
    findings: tuple[Finding, ...]
    records: tuple[Record, ...] | Reread
    if document.slices is not None and document.content is None:
        findings, records = _lazily(_taken(document.slices, guide), guide)
    elif not document.content:
        findings, records = (_unread(document),), ()
    elif len(document.content) > EAGER:
        findings, records = _lazily(document.content, guide)
    else:
        findings, records = _at_once(document.content, ready)
    parsed = Parsed(
        document=document,
        guideline=guide.ref,
        findings=findings,
        records=records,
        identity=ready.identity,
        corrections=ready.corrections,
        atomic=ready.atomic,
    )
    return ruled(parsed, policies) if policies else parsed


def _taken(slices: Sliced, guide: Guide) -> bytes:
    """What a reader is given: the slices as they are, or all of the bytes for one that needs them at once."""
    from billdrop.readers.delimited import Delimited
    from billdrop.readers.fixed import Fixed

    in_slices = isinstance(guide.reader, Delimited | Fixed)
    return cast("bytes", slices) if in_slices else slices[:]


def complete(draft: Draft, index: int, guide: Guide) -> Record:
    """The record of a draft: constants, sums, currency, required values, checks."""
    return completed(draft, index, _ready(guide).plan)


class _Ready(Struct, frozen=True, kw_only=True):
    """What is worked out once for a guide."""

    guide: Guide
    plan: Plan
    shapes: Memory | None
    bulk: Bulk | None
    own: Policy | None
    identity: tuple[str, ...]
    corrections: str
    atomic: bool


def _ready(guide: Guide) -> _Ready:
    """What is known of a guide, and lives as long as it."""
    if not guide.kept:
        guide.kept.append(_made_ready(guide))
    known: _Ready = guide.kept[0]
    return known


def _made_ready(guide: Guide) -> _Ready:
    guideline, asked = guide.guideline, plan(guide.guideline)
    return _Ready(
        guide=guide,
        plan=asked,
        shapes=shapes(guide, asked),
        bulk=bulk(guide, asked),
        own=guideline.policy,
        identity=tuple(guideline.identity),
        corrections=guideline.corrections,
        atomic=guideline.atomic,
    )


def _at_once(content: bytes, ready: _Ready) -> tuple[tuple[Finding, ...], tuple[Record, ...]]:
    try:
        known = ready.shapes.record(content) if ready.shapes else None
        return ((), (known,)) if known else _exactly(content, ready)
    except (MemoryError, Transient):
        raise
    except Exception as error:  # noqa: BLE001  a fault of ours must not lose the document
        return (_failed(error, ready.guide),), ()


def _exactly(content: bytes, ready: _Ready) -> tuple[tuple[Finding, ...], tuple[Record, ...]]:
    guide, records = ready.guide, list[Record]()
    for draft in guide.reader.read(content):
        if draft.findings and _is_whole(draft):
            return tuple(draft.findings), ()
        records.append(completed(draft, len(records), ready.plan))
    if not records:
        return (_nothing(guide),), ()
    if len(records) > 1:
        return (), refused(records, guide.guideline)
    if ready.shapes and records and records[0].invoice and not records[0].findings:
        ready.shapes.learn(content, draft)
    return (), tuple(records)


class Reread(Struct, frozen=True):
    """The records of a large document, read again on each iteration."""

    content: bytes
    guide: Guide
    begun: list[Iterator[Draft]]
    """The reading that the first iteration goes on with; empty once it has."""
    twins: Twins | None = None
    opened: Opened | None = None
    """It is in order, with no number there twice, so that it can be read by columns."""

    def for_books(self, ref: DocumentRef, broken: Asks | None = None) -> Iterator[Record]:
        """
        The same records; those of plain invoices have their booking instead of the invoice.

        `broken`: of which invoices their booking is not enough.
        """
        index, last = 0, 1
        try:
            short = _ready(self.guide).bulk
            found = short and self.opened and short.records(self.content, self.opened, ref, broken)
            for record in found or self:
                yield record
                index, last = record.index + 1, record.last_line
        except (MemoryError, Transient):
            raise
        except Exception as error:  # noqa: BLE001  as above
            yield _broken([_failed(error, self.guide)], index, last)

    def __iter__(self) -> Iterator[Record]:
        """Read from the start; what goes wrong on the way is a last record without an invoice."""
        asked = _ready(self.guide).plan
        index, last = 0, 1
        try:
            drafts = self.begun.pop() if self.begun else self.guide.reader.read(self.content)
            for draft in drafts:
                if _is_whole(draft):
                    yield _broken(draft.findings, index, last)
                else:
                    record = completed(draft, index, asked)
                    yield record if self.twins is None else self.twins.refused(record, draft)
                index, last = index + 1, draft.last_line
        except (MemoryError, Transient):
            raise
        except Exception as error:  # noqa: BLE001  as above
            yield _broken([_failed(error, self.guide)], index, last)


def _lazily(
    content: bytes, guide: Guide
) -> tuple[tuple[Finding, ...], tuple[Record, ...] | Reread]:
    """What is wrong with the whole document shows before its first record."""
    ready = _ready(guide)
    try:
        if ready.bulk and (opened := ready.bulk.opened(content)):
            return (), Reread(content, guide, [], opened=opened)
        drafts = guide.reader.read(content)
        first = next(drafts, None)
        if first is None:
            return (_nothing(guide),), ()
        twins = Twins(lambda: guide.reader.read(content), guide.guideline, ready.plan)
        begun = [cast("Iterator[Draft]", chain([first], drafts))]
        whole = first if _is_whole(first) else None
        if whole is None and not twins.told(first):
            whole = twins.look(begun.pop(), _is_whole)
    except (MemoryError, Transient):
        raise
    except Exception as error:  # noqa: BLE001  as above
        return (_failed(error, guide),), ()
    if whole is not None:
        return tuple(whole.findings), ()
    return (), Reread(content, guide, begun, twins)


def _is_whole(draft: Draft) -> bool:
    return draft.whole or bool(
        draft.findings
        and not draft.unread
        and not draft.values
        and not draft.lines
        and draft.findings[0].code.startswith(OF_THE_DOCUMENT)
    )


def _broken(findings: list[Finding], index: int, line: int) -> Record:
    return Record(
        index=index, first_line=line, last_line=line, invoice=None, findings=tuple(findings)
    )


def _unread(document: Document) -> Finding:
    """Why a document without content was not read."""
    if document.content is None:
        fact = f"the document has {document.size} bytes, more than the limit"
        hint = "split the file, or raise `document_bytes` in billdrop.toml"
        return Finding(code="BD1004", message=fact, hint=hint)
    hint = "upload it again once it is written"
    return Finding(code="BD1001", message="the document has no bytes", hint=hint)


def _failed(error: Exception, guide: Guide) -> Finding:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.name}, line {frame.lineno} of {frame.filename.rsplit('/', 1)[-1]}"
    fact = f"the reader of `{guide.ref.name}` stopped with {type(error).__name__} in {where}"
    return Finding(
        code="BD2099",
        message=fact,
        hint="report it; the original is kept and can be redriven",
    )


def _nothing(guide: Guide) -> Finding:
    """What is read of a document is never nothing: it would be taken for done."""
    fact = f"the reader of `{guide.ref.name}` found neither an invoice nor what is wrong"
    hint = "report it; the original is kept and can be redriven"
    return Finding(code="BD2099", message=fact, hint=hint)
