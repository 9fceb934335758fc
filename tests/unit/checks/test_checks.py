"""What must hold within one invoice, and how it is said when it does not."""

from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.books.columns import room
from billdrop.checks import CHECKS, chosen
from billdrop.checks.agree import LOOKED_AT, MOST, PRECISION, agree
from billdrop.checks.exact import total_of
from billdrop.checks.fault import Fault
from billdrop.guidelines.model import Checks, Guideline, Locale
from billdrop.model import Invoice, Line, Severity

AMOUNTS = st.decimals(-(10**12), 10**12, places=2)


def invoice(*lines: Line, **given_values: Any) -> Invoice:
    values = {"number": "1", "issue_date": date(2026, 3, 1), "currency": "EUR", "total": "8150"}
    money: dict[str, Any] = {
        name: Decimal(value) if name in ("net", "tax", "total") and value is not None else value
        for name, value in {**values, **given_values}.items()
    }
    return Invoice(**money, lines=lines)


def line(**values: str) -> Line:
    numbers: dict[str, Any] = {name: Decimal(value) for name, value in values.items()}
    return Line(**numbers)


def found(
    name: str,
    given_invoice: Invoice,
    tolerance: str = "0",
    locale: Locale = Locale(),  # noqa: B008  frozen
) -> tuple[Fault, ...]:
    return CHECKS[name](locale, Checks())(given_invoice, Decimal(tolerance))


NET = [line(net="7000"), line(net="650.00"), Line(name="free of charge")]
TAX = [line(net="1", tax="19"), line(net="2")]
PRICE = [line(quantity="3", unit_price="0.335", net="1.00"), line(quantity="2", net="5")]


@pytest.mark.parametrize(
    ("name", "given_invoice"),
    [
        ("lines_net", invoice(*NET, net="7650")),
        ("lines_net", invoice(*NET)),
        ("lines_net", invoice(net="7650")),
        ("lines_net", invoice(Line(name="a"), net="7650")),
        ("lines_tax", invoice(*TAX, tax="19.0")),
        ("lines_tax", invoice(*TAX)),
        ("lines_tax", invoice(*NET, tax="500")),
        ("total", invoice(net="7650", tax="500")),
        ("total", invoice(net="8150")),
        ("total", invoice(Line(net=Decimal(7650), tax=Decimal(500)), net="7650")),
        ("total", invoice(tax="500")),
        ("words", invoice()),
        ("words", invoice(in_words="eight thousand one hundred fifty")),
        ("line_amount", invoice(*PRICE)),
        ("line_amount", invoice(line(quantity="3", unit_price="0.3333", net="1"))),
        ("dates", invoice(due_date=date(2026, 3, 1))),
        ("dates", invoice()),
    ],
)
def test_nothing_is_found_where_all_holds_or_nothing_is_stated(
    name: str, given_invoice: Invoice
) -> None:
    assert found(name, given_invoice) == ()


