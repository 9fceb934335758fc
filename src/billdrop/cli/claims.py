"""Which rule of a guideline took which span of a document."""

from collections.abc import Iterator

import click

from billdrop.cli.lines import Marked, lines_of, marked, marked_text
from billdrop.cli.output import print_json, talk
from billdrop.cli.render import finding_text, visible
from billdrop.guidelines.load import compile_guide
from billdrop.model import Finding, Parsed, Span
from billdrop.readers import Limits

UNCLAIMED = "BD2009"


def show(name: str, parsed: Parsed, *, as_json: bool) -> None:
    """Print the document with what was read from each line."""
    lines = list(_marked(parsed))
    if as_json:
        print_json(_as_object(parsed, lines))
        return
    for line in lines:
        click.echo("\n".join(marked_text(line)))
    for finding in _findings(parsed):
        if finding.code != UNCLAIMED:
            click.echo("\n" + finding_text(finding, name))
    ref = parsed.guideline
    talk(f"read by {ref.name}@{ref.version}" if ref else f"{visible(name)}: no guideline read it")


def _marked(parsed: Parsed) -> Iterator[Marked]:
    content, ref = parsed.document.content or b"", parsed.guideline
    encoding = "utf-8"
    if ref is not None:
        guide = compile_guide(ref.text, origin=ref.name, limits=Limits())
        encoding = guide.guideline.input.encoding
    unclaimed = {
        finding.line
        for finding in _findings(parsed)
        if finding.code == UNCLAIMED and finding.line is not None
    }
    yield from marked(lines_of(content, encoding), list(_spans(parsed)), unclaimed)


def _spans(parsed: Parsed) -> Iterator[tuple[str, Span]]:
    for record in parsed.records:
        if record.spans is not None:
            yield from record.spans().items()


def _findings(parsed: Parsed) -> Iterator[Finding]:
    yield from parsed.findings
    for record in parsed.records:
        yield from record.findings


def _as_object(parsed: Parsed, lines: list[Marked]) -> dict[str, object]:
    ref = parsed.guideline
    return {
        "guideline": f"{ref.name}@{ref.version}" if ref else None,
        "lines": [
            {
                "line": line.number,
                "text": line.text,
                "unclaimed": line.unclaimed,
                "values": [
                    {"path": path, "column": span.column, "text": span.text}
                    for path, span in line.values
                ],
            }
            for line in lines
        ],
        "findings": list(_findings(parsed)),
    }
