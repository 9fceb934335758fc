"""Finding the one document or invoice that a person means."""

import shlex
from collections.abc import Sequence
from itertools import islice

from billdrop.books.columns import INVOICES
from billdrop.errors import Terminal, UsageError
from billdrop.model import DocumentEntry, InvoiceEntry
from billdrop.ports import Archive

_SHOWN = 5
_CELLS = {column.name: place for place, column in enumerate(INVOICES)}


def one_document(archive: Archive, name: str) -> DocumentEntry:
    """
    The document of that id, or the newest version of the one object that `name` is part of.

    Raises `UsageError` when several objects match, and an error `BD5009` when none does.
    """
    found = list(islice(archive.documents(match=name), 200))
    for entry in found:
        if entry.document_id == name:
            return entry
    exact = [entry for entry in found if name in {entry.key, _object_id(entry)}] or found
    objects = {_object_id(entry): entry for entry in reversed(exact)}
    if not objects:
        raise not_found(f"no document matches {name!r}")
    if len(objects) > 1:
        raise _ambiguous(name, list(objects))
    return exact[0]


def invoices_named(archive: Archive, name: str, customer: str = "") -> list[InvoiceEntry]:
    """
    Those with that invoice id, or the latest revisions with that number of one customer.

    Raises `UsageError` when several customers have one and none is named, and an error `BD5009`
    when nobody has.
    """
    there = list(archive.invoices(name=name))
    found = [entry for entry in there if customer in ("", cell(entry, "customer"))]
    if not found:
        whose = f" of {customer}" if customer else ""
        raise not_found(f"no invoice{whose} has the number or id {name!r}")
    whom = sorted({cell(entry, "customer") for entry in found})
    if len(whom) > 1:
        raise UsageError(
            f"{len(whom)} customers have an invoice {name!r}: {_listed(whom)}",
            hint=f"say whose: --customer {shlex.quote(whom[0])}",
        )
    exact = [entry for entry in found if cell(entry, "invoice_id") == name]
    return exact or [entry for entry in found if entry.latest] or found[-1:]


def cell(entry: InvoiceEntry, column: str) -> str:
    """The text of one cell of an invoice revision; empty when it has none."""
    return entry.row[_CELLS[column]] or ""


def not_found(message: str, hint: str = "`billdrop history` lists what is there") -> Terminal:
    """There is no document, invoice or quarantine entry of that name."""
    return Terminal(message, hint=hint, code="BD5009")


def _object_id(entry: DocumentEntry) -> str:
    return entry.document_id.rpartition("@")[0]


def _ambiguous(name: str, objects: Sequence[str]) -> UsageError:
    return UsageError(
        f"{name!r} matches {len(objects)} documents: {_listed(objects)}",
        hint="name one of them in full",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
