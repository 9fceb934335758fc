"""What became of a run over documents, told to a person or a program, and its exit code."""

import click

from billdrop.cli.output import print_json
from billdrop.cli.render import finding_text, visible
from billdrop.model import Outcome, State
from billdrop.operations import Summary

_DOCUMENTS = 3
_FINDINGS = 2


def report(summary: Summary, *, as_json: bool) -> int:
    """Print what became of the documents; the exit code is 1 when any waits or is lost."""
    if as_json:
        print_json(_as_object(summary))
    else:
        _tell(summary)
    return 0 if summary.clean else 1


def _as_object(summary: Summary) -> dict[str, object]:
    return {
        "documents": summary.documents,
        "invoices": summary.invoices,
        "known": summary.known,
        "undecided": summary.undecided,
        **{state.value: summary.states.get(state, 0) for state in State},
        "problems": summary.problems,
    }


def _tell(summary: Summary) -> None:
    for outcome in summary.problems[:_DOCUMENTS]:
        _tell_problem(outcome)
    rest = len(summary.problems) - _DOCUMENTS
    if rest > 0:
        click.echo(f"… and {rest} more with findings: `billdrop quarantine list`\n", err=True)
    click.echo(_sentence(summary))


def _tell_problem(outcome: Outcome) -> None:
    name = outcome.document_id.rpartition("@")[0]
    for finding in outcome.findings[:_FINDINGS]:
        click.echo(finding_text(finding, name) + "\n", err=True)
    rest = len(outcome.findings) - _FINDINGS
    if rest > 0:
        click.echo(f"{visible(name)}: {rest} more findings\n", err=True)


def _sentence(summary: Summary) -> str:
    parts = [
        f"{summary.states[state]:,} {state.value}" for state in State if summary.states.get(state)
    ]
    if summary.known:
        parts.append(f"{summary.known:,} of them known before")
    if summary.undecided:
        parts.append(f"{summary.undecided:,} changed while being read, run again")
    counted = f"{summary.documents:,} document{'' if summary.documents == 1 else 's'}"
    invoices = f"{summary.invoices:,} new invoice{'' if summary.invoices == 1 else 's'}"
    return f"{counted}, {invoices}: {', '.join(parts)}" if parts else f"{counted}, {invoices}"