@pytest.mark.parametrize(
    ("name", "given_invoice", "code", "field", "message"),
    [
        ("lines_net", invoice(*NET, net="7651"), "BD2013", "net", "net 7651 is not the sum of its 2 lines, 7650.00"),
        ("lines_tax", invoice(*TAX, tax="20"), "BD2017", "tax", "tax 20 is not the sum of its lines' tax, 19"),
        ("total", invoice(net="7650.00", tax="400.00", total="8150.00"), "BD2014", "total",
         "total 8150.00 is not net 7650.00 + tax 400.00 = 8050.00"),
        ("total", invoice(net="7650"), "BD2014", "total", "total 8150 is not net 7650, and no tax is stated"),
        ("total", invoice(Line(tax=Decimal(400)), net="7650"), "BD2014", "total",
         "total 8150 is not net 7650 + tax of its lines 400 = 8050"),
        ("words", invoice(in_words="eight thousand"), "BD2015", "in_words", "in_words says 8000, total is 8150"),
        ("words", invoice(in_words="eight thousand quids"), "BD2016", "in_words",
         "in_words: `quids` is not understood in `eight thousand quids`"),
        ("line_amount", invoice(line(quantity="3", unit_price="0.335", net="1.02")), "BD2018", "lines[0].net",
         "lines[0]: net 1.02 is not 3 times 0.335 = 1.005"),
        ("dates", invoice(due_date=date(2026, 2, 28)), "BD2019", "due_date",
         "due_date 2026-02-28 is before issue_date 2026-03-01"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said_with_both_sides(
    name: str, given_invoice: Invoice, code: str, field: str, message: str
) -> None:
    (fault,) = found(name, given_invoice)
    assert (fault.code, fault.field, fault.message) == (code, field, message)
    assert fault.hint


@pytest.mark.parametrize(
    ("name", "given_invoice"),
    [
        ("lines_net", invoice(*NET, net="7650.02")),
        ("lines_tax", invoice(*TAX, tax="18.98")),
        ("total", invoice(net="7650", tax="500.02")),
        ("words", invoice(in_words="eight thousand one hundred fifty", total="8150.02")),
        ("line_amount", invoice(line(quantity="3", unit_price="1", net="3.02"))),
    ],
)
def test_difference_is_equal_up_to_the_tolerance(name: str, given_invoice: Invoice) -> None:
    assert found(name, given_invoice, "0.02") == ()
    assert len(found(name, given_invoice, "0.01")) == 1


@given(st.lists(AMOUNTS, min_size=1, max_size=30), AMOUNTS)
def test_sums_are_exact(amounts: list[Decimal], tax: Decimal) -> None:
    cents = sum(int(amount.scaleb(2)) for amount in amounts)
    net = Decimal(cents).scaleb(-2)
    assert total_of(amounts) == net
    whole = invoice(*(Line(net=it) for it in amounts), net=net, tax=tax, total=total_of([net, tax]))
    assert found("lines_net", whole) == found("total", whole) == ()


def test_long_amounts_are_added_without_rounding() -> None:
    big, small = Decimal("9" * 30), Decimal("0." + "0" * 28 + "1")
    assert total_of([big, small, big.copy_negate()]) == small
    assert len(found("total", invoice(net=str(big), tax=str(small), total=str(big)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "achttausendeinhundertfünfzig",
        "Acht-tausend-ein-hundert-fünfzig EURO",
        "achttausendeinhundertfünfzig Euro und null Cent",
    ],
)
def test_words_of_other_languages_are_compared(text: str) -> None:
    german = Locale(language="de", currencies={"Euro": "EUR"})
    assert found("words", invoice(in_words=text), locale=german) == ()


def test_words_of_other_languages_that_differ_are_bd2015() -> None:
    german = Locale(language="de", currencies={"Euro": "EUR"})
    (fault,) = found("words", invoice(in_words="achttausend Euro"), locale=german)
    assert fault.code == "BD2015"
    assert found("words", invoice(), locale=german) == ()


def test_words_of_an_unknown_language_are_bd2016() -> None:
    (fault,) = found("words", invoice(in_words="qorgh"), locale=Locale(language="tlh"))
    assert fault.code == "BD2016"


FEW = st.none() | st.sampled_from([Decimal(text) for text in ("0", "1", "1.00", "-1", "2.5")])
LINES = st.lists(st.builds(Line, net=FEW, tax=FEW), max_size=3)


@given(LINES, FEW, FEW, st.sampled_from([Decimal(1), Decimal("3.50"), Decimal(0)]))
def test_where_amounts_agree_the_checks_that_look_at_them_find_nothing(
    lines: list[Line], net: Decimal | None, tax: Decimal | None, total: Decimal
) -> None:
    given_invoice = invoice(*lines, net=net, tax=tax, total=total)
    if agree(given_invoice):
        assert [found(name, given_invoice) for name in LOOKED_AT] == [(), (), ()]


def test_lines_that_add_up_to_net_and_tax_and_these_to_total_agree() -> None:
    lines = [line(net="7000", tax="500.00"), line(net="650.00"), Line(name="free of charge")]
    assert agree(invoice(*lines, net="7650", tax="500"))
    assert not agree(invoice(*lines, net="7650", tax="500", total="8150.01"))
    assert not agree(invoice(*lines, net="7650", tax=None))


def test_sums_of_amounts_of_the_room_of_money_are_not_rounded_where_they_are_compared() -> None:
    assert sum(room("money")) + len(str(MOST)) <= PRECISION
    with localcontext(prec=PRECISION - 1):
        assert not agree(invoice(net="1", tax="1", total="2"))


def test_check_of_fields_that_the_guideline_has_no_place_for_is_not_chosen() -> None:
    given_guideline: dict[str, Any] = {
        "guideline": "g",
        "version": 1,
        "input": {"reader": "labelled"},
        "fields": {"number": {"label": "No"}},
    }
    without = Guideline.model_validate(given_guideline)
    row = {"row": "{name}, {quantity} x {unit_price} = {net}"}
    with_row = Guideline.model_validate({**given_guideline, "lines": row})
    assert {name for name, _, _ in chosen(without)} == {"lines_net", "lines_tax", "total"}
    assert "line_amount" in {name for name, _, _ in chosen(with_row)}


def test_guideline_chooses_checks_and_levels() -> None:
    levels = {"total": "warn", "words": "off", "dates": "error"}
    guideline = Guideline.model_validate(
        {
            "guideline": "g",
            "version": 1,
            "input": {"reader": "labelled"},
            "fields": {"due_date": {"label": "Due"}, "in_words": {"label": "Words"}},
            "checks": levels,
        }
    )
    chosen_levels = {name: severity for name, _, severity in chosen(guideline)}
    assert chosen_levels["total"] is Severity.WARNING
    assert chosen_levels["dates"] is Severity.ERROR
    assert "words" not in chosen_levels


def test_every_check_of_the_guideline_is_registered() -> None:
    others = {"tolerance", "withheld", "rounding", "tax_rounding"}
    assert {*CHECKS, *others} == set(Checks.model_fields)
