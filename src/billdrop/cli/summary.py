"""What became of a run over documents, told to a person or a program, and its exit code."""

from collections.abc import Callable, Mapping

import click

from billdrop.cli.output import counted, print_json, talk
from billdrop.cli.render import finding_text, visible
from billdrop.model import Outcome, State
from billdrop.operations import Summary

NOTHING: Mapping[str, str] = {}

_DOCUMENTS = 3
_FINDINGS = 2


def report(
    summary: Summary,
    *,
    as_json: bool,
    left: Mapping[str, str] = NOTHING,
    named: Callable[[str], str] = str,
) -> int:
    """
    Print what became of the documents.

    `left`: why a file was not taken, by its path. `named`: what a person calls an object. The exit code is 1 when any document waits, is
    lost or was left.
    """
    if as_json:
        print_json({**_as_object(summary), "left": dict(left)})
    else:
        for path, reason in left.items():
            talk(f"{visible(path)} was not taken: {reason}")
        _tell(summary, named)
    return 0 if summary.clean and not left else 1


def _as_object(summary: Summary) -> dict[str, object]:
    return {
        "documents": summary.documents,
        "invoices": summary.invoices,
        "known": summary.known,
        "undecided": summary.undecided,
        **{state.value: summary.states.get(state, 0) for state in State},
        "problems": summary.problems,
    }


def _tell(summary: Summary, named: Callable[[str], str]) -> None:
    for outcome in summary.problems[:_DOCUMENTS]:
        _tell_problem(outcome, named(outcome.document_id.rpartition("@")[0]))
    rest = len(summary.problems) - _DOCUMENTS
    if rest > 0:
        talk(f"… and {rest} more with findings: `billdrop quarantine list`\n")
    click.echo(_sentence(summary))


def _tell_problem(outcome: Outcome, name: str) -> None:
    for finding in outcome.findings[:_FINDINGS]:
        talk(finding_text(finding, name) + "\n")
    rest = len(outcome.findings) - _FINDINGS
    if rest > 0:
        talk(f"{visible(name)}: {counted(rest, 'more finding')}\n")


def _sentence(summary: Summary) -> str:
    now = {state: count - summary.before.get(state, 0) for state, count in summary.states.items()}
    parts, before = _by_state(now), _by_state(summary.before)
    if summary.waiting:
        told = f"{summary.waiting:,} of them in quarantine before under another name"
        (parts if now.get(State.DUPLICATE) else before).append(told)
    if summary.unread:
        parts.append(f"{summary.unread:,} whose original could not be read")
    if changed := summary.undecided - summary.unread:
        parts.append(f"{changed:,} changed while being read, run again")
    head = f"{counted(summary.documents, 'document')}, {counted(summary.invoices, 'new invoice')}"
    said = f"{head}: {', '.join(parts)}" if parts else head
    return f"{said}; known before: {', '.join(before)}" if before else said


def _by_state(counts: Mapping[State, int]) -> list[str]:
    return [f"{counts[state]:,} {state.value}" for state in State if counts.get(state)]
