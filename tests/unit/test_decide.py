"""The decisions of the ledger, as a table."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
from msgspec.structs import replace

from billdrop.books.decide import (
    Decision,
    Statement,
    content_of,
    decide,
    folded,
    identity_of,
    precedes,
    state_of,
)
from billdrop.model import Adjustment, Invoice, Line, State, TaxShare

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def stated(
    content: str, *, by: str = "a", seq: str | None = None, ordinal: int = 1, hour: int = 0
) -> Statement:
    return Statement(
        content=content.encode(),
        object_id=by,
        document_id=f"{by}@{ordinal}",
        sequencer=seq,
        ordinal=ordinal,
        arrived_at=NOON + timedelta(hours=hour),
    )


NEW, DUPLICATE, SUPERSEDE, STALE, CONFLICT = Decision
A = stated("A")
TABLE = [
    # new, known, more, decision
    (A, None, {}, NEW),
    (A, stated("A"), {}, DUPLICATE),
    (stated("A", by="b"), A, {}, DUPLICATE),
    (stated("A", seq="1"), stated("A", seq="2"), {}, DUPLICATE),
    (stated("B", ordinal=2), A, {}, SUPERSEDE),
    (stated("B", ordinal=1), stated("A", ordinal=2), {}, STALE),
    (stated("B", seq="2"), stated("A", seq="1"), {}, SUPERSEDE),
    (stated("B", seq="1"), stated("A", seq="2"), {}, STALE),
    (stated("B", seq="1", ordinal=2), stated("A", ordinal=1), {}, SUPERSEDE),
    (stated("B", by="b"), A, {}, CONFLICT),
    (stated("B", by="b"), A, {"released": True}, SUPERSEDE),
    (stated("B", by="b", hour=1), A, {"latest": True}, SUPERSEDE),
    (stated("B", by="b", hour=0), A, {"latest": True}, SUPERSEDE),
    (stated("B", by="b", hour=-1), A, {"latest": True}, STALE),
    (stated("B", by="b", hour=-1), A, {"latest": True, "released": True}, SUPERSEDE),
    (stated("B", by="b", seq="1"), A, {"own": stated("C", by="b", seq="2")}, STALE),
    (stated("B", by="b", seq="3"), A, {"own": stated("C", by="b", seq="2")}, CONFLICT),
    (stated("B", by="b", seq="1"), A, {"own": stated("C", by="b", seq="2"), "released": True}, STALE),
    (stated("B"), A, {"same_reading": True}, CONFLICT),
    (stated("A"), A, {"same_reading": True}, DUPLICATE),
    (stated("B"), A, {"same_reading": True, "latest": True}, CONFLICT),
    (stated("B"), A, {"same_reading": True, "released": True}, SUPERSEDE),
]  # fmt: skip


@pytest.mark.parametrize(("new", "known", "more", "decision"), TABLE)
def test_decision_is_as_the_table_says(
    new: Statement, known: Statement | None, more: dict[str, bool], decision: Decision
) -> None:
    assert decide(new, known, **more) is decision  # type: ignore[arg-type] # the table mixes keywords


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("1", "2", True),
        ("2", "1", False),
        ("0A", "0a", False),
        ("0A", "0A00", False),
        ("0A00", "0A", False),
        ("0A", "0A01", True),
        ("0B", "0A01", False),
        ("0055AED6DCD90281E5", "0055AED6DCD90281E50001", True),
    ],
)
def test_sequencers_compare_as_hexadecimal_filled_on_the_right(
    one: str, other: str, *, before: bool
) -> None:
    assert precedes(one, 9, other, 1) is before


def test_without_both_sequencers_the_order_of_arrival_counts() -> None:
    assert precedes(None, 1, None, 2)
    assert precedes("9", 1, None, 2)
    assert not precedes(None, 2, "9", 1)
    assert not precedes(None, 1, None, 1)


@pytest.mark.parametrize(
    ("waiting", "live", "overtaken", "state"),
    [
        (1, 1, 1, State.QUARANTINED),
        (1, 0, 0, State.QUARANTINED),
        (0, 1, 1, State.RECORDED),
        (0, 0, 1, State.SUPERSEDED),
        (0, 0, 0, State.DUPLICATE),
    ],
)
def test_state_follows_from_the_records(
    waiting: int, live: int, overtaken: int, state: State
) -> None:
    assert state_of(waiting=waiting, live=live, overtaken=overtaken) is state


INVOICE = Invoice(
    number="A-1",
    issue_date=date(2026, 11, 22),
    currency="EUR",
    total=Decimal("10.50"),
    net=Decimal("10.00"),
    lines=(Line(id="1", name="Widget", net=Decimal("10.0"), source_line=3),),
    extra={"po": "1", "project": "x"},
)


@pytest.mark.parametrize(
    "same",
    [
        replace(INVOICE, total=Decimal("10.5")),
        replace(INVOICE, net=Decimal("1E+1")),
        replace(INVOICE, lines=(replace(INVOICE.lines[0], source_line=99, net=Decimal(10)),)),
        replace(INVOICE, extra={"project": "x", "po": "1"}),
    ],
)
def test_content_is_the_same_for_the_same_values(same: Invoice) -> None:
    assert content_of(same) == content_of(INVOICE)
    assert len(content_of(same)) == 16


@pytest.mark.parametrize(
    "other",
    [
        replace(INVOICE, number="A-2"),
        replace(INVOICE, number="a-1"),
        replace(INVOICE, issue_date=date(2026, 11, 23)),
        replace(INVOICE, total=Decimal("105.0")),
        replace(INVOICE, net=None),
        replace(INVOICE, tax=Decimal(0)),
        replace(INVOICE, seller=""),
        replace(INVOICE, seller="1", buyer=None),
        replace(INVOICE, buyer="1"),
        replace(INVOICE, lines=()),
        replace(INVOICE, lines=INVOICE.lines * 2),
        replace(INVOICE, lines=(replace(INVOICE.lines[0], name="Gadget"),)),
        replace(INVOICE, lines=(replace(INVOICE.lines[0], net=None, tax=Decimal(10)),)),
        replace(INVOICE, extra={"po": "1"}),
        replace(INVOICE, seller_id="10.50"),
    ],
)
def test_content_differs_when_any_value_differs(other: Invoice) -> None:
    assert content_of(other) != content_of(INVOICE)


def test_every_field_of_an_invoice_and_its_lines_counts_for_its_content() -> None:
    for name, kind in get_type_hints(Invoice).items():
        other = replace(INVOICE, **{name: CHANGED[name if name in CHANGED else str(kind)]})
        assert content_of(other) != content_of(INVOICE), name
    for name, kind in get_type_hints(Line).items():
        line = replace(INVOICE.lines[0], **{name: CHANGED[str(kind)]})
        is_place = name == "source_line"
        other = replace(INVOICE, lines=(line,))
        assert (content_of(other) == content_of(INVOICE)) == is_place, name


CHANGED: dict[str, object] = {
    "<class 'str'>": "changed",
    "str | None": "changed",
    "<class 'int'>": 7,
    "<class 'decimal.Decimal'>": Decimal("99.99"),
    "decimal.Decimal | None": Decimal("99.99"),
    "<class 'datetime.date'>": date(2030, 1, 1),
    "datetime.date | None": date(2030, 1, 1),
    "tuple[str, ...]": ("changed",),
    "lines": (),
    "extra": {},
    "taxes": (TaxShare(amount=Decimal(1)),),
    "allowances": (Adjustment(amount=Decimal(1)),),
    "charges": (Adjustment(amount=Decimal(1)),),
}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("taxes", {"base": Decimal(1), "category": "S", "rate": Decimal(1)}),
        ("allowances", {"reason": "x", "tax_category": "S", "tax_rate": Decimal(1)}),
        ("charges", {"reason": "x", "tax_category": "S", "tax_rate": Decimal(1)}),
    ],
)
def test_every_field_of_what_there_are_several_of_counts(name: str, values: dict[str, Any]) -> None:
    made = TaxShare if name == "taxes" else Adjustment
    bare = replace(INVOICE, **{name: (made(amount=Decimal(1)),)})
    for field, value in values.items():
        other = replace(INVOICE, **{name: (made(amount=Decimal(1), **{field: value}),)})
        assert content_of(other) != content_of(bare)


def test_content_of_what_states_nothing_new_is_what_it_was() -> None:
    assert content_of(INVOICE).hex() == "a6a2961202cbbd7b0d5ed88cb3b998b4"


@pytest.mark.parametrize("zero", ["0", "0.00", "-0.00", "0E+3"])
def test_zero_is_zero_with_any_scale_and_sign(zero: str) -> None:
    assert content_of(replace(INVOICE, tax=Decimal(zero))) == content_of(
        replace(INVOICE, tax=Decimal(0))
    )


def test_long_amounts_are_compared_to_the_last_digit() -> None:
    long, longer = "1" * 60, "1" * 59 + "2"
    assert content_of(replace(INVOICE, total=Decimal(long))) != content_of(
        replace(INVOICE, total=Decimal(longer))
    )


@pytest.mark.parametrize(
    ("number", "identity"),
    [
        ("INV-1", "inv-1"),
        ("  inv   1\t", "inv 1"),
        ("INV\u00a01", "inv 1"),
        ("ＩＮＶ－１", "inv-1"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("№ 7", "no 7"),
    ],
)
def test_identity_takes_no_notice_of_case_blanks_and_width(number: str, identity: str) -> None:
    assert identity_of(replace(INVOICE, number=number), ("number",)) == identity


def test_identity_of_several_fields_cannot_be_confused() -> None:
    fields = ("seller", "number")
    one = identity_of(replace(INVOICE, seller="a b", number="c"), fields)
    other = identity_of(replace(INVOICE, seller="a", number="b c"), fields)
    forged = identity_of(replace(INVOICE, seller="a", number="b\x1fc"), fields)
    assert len({one, other, forged}) == 3 - (other == forged)
    assert one != other
    assert identity_of(replace(INVOICE, seller=None), fields) == "\x1fa-1"


@pytest.mark.parametrize(
    "other",
    ["zw\u200b-1", "z\u00adw-1", "zw-\u20601", "\ufeffzw-1", "zw-1\u034f", "zw-1\ufe0f",
     "zw\u20101", "zw\u20111", "zw\u22121", "\uff3a\uff37\uff0d\uff11"],
)  # fmt: skip
def test_a_number_with_invisible_characters_or_another_dash_is_the_same(other: str) -> None:
    assert folded(other) == folded("ZW-1")
