"""Why a document waits, said anew where it is another reason."""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from billdrop.model import Document, DocumentRef, Finding, Parsed, QuarantineEntry, Record
from billdrop.quarantine.reasons import renewed

AT = datetime(2026, 11, 22, tzinfo=UTC)
DOCUMENT = Document(
    ref=DocumentRef(bucket="b", key="acme/a", version="1", customer="acme"),
    arrived_at=AT,
    sha256=b"",
    size=1,
    content=b"x",
)


def entry(*findings: Finding) -> QuarantineEntry:
    return QuarantineEntry(
        id=1,
        document_id=DOCUMENT.ref.document_id,
        customer="acme",
        key="acme/a",
        record=0,
        first_line=1,
        last_line=1,
        code="BD2099",
        findings=findings,
        since=AT,
    )


def read(message: str) -> Parsed:
    found = Finding(code="BD2004", message=message, line=1)
    record = Record(index=0, first_line=1, last_line=1, invoice=None, findings=(found,))
    return Parsed(document=DOCUMENT, guideline=None, records=(record,))


def codes(parsed: Parsed | None) -> list[str]:
    return [it.code for each in parsed.records for it in each.findings] if parsed else []


def test_entry_that_never_said_why_has_no_earlier_reason() -> None:
    assert codes(renewed(read("now"), [entry()])) == ["BD2004"]


def test_entry_that_says_why_already_stays_as_it_is() -> None:
    now = next(iter(read("now").records)).findings
    assert renewed(read("now"), [entry(*now)]) is None
    assert codes(renewed(read("later"), [entry(*now)])) == ["BD2004", "BD2511"]


def test_no_more_than_ten_earlier_reasons_are_kept() -> None:
    waiting = entry(*next(iter(read("0").records)).findings)
    for number in range(1, 20):
        again = renewed(read(str(number)), [waiting])
        assert again is not None
        waiting = entry(*next(iter(again.records)).findings)
    assert len(waiting.findings) == 11
    assert waiting.findings[-1].message == "it waited before: 18 (BD2004)"


class Lazily:
    """The records of a large document."""

    def __init__(self, parsed: Parsed) -> None:
        self._records = parsed.records

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)


def test_records_of_a_large_document_keep_their_earlier_reasons_too() -> None:
    now = next(iter(read("now").records)).findings
    large = replace(read("later"), records=Lazily(read("later")))
    again = renewed(large, [entry(*now)])
    assert codes(again) == codes(again) == ["BD2004", "BD2511"]
    assert renewed(replace(large, records=Lazily(read("now"))), [entry(*now)]) is None
