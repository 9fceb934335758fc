"""`billdrop check`."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.model import Document, DocumentRef, Finding, Invoice, Parsed, first_error

if TYPE_CHECKING:
    from billdrop.guidelines.library import Guide
    from billdrop.settings import Settings


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--customer", default="", metavar="NAME", help="Whose document it would be.")
@click.option(
    "--guideline", default="", metavar="FILE|NAME", help="Read it with this guideline only."
)
@options.data_dir
@options.as_json
def check(file: Path, customer: str, guideline: str, data_dir: Path, as_json: bool) -> int:
    """Say whether a file would be accepted; nothing is stored.

    Exit code 0 when all of it would be, 1 when something would wait in quarantine. Duplicates
    and conflicts with what is recorded show only when it comes.
    """
    from billdrop.cli.output import print_json

    document = document_of(file, customer)
    parsed = parsed_by(document, guideline, data_dir)
    findings = [*parsed.findings, *(f for record in parsed.records for f in record.findings)]
    accepted = first_error(findings) is None
    invoices = _recorded(parsed, accepted=accepted)
    if as_json:
        print_json(_as_object(parsed, findings, invoices, accepted=accepted))
    else:
        _tell(str(file), parsed, findings, invoices)
    return 0 if accepted else 1


def document_of(file: Path, customer: str) -> Document:
    """A document with the bytes of a file, arrived now."""
    from billdrop.runtime import now

    content = file.read_bytes()
    digest = hashlib.sha256(content)
    ref = DocumentRef(
        bucket="check", key=file.name, version=digest.hexdigest()[:16], customer=customer
    )
    return Document(
        ref=ref, arrived_at=now(), sha256=digest.digest(), size=len(content), content=content
    )


def parsed_by(document: Document, guideline: str, data_dir: Path) -> Parsed:
    """Read a document with one guideline, or with the one that recognises it when none is named."""
    from billdrop.layout import Layout
    from billdrop.parsing.reading import parse, read
    from billdrop.runtime import limits_of, open_guidelines, settings_of

    settings = settings_of(data_dir)
    library, problems = open_guidelines(Layout(data_dir), settings)
    if guideline:
        beyond = library.policies(document.ref.customer)
        return read(document, guide_of(guideline, data_dir, settings), beyond)
    for problem in problems:
        click.echo(problem, err=True)
    return parse(document, library, limits_of(settings))


def guide_of(guideline: str, data_dir: Path, settings: "Settings") -> "Guide":
    """The guide of a guideline file, or of a name; raises `UsageError` when there is neither."""
    from billdrop.errors import UsageError
    from billdrop.guidelines.load import compile_guide
    from billdrop.layout import Layout
    from billdrop.runtime import limits_of, open_guidelines

    path = Path(guideline)
    if path.is_file():
        text = path.read_text(encoding="utf-8-sig")
        return compile_guide(text, origin=guideline, limits=limits_of(settings))
    library, _ = open_guidelines(Layout(data_dir), settings)
    guide = library.named(guideline)
    if guide is None:
        raise UsageError(
            f"there is no guideline file and no guideline of the name {guideline!r}",
            hint="`billdrop guideline list` shows the names",
        )
    return guide


def _recorded(parsed: Parsed, *, accepted: bool) -> list[Invoice]:
    """The invoices that would be recorded, though others of the file would wait."""
    if first_error(parsed.findings) or (parsed.atomic and not accepted):
        return []
    return [one.invoice for one in parsed.records if one.invoice is not None and one.accepted]


def _verdict(recorded: int, records: int, *, errors: bool) -> str:
    """What would become of the file."""
    if recorded and recorded < records:
        return f"{recorded:,} would be recorded, {records - recorded:,} would wait in quarantine"
    return "would wait in quarantine" if errors else "would be accepted"


def _as_object(
    parsed: Parsed, findings: Sequence[Finding], invoices: Sequence[Invoice], *, accepted: bool
) -> dict[str, object]:
    ref = parsed.guideline
    return {
        "accepted": accepted,
        "guideline": f"{ref.name}@{ref.version}" if ref else None,
        "invoices": invoices,
        "findings": findings,
    }


def _tell(
    name: str,
    parsed: Parsed,
    findings: Sequence[Finding],
    invoices: Sequence[Invoice],
) -> None:
    from billdrop.cli.output import table, talk
    from billdrop.cli.render import finding_text, visible

    for finding in findings:
        click.echo(finding_text(finding, name) + "\n")
    if invoices:
        rows = [(i.number, i.issue_date, i.currency, i.total, len(i.lines)) for i in invoices]
        header = ("number", "issue_date", "currency", "total", "lines")
        click.echo(table(header, rows, right=("total", "lines")) + "\n")
    ref = parsed.guideline
    if ref is None and not parsed.document.ref.customer:
        talk("--customer NAME has the guidelines read it that are one customer's own")
    reader = f"read by {ref.name}@{ref.version}" if ref else "no guideline read it"
    errors = first_error(findings) is not None
    verdict = _verdict(len(invoices), sum(1 for _ in parsed.records), errors=errors)
    click.echo(f"{visible(name)}{':' if verdict[0].isdigit() else ''} {verdict} ({reader})")
