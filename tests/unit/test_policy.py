"""What was agreed beyond the layout: found, held for a person, let pass, remembered."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from billdrop import operations, policy
from billdrop.answers.replay import replay
from billdrop.errors import UsageError
from billdrop.guidelines.library import open_library
from billdrop.guidelines.load import lint
from billdrop.guidelines.policy import Policy
from billdrop.model import (
    Adjustment,
    Document,
    DocumentRef,
    Invoice,
    Line,
    Outcome,
    Parsed,
    QuarantineEntry,
    Record,
    Severity,
    State,
    TaxShare,
)
from billdrop.parsing.apart import Apart, There
from billdrop.policy.identifiers import account_wrong, tax_id_wrong
from billdrop.policy.rules import broken
from billdrop.quarantine.settled import settled
from billdrop.readers import Limits
from billdrop.way import pipeline
from tests.process import eventually
from tests.unit.rig import Rig

CAME = date(2026, 11, 22)
INVOICE = Invoice(
    number="1", issue_date=CAME, currency="EUR", total=Decimal(100), seller="Initech GmbH"
)


def found(invoice: Invoice, **asked: Any) -> list[tuple[str, str, str, str]]:
    made = Policy.model_validate(asked)
    return [
        (it.fault.code, it.fault.field, it.fault.message, it.otherwise)
        for it in broken(invoice, made, CAME)
    ]


def messages(invoice: Invoice, **asked: Any) -> list[str]:
    return [message for _, _, message, _ in found(invoice, **asked)]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"currencies": {"allowed": ["EUR", "USD"]}},
        {"tax_rates": {"allowed": [19]}},
        {"dates": {"future_days": 0, "past_days": 0}},
        {"largest": {"total": {"EUR": 100}}},
        {"required": {"fields": ["seller"]}},
        {"identifiers": {"fields": ["seller_tax_id", "payment_account"]}},
        {"sellers": {"known": [{"id": "INITECH  gmbh"}]}},
    ],
)
def test_invoice_that_keeps_to_the_policy_has_no_finding(asked: dict[str, Any]) -> None:
    assert found(INVOICE, **asked) == []


def test_each_policy_says_what_it_finds_and_what_happens_then() -> None:
    invoice = replace(
        INVOICE,
        taxes=(TaxShare(amount=Decimal(7), rate=Decimal("7.0")),),
        lines=(Line(tax_rate=Decimal(7)), Line()),
        allowances=(Adjustment(amount=Decimal(1), tax_rate=Decimal(5)),),
        seller_tax_id="DE136695977",
        payment_account="DE89370400440532013001",
    )
    assert found(
        invoice,
        currencies={"allowed": ["USD"]},
        tax_rates={"allowed": [19, 0]},
        largest={"total": {"EUR": "99.99"}, "otherwise": "warn"},
        required={"fields": ["order_ref"]},
        identifiers={"fields": ["seller_tax_id", "payment_account"]},
        sellers={"known": [{"id": "DE1"}]},
    ) == [
        ("BD2501", "currency", "currency EUR is not agreed on: USD", "reject"),
        ("BD2502", "taxes[0].rate", "taxes[0].rate: a tax rate of 7.0 % is not expected: 19 %, 0 %", "hold"),
        ("BD2502", "allowances[0].tax_rate", "allowances[0].tax_rate: a tax rate of 5 % is not expected: 19 %, 0 %", "hold"),
        ("BD2504", "total", "total 100 EUR is more than 99.99, what needs no person", "warn"),
        ("BD2505", "order_ref", "order_ref is missing", "reject"),
        ("BD2506", "seller_tax_id", "seller_tax_id `DE136695977` is not a tax identifier of its country: its form or a check digit is wrong", "hold"),
        ("BD2506", "payment_account", "payment_account `DE89370400440532013001` is not an IBAN: its form or a check digit is wrong", "hold"),
        ("BD2507", "seller_tax_id", "the seller `DE136695977` is not known", "hold"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (date(2026, 11, 23), []),
        (date(2026, 11, 24), ["issue_date 2026-11-24 is 2 days after the document came, 2026-11-22"]),
        (date(2026, 11, 12), []),
        (date(2026, 11, 11), ["issue_date 2026-11-11 is 11 days before the document came, 2026-11-22"]),
    ],
)  # fmt: skip
def test_issue_date_is_near_the_day_on_which_the_document_came(
    day: date, message: list[str]
) -> None:
    assert messages(replace(INVOICE, issue_date=day), dates={"past_days": 10}) == message


def test_a_currency_without_a_largest_total_needs_a_person() -> None:
    assert messages(INVOICE, largest={"total": {"USD": 1}}) == [
        "no largest total is agreed on in EUR"
    ]


def test_what_is_payable_may_be_no_larger_than_the_total_may() -> None:
    invoice = replace(INVOICE, prepaid=Decimal(-900), payable=INVOICE.total + 900)
    (said,) = messages(invoice, largest={"total": {"EUR": 100}})
    assert said.startswith("payable ")


def test_a_credit_note_is_as_large_as_what_it_gives_back() -> None:
    invoice = replace(INVOICE, total=Decimal(-100))
    assert len(messages(invoice, largest={"total": {"EUR": 99}})) == 1


ACME = {"id": "Initech GmbH", "accounts": ["DE89 3704 0044 0532 0130 00"]}


@pytest.mark.parametrize(
    ("account", "message"),
    [
        (None, []),
        ("de89370400440532013000", []),
        ("DE02120300000000202051", ["the account `DE02120300000000202051` is not known of `Initech GmbH`"]),
    ],
)  # fmt: skip
def test_a_new_account_of_a_known_seller_waits(account: str | None, message: list[str]) -> None:
    invoice = replace(INVOICE, payment_account=account)
    assert messages(invoice, sellers={"known": [ACME]}) == message


CLEAN = {"id": "Clean & Co", "accounts": ["GB29"]}
TWO = [
    "the account `GB29` is not known of `DE1`",
    "two known sellers are named: `Clean & Co` and `DE1`",
]


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ([{"id": "Clean & Co"}, {"id": "DE1", "accounts": ["DE02"]}], TWO),
        ([CLEAN, {"id": "DE1", "accounts": ["DE02"]}], TWO),
        ([{"id": "Clean & Co"}, {"id": "DE1"}], TWO[1:]),
        ([CLEAN, {"id": "DE1"}], TWO[1:]),
        ([CLEAN, {"id": "DE1", "accounts": ["GB29", "DE02"]}], []),
        ([CLEAN, {"id": ["DE1", "clean & co"], "accounts": ["DE02"]}], []),
        ([{"id": ["DE1", "Clean & Co"]}], []),
        ([{"id": ["DE1", "Clean & Co"], "accounts": ["DE02"]}], ["the account `GB29` is not known of `DE1`"]),
        ([{"id": "Clean & Co"}, {"id": "DE2", "accounts": ["DE02"]}], []),
    ],
)  # fmt: skip
def test_an_account_is_known_of_every_known_seller_that_is_named(
    known: list[dict[str, Any]], message: list[str]
) -> None:
    named = replace(INVOICE, seller="Clean & Co", seller_tax_id="DE1", payment_account="GB29")
    assert messages(named, sellers={"known": known}) == message


def test_every_account_of_an_invoice_has_to_be_known() -> None:
    invoice = replace(
        INVOICE,
        payment_account="DE89 3704 0044 0532 0130 00",
        other_accounts=("DE02120300000000202051", "GB29"),
    )
    made = Policy.model_validate(
        {"sellers": {"known": [ACME]}, "identifiers": {"fields": ["payment_account"]}}
    )
    assert [(it.fault.code, it.fault.field) for it in broken(invoice, made, CAME)] == [
        ("BD2506", "other_accounts[1]"),
        ("BD2508", "other_accounts[0]"),
        ("BD2508", "other_accounts[1]"),
    ]
    unknown = Policy.model_validate({"sellers": {"known": [{"id": "Hooli"}]}})
    (it,) = broken(invoice, unknown, CAME)
    assert '", "DE02120300000000202051", "GB29"] }' in it.fault.hint


def test_an_unknown_seller_comes_with_the_lines_that_make_it_known() -> None:
    made = Policy.model_validate({"sellers": {"known": [{"id": "Hooli"}]}})
    invoice = replace(INVOICE, payment_account="DE02")
    (it,) = broken(invoice, made, CAME)
    assert it.fault.hint.endswith('{ id = "Initech GmbH", accounts = ["DE02"] }')
    (it,) = broken(replace(INVOICE, seller=None), made, CAME)
    assert it.fault.message == "no seller is stated"


@pytest.mark.parametrize(
    ("text", "country", "right"),
    [
        ("DE136695976", None, True),
        ("136695976", "DE", True),
        ("DE136695977", "DE", False),
        ("EL094259216", None, True),
        ("EKU9003173C9", "MX", True),
        ("27AAPFU0939F1ZV", "IN", True),
        ("27AAPFU0939F1ZV", None, False),
        ("12-3456789", "US", True),
        ("DE136695976", "CH", True),
    ],
)
def test_tax_identifier_is_looked_at_by_the_rules_of_its_country(
    text: str, country: str | None, right: bool
) -> None:
    assert (tax_id_wrong(text, country) == "") is right


def test_iban_is_looked_at_by_its_check_digits() -> None:
    assert account_wrong("DE89 3704 0044 0532 0130 00") == ""
    assert account_wrong("DE89 3704 0044 0532 0130 01")


LAYOUT = """
guideline = "pips"
version = {version}
match = {{ contains = ["Pip no"] }}
input = {{ reader = "labelled" }}
locale = {{ currency = "EUR" }}
[fields]
number = {{ label = "Pip no" }}
issue_date = {{ label = "Day" }}
total = {{ label = "Sum" }}
seller = {{ label = "From" }}
payment_account = {{ label = "Pay to" }}
[records]
start = ["Pip no:"]
[policy]
{policy}
"""
HOLD = "largest = { total = { EUR = 1000 } }"


def pip(number: str = "p-1", total: str = "1234.00") -> str:
    return f"Pip no: {number}\nDay: 2026-11-22\nSum: {total}\n"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig()
    agree(made, tmp_path, HOLD)
    return made


def agree(rig: Rig, folder: Path, text: str, version: int = 1) -> None:
    (folder / "pips.toml").write_text(LAYOUT.format(version=version, policy=text))
    rig.read.library = open_library(folder, Limits())[0]


def take(rig: Rig, name: str, text: str) -> Outcome:
    (outcome,) = pipeline.process([rig.upload(name, text)], rig.way)
    assert outcome is not None
    return outcome


def release(rig: Rig, entry: QuarantineEntry) -> Outcome:
    return operations.release(entry, rig.ledger, rig.way, by="eve", why="I called them")


def test_what_is_held_is_recorded_once_a_person_lets_it_pass(rig: Rig) -> None:
    outcome = take(rig, "a.txt", pip())
    (said,) = outcome.findings
    assert outcome.state is State.QUARANTINED
    assert (said.code, said.held, said.line, said.column) == ("BD2504", True, 3, 6)
    assert (said.excerpt, said.offset) == ("Sum: 1234.00", 5)
    (entry,) = rig.ledger.quarantine()
    assert release(rig, entry).state is State.RECORDED
    assert rig.ledger.totals()[0].total == 1234
    (closed,) = rig.ledger.quarantine(closed=True)
    assert (closed.by, closed.why) == ("eve", "I called them")
    (kept,) = rig.ledger.findings(outcome.document_id)
    assert (kept.code, kept.severity) == ("BD2504", Severity.WARNING)


def test_what_was_let_pass_is_not_held_again_when_the_document_is_read_again(rig: Rig) -> None:
    take(rig, "a.txt", pip() + pip("p-2", "5000.00"))
    first, second = rig.ledger.quarantine()
    assert release(rig, first).state is State.QUARANTINED
    assert [entry.id for entry in rig.ledger.quarantine()] == [second.id]
    operations.redrive([second], rig.ledger, rig.way, lambda _: None)
    assert [entry.id for entry in rig.ledger.quarantine()] == [second.id]
    assert release(rig, second).state is State.RECORDED
    assert rig.ledger.totals()[0].total == 6234


def test_what_is_held_for_something_else_by_now_waits_again(rig: Rig, tmp_path: Path) -> None:
    take(rig, "a.txt", pip())
    (entry,) = rig.ledger.quarantine()
    agree(rig, tmp_path, "largest = { total = { EUR = 500 } }", version=2)
    assert release(rig, entry).state is State.QUARANTINED


def test_what_is_rejected_cannot_be_released(rig: Rig, tmp_path: Path) -> None:
    agree(rig, tmp_path, 'largest = { total = { EUR = 1000 }, otherwise = "reject" }')
    take(rig, "a.txt", pip())
    (entry,) = rig.ledger.quarantine()
    with pytest.raises(UsageError, match=r"BD2504 .*, which nobody can release") as refused:
        release(rig, entry)
    assert "hold" in refused.value.hint


def test_what_is_only_warned_of_is_recorded(rig: Rig, tmp_path: Path) -> None:
    agree(rig, tmp_path, 'largest = { total = { EUR = 1000 }, otherwise = "warn" }')
    outcome = take(rig, "a.txt", pip())
    assert outcome.state is State.RECORDED
    assert [each.severity for each in outcome.findings] == [Severity.WARNING]


def test_letting_pass_decides_the_conflict_that_it_shows(rig: Rig) -> None:
    take(rig, "a.txt", pip(total="10.00"))
    take(rig, "b.txt", pip())
    (entry,) = rig.ledger.quarantine()
    assert [each.code for each in entry.findings] == ["BD2504", "BD3001"]
    assert release(rig, entry).state is State.RECORDED
    assert [total.total for total in rig.ledger.totals()] == [1234]


def test_letting_pass_decides_no_conflict_that_came_later(rig: Rig) -> None:
    take(rig, "b.txt", pip())
    (entry,) = rig.ledger.quarantine()
    take(rig, "a.txt", pip(total="10.00"))
    assert release(rig, entry).state is State.QUARANTINED
    (entry,) = rig.ledger.quarantine()
    assert entry.code == "BD3001"
    assert [total.total for total in rig.ledger.totals()] == [10]
    assert release(rig, entry).state is State.RECORDED
    assert [total.total for total in rig.ledger.totals()] == [1234]


def test_name_and_size_of_a_file_can_be_agreed_on(rig: Rig, tmp_path: Path) -> None:
    agree(rig, tmp_path, 'file = { name = "inv_*.txt", bytes = 60, otherwise = "hold" }')
    assert take(rig, "inv_1.txt", pip()).state is State.RECORDED
    outcome = take(rig, "other.txt", pip("p-2") + " " * 60)
    assert [each.message for each in outcome.findings] == [
        "the file is named `other.txt`, not like `inv_*.txt`",
        "the file has 101 bytes, more than the 60 agreed on",
    ]
    (entry,) = rig.ledger.quarantine()
    assert release(rig, entry).state is State.RECORDED


def test_released_invoice_is_the_same_in_a_replay(rig: Rig) -> None:
    take(rig, "a.txt", pip())
    (entry,) = rig.ledger.quarantine()
    library = rig.read.library
    assert replay(rig.ledger, library, Limits()).changes == ()
    release(rig, entry)
    assert replay(rig.ledger, library, Limits()).changes == ()


class Lazily:
    def __init__(self, records: tuple[Record, ...]) -> None:
        self.records = records

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)


def test_records_of_a_large_document_are_looked_at_as_they_are_read() -> None:
    document = Document(
        ref=DocumentRef(bucket="inbox", key="acme/a.txt", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=b"",
        size=1,
        content=b"x",
    )
    records = (
        Record(index=0, first_line=1, last_line=3, invoice=INVOICE),
        Record(index=1, first_line=4, last_line=6, invoice=None),
    )
    made = Policy.model_validate({"largest": {"total": {"EUR": 1}}})
    parsed = policy.ruled(
        Parsed(document=document, guideline=None, records=Lazily(records)), [made]
    )
    assert [record.accepted for record in parsed.records] == [False, False]
    assert [record.waits for record in parsed.records] == [True, False]
    (first, _) = parsed.records
    entry = QuarantineEntry(
        id=1,
        document_id="a",
        customer="acme",
        key="a",
        record=0,
        first_line=1,
        last_line=3,
        code="BD2504",
        findings=first.findings,
        since=document.arrived_at,
        by="eve",
    )
    passed = settled(parsed, [entry])
    assert [record.accepted for record in passed.records] == [True, False]
    assert [record.accepted for record in passed.records] == [True, False]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('required = { fields = ["order_ref"] }', "policy.required.fields[0]"),
        ('required = { fields = ["order"] }', "policy.required.fields[0]"),
        ('identifiers = { fields = ["buyer_tax_id"] }', "policy.identifiers.fields[0]"),
        ("file = {}", "policy.file"),
        ('currencies = { allowed = ["EUR"], otherwise = "perhaps" }', "policy.currencies.otherwise"),
    ],
)  # fmt: skip
def test_policy_of_what_the_layout_never_states_is_refused(text: str, path: str) -> None:
    (problem,) = lint(LAYOUT.format(version=1, policy=text), "pips.toml")
    assert problem.path == path


ROWS = """
guideline = "rows"
version = 1
match = { contains = ["bill;day"] }
input = { reader = "delimited", delimiter = ";" }
locale = { currency = "EUR" }
[fields]
number = { column = "bill" }
issue_date = { column = "day" }
total = { column = "sum" }
net = { column = "sum" }
[lines.fields]
net = { column = "sum" }
[policy]
largest = { total = { EUR = 1000 } }
"""


def test_no_short_way_of_reading_leads_past_a_policy(tmp_path: Path) -> None:
    rows = [f"r-{index};2026-11-22;{index}.00" for index in range(997, 4000)]
    (tmp_path / "rows.toml").write_text(ROWS)
    (tmp_path / "pips.toml").write_text(LAYOUT.format(version=1, policy=HOLD))
    rig = Rig()
    rig.read.library = open_library(tmp_path, Limits())[0]
    outcome = take(rig, "rows.csv", "\n".join(("bill;day;sum", *rows)))
    assert outcome.invoice_count == 4
    assert len(rig.ledger.quarantine()) == len(rows) - 4
    for index in range(5):
        take(rig, f"{index}.txt", pip(f"p-{index}", "5.00"))
    assert take(rig, "large.txt", pip("p-9", "5000.00")).state is State.QUARANTINED


def test_policy_is_looked_at_in_the_process_apart_too(tmp_path: Path) -> None:
    dates = "dates = { past_days = 3 }"
    (tmp_path / "pips.toml").write_text(LAYOUT.format(version=1, policy=dates))
    reading = Apart(open_library(tmp_path, Limits())[0], Limits())
    try:
        documents = [came(days, pip(f"p-{days}")) for days in range(6)]
        documents *= 40
        eventually(lambda: type(reading(documents)), lambda kind: kind is There)
        read = reading(documents)
        held = [any(each.held for each in next(iter(it.records)).findings) for it in read()]
    finally:
        reading.close()
    assert held == [False, False, False, False, True, True] * 40


def came(days: int, text: str) -> Document:
    """A document that came some days after its invoice was issued."""
    content = text.encode()
    return Document(
        ref=DocumentRef(bucket="inbox", key=f"acme/{days}.txt", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22 + days, 12, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )


def test_policy_of_the_guide_is_one() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "guidelines.md").read_text("utf-8")
    block, file = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    assert lint(file, "policy.toml") == []
    fields = 'order_ref = { label = "Order" }\nseller_tax_id = { label = "VAT" }\n'
    text = LAYOUT.format(version=1, policy="")
    whole = text.replace("[records]", fields + "[records]").replace("[policy]\n", block)
    assert lint(whole, "pips.toml") == []


def test_sellers_can_only_be_known_where_one_is_stated() -> None:
    text = LAYOUT.format(version=1, policy='sellers = { known = [{ id = "Hooli" }] }')
    assert lint(text, "pips.toml") == []
    (problem,) = lint(text.replace('seller = { label = "From" }\n', ""), "pips.toml")
    assert problem.path == "policy.sellers"
