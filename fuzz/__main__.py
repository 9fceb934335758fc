"""`python -m fuzz READER`: coverage-guided, from our own examples (and others beside the checkout)."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["billdrop"]):
    from billdrop.guidelines.guide import Guide
    from billdrop.guidelines.library import builtins
    from billdrop.guidelines.load import compile_guide
    from billdrop.parsing.reading import read
    from billdrop.readers import Limits

from tests.corpus import CORPUS
from tests.standards.verdicts import document

SURPRISE = "BD2099"
"""The code of a reader that stopped with a fault of its own."""
FOLDERS = {
    "labelled": ("docproc", "text-kv"),
    "delimited": ("ledes",),
    "fixed": ("fixed-width",),
    "layout": ("text-pdftotext",),
    "x12": ("x12-810",),
    "edifact": ("edifact-invoic",),
    "xml": ("xml-ubl", "xml-cii", "xml-cfdi", "xml-fatturapa"),
    "json": ("json-gobl",),
}
LARGEST = 32 * 1024
"""Bytes of a seed."""
LAYOUT = """guideline = "pages"
version = 1
match = { contains = ["Rechnung"] }
input = { reader = "layout" }
locale = { dates = ["DD.MM.YYYY"], decimal = ",", group = ".", currency = "EUR" }
[fields]
number = { label = ["Rechnungsnummer", "Rechnungs-Nr.", "Rechnung Nr."] }
issue_date = { label = ["Datum", "Rechnungsdatum"] }
net = { label = ["Summe", "Nettobetrag"] }
tax = { label = ["MwSt", "USt"] }
total = { label = ["Gesamtbetrag", "Rechnungsbetrag", "Bruttobetrag"] }
[lines]
start = "Pos"
[lines.fields]
id = { label = "Pos" }
name = { label = ["Bezeichnung", "Artikel"] }
quantity = { label = "Menge" }
net = { label = ["Gesamt", "Betrag"] }
"""


def guides(reader: str) -> list[Guide]:
    """The guidelines of a reader that come with billdrop; one of our own where none does."""
    found = [guide for guide in builtins(Limits()) if guide.guideline.input.reader == reader]
    return found or [compile_guide(LAYOUT, origin="fuzz", limits=Limits())]


def seeds(reader: str, found: list[Guide]) -> Iterator[bytes]:
    """Examples of the guidelines, and genuine invoices where they lie beside the checkout."""
    for guide in found:
        for example in guide.guideline.examples:
            yield example.text.encode(getattr(guide.guideline.input, "encoding", "utf-8"))
    folders = [CORPUS / name for name in FOLDERS[reader] if (CORPUS / name).is_dir()]
    for file in sorted(file for folder in folders for file in folder.iterdir()):
        if not file.name.endswith((".expected.json", ".md")) and file.stat().st_size <= LARGEST:
            yield file.read_bytes()


def tried(found: list[Guide]) -> Callable[[bytes], None]:
    """What is called with each input."""

    def one(content: bytes) -> None:
        for guide in found:
            parsed = read(document("fuzz", content), guide)
            findings = list(parsed.findings)
            for record in parsed.records:
                findings += record.findings
                if record.spans is not None:
                    record.spans()
                if record.accepted and record.invoice is not None:
                    assert record.invoice.total.is_finite()
                    assert record.invoice.number
            surprise = next((it for it in findings if it.code == SURPRISE), None)
            assert surprise is None, surprise

    return one


def main() -> None:
    """Everything after the reader goes to libFuzzer."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("reader", choices=sorted(FOLDERS))
    parser.add_argument("--seconds", type=int, default=600, help="how long; 600 when not given")
    asked = parser.parse_args()
    found = guides(asked.reader)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(asked.reader, found)):
            (Path(folder) / f"seed-{number}").write_bytes(seed)
        bounds = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536", "-print_final_stats=1"]
        arguments = [sys.argv[0], *bounds, f"-max_total_time={asked.seconds}", folder]
        atheris.Setup(arguments, tried(found))
        atheris.Fuzz()


main()
