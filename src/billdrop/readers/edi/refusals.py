"""What keeps a document from being an interchange at all."""

from billdrop.model import Finding
from billdrop.readers import Draft
from billdrop.readers.edi.marks import Marks
from billdrop.readers.edi.pieces import Lines


def separators(text: str, known: Marks | None, header: str) -> Finding | None:
    """Why its separators cannot be told, or cannot be separators."""
    fact = f"no {header} segment shows the separators" if known is None else known.odd
    if not fact:
        return None
    at = len(text) - len(text.lstrip())
    hint = "send the interchange whole, as the standard has it"
    return Lines(text).finding("BD2063", fact, at, 3, hint=hint)


def whole(fault: Finding | None) -> Draft:
    """The draft of a document of which nothing is read."""
    findings = [fault] if fault else []
    return Draft(
        first_line=1,
        last_line=1,
        values={},
        lines=[],
        findings=findings,
        spans=dict,
        whole=True,
    )
