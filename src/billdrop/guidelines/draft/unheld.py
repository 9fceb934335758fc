"""Lines that are held against no sum: a row below them may be taken for one."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sketch import Sketch
from billdrop.model import Invoice, Parsed

_SAID = ("id", "name", "quantity", "unit", "unit_price")
"""What a row of a table says beside its amount."""


def tamed(sketch: Sketch, read: Sequence[Parsed], samples: Sequence[Sample]) -> bool:
    """Whether lines that no net holds say less than before; what is left of them is marked."""
    if (
        not sketch.lines
        or sketch.extends
        or not sketch.fields.keys().isdisjoint(("net", "line_net"))
    ):
        return False
    invoices = [it.invoice for parsed in read for it in parsed.records if it.invoice]
    apart = [it for it in map(_sums, invoices) if it and it[0] != it[1]]
    if not apart:
        return False
    if _ended(sketch, invoices, samples):
        return True
    added, total = next((it for it in apart if abs(it[0]) > abs(it[1])), apart[0])
    fact = f"they add up to {added:f} of a total of {total:f}"
    if abs(added) > abs(total):
        sketch.lines = {}
        sketch.doubt("lines", f"the lines of the invoice are left out: {fact}, and no net is known")
        return True
    sketch.doubt("lines", f"{fact}, and no net is known that they can be held against")
    return False


def _sums(invoice: Invoice) -> tuple[Decimal, Decimal] | None:
    """What the lines add up to, and the total."""
    amounts = [it.net for it in invoice.lines if it.net is not None]
    if not amounts or invoice.total is None:
        return None
    return sum(amounts, Decimal(0)), invoice.total


def _ended(sketch: Sketch, invoices: Sequence[Invoice], samples: Sequence[Sample]) -> bool:
    """Let a table end above the first row that has an amount and nothing else, if all samples have that row."""
    if "fields" not in sketch.lines or "end" in sketch.lines or sketch.input["reader"] != "layout":
        return False
    if not any(map(_has_bare_row, invoices)):
        return False
    heads = {place["label"] for place in sketch.lines["fields"].values()}
    found = [next(_closing(it, heads), "") for it in samples]
    if not found[0] or any(it != found[0] for it in found):
        return False
    sketch.lines = {"end": found[0], **sketch.lines}
    sketch.doubt("lines", f"they are taken to end above `{found[0]}`")
    return True


def _has_bare_row(invoice: Invoice) -> bool:
    """Whether a row that is named has one below it that says nothing but its amount."""
    said = [any(getattr(line, name) is not None for name in _SAID) for line in invoice.lines]
    return said[:1] == [True] and False in said


def _closing(sample: Sample, heads: set[str]) -> Iterator[str]:
    """The texts of rows below the heads that have a text and an amount alone."""
    below = False
    for row in sample.rows:
        texts = [it.text for it in row]
        if (
            below
            and len(row) == 2
            and not any(it.isdigit() for it in texts[0])
            and any(it.isdigit() for it in texts[1])
        ):
            yield texts[0]
        below = below or heads.issubset(texts)
