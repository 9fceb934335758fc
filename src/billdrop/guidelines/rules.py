"""What must hold among the keys of a guideline, beyond the shape of each."""

from collections.abc import Iterator, Mapping

from billdrop.guidelines import (
    fixed_rules,
    layout_rules,
    lines_rules,
    match_rules,
    policy_rules,
    terms,
)
from billdrop.guidelines.faults import Fault, dotted, listed, meant
from billdrop.guidelines.fields import OTHER_ACCOUNTS
from billdrop.guidelines.house import FILE, NAME
from billdrop.guidelines.inputs import ReaderInput
from billdrop.guidelines.model import (
    GROUPS,
    IDENTITY,
    INVOICE_FIELDS,
    LINE_FIELDS,
    Field,
    Group,
    Guideline,
    Lines,
    ValueType,
)
from billdrop.guidelines.places import Path

ALWAYS = ("value", "sum")
"""The keys of a field that every reader takes: a constant, and what is worked out."""

_ONE_OF = {
    "lines": "a line",
    "taxes": "a tax",
    "allowances": "an allowance",
    "charges": "a charge",
}
_SUMMED = ("money", "number", "integer")
_MEANT = {
    "date": "issue_date",
    "invoice_date": "issue_date",
    "dated": "issue_date",
    "due": "due_date",
    "invoice_number": "number",
    "invoice_no": "number",
    "invoice_id": "number",
    "id": "number",
    "amount": "net",
    "subtotal": "net",
    "vat": "tax",
    "gst": "tax",
    "gross": "total",
    "grand_total": "total",
    "vendor": "seller",
    "supplier": "seller",
    "customer": "buyer",
    "client": "buyer",
    "iban": "payment_account",
    "price": "unit_price",
    "qty": "quantity",
}
"""What people write for a field, when it is not spelt alike."""


def faults(guideline: Guideline) -> Iterator[Fault]:
    """Everything that does not hold."""
    yield from _names(guideline)
    yield from match_rules.faults(guideline)
    yield from _needed(guideline)
    for path, field, kind in stated(guideline):
        yield from _type(path, field, kind)
        yield from _source(guideline, path, field)
        yield from _where(guideline, path, field)
        yield from _less(guideline, path, field)
    yield from _sums(guideline)
    yield from _reader(guideline)
    yield from _examples(guideline)
    yield from lines_rules.faults(guideline)
    yield from policy_rules.faults(guideline)


def stated(guideline: Guideline) -> Iterator[tuple[Path, Field, ValueType]]:
    """Every field with its path and the one type it has."""
    for name, field in guideline.fields.items():
        yield ("fields", name), field, INVOICE_FIELDS.get(name, "text")
    for name, field in guideline.extra.items():
        yield ("extra", name), field, "text"
    for group, known in GROUPS.items():
        for name, field in grouped(guideline, group).items():
            yield (group, "fields", name), field, known.get(name, "text")


def grouped(guideline: Guideline, group: str) -> Mapping[str, Field]:
    """The fields of a table of `GROUPS`."""
    table: Lines | Group | None = getattr(guideline, group)
    return table.fields if table else {}


def _names(guideline: Guideline) -> Iterator[Fault]:
    if guideline.guideline == NAME:
        fact = f"`{NAME}` is the name of the file {FILE}, which is no guideline"
        yield Fault(("guideline",), fact, "give it another name")
    for name in guideline.fields:
        if name not in INVOICE_FIELDS:
            hint = _field_meant(name, INVOICE_FIELDS) or "a field of your own belongs to `[extra]`"
            yield Fault(("fields", name), f"`{name}` is no field of an invoice", hint, "BD4003")
    for name in guideline.extra:
        if name in INVOICE_FIELDS:
            message = f"`{name}` is a field of the invoice, not an extra one"
            yield Fault(("extra", name), message, "move it to `[fields]`")
    for group, known in GROUPS.items():
        for name in grouped(guideline, group):
            if name not in known:
                path = (group, "fields", name)
                hint = _field_meant(name, known) or f"`{group}` has {listed(known)}"
                yield Fault(path, f"`{name}` is no field of {_ONE_OF[group]}", hint, "BD4003")


def _field_meant(name: str, known: Mapping[str, ValueType]) -> str:
    usual = _MEANT.get(name.lower().replace("-", "_").replace(" ", "_"))
    return f"did you mean `{usual}`?" if usual in known else meant(name, known)


