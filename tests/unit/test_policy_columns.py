"""Policies asked by columns find what they find when each invoice is asked."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from billdrop.books.booking import for_books
from billdrop.guidelines.policy import Policy
from billdrop.model import DocumentRef, Invoice, Parsed, Record
from billdrop.parsing import reading
from billdrop.policy import Ruled, columns, ruled
from billdrop.policy.rules import RULES
from tests.unit.test_bulk import HEADER, REF, ROWS, SHOP, booked, guide, parsed
from tests.unit.test_bulk_fixed import MILL, TEXT

CAME = date(2026, 11, 22)
MORE = SHOP.replace(
    'seller = { column = "Seller" }',
    'seller = { column = "Seller" }\npayment_account = { column = "Account" }',
).replace("[lines.fields]", 'seller_tax_id = { column = "VAT" }\n[lines.fields]')
TAKEN = "DE89 3704 0044 0532 0130 00"


def shop(account: str = TAKEN, tax_id: str = "DE136695976") -> str:
    header = HEADER.replace("Seller;", "Seller;Account;VAT;")
    head = ("EUR;Acme", "USD;Öl & Söhne", 'EUR;"B; C"', "EUR;")
    rows = ROWS
    for at, one in enumerate(head):
        more = (account, tax_id) if at != 1 else ("", "")
        rows = rows.replace(f"{one};", f"{one};{';'.join(more)};")
    return header + rows


def policy(**given_rules: Any) -> Policy:
    return Policy.model_validate(given_rules)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Parsed]:
    monkeypatch.setattr(reading, "EAGER", 10)

    def read(text: str, guideline: str, *policies: Policy) -> Parsed:
        return parsed(text.encode(), guide(guideline), *policies)

    return read


def agreed(found: Parsed, guideline: str) -> list[bool]:
    """Whether each is booked without being made; they are what they are when each is asked."""
    of, short, exact = guide(guideline), list(for_books(found)), list(found.records)
    assert [one.findings for one in short] == [one.findings for one in exact]
    for one, other in zip(short, exact, strict=True):
        assert one.accepted == other.accepted
        if one.accepted:
            assert booked(one, of) == booked(other, of)
    return [one.booking is not None for one in short]


POLICIES: list[tuple[dict[str, Any], list[bool]]] = [
    ({}, [True, True, True, False]),
    ({"currencies": {"allowed": ["EUR"]}}, [True, False, True, False]),
    ({"tax_rates": {"allowed": [Decimal(19)]}}, [True, True, True, False]),
    ({"dates": {"past_days": 0}}, [False, True, True, False]),
    ({"largest": {"total": {"EUR": Decimal("5.95")}}}, [True, False, True, False]),
    (
        {"largest": {"total": {"EUR": Decimal("5.9499999"), "USD": Decimal(10) ** 30}}},
        [False, True, True, False],
    ),
    ({"largest": {"total": {"EUR": Decimal(-10) ** 31}}}, [False] * 4),
    ({"required": {"fields": ["seller", "type_code", "net"]}}, [True, True, True, False]),
    ({"required": {"fields": ["order_ref"]}}, [False] * 4),
    ({"required": {"fields": ["payment_account"]}}, [True, False, True, False]),
    ({"identifiers": {"fields": ["payment_account", "seller_tax_id"]}}, [True, True, True, False]),
    ({"sellers": {"known": [{"id": "acme"}]}}, [True, False, False, False]),
    (
        {"sellers": {"known": [{"id": "DE136695976", "accounts": [TAKEN]}]}},
        [True, False, True, False],
    ),
    ({"sellers": {"known": [{"id": "Acme", "accounts": ["x"]}]}}, [False] * 4),
]


@pytest.mark.parametrize(("rules", "plain"), POLICIES, ids=[str(rules) for rules, _ in POLICIES])
def test_invoices_that_keep_a_policy_are_booked_by_columns(
    rules: dict[str, Any], plain: list[bool], large: Callable[..., Parsed]
) -> None:
    assert agreed(large(shop(), MORE, policy(**rules)), MORE) == plain


def test_policies_of_a_guideline_and_of_a_customer_are_both_asked(
    large: Callable[..., Parsed],
) -> None:
    own = f'{MORE}[policy.currencies]\nallowed = ["EUR"]\n'
    both = large(shop(), own, policy(sellers={"known": [{"id": "Acme"}]}, file={"bytes": 1}))
    assert agreed(both, own) == [True, False, False, False]
    assert [it.code for it in both.findings] == ["BD2509"]


def test_records_of_fixed_width_are_asked_too(large: Callable[..., Parsed]) -> None:
    found = large(TEXT, MILL, policy(largest={"total": {"EUR": 2}}))
    assert agreed(found, MILL) == [False, True, False]


def test_amounts_with_a_comma_are_asked_and_booked(large: Callable[..., Parsed]) -> None:
    text = SHOP.replace("[fields]", '[locale]\ndecimal = ","\n[fields]')
    rules = policy(sellers={"known": [{"id": "Acme"}, {"id": "B; C"}]})
    found = large(HEADER + ROWS.replace(".", ","), text, rules)
    assert agreed(found, text) == [True, False, True, False]


TEXTS = st.sampled_from(["", TAKEN, "DE00", "DE136695976", "Acme", "acme", "x"])


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, st.integers(0, len(POLICIES) - 1), st.integers(-2, 3))
def test_whatever_is_stated_both_ways_find_the_same(
    account: str, tax_id: str, at: int, days: int
) -> None:
    content = shop(account, tax_id).encode()
    of, ref = guide(MORE), REF
    way = reading._ready(of).bulk
    assert way is not None
    opened = way.opened(content)
    assert opened is not None
    rules = policy(**POLICIES[at][0])
    keeping = columns.Keeping([rules], CAME + timedelta(days))
    short = [it.booking for it in way.records(content, opened, ref, keeping) or ()]
    plain = parsed(content, of)
    later = plain.document.arrived_at + timedelta(days)
    document = replace(plain.document, arrived_at=later)
    asked = ruled(replace(plain, document=document), [rules])
    for booking, record in zip(short, asked.records, strict=True):
        assert booking is None or not record.findings


def test_answers_are_remembered_within_bounds(
    large: Callable[..., Parsed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_KEPT", 0)
    rules = policy(currencies={"allowed": ["EUR"]}, dates={"past_days": 0})
    assert agreed(large(shop(), MORE, rules), MORE) == [False, False, True, False]


class Watched:
    """An invoice that keeps what it was asked for."""

    def __init__(self, invoice: Invoice) -> None:
        self._invoice, self.asked = invoice, set[str]()

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return getattr(self._invoice, name)


@pytest.mark.parametrize("rules", [rules for rules, _ in POLICIES if rules], ids=str)
@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_a_rule_says_all_that_it_looks_at(rules: dict[str, Any], currency: str) -> None:
    invoice = Invoice(number="1", issue_date=CAME, currency=currency, total=Decimal(1))
    stated = replace(invoice, seller="Acme", seller_tax_id="DE1", payment_account=TAKEN)
    kept, ((name, rule),) = policy(**rules), [each for each in RULES.items() if each[0] in rules]
    for one in map(Watched, (invoice, stated)):
        list(rule.finds(cast("Invoice", one), kept, CAME))
        assert one.asked <= {*rule.fields(kept), *rule.amounts, *LISTS}, name


LISTS = ("accounts", "taxes", "lines", "allowances", "charges")
"""What states them does not come by columns; the one account that does is a field."""


def test_a_tax_identifier_is_asked_with_the_country_beside_it() -> None:
    kept = policy(identifiers={"fields": ["seller_tax_id", "payment_account"]})
    fields = RULES["identifiers"].fields(kept)
    assert [*fields] == ["seller_tax_id", "payment_account", "seller_country"]


@given(st.lists(st.integers(0, 2**62), min_size=1), st.integers(-1, 2**62))
def test_the_largest_amount_that_keeps_a_rule_is_found(sizes: list[int], most: int) -> None:
    found = columns._largest(np.array(sizes, np.int64), lambda size: size > most)
    assert found == max((size for size in sizes if size <= most), default=-1)


def test_records_without_a_short_way_are_asked_one_by_one() -> None:
    class Plain:
        def __iter__(self) -> Any:
            return iter([Record(index=0, first_line=1, last_line=1, invoice=None)])

    found = Ruled(Plain(), [policy()], CAME)
    ref = DocumentRef(bucket="b", key="k", version="1", customer="c")
    assert list(found.for_books(ref)) == list(found)


def test_export_without_any_currency_is_refused(large: Callable[..., Parsed]) -> None:
    text = SHOP.replace('currency = { column = "Cur" }\n', "")
    found = large(HEADER.replace("Cur", "Unused") + ROWS, text)
    assert [it.accepted for it in for_books(found)] == [False] * 4
