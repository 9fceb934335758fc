"""The table of the lines: columns by heads or by places, and cells that stand where they should not."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.readers.layouts import codes, draft, only, small

TABLE = """
id = { label = "Pos" }
name = { label = "Name" }
quantity = { label = "Qty" }
net = { label = "Net price" }
"""
GUIDE = small(lines__fields=TABLE)


def read(rows: str, guideline: str = GUIDE) -> list[dict[str, Any]]:
    """The lines of a table under the usual heads."""
    made = draft("Pos  Name                 Qty   Net price\n" + rows, guideline)
    assert made.findings == []
    return [{name: it[name] for name in it if name != "source_line"} for it in made.lines]


def test_cell_is_of_the_column_it_stands_under_or_nearest_to() -> None:
    assert read(" 1   Bolt                   5        2.50\n2           Nut              12       3.00") == [
        {"id": "1", "name": "Bolt", "quantity": Decimal(5), "net": Decimal("2.50")},
        {"id": "2", "name": "Nut", "quantity": Decimal(12), "net": Decimal("3.00")},
    ]  # fmt: skip


def test_long_text_under_several_heads_is_a_text() -> None:
    (line,) = read(" 1   Bolt of the longest kind there is      2.50")
    assert line == {"id": "1", "name": "Bolt of the longest kind there is", "net": Decimal("2.50")}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (" 1   Bolt of the long kind 5        2.50", "Bolt of the long kind"),
        (" 1   Bolt                   5 2.50", "Bolt"),
        ("123  Bolt                   5        2.50", "Bolt"),
        ("1234 Bolt                   5        2.50", "Bolt"),
    ],
)
def test_cells_of_two_columns_are_cut_where_both_can_be_read(row: str, name: str) -> None:
    (line,) = read(row)
    assert (line["name"], line["net"]) == (name, Decimal("2.50"))
    assert line["quantity"] == 5


def test_text_goes_on_directly_below_and_nowhere_else() -> None:
    (line,) = read("1    Bolt                   5        2.50\n     of steel\n\n     Thank you.\n")
    assert line["name"] == "Bolt of steel"
    (line,) = read("     before\n1                           5        2.50\n     Bolt\n", GUIDE)
    assert line["name"] == "Bolt"


def test_text_that_goes_on_too_long_is_bd2027() -> None:
    rows = "1    Bolt   5        2.50\n" + f"     {'x' * 900}\n" * 12
    made = draft("Pos  Name   Qty   Net price\n" + rows, GUIDE)
    assert codes(made.findings) == ["BD2027"]


def test_amount_without_a_line_is_bd2008() -> None:
    made = draft("Pos  Name  Qty   Net price\n1    Bolt    5\n", GUIDE)
    assert (only(made).code, only(made).field) == ("BD2008", "lines[0]")
    assert "quantity, and none in that of net" in only(made).message


def test_required_text_that_is_missing_is_bd2003() -> None:
    guideline = small(lines__fields=TABLE.replace('"Name"', '"Name", required = true'))
    made = draft("Pos  Name  Qty   Net price\n1            5     2.50\n", guideline)
    assert (only(made).code, only(made).field) == ("BD2003", "lines[0].name")


def test_required_amounts_tell_where_a_line_begins() -> None:
    guideline = small(lines__fields=TABLE.replace('"Qty"', '"Qty", required = true'))
    made = draft("Pos  Name        Qty   Net price\n     Carried forward       2.50\n", guideline)
    assert only(made).code == "BD2008"


def test_text_between_two_columns_is_bd2008() -> None:
    made = draft("Name        Qty        Net price\nBolt    x       5     2.50\n", GUIDE.replace('id = { label = "Pos" }', ""))  # fmt: skip
    assert codes(made.findings) == ["BD2008"]
    assert "`x` stands between two columns" in only(made).message


def test_cells_in_order_are_read_where_heads_stand_elsewhere() -> None:
    made = draft(
        "Pos  Name   Qty     Net price\n1    Bolt of brass    5              2.50\n", GUIDE
    )
    assert made.findings == []
    assert made.lines[0]["quantity"] == 5
    lost = draft(
        "Pos  Name   Qty     Net price\n1    Bolt of brass    x              2.50\n", GUIDE
    )
    assert codes(lost.findings) == ["BD2004"]


def test_columns_no_field_is_read_from_are_passed_over() -> None:
    (line,) = draft(
        "Pos  Name  Stock      Qty   Net price\n1    Bolt     99        5        2.50", GUIDE
    ).lines
    assert (line["quantity"], line["net"]) == (5, Decimal("2.50"))
    tight = "Pos Ref Name     Qty   Net price\n1   R7  Bolt       5        2.50"
    (line,) = draft(tight, GUIDE).lines
    assert (line["id"], line["name"]) == ("1", "Bolt")


def test_heads_stand_in_several_lines_and_words_of_others_are_none() -> None:
    text = "Posten here\nNames and Qty\n\n Pos   Name              Net\n             Qty       Net price\n1     Bolt    5             2.50"
    (line,) = draft(text, GUIDE).lines
    assert line["net"] == Decimal("2.50")


def test_label_within_another_is_found_where_it_stands_alone() -> None:
    guideline = small(
        lines__fields='unit_price = { label = "price" }\nnet = { label = "Net price" }'
    )
    (line,) = draft("Net price     price\n     6.00      2.00", guideline).lines
    assert (line["net"], line["unit_price"]) == (Decimal("6.00"), Decimal("2.00"))


def test_columns_in_declared_places_begin_after_a_line() -> None:
    guideline = small(
        lines='start = "Goods"\nend = "Sum"',
        lines__fields='name = { at = "1-10" }\nquantity = { at = "11-14" }\nnet = { at = "15-" }\nunit = { value = "pcs" }',
    )  # fmt: skip
    text = "name 9 1.00\nGoods:\nBolt brass   5   2.50\nNo 7          2   4.00\nSum  6.50\nx  9   9.00\nTotal 6.50\n"
    made = draft(text, guideline)
    assert made.findings == []
    assert [(it["name"], it["quantity"], it["net"], it["unit"]) for it in made.lines] == [
        ("Bolt brass", 5, Decimal("2.50"), "pcs"), ("No 7", 2, Decimal("4.00"), "pcs"),
    ]  # fmt: skip
    (missed,) = draft("Total 6.50", guideline).findings
    assert (missed.code, missed.message) == ("BD2024", "no line begins the table of the lines")


def test_heads_count_after_the_line_that_begins_the_table() -> None:
    guideline = small(
        lines='start = "Goods"', lines__fields='name = { label = "Name" }\nnet = { label = "Net" }'
    )
    text = "Name   Net\nAda    1.00\nGoods\nName   Net\nBolt   2.00\nTotal  2.00\nNut    3.00"
    assert [it["name"] for it in draft(text, guideline).lines] == ["Bolt"]


def test_section_and_label_end_the_table_and_what_is_known_does_not() -> None:
    guideline = small(lines__fields=TABLE, sections='letter = "Dear"')
    head = "No 7\nPos  Name  Qty   Net price\n"
    row = "1    Bolt    5        2.50\n"
    assert len(draft(head + row + "No 7\n" + row, guideline).lines) == 2
    assert len(draft(head + row + "Date 2026-01-01\n" + row, guideline).lines) == 1
    assert len(draft(head + row + "Dear Ada\n" + row, guideline).lines) == 1


def test_what_stands_on_several_pages_is_no_line() -> None:
    top = "Acme            9        Mill Lane\n"
    head = "Pos  Name            Qty   Net price\n"
    row = "1    Bolt              5        2.50\n"
    foot = "                      77 Bank\n"
    text = head + row + foot + "\f" + top + row + foot + "\f" + top + row + foot
    made = draft(text, GUIDE)
    assert (len(made.lines), made.findings) == (3, [])
    assert codes(draft(head + row + foot, GUIDE).findings) == ["BD2008"]
    assert codes(draft(head + row + foot + "\f", GUIDE).findings) == ["BD2008"]


def test_wide_cells_that_can_be_cut_in_two_ways_are_not_cut() -> None:
    guideline = small(top='locale = { group = " " }', lines__fields=TABLE)
    made = draft("Pos  Name      Qty   Net price\n1    Bolt         5 1 234.50\n", guideline)
    assert made.findings != []


def test_amounts_with_more_beside_are_cut_where_each_reads() -> None:
    guideline = small(
        lines__fields="""