def _needed(guideline: Guideline) -> Iterator[Fault]:
    for name in ("number", "issue_date", "total"):
        if name not in guideline.fields:
            hint = f"add `{name}` to `[fields]`; every invoice has it"
            yield Fault(("fields",), f"the field `{name}` is missing", hint)
    extra = [f"extra.{name}" for name in guideline.extra]
    for index, name in enumerate(guideline.identity):
        if name not in (*IDENTITY, *extra):
            message = f"`identity` names `{name}`, which tells no invoices apart"
            yield Fault(("identity", index), message, meant(name, (*IDENTITY, *extra)))
        elif name not in ("number", "year") and name not in (*guideline.fields, *extra):
            message = f"`identity` names `{name}`, which is not in `[fields]`"
            yield Fault(("identity", index), message, "add the field, or leave it out here")


def _type(path: Path, field: Field, kind: ValueType) -> Iterator[Fault]:
    if field.type not in (None, kind):
        message = f"`{dotted(path)}` has the type `{kind}`, not `{field.type}`"
        yield Fault((*path, "type"), message, f"leave `type` out, or write `{kind}`")


def _source(guideline: Guideline, path: Path, field: Field) -> Iterator[Fault]:
    """A field says once where its value comes from, in the words of its reader."""
    takes = (*guideline.input.places, *ALWAYS)
    name, reader = dotted(path), guideline.input.reader
    given = [key for key in _SOURCES if _given(field, key)]
    for key in given:
        if key not in takes:
            hint = f"a field of the {reader} reader has {listed(takes)}"
            yield Fault((*path, key), f"`{name}.{key}` is not for the {reader} reader", hint)
    if not given:
        yield Fault(path, f"`{name}` does not say where it stands", f"give it {listed(takes)}")
    elif len(given) > 1 and given != ["path", "sum"]:
        message = f"`{name}` has both `{given[0]}` and `{given[1]}`"
        yield Fault((*path, given[1]), message, "keep one of them")
    if field.section and field.section not in guideline.sections:
        message = f"`{name}.section` is `{field.section}`, which is not in `[sections]`"
        yield Fault((*path, "section"), message, meant(field.section, guideline.sections))


_SOURCES = ("label", "column", "path", "at", *ALWAYS)


def _given(field: Field, key: str) -> bool:
    return getattr(field, key) not in (None, [], "") or (key == "value" and field.value == "")


def _sums(guideline: Guideline) -> Iterator[Fault]:
    for path, field, kind in stated(guideline):
        if field.sum and (kind != "money" or path[0] != "fields"):
            message = f"`{dotted(path)}` cannot be a sum: only amounts of the invoice can"
            yield Fault((*path, "sum"), message)
        for index, term in enumerate(field.sum):
            if message := _no_term(guideline, path, term):
                hint = "a term is a field of amounts, or `lines.` with a field of the lines"
                yield Fault((*path, "sum", index), message, hint)


def _no_term(guideline: Guideline, path: Path, term: str) -> str:
    """Why a sum cannot have the term; nothing when it can."""
    name, group, _, _ = terms.term(term)
    if group == "lines":
        summed = LINE_FIELDS.get(name) in _SUMMED and _line_states(guideline, name)
        return "" if summed else f"`{term}` is no amount that the lines state"
    if group:
        summed = GROUPS.get(group, {}).get(name) in _SUMMED and name in grouped(guideline, group)
        return "" if summed else f"`{term}` is no amount that a group states"
    field = guideline.fields.get(name)
    if field is None or INVOICE_FIELDS.get(name) != "money":
        return f"`{name}` is no field of amounts in `[fields]`"
    return (
        f"`{name}` is a sum of `{path[-1]}` itself" if _reaches(guideline, name, path[-1]) else ""
    )


def _line_states(guideline: Guideline, name: str) -> bool:
    lines = guideline.lines
    if lines is None:
        return False
    rows = [lines.row] if isinstance(lines.row, str) else lines.row
    return name in lines.fields or any(f"{{{name}:" in row or f"{{{name}}}" in row for row in rows)


def _reaches(guideline: Guideline, start: str, goal: str | int) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen and name in guideline.fields:
            seen.add(name)
            waiting += [
                it.name for it in map(terms.term, guideline.fields[name].sum) if not it.group
            ]
    return False


def _reader(guideline: Guideline) -> Iterator[Fault]:
    """What another reader has a use for and this one has not."""
    uses, name = guideline.input.uses, guideline.input.reader
    for path in sorted(_PARTIAL - uses):
        table = getattr(guideline, str(path[0])) if len(path) > 1 else guideline
        if table and path[-1] in table.model_fields_set:
            message = f"`{dotted(path)}` is not for the {name} reader"
            yield Fault(path, message, f"take it out; the {name} reader has nothing for it")
    if guideline.input.reader == "delimited":
        yield from _cells(guideline)
    pages = layout_rules.faults if name == "layout" else layout_rules.elsewhere
    yield from pages(guideline, [*stated(guideline)])
    if guideline.input.reader == "fixed":
        yield from fixed_rules.faults(guideline, guideline.input, [*stated(guideline)])
    else:
        yield from _only_fixed(guideline)


