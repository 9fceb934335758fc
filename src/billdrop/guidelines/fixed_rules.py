"""What must hold among the keys of a guideline of fixed width."""

from collections.abc import Iterator, Sequence

from billdrop.guidelines.faults import Fault, dotted, listed
from billdrop.guidelines.inputs import FixedInput
from billdrop.guidelines.model import INVOICE_FIELDS, ControlTotal, Field, Guideline, ValueType
from billdrop.guidelines.part import Texts
from billdrop.guidelines.places import Path

COUNTED = ("invoices", "lines", "records")
_NUMERIC = ("money", "number", "integer", "percent")
_NUMBERS_OF_LINES = ("net", "tax", "quantity", "allowance", "charge")


def faults(
    guideline: Guideline, given: FixedInput, stated: Sequence[tuple[Path, Field, ValueType]]
) -> Iterator[Fault]:
    """Everything that does not hold."""
    if not given.line_ends and not given.length:
        hint = "say how many characters each record has"
        yield Fault(
            ("input", "line_ends"), "records without line ends have no `input.length`", hint
        )
    for path, field, kind in stated:
        if field.decimals is not None and kind not in _NUMERIC:
            message = f"`{dotted(path)}` is a {kind}, which has no decimals"
            yield Fault((*path, "decimals"), message, "take it out")
    if each(guideline.records.start):
        yield from _begun(guideline)
    else:
        yield from _numbered(guideline, stated)
    for at, total in enumerate(guideline.records.totals):
        yield from _total(guideline, total, ("records", "totals", at))


def _begun(guideline: Guideline) -> Iterator[Fault]:
    """Where records have kinds, lines and their like begin with one."""
    for name in ("lines", "taxes", "allowances", "charges"):
        table = getattr(guideline, name)
        if table is not None and not each(table.each):
            hint = "name the kind of record that each of them begins with"
            yield Fault((name,), f"`{name}.each` is missing", hint)


def _numbered(
    guideline: Guideline, stated: Sequence[tuple[Path, Field, ValueType]]
) -> Iterator[Fault]:
    """Where no record begins an invoice, every row states its number."""
    number = guideline.fields.get("number")
    if number and not number.at:
        message = "`fields.number` has no columns, and no `records.start` tells invoices apart"
        yield Fault(("fields", "number"), message, "give it `at`, or declare `records.start`")
    for path, field, _ in stated:
        if field.record:
            message = f"`{dotted(path)}.record` is for records that begin with `records.start`"
            yield Fault((*path, "record"), message, "take it out, or declare `records.start`")


def _total(guideline: Guideline, total: ControlTotal, path: Path) -> Iterator[Fault]:
    of = total.of
    group, _, name = of.rpartition(".")
    known = (
        of in COUNTED
        or (group == "lines" and name in _NUMBERS_OF_LINES and _line_has(guideline, name))
        or (not group and INVOICE_FIELDS.get(of) == "money" and of in guideline.fields)
    )
    if not known:
        hint = f"it is one of {listed(COUNTED)}, an amount of `[fields]`, or such as `lines.net`"
        yield Fault((*path, "of"), f"`{of}` is nothing that is counted or added up", hint)
    if total.within == "invoice" and of == "invoices":
        yield Fault((*path, "of"), "an invoice has no number of invoices", "count `lines`")
    if not total.record:
        message = f"`{dotted(path)}.record` is missing"
        yield Fault((*path, "of"), message, "name the kind of record that states it")


def _line_has(guideline: Guideline, name: str) -> bool:
    return guideline.lines is not None and name in guideline.lines.fields


def each(texts: Texts) -> Sequence[str]:
    """One text or several, always several; an empty one is none."""
    return [text for text in ([texts] if isinstance(texts, str) else texts) if text]
