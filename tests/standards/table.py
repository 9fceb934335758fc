"""The table of the corpus: what was read of each format, and why the rest was refused."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from billdrop.guidelines.library import Library, builtins
from billdrop.guidelines.load import compile_guide
from billdrop.readers import Limits
from tests.standards.verdicts import READ, REFUSED, TEST, UNKNOWN, WRONG, Verdict, samples, verdict

FORMATS = {
    "docproc": "labels and an items list",
    "text-kv": "labels with values",
    "ledes": "LEDES 1998B",
    "x12-810": "ANSI X12 810",
    "edifact-invoic": "UN/EDIFACT INVOIC",
    "xml-ubl": "UBL 2.1",
    "xml-cii": "CII D16B and ZUGFeRD 1.0",
    "xml-cfdi": "CFDI",
    "xml-fatturapa": "FatturaPA",
    "json-gobl": "GOBL",
}
"""The folders of the corpus whose layouts have a guideline, and what lies in them."""

CASES = Path(__file__).parents[1] / "cases" / "labelled"
OWN = ("key-value-lines", "key-value-patterns")
"""Cases whose guidelines read layouts of the corpus that are nobody's standard."""


def library() -> Library:
    """What comes with billdrop, and the guidelines of our own."""
    texts = [(CASES / name / "guideline.toml").read_text("utf-8") for name in OWN]
    own = [compile_guide(text, origin="cases", limits=Limits()) for text in texts]
    return Library((*builtins(Limits()), *own))


def judged(corpus: Path, known: Library) -> dict[str, list[Verdict]]:
    """A verdict for each file, by folder."""
    return {
        folder: [verdict(file, known) for file in samples(corpus / folder)]
        for folder in FORMATS
        if (corpus / folder).is_dir()
    }


def described(verdicts: Mapping[str, Sequence[Verdict]]) -> str:
    """Markdown: counts by format, then what was refused and why."""
    return "\n".join([*_counts(verdicts), "", *_refusals(verdicts)])


def _counts(verdicts: Mapping[str, Sequence[Verdict]]) -> Iterator[str]:
    kinds = (READ, UNKNOWN, TEST, REFUSED, WRONG)
    yield f"| format | files | {' | '.join(kinds)} |"
    yield "|---|--:|" + "--:|" * len(kinds)
    totals = Counter[str]()
    for folder, found in verdicts.items():
        counts = Counter(one.kind for one in found)
        totals += counts
        yield _row(FORMATS[folder], counts, kinds)
    yield _row("**all**", totals, kinds)


def _row(name: str, counts: Counter[str], kinds: Sequence[str]) -> str:
    cells = [str(counts[kind] or "") for kind in kinds]
    return f"| {name} | {counts.total()} | {' | '.join(cells)} |"


def _refusals(verdicts: Mapping[str, Sequence[Verdict]]) -> Iterator[str]:
    yield "| refused | why |"
    yield "|---|---|"
    for found in verdicts.values():
        for one in found:
            if one.kind == REFUSED:
                yield f"| `{one.name}` | {_reason(one)} |"


def _reason(one: Verdict) -> str:
    first, more = one.findings[0], len(one.findings) - 1
    place = f"{first.line}:{first.column}: " if first.line else ""
    rest = f" (and {more} more)" if more else ""
    return f"{place}{first.message} ({first.code}){rest}".replace("|", "\\|")