def _only_fixed(guideline: Guideline) -> Iterator[Fault]:
    """What no other reader takes of a field, or of the locale."""
    reader = guideline.input.reader
    for path, field, _ in stated(guideline):
        for key in ("record", "where"):
            if getattr(field, key):
                message = f"`{dotted((*path, key))}` is not for the {reader} reader"
                yield Fault(
                    (*path, key), message, "take it out; only the fixed reader has kinds of record"
                )
    for index, way in enumerate(guideline.locale.negative):
        if "overpunch" in way:
            hint = "signs in digits are for the fixed reader"
            yield Fault(("locale", "negative", index), f"`{way}` is for the fixed reader", hint)


_PARTIAL: frozenset[Path] = frozenset().union(
    *(model.uses for model in ReaderInput.__subclasses__())
)
"""What some reader has a use for, and not every one."""


def _where(guideline: Guideline, path: Path, field: Field) -> Iterator[Fault]:
    """Only a line can require a value where another one of its own has been stated."""
    lines = guideline.lines.fields if guideline.lines else {}
    key = (*path, "required_where")
    if field.required_where and (path[0] != "lines" or guideline.input.reader != "delimited"):
        message = f"`{dotted(key)}` is for the lines of the delimited reader"
        yield Fault(key, message, "use `required`")
        return
    for other in field.required_where:
        if other not in lines:
            message = f"`{dotted(key)}` names `{other}`, which is not in `[lines.fields]`"
            yield Fault((*key, other), message, meant(other, lines))


def _less(guideline: Guideline, path: Path, field: Field) -> Iterator[Fault]:
    """Only an amount of a line has others of the same line in it."""
    lines = guideline.lines.fields if guideline.lines else {}
    if field.less and (path[0] != "lines" or field.column is None):
        message = f"`{dotted(path)}.less` is for the lines of the delimited reader"
        yield Fault((*path, "less"), message, "take it out")
        return
    for index, other in enumerate(field.less):
        known = lines.get(other)
        kinds = {LINE_FIELDS.get(name) for name in (str(path[-1]), other)}
        if known is None or known.column is None or known.less or kinds != {"money"}:
            message = f"`{dotted((*path, 'less'))}` names `{other}`, which is no amount of a line"
            hint = meant(other, lines) or "it is another amount of `[lines.fields]` with a column"
            yield Fault((*path, "less", index), message, hint)


def _cells(guideline: Guideline) -> Iterator[Fault]:
    given = guideline.input
    assert given.reader == "delimited"
    for key, mark in (("delimiter", given.delimiter), ("quote", given.quote)):
        if mark and mark in "\r\n\0":
            yield Fault(("input", key), f"`input.{key}` is a line end or NUL", "use another one")
    if given.quote == given.delimiter:
        yield Fault(("input", "quote"), "`input.quote` is `input.delimiter` too")
    if given.line_end and given.quote:
        hint = "set `input.quote` to an empty text"
        yield Fault(("input", "line_end"), "`input.line_end` is for cells without quotes", hint)
    number = guideline.fields.get("number")
    if number and number.column is None:
        message = "`fields.number` has no column: rows of one invoice are told by it"
        yield Fault(("fields", "number"), message, "give it `column`")
    for path, field, _ in stated(guideline):
        if isinstance(field.column, str) and not given.header:
            hint = "without a header, a column is a position: 1, 2, …"
            yield Fault((*path, "column"), f"`{dotted(path)}.column` is a name", hint)
        elif isinstance(field.column, int) and field.column < 1:
            message = f"`{dotted(path)}.column` is {field.column}"
            yield Fault((*path, "column"), message, "positions count from 1")


def _examples(guideline: Guideline) -> Iterator[Fault]:
    for index, example in enumerate(guideline.examples):
        path = ("examples", index)
        if bool(example.file) == bool(example.text):
            yield Fault(path, f"`{dotted(path)}` has not exactly one of `file` and `text`")
        expected = example.expect if isinstance(example.expect, list) else [example.expect]
        for one in expected:
            for name in one:
                if name not in INVOICE_FIELDS and name not in (*GROUPS, OTHER_ACCOUNTS, "extra"):
                    message = f"`expect` names `{name}`, which is no field of an invoice"
                    hint = _field_meant(name, INVOICE_FIELDS)
                    yield Fault((*path, "expect", name), message, hint, "BD4003")