name = { label = "Name" }
quantity = { label = "Qty", form = "{} pcs" }
tax_rate = { label = "Tax", form = "{} %" }
net = { label = "Net" }
"""
    )
    head = "Name        Qty   Tax    Net\n"
    (line,) = draft(head + "Bolt     20 pcs 19 %    2.50\n", guideline).lines
    assert (line["quantity"], line["tax_rate"], line["net"]) == (20, 19, Decimal("2.50"))
    refused = draft(head + "Bolt        20 pcs 19x %    2.50\n", guideline)
    assert refused.findings != []
    wrong = draft(head + "Bolt        2 pcs  19     2.50\n", guideline)
    assert (only(wrong).code, only(wrong).field) == ("BD2008", "lines[0].tax_rate")


def test_line_that_says_nothing_may_be_long() -> None:
    assert draft(f"{'x' * 400}\n" * 2 + "Total 5", small()).findings == []


def test_line_of_very_many_heads_begins_no_table() -> None:
    made = draft("Pos  Name  Qty   Net price" + "  x" * 70 + "\n1  Bolt  5  2.50", GUIDE)
    assert codes(made.findings) == ["BD2024"]
    below = small('tax = { label = "Tax", side = "below" }')
    assert "tax" not in draft("Tax" + "  x" * 70 + "\n5.00", below).values


def test_other_heads_one_above_the_other_are_one_column() -> None:
    text = "           Stock\nPos  Name  in    Qty   Net price\n1    Bolt   99    5        2.50"
    guideline = small(lines__fields=TABLE.replace('"Pos"', '["Stock Pos", "Pos"]'))
    wide = "Pos        Stock     Qty\n     Name  Stocked        Net price\n1    Bolt   99        5    2.50"
    assert draft(text, GUIDE).lines[0]["quantity"] == 5
    assert draft(wide, guideline).lines[0]["quantity"] == 5


def test_heads_of_very_many_senders_are_not_all_kept() -> None:
    tables = "".join(f"Pos  Name  Qty   Net price\n{n}    Bolt    5     2.50\n" for n in range(300))
    assert len(draft(tables, GUIDE).lines) == 300


def test_line_that_only_begins_like_a_mark_is_none() -> None:
    guideline = small(lines='end = "Net sum"', lines__fields=TABLE)
    made = draft(
        "Pos  Name  Qty   Net price\nNet  Bolt    5     2.50\nNet sum\nNet  Bolt    5     2.50",
        guideline,
    )
    assert len(made.lines) == 1
