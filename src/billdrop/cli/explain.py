"""`billdrop explain`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where

if TYPE_CHECKING:
    from billdrop.answers.explain import Explanation, Traced
    from billdrop.model import Span
    from billdrop.readers import Limits


@click.command()
@click.argument("invoice")
@click.option(
    "--customer", default="", metavar="NAME", help="Whose, where several have its number."
)
@where
@options.as_json
def explain(invoice: str, customer: str, where: Where, as_json: bool) -> int:
    """Lead each value of an invoice back to its line and column.

    INVOICE is its number or invoice id. The stored original is read again with the stored text
    of its guideline; exit code 1 when that gives something else than what is recorded.
    """
    from billdrop.answers import explain as core
    from billdrop.cli.lookup import invoices_named
    from billdrop.cli.output import print_json_list
    from billdrop.runtime import limits_of

    with where.reading() as reading:
        limits = limits_of(reading.settings)
        found = [
            core.explain(entry, reading.archive, limits)
            for entry in invoices_named(reading.archive, invoice, customer)
        ]
    if as_json:
        print_json_list(_as_object(explanation) for explanation in found)
    else:
        for explanation in found:
            _tell(explanation, limits)
    return 0 if all(value.agrees for one in found for value in one.values) else 1


def _as_object(explanation: "Explanation") -> dict[str, object]:
    from billdrop.cli.lookup import cell

    entry, ref = explanation.entry, explanation.guideline
    return {
        "invoice_id": cell(entry, "invoice_id"),
        "number": cell(entry, "number"),
        "revision": int(cell(entry, "revision")),
        "document_id": explanation.document.ref.document_id,
        "guideline": f"{ref.name}@{ref.version}",
        "values": [_value_object(value) for value in explanation.values],
    }


def _value_object(value: "Traced") -> dict[str, object]:
    return {
        "path": value.path,
        "recorded": value.recorded,
        "line": value.span.line if value.span else None,
        "column": value.span.column if value.span else None,
        "text": value.span.text if value.span else None,
        "again": value.again,
        "agrees": value.agrees,
    }


def _tell(explanation: "Explanation", limits: "Limits") -> None:
    from billdrop.cli.lookup import cell
    from billdrop.cli.render import visible

    entry, document, ref = explanation.entry, explanation.document, explanation.guideline
    head = f"{cell(entry, 'number')}, revision {cell(entry, 'revision')}"
    click.echo(click.style(visible(head), bold=True) + f" ({cell(entry, 'invoice_id')})")
    stretch = f"lines {cell(entry, 'first_line')}-{cell(entry, 'last_line')}"
    click.echo(visible(f"{document.ref.document_id}, {stretch}, read by {ref.name}@{ref.version}"))
    for value in explanation.values:
        if value.span is None:
            click.echo(f"{visible(_fact(value))}, not in the text: a constant, a sum or a default")
    lines = _lines(explanation, limits)
    for number, values in sorted(_by_line(explanation.values).items()):
        click.echo("\n".join(_standing(values, lines, number)))
    for value in explanation.values:
        if not value.agrees:
            again = "nothing" if value.again is None else visible(value.again)
            click.echo(click.style(f"{value.path} is recorded, and {again} is read now", fg="red"))


def _by_line(values: "Sequence[Traced]") -> "dict[int, list[tuple[str, Span]]]":
    """Values that stand in the text, named with what is recorded where the text says it otherwise."""
    found: dict[int, list[tuple[str, Span]]] = {}
    for value in values:
        if value.span is not None:
            name = value.path if value.recorded == value.span.text else _fact(value)
            found.setdefault(value.span.line, []).append((name, value.span))
    return found


def _standing(values: "list[tuple[str, Span]]", lines: Sequence[str], number: int) -> Iterator[str]:
    from billdrop.cli.lines import WIDTH, Marked, marked_text, span_lines
    from billdrop.cli.render import visible

    line = lines[number - 1] if number <= len(lines) else ""
    ordered = sorted(values, key=lambda value: value[1].column)
    if len(line) <= WIDTH and all(_stands(span, line) for _, span in ordered):
        yield from marked_text(Marked(number, line, ordered, unclaimed=False))
        return
    for name, span in ordered:
        shown, carets = span_lines(span, lines)
        yield from (shown, f"{carets}  {visible(name)}")


def _stands(span: "Span", line: str) -> bool:
    return line.startswith(span.text, span.column - 1)


def _fact(value: "Traced") -> str:
    return f"{value.path} = {value.recorded}"


def _lines(explanation: "Explanation", limits: "Limits") -> list[str]:
    from billdrop.cli.lines import lines_of
    from billdrop.guidelines.load import compile_guide

    ref = explanation.guideline
    guide = compile_guide(ref.text, origin=ref.name, limits=limits)
    return lines_of(explanation.document.content or b"", guide.guideline.input.encoding)
