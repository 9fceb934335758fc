"""What a person sees on a terminal of what a stranger wrote in a document."""

from decimal import Decimal

import click
import pytest

from billdrop.cli.lines import Marked, marked_text
from billdrop.cli.output import encoded, table
from billdrop.cli.plot import bar, plot
from billdrop.cli.render import cells, finding_text, plain, visible
from billdrop.model import Finding, Severity, Span


def finding(excerpt: str, marked: str, *, severity: Severity = Severity.ERROR) -> Finding:
    offset = excerpt.index(marked)
    return Finding(
        code="BD2014",
        message="total 8150.00 is not net 7650.00 + tax 400.00 = 8050.00",
        severity=severity,
        line=7,
        column=offset + 1,
        length=len(marked),
        excerpt=excerpt,
        offset=offset,
        hint="correct the file, or set checks.tolerance in the guideline",
    )


def test_a_finding_names_place_and_code_and_marks_the_span_with_a_caret() -> None:
    assert finding_text(finding("Total: 8150.00", "8150.00"), "acme/x.txt", plain) == (
        "acme/x.txt:7:8: total 8150.00 is not net 7650.00 + tax 400.00 = 8050.00 (BD2014)\n"
        "   7 | Total: 8150.00\n"
        "     |        ^^^^^^^\n"
        "     = hint: correct the file, or set checks.tolerance in the guideline"
    )


def test_a_warning_says_that_it_is_one() -> None:
    text = finding_text(finding("Total: 1", "1", severity=Severity.WARNING), "x", plain)
    assert text.startswith("x:7:8: warning: total")


def test_a_finding_without_a_place_has_no_excerpt() -> None:
    text = finding_text(Finding(code="BD1001", message="the document is empty"), "x.txt", plain)
    assert text == "x.txt: the document is empty (BD1001)"


@pytest.mark.parametrize(
    ("before", "shift"),
    [("Total: ", 7), ("合計：", 6), ("To\u0301tal: ", 7), ("T\t", 3), ("T\x1b[31m", 9), ("क्ष ", 3)],
)
def test_wide_combining_and_control_characters_do_not_shift_the_caret(
    before: str, shift: int
) -> None:
    lines = finding_text(finding(f"{before}8150", "8150"), "x", plain).splitlines()
    assert lines[2] == "     | " + " " * shift + "^^^^"


def test_a_wide_value_has_a_caret_under_each_of_its_cells() -> None:
    assert finding_text(finding("Total: 八百", "八百"), "x", plain).splitlines()[2].count("^") == 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\u202egpj.exe", r"a\u202egpj.exe"),
        ("\x9b31m", r"\x9b31m"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\ud800", r"\ud800"),
        ("[red]no markup[/red]", "[red]no markup[/red]"),
        ("Füßenstraße 合計 Ω", "Füßenstraße 合計 Ω"),
    ],
)
def test_controls_and_bidirectional_marks_are_shown_as_escapes_and_letters_as_they_are(
    text: str, shown: str
) -> None:
    assert visible(text) == shown


def test_json_holds_no_character_that_could_drive_a_terminal_and_means_the_same() -> None:
    import json

    value = {"text": "\x1b[2J\x9b\u202e\x7f ünï", "amount": Decimal("10.50")}
    text = encoded(value)
    assert visible(text) == text
    assert json.loads(text) == {"text": value["text"], "amount": "10.50"}


def test_amounts_in_a_table_are_grouped_and_line_up_at_the_right() -> None:
    rows = [("合計", Decimal("1234567.50")), ("b", Decimal("-2.00"))]
    text = click.unstyle(table(("name", "total"), rows, right=("total",)))
    assert text.splitlines() == [
        "name         total",
        "合計  1,234,567.50",
        "b            -2.00",
    ]


def test_bars_share_one_scale_within_a_currency_and_fill_the_width() -> None:
    drawn = plot(
        [("a", "EUR", Decimal(100)), ("b", "EUR", Decimal(50)), ("c", "INR", Decimal(1))], 40
    )
    lines = click.unstyle(drawn).splitlines()
    assert lines[0] == "EUR"
    assert max(cells(line) for line in lines) <= 40
    assert lines[1].count("█") == 2 * lines[2].count("█")
    assert lines[5].count("█") > 20


def test_an_amount_that_is_not_zero_has_a_bar_one_can_see() -> None:
    assert bar(Decimal("0.01"), Decimal(10**9), 40) == "▏"
    assert bar(Decimal(0), Decimal(1), 40) == ""


def test_values_that_share_a_span_leave_the_line_as_it_is_in_the_file() -> None:
    line = "Summe netto:  4.895,86 EUR"
    values = [
        ("currency = EUR", Span(17, 15, "4.895,86 EUR")),
        ("net = 4895.86", Span(17, 15, "4.895,86 EUR")),
        ("code", Span(17, 24, "EUR")),
    ]
    text, carets = marked_text(Marked(17, line, values, unclaimed=False), plain)
    assert text == f"  17 | {line}"
    assert carets == f"     | {'':14}{'^' * 12}  currency = EUR, net = 4895.86, code"
