"""The made-up invoices are the same every time, and are what they say."""

import csv
import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from num2words import num2words

from billdrop.demo import (
    Sample,
    docproc_invoice,
    invoices,
    write_delimited,
    write_folder,
    write_guidelines,
)
from billdrop.demo.texts import german_amount, rupees_in_words
from billdrop.guidelines.library import open_library
from billdrop.memory import MemoryLedger
from billdrop.model import Document, DocumentRef, State
from billdrop.parsing.reading import parse
from billdrop.readers import Limits

START = date(2026, 8, 24)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def make(count: int = 300, *, seed: int = 1) -> list[Sample]:
    return list(invoices(count, seed=seed, start=START))


def test_same_seed_gives_the_same_documents() -> None:
    assert make() == make()


def test_another_seed_gives_other_documents() -> None:
    assert make() != make(seed=2)


def test_three_in_a_hundred_are_wrong_and_two_are_duplicates() -> None:
    states = Counter(sample.state for sample in make(1000))
    assert states[State.QUARANTINED] == pytest.approx(30, abs=2)
    assert states[State.DUPLICATE] == 20
    assert states[State.RECORDED] == 1000 - states[State.QUARANTINED] - states[State.DUPLICATE]


def test_fifty_documents_show_recorded_quarantined_and_duplicate_ones() -> None:
    assert {sample.state for sample in make(50)} == {
        State.RECORDED,
        State.QUARANTINED,
        State.DUPLICATE,
    }


def test_no_two_documents_of_a_customer_have_the_same_name() -> None:
    samples = make()
    assert len({(sample.customer, sample.name) for sample in samples}) == len(samples)


def test_no_two_invoices_of_a_customer_have_the_same_number() -> None:
    facts = [(sample.customer, fact.number) for sample in make() for fact in sample.invoices]
    assert len(set(facts)) == len(facts)


def test_net_and_tax_of_every_fact_are_its_total() -> None:
    facts = [fact for sample in make() for fact in sample.invoices]
    assert all(fact.net + fact.tax == fact.total for fact in facts)


def test_a_duplicate_has_the_bytes_of_an_earlier_recorded_document_of_its_customer() -> None:
    samples = make()
    for place, sample in enumerate(samples):
        if sample.state is State.DUPLICATE:
            assert any(
                earlier.content == sample.content and earlier.customer == sample.customer
                for earlier in samples[:place]
                if earlier.state is State.RECORDED
            )


@pytest.mark.parametrize("amount", [0, 7, 85, 100, 118, 999, 1000, 8150, 57_021, 412_000])
def test_rupees_in_words_are_those_of_num2words(amount: int) -> None:
    words = num2words(amount).replace(",", "").replace(" and ", " ")
    assert rupees_in_words(amount).lower() == words


def test_rupees_in_words_reach_millions() -> None:
    assert rupees_in_words(3_000_001) == "Three million one"


def test_german_amounts_group_with_dots() -> None:
    assert german_amount(Decimal("1234567.5")) == "1.234.567,50"


def test_bulk_invoices_differ_and_add_up() -> None:
    texts = [docproc_invoice(index).decode() for index in range(50)]
    assert len(set(texts)) == 50
    for text in texts:
        found = re.findall(r"^(?:Amount|SGST|Total): (\d+)$", text, re.MULTILINE)
        net, tax, total = (int(amount) for amount in found)
        rows = re.findall(r"^\d+\) .*, (\d+), (\d+)$", text, re.MULTILINE)
        assert (net, tax) == (sum(int(row[0]) for row in rows), sum(int(row[1]) for row in rows))
        assert net + tax == total
        assert f"InWords: Space Rupees {rupees_in_words(total)} only" in text


def test_bulk_invoice_with_detail_is_about_a_kilobyte() -> None:
    assert 900 <= len(docproc_invoice(3, detail=True)) <= 1100


def test_folder_holds_the_files_asked_for(tmp_path: Path) -> None:
    written = write_folder(tmp_path / "many", 25, lines=2)
    found = list((tmp_path / "many").iterdir())
    assert len(found) == 25
    assert sum(path.stat().st_size for path in found) == written


def test_delimited_export_has_a_row_per_line_that_adds_up(tmp_path: Path) -> None:
    written = write_delimited(tmp_path / "export.csv", invoices=20, lines_each=3)
    assert (tmp_path / "export.csv").stat().st_size == written
    with (tmp_path / "export.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    for number in {row["invoice"] for row in rows}:
        own = [row for row in rows if row["invoice"] == number]
        assert sum(Decimal(row["net"]) for row in own) == Decimal(own[0]["invoice net"])


def test_guidelines_are_written_for_every_layout_that_is_not_built_in(tmp_path: Path) -> None:
    written = write_guidelines(tmp_path / "guidelines")
    assert [path.name for path in written] == ["harbour-export.toml", "nordwind.toml"]
    assert all(path.read_text("utf-8").startswith("#") for path in written)


def test_every_sample_ends_as_it_says(tmp_path: Path) -> None:
    write_guidelines(tmp_path)
    library, problems = open_library(tmp_path, Limits())
    assert not problems
    samples = make(150)
    documents = [document(sample) for sample in samples]
    ledger = MemoryLedger()
    outcomes = ledger.commit(
        [parse(document, library, Limits()) for document in documents], at=NOW
    ).outcomes
    for sample, outcome in zip(samples, outcomes, strict=True):
        assert (sample.name, outcome.state) == (sample.name, sample.state)
        assert [
            (invoice.number, invoice.issue_date, invoice.currency, invoice.total)
            for invoice in outcome.invoices
        ] == [(fact.number, fact.issue_date, fact.currency, fact.total) for fact in sample.invoices]


def document(sample: Sample) -> Document:
    ref = DocumentRef(
        bucket="inbox",
        key=f"{sample.customer}/{sample.name}",
        version="1",
        customer=sample.customer,
    )
    return Document(
        ref=ref,
        arrived_at=NOW,
        sha256=sha256(sample.content).digest(),
        size=len(sample.content),
        content=sample.content,
    )
