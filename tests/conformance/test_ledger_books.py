"""The promises of `Books` and `Archive`."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from billdrop.books import columns
from billdrop.errors import UnavailableError
from billdrop.model import Document, Finding, Intent, Invoice, Line, Record, Severity, State
from tests.conformance.ledger_rigs import (
    GUIDELINE,
    Kept,
    again,
    at,
    bad,
    commit,
    document,
    good,
    invoice,
    read,
    ref,
    states,
)


def test_missing_names_what_the_ledger_does_not_have_in_order(ledger: Kept) -> None:
    commit(ledger, read(ref("b.txt"), good(invoice())))
    asked = [ref("c.txt"), ref("b.txt"), ref("a.txt"), ref("b.txt", "2")]
    assert ledger.books.missing(asked) == [ref("c.txt"), ref("a.txt"), ref("b.txt", "2")]


def test_captured_names_what_was_stored_before_a_moment_in_order(ledger: Kept) -> None:
    commit(ledger, read(ref("a.txt"), good(invoice("A"))), minutes=1)
    commit(ledger, read(ref("b.txt"), (bad(),)), minutes=2)
    asked = [ref("b.txt"), ref("c.txt"), ref("a.txt")]
    assert ledger.books.captured(asked, before=at(1)) == []
    assert ledger.books.captured(asked, before=at(2)) == [ref("a.txt")]
    assert ledger.books.captured(asked, before=at(3)) == [ref("b.txt"), ref("a.txt")]


def test_totals_sum_by_date_then_currency(ledger: Kept) -> None:
    first, second = date(2026, 1, 31), date(2026, 2, 1)
    full = {"net": Decimal("8.00"), "tax": Decimal("2.00")}
    records = good(
        invoice("A", "10.00", issue_date=second, currency="USD"),
        invoice("B", "10.00", issue_date=second, currency="EUR", **full),
        invoice("C", "0.005", issue_date=second, currency="EUR"),
        invoice("D", "-4", issue_date=first, net=Decimal(-4)),
    )
    commit(ledger, read(ref(), records))
    january, euros, dollars = ledger.books.totals()
    assert (january.issue_date, january.total, january.tax) == (first, Decimal(-4), None)
    assert (euros.currency, euros.invoices, str(euros.total)) == ("EUR", 2, "10.005")
    assert (euros.net, euros.tax) == (Decimal(8), Decimal(2))
    counts = [(one.invoices, one.with_net, one.with_tax) for one in (january, euros, dollars)]
    assert counts == [(1, 1, 0), (2, 1, 1), (1, 0, 0)]
    assert (dollars.currency, dollars.net) == ("USD", None)
    assert ledger.books.totals(since=second) == [euros, dollars]
    assert ledger.books.totals(until=first) == [january]
    assert ledger.books.totals(since=first, until=first) == [january]


def test_sums_are_exact_however_long_the_amounts(ledger: Kept) -> None:
    amounts = ["9" * 29 + ".1", "0." + "0" * 28 + "1"]
    records = good(*(invoice(f"N-{n}", amount) for n, amount in enumerate(amounts)))
    commit(ledger, read(ref(), records))
    assert str(ledger.books.totals()[0].total) == "9" * 29 + ".1" + "0" * 27 + "1"


def test_states_names_all_five_and_the_unpublished(ledger: Kept) -> None:
    assert {"unfinished_documents": 0, **ledger.books.states()} == {
        "unfinished_documents": 0,
        "recorded": 0,
        "quarantined": 0,
        "duplicate": 0,
        "superseded": 0,
        "lost": 0,
        "unpublished_segments": 0,
    }


def test_original_gives_the_bytes_and_the_guideline(ledger: Kept) -> None:
    texts = {f"{n}.txt": f"text {n}\0\xff".encode("latin-1") * n for n in range(1, 30)}
    parsed = [
        read(ref(name), good(invoice(name)), content=text, sequencer="0A", arrived=at())
        for name, text in texts.items()
    ]
    ledger.commit(parsed, at=at())
    for name, text in texts.items():
        original, guideline = ledger.books.original(ref(name).document_id)
        assert original == document(ref(name), text, sequencer="0A")
        assert guideline == GUIDELINE


def test_original_of_a_duplicate_is_that_of_what_it_duplicates(ledger: Kept) -> None:
    first = read(ref("a.txt"), (bad(),), content=b"x")
    commit(ledger, first, read(ref("b.txt"), (bad(),), content=b"x"))
    newer = GUIDELINE.__class__("plain", 2, "e" * 64, "")
    commit(ledger, again(first, records=good(invoice()), guideline=newer))
    original, guideline = ledger.books.original(ref("b.txt").document_id)
    assert (original.content, guideline) == (b"x", newer)


def test_original_of_an_unknown_document_is_a_key_error(ledger: Kept) -> None:
    with pytest.raises(KeyError):
        ledger.books.original("inbox/acme/none.txt@1")


def oversized(text: bytes, sha256: bytes) -> Document:
    return Document(
        ref=ref("big.txt"),
        arrived_at=at(),
        sha256=sha256,
        size=len(text),
        content=None,
        chunks=lambda: (text[at : at + 999_983] for at in range(0, len(text), 999_983)),
    )


def test_oversized_document_is_kept_whole(ledger: Kept) -> None:
    text = bytes(range(256)) * 40_000
    big = oversized(text, hashlib.sha256(text).digest())
    findings = (Finding(code="BD1004", message="the document has 10240000 bytes"),)
    parsed = again(read(ref("big.txt")), document=big, findings=findings, intent=Intent.ARRIVAL)
    beside = [read(ref(f"{n}.txt"), good(invoice(f"N-{n}"))) for n in range(2)]
    ledger.commit([beside[0], parsed, beside[1]], at=at())

    original, _ = ledger.books.original(big.ref.document_id)
    assert original.content is None
    assert original.chunks is not None
    assert b"".join(original.chunks()) == b"".join(original.chunks()) == text
    assert ledger.books.original(ref("1.txt").document_id)[0].content == b"inbox/acme/1.txt@1"


def test_oversized_document_that_changed_meanwhile_is_refused(ledger: Kept) -> None:
    parsed = again(read(ref()), document=oversized(b"x" * 9_000_000, b"y" * 32))
    with pytest.raises(UnavailableError):
        ledger.commit([read(ref("b.txt"), good(invoice())), parsed], at=at())
    assert states(ledger.books) == {}


def test_documents_are_listed_newest_first(ledger: Kept) -> None:
    for number in range(3):
        commit(ledger, read(ref(f"{number}.txt"), good(invoice(f"N-{number}"))), minutes=number)
    commit(ledger, read(ref("bad.txt", customer="brand"), (bad(),), arrived=at()), minutes=3)
    books = ledger.books
    keys = [entry.key for entry in books.documents()]
    assert keys == ["brand/bad.txt", "acme/2.txt", "acme/1.txt", "acme/0.txt"]
    assert [entry.key for entry in books.documents(limit=2)] == keys[:2]
    assert [entry.key for entry in books.documents(match="brand")] == keys[:1]
    assert [entry.key for entry in books.documents(match=ref("1.txt").document_id)] == keys[2:3]
    assert [entry.key for entry in books.documents(state=State.RECORDED, limit=1)] == keys[1:2]
    entry = next(books.documents())
    assert (entry.guideline, entry.waiting, entry.invoices) == ("plain@1", 1, 0)
    assert (entry.arrived_at, entry.committed_at) == (at(), at(3))
    assert entry.sha256 == hashlib.sha256(b"inbox/brand/bad.txt@1").hexdigest()


def test_invoices_are_found_by_document_number_and_id(ledger: Kept) -> None:
    commit(ledger, read(ref(version="1"), good(invoice("Rechnung Nr. 7", "10"), invoice("B"))))
    commit(ledger, read(ref(version="2"), good(invoice("Rechnung Nr. 7", "20"))))
    commit(
        ledger,
        read(
            ref(customer="brand"), good(invoice("RECHNUNG  NR. 7")), identity=("seller", "number")
        ),
    )
    books = ledger.books
    totals = [entry.row[11] for entry in books.invoices(name="rechnung nr. 7")]
    assert totals == ["10", "20", "12.00"]
    assert [entry.latest for entry in books.invoices(name="Rechnung Nr. 7")] == [False, True, True]
    assert [entry.row[2] for entry in books.invoices(document_id=ref().document_id)] == [
        "Rechnung Nr. 7",
        "B",
    ]
    for entry in books.invoices():
        assert list(books.invoices(name=entry.row[0])) == [entry]
    assert list(books.invoices(name="nothing")) == []


def test_invoice_entry_has_every_cell_and_line(ledger: Kept) -> None:
    lines = tuple(Line(id=str(n), name=f"'\"\n{n}", net=Decimal(n)) for n in range(3))
    full = Invoice(
        number="Ä",
        issue_date=date(2026, 1, 2),
        currency="EUR",
        total=Decimal("1E+2"),
        lines=lines,
        extra={"project": "x"},
    )
    commit(ledger, read(ref(), good(full)))
    (entry,) = ledger.books.invoices()
    cells = dict(zip([column.name for column in columns.INVOICES], entry.row, strict=True))
    assert (cells["total"], cells["extra"], cells["line_count"]) == ("100", '{"project": "x"}', "3")
    assert [line[8] for line in entry.lines] == ["'\"\n0", "'\"\n1", "'\"\n2"]
    assert {line[0] for line in entry.lines} == {entry.row[0]}


def test_findings_of_the_last_reading_are_kept_with_warnings(ledger: Kept) -> None:
    warning = Finding(code="BD2009", message="line 3 is not claimed", severity=Severity.WARNING)
    records = (*good(invoice()), bad(1))
    noted = Record(index=0, first_line=1, last_line=9, invoice=invoice(), findings=(warning,))
    parsed = read(ref(), (noted, records[1]), findings=(warning,))
    (outcome,) = ledger.commit([parsed], at=at()).outcomes
    found = ledger.books.findings(ref().document_id)
    assert [finding.code for finding in found] == ["BD2009", "BD2009", "BD2014"]
    assert outcome.findings == tuple(found)


def test_more_warnings_than_are_kept_are_counted(ledger: Kept) -> None:
    warning = Finding(code="BD2009", message="line 3 is not claimed", severity=Severity.WARNING)
    noted = Record(
        index=0, first_line=1, last_line=9, invoice=invoice(), findings=(warning,) * 1_234
    )
    (outcome,) = ledger.commit([read(ref(), (noted,))], at=at()).outcomes
    found = ledger.books.findings(ref().document_id)
    assert len(found) == 1_001
    assert (found[-1].code, found[-1].message[:4]) == ("BD3002", "234 ")
    assert len(outcome.findings) == 100


def test_outcome_names_the_first_hundred_invoices(ledger: Kept) -> None:
    parsed = read(ref(), good(*(invoice(f"N-{n}") for n in range(130))))
    for known in (False, True):
        (outcome,) = ledger.commit([parsed], at=at()).outcomes
        assert (len(outcome.invoices), outcome.invoice_count) == (100, 130)
        assert (outcome.invoices[0].number, outcome.known) == ("N-0", known)


def test_original_remembers_what_was_wrong_with_its_name(ledger: Kept) -> None:
    wrong = (Finding(code="BD1007", message="lost.txt lies in no customer's folder"),)
    parsed = read(ref(), findings=wrong)
    named = again(parsed, document=replace(parsed.document, findings=wrong), intent=Intent.ARRIVAL)
    ledger.commit([named], at=at())
    assert ledger.books.original(ref().document_id)[0].findings == wrong
