"""The delimited reader: rows to drafts, every finding at its place."""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import asdict

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import Guideline
from billdrop.model import Finding, Span
from billdrop.readers import Draft, Limits, stream
from billdrop.readers.delimited import build

SHOP = """
guideline = "shop"
version = 1
input = { reader = "delimited", delimiter = ";" }
[fields]
number = { column = "No" }
issue_date = { column = "Date" }
total = { column = "Total" }
[lines.fields]
name = { column = "Item" }
net = { column = "Net" }
"""
HEADER = "No;Date;Total;Item;Net\n"


def read(text: str | bytes, guideline: str = SHOP, limits: Limits | None = None) -> list[Draft]:
    given = Guideline.model_validate(tomllib.loads(guideline, parse_float=Decimal))
    content = text if isinstance(text, bytes) else text.encode()
    return list(build(given, limits or Limits()).read(content))


def shop(rows: str, **replaced: str) -> list[Draft]:
    guideline = SHOP
    for old, new in replaced.items():
        guideline = guideline.replace(old, new)
    return read(HEADER + rows, guideline)


def lines(draft: Draft) -> list[dict[str, Any]]:
    """The values of each line that states any, whichever way it was read."""
    if draft.made is None:
        return draft.lines
    return [
        {name: value for name, value in asdict(line).items() if value is not None}
        for line in draft.made
    ]


def only(drafts: list[Draft]) -> Finding:
    findings = [finding for draft in drafts for finding in draft.findings]
    assert len(findings) == 1, findings
    return findings[0]


def place(finding: Finding) -> tuple[str, int | None, int | None]:
    return finding.code, finding.line, finding.column


def test_rows_of_one_number_are_one_invoice_with_a_line_each() -> None:
    (draft,) = shop("1;2026-01-02;3.00;pen;1.00\n1;2026-01-02;3.00;ink;2.00\n")
    assert draft.values == {
        "number": "1",
        "issue_date": date(2026, 1, 2),
        "total": Decimal("3.00"),
    }
    assert lines(draft) == [
        {"source_line": 2, "name": "pen", "net": Decimal("1.00")},
        {"source_line": 3, "name": "ink", "net": Decimal("2.00")},
    ]
    assert (draft.first_line, draft.last_line, draft.findings) == (2, 3, [])


def test_rows_of_one_invoice_need_not_stand_together() -> None:
    drafts = shop("1;;3;a;1\n2;;5;b;5\n1;;3;c;2\n")
    assert [draft.values["number"] for draft in drafts] == ["2", "1"]
    assert [line["name"] for line in lines(drafts[1])] == ["a", "c"]
    assert (drafts[1].first_line, drafts[1].last_line) == (2, 4)


def test_invoice_is_given_as_soon_as_its_last_row_is_read() -> None:
    given = Guideline.model_validate(tomllib.loads(SHOP))
    rows = "".join(f"{number};;1;x;1\n" for number in range(50_000))
    drafts: Iterator[Draft] = build(given, Limits()).read((HEADER + rows).encode())
    assert next(drafts).values["number"] == "0"


def test_columns_are_found_by_name_in_any_case_and_blanks() -> None:
    guideline = SHOP.replace('"Item"', '"item  NAME"')
    (draft,) = read("No ; DATE;total;Item Name;net\n1;2026-01-02;3;pen;3\n", guideline)
    assert lines(draft)[0]["name"] == "pen"


def test_columns_may_be_positions_without_a_header() -> None:
    guideline = """
guideline = "x"
version = 1
input = { reader = "delimited", delimiter = "\\t", header = false, skip_rows = 1 }
fields = { number = { column = 2 }, total = { column = 1 } }
"""
    drafts = read("exported today\n3\tA\n\n4\tB\n", guideline)
    assert [draft.values for draft in drafts] == [
        {"number": "A", "total": Decimal(3)},
        {"number": "B", "total": Decimal(4)},
    ]
    assert lines(drafts[0]) == []


def test_column_may_be_a_position_beside_a_header() -> None:
    (draft,) = shop("1;;3;pen;3\n", **{'"Item"': "4"})
    assert lines(draft)[0]["name"] == "pen"


def test_quoted_cell_may_hold_delimiters_quotes_and_line_ends() -> None:
    drafts = shop('1;;3;"a ""big""; red\r\npen";3\r\n2;;4;b;4\r\n')
    assert lines(drafts[0])[0]["name"] == 'a "big"; red\npen'
    assert (drafts[0].first_line, drafts[0].last_line) == (2, 3)
    assert lines(drafts[1])[0]["source_line"] == 4
    assert drafts[0].spans()["lines[0].name"] == Span(2, 7, 'a ""big""; red\npen')
    assert drafts[0].spans()["lines[0].net"] == Span(3, 6, "3")


def test_quoted_cell_may_reach_into_the_next_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 40)
    text = '1;;3;"' + "a\n" * 30 + '";3\n2;;4;b;4\n'
    drafts = shop(text)
    assert lines(drafts[0])[0]["name"] == ("a\n" * 30).strip()
    assert lines(drafts[1])[0]["source_line"] == 33


def test_quote_inside_an_unquoted_cell_is_itself() -> None:
    (draft,) = shop('1;;3;5" pipe;3\n')
    assert lines(draft)[0]["name"] == '5" pipe'


def test_without_a_quote_character_quotes_are_text() -> None:
    (draft,) = shop('1;;3;"pen;3\n', **{'delimiter = ";"': 'delimiter = ";", quote = ""'})
    assert lines(draft)[0]["name"] == '"pen'


ENDED = {'delimiter = ";"': 'delimiter = ";", quote = "", line_end = "[]"'}


def test_text_at_the_line_end_is_taken_off() -> None:
    guideline = SHOP.replace(*next(iter(ENDED.items())))
    (draft,) = read("No;Date;Total;Item;Net[]\n1;;3;pen;3[]\n\n", guideline)
    assert lines(draft)[0]["net"] == Decimal(3)
    assert draft.spans()["lines[0].net"] == Span(2, 10, "3")


def test_line_without_the_declared_end_refuses_its_invoice() -> None:
    guideline = SHOP.replace(*next(iter(ENDED.items())))
    drafts = read("No;Date;Total;Item;Net[]\n1;;3;pen;3[]\n1;;3;ink;3\n2;;4;b;4[]\n", guideline)
    assert place(only(drafts)) == ("BD2024", 3, 11)
    assert drafts[0].values["number"] == "1"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_with_lf_crlf_or_cr_alone(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for block in range(1, 40):
        monkeypatch.setattr(stream, "BLOCK", block)
        drafts = read((HEADER + "1;;3;pen;3\n\n2;;4;b\u2028\x0cc;4").replace("\n", end))
        assert [draft.first_line for draft in drafts] == [2, 4]
        assert lines(drafts[1])[0]["name"] == "b\u2028\x0cc"


def test_byte_order_mark_is_no_part_of_the_first_column() -> None:
    (draft,) = read(b"\xef\xbb\xbf" + HEADER.encode() + b"1;;3;pen;3\n")
    assert draft.values["number"] == "1"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_document_is_read_in_the_declared_encoding(encoding: str) -> None:
    guideline = SHOP.replace('";" }', f'";", encoding = "{encoding}" }}')
    (draft,) = read((HEADER + "1;;3;Kächele;3\n").encode(encoding), guideline)
    assert lines(draft)[0]["name"] == "Kächele"


def test_blank_rows_carry_nothing() -> None:
    drafts = shop('\n1;;3;pen;3\n;;;;\n   \n"";;;;\n2;;4;b;4\n\n')
    assert [draft.values["number"] for draft in drafts] == ["1", "2"]


def test_blank_cell_is_an_absent_value() -> None:
    (draft,) = shop("1; ;3;;3\n")
    assert draft.values == {"number": "1", "total": Decimal(3)}
    assert lines(draft) == [{"source_line": 2, "net": Decimal(3)}]
    assert set(draft.spans()) == {"number", "total", "lines[0].net"}


def test_constants_and_extra_fields_and_maps_are_read() -> None:
    guideline = SHOP.replace(
        "[lines.fields]",
        'seller = { value = "Acme" }\ntype_code = { column = "Kind", map = { C = "381" } }\n'
        '[extra]\nproject = { column = "Project" }\n'
        '[lines.fields]\nunit = { value = "h" }\nquantity = { column = "Qty", map = { few = "3" } }',
    )
    header = "No;Date;Total;Item;Net;Kind;Project;Qty\n"
    (draft,) = read(header + "1;;3;pen;3;C;P-7;few\n", guideline)
    assert draft.values == {
        "number": "1",
        "total": Decimal(3),
        "type_code": "381",
        "extra.project": "P-7",
    }
    assert lines(draft)[0] == {
        "source_line": 2,
        "name": "pen",
        "net": Decimal(3),
        "unit": "h",
        "quantity": Decimal(3),
    }
    assert draft.spans()["extra.project"] == Span(2, 14, "P-7")


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ('total = { value = "much" }', "fields.total.value"),
        ('total = { value = "3 EUR" }', "fields.total.value"),
        ('[lines.fields.tax]\nvalue = "much"', "lines.fields.tax.value"),
        ('[lines.fields.tax]\nvalue = "3 EUR"', "lines.fields.tax.value"),
    ],
)
def test_constant_that_is_no_value_is_refused_when_the_guideline_is_built(
    field: str, path: str
) -> None:
    text = SHOP + field if "lines" in field else SHOP.replace('total = { column = "Total" }', field)
    with pytest.raises(GuidelineError) as caught:
        read("", text)
    assert caught.value.facts["path"] == path


@pytest.mark.parametrize(
    ("text", "value"),
    [("2", Decimal(2)), ("2.50", Decimal("2.50")), ("-2", Decimal(-2)), ("2 EUR", None)],
)
def test_quantity_is_a_number_without_a_currency(text: str, value: Decimal | None) -> None:
    guideline = SHOP.replace("[lines.fields]", '[lines.fields]\nquantity = { column = "Item" }')
    (draft,) = read(HEADER + f"1;;3;{text};3\n", guideline)
    assert lines(draft)[0].get("quantity") == value
    assert [finding.code for finding in draft.findings] == ([] if value else ["BD2012"])


def test_every_bad_cell_of_an_invoice_is_reported_at_its_place() -> None:
    drafts = shop("1;2026-02-30;3;pen;x1\n1;2026-02-30;3;ink; 2,5 \n2;2026-02-03;3;ink;1\n")
    assert [place(finding) for finding in drafts[0].findings] == [
        ("BD2005", 2, 3),
        ("BD2004", 2, 20),
        ("BD2004", 3, 21),
    ]
    assert [finding.field for finding in drafts[0].findings][1:] == ["lines[0].net", "lines[1].net"]
    assert drafts[0].findings[2].length == 3
    assert drafts[0].findings[2].excerpt == "1;2026-02-30;3;ink; 2,5 "
    assert drafts[1].findings == []


def test_rows_that_disagree_about_their_invoice_are_reported() -> None:
    drafts = shop("1;;3;pen;1\n1;;4;ink;2\n1;;5;cap;3\n")
    finding = only(drafts)
    assert place(finding) == ("BD2025", 3, 4)
    assert "line 2" in finding.message


def test_rows_agree_when_their_values_do() -> None:
    (draft,) = shop("1;;3.0;pen;1\n1;; ;ink;2\n1; ;3.00;cap;3\n")
    assert draft.findings == []
    assert draft.values["total"] == Decimal(3)
    assert draft.spans()["total"] == Span(2, 4, "3.0")


def test_currency_beside_an_amount_is_the_currency_of_the_invoice() -> None:
    (draft,) = shop("1;;3 EUR;pen;3 EUR\n")
    assert draft.values["currency"] == "EUR"
    assert draft.values["total"] == Decimal(3)


def test_amounts_in_two_currencies_are_reported() -> None:
    drafts = shop("1;;3 EUR;pen;3 USD\n")
    assert place(only(drafts)) == ("BD2011", 2, 14)


def test_row_with_too_few_cells_refuses_the_invoice_it_names() -> None:
    drafts = shop("1;;3;pen;1\n2;;4;b;4\n1;;3;ink\n")
    assert place(only(drafts)) == ("BD2024", 4, 9)
    assert [draft.values["number"] for draft in drafts] == ["2", "1"]
    assert drafts[1].findings


def test_row_with_too_many_cells_is_marked_at_the_first_of_them() -> None:
    assert place(only(shop("1;;3;pen;1\n1;;3;ink;1;2\n"))) == ("BD2024", 3, 12)


def held(drafts: list[Draft]) -> dict[str | None, list[str]]:
    """What is found against each invoice: the code, and the beginning of the message."""
    return {
        draft.values.get("number"): [f"{one.code} {one.message[:4]}" for one in draft.findings]
        for draft in drafts
    }


def test_row_that_shows_no_number_refuses_both_invoices_beside_it() -> None:
    drafts = shop("1;;3;a;1\n2;;4;b;4\n;x\n3;;5;c;5\n4;;6;d;6\n")
    assert held(drafts) == {"1": [], "2": ["BD2024 the "], "3": ["BD2024 line"], "4": []}


def test_row_whose_number_may_be_shifted_refuses_both_invoices_beside_it() -> None:
    guideline = SHOP.replace('"No"', '"Item"').replace('name = { column = "Item" }\n', "")
    drafts = read(HEADER + ";;3;a;3\n;;4;x;y;4\n;;5;b;5\n;;6;c;6\n", guideline)
    assert held(drafts) == {"a": ["BD2024 the "], "b": ["BD2024 line"], "c": []}


def test_row_that_shows_a_number_of_its_own_refuses_no_other_invoice() -> None:
    drafts = shop("1;;3;a;1\n9;x\n3;;5;c;5\n")
    assert held(drafts) == {"1": [], "9": ["BD2024 the "], "3": []}
    assert (drafts[1].first_line, drafts[1].last_line, dict(drafts[1].spans())) == (3, 3, {})
    assert drafts[1].text
    assert drafts[1].text(3) == "9;x"


@pytest.mark.parametrize("row", ['"9;x', '";x', ";x", ";;;x;1"])
def test_bad_row_refuses_no_other_invoice_where_each_row_is_one(row: str) -> None:
    guideline = SHOP.partition("[lines.fields]")[0]
    drafts = read(HEADER + f"1;;3;a;1\n3;;5;c;5\n{row}", guideline)
    assert [bool(draft.findings) for draft in drafts] == [False, False, True]


def test_row_without_a_number_is_reported() -> None:
    drafts = shop("1;;3;a;1\n;;4;b;4\n")
    assert place(only(drafts)) == ("BD2003", 3, 1)


def test_document_of_bad_rows_alone_is_refused_with_the_reason_of_each() -> None:
    (draft,) = shop("1;;3\n2;;4\n")
    assert [place(finding) for finding in draft.findings] == [("BD2024", 2, 5), ("BD2024", 3, 5)]
    assert draft.values == {}


def test_text_after_a_closing_quote_is_reported_there() -> None:
    drafts = shop('1;;3;"pen"x;1\n2;;4;b;4\n')
    assert place(drafts[0].findings[0]) == ("BD2026", 2, 11)


def test_quote_that_is_never_closed_is_reported_where_it_opens() -> None:
    drafts = shop('1;;3;a;1\n1;;3;"pen;1\n2;;4;b;4\n1;;3;c;1\n')
    assert place(only(drafts)) == ("BD2026", 3, 6)


def test_invoice_with_a_row_inside_broken_quotes_is_refused() -> None:
    drafts = shop('1;;3;a;1\n7;;3;a;1\n1;;3;"b;1\n7;;3;a;1\n2;;4;"b";4\n3;;1;a;1\n4;;1;a;1\n')
    assert {number: bool(found) for number, found in held(drafts).items()} == {
        "1": True,
        "7": True,
        "3": True,
        "4": False,
    }


def test_line_without_a_required_value_is_reported() -> None:
    drafts = shop("1;;3;a;1\n1;;3;b; \n1;;3;c;x\n", **{'"Net"': '"Net", required = true'})
    assert [place(finding) for finding in drafts[0].findings] == [
        ("BD2003", 3, 8),
        ("BD2004", 4, 8),
    ]


def test_value_may_be_required_on_some_lines_alone() -> None:
    where = '"Net", required_where = { name = ["pen", "ink"] }'
    drafts = shop("1;;3;pen; \n1;;3;free;\n2;;4;ink;4\n", **{'"Net"': where})
    assert [place(finding) for finding in drafts[0].findings] == [("BD2003", 2, 10)]
    assert drafts[1].findings == []


def test_line_of_text_is_given_by_its_number() -> None:
    (draft,) = shop('1;;3;"a\nb";1\n1;;3;c;2\n')
    assert draft.text
    assert [draft.text(line) for line in (2, 3, 4, 5)] == ['1;;3;"a', 'b";1', "1;;3;c;2", ""]


def test_cell_longer_than_the_csv_module_takes_is_reported() -> None:
    drafts = shop(f'1;;3;"{"x" * 140_000}";1\n2;;4;b;4\n')
    assert place(drafts[0].findings[0]) == ("BD2027", 2, 1)
    assert [draft.values["number"] for draft in drafts] == ["2"]


def test_text_longer_than_the_limit_is_reported() -> None:
    drafts = read(HEADER + "1;;3;abcdef;1\n", limits=Limits(value_chars=5))
    assert place(only(drafts)) == ("BD2027", 2, 6)


def test_missing_and_repeated_columns_are_reported_together() -> None:
    drafts = read("No;Dat;Total;Item;Item\n1;2;3;4;5\n")
    assert [place(finding) for finding in drafts[0].findings] == [
        ("BD2024", 1, 1),
        ("BD2024", 1, 19),
        ("BD2024", 1, 1),
    ]
    assert "did you mean `Dat`?" in drafts[0].findings[0].hint
    assert drafts[0].findings[2].hint == "correct the header"


def test_column_beyond_the_row_is_reported() -> None:
    assert place(only(shop("1;;3;pen;1\n", **{'"Net"': "9"}))) == ("BD2024", 1, 1)
    bare = SHOP.replace('";" }', '";", header = false }')
    for position, name in enumerate(("No", "Date", "Total", "Item", "Net"), 1):
        bare = bare.replace(f'"{name}"', str(position))
    assert place(only(read("1;;3;pen\n", bare))) == ("BD2024", 1, 1)


def test_header_with_broken_quotes_is_reported() -> None:
    assert place(only(read('"No;Date\n1;2\n'))) == ("BD2026", 1, 1)


@pytest.mark.parametrize("text", ["", "\n\n", HEADER, HEADER + "\n;;;;\n", "\ufeff"])
def test_document_without_rows_is_reported(text: str) -> None:
    assert only(read(text)).code == "BD1001"


def test_byte_that_is_not_of_the_encoding_is_reported_at_its_place() -> None:
    for before in (0, 3, 30_000):
        rows = "".join(f"{n};;3;käse;3\n" for n in range(before)).encode()
        drafts = read(HEADER.encode() + rows + b"x;;3;\xe4b;3\n")
        finding = only(drafts)
        assert place(finding) == ("BD1002", before + 2, 6)
        assert finding.excerpt == "x;;3;\ufffdb;3"


def test_byte_undefined_in_a_code_page_is_reported_at_its_place() -> None:
    guideline = SHOP.replace('";" }', '";", encoding = "cp1252" }')
    drafts = read(HEADER.encode() + b"1;;3;\xe4\x81b;3\r\n", guideline)
    assert place(only(drafts)) == ("BD1002", 2, 7)


def test_control_character_is_reported_at_its_place() -> None:
    assert place(only(read(HEADER + "1;;3;p\0n;3\n"))) == ("BD1003", 2, 7)


def test_line_longer_than_the_limit_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEADER + "1;;3;" + "x" * 100 + ";3"
    for block, end in ((20, "\n"), (20, ""), (1000, "\n"), (1000, "")):
        monkeypatch.setattr(stream, "BLOCK", block)
        assert place(only(read(text + end, limits=Limits(line_chars=50)))) == ("BD1005", 2, 51)


def test_block_longer_than_the_limit_of_a_line_is_no_finding() -> None:
    assert len(read(HEADER + "1;;3;pen;3\n2;;4;b;4\n", limits=Limits(line_chars=30))) == 2


@pytest.mark.parametrize("limits", [Limits(rows=2), Limits(records=1)])
def test_more_rows_or_invoices_than_the_limit_are_reported(limits: Limits) -> None:
    assert only(read(HEADER + "1;;1;a;1\n1;;1;a;1\n2;;1;a;1\n", limits=limits)).code == "BD2022"


def test_skipped_rows_may_hold_anything_and_span_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    guideline = SHOP.replace('";" }', '";", skip_rows = 3 }')
    for block in (5, 12, 1000):
        monkeypatch.setattr(stream, "BLOCK", block)
        (draft,) = read('"open\nquote;\nhere\n' + HEADER + "1;;3;pen;3\n", guideline)
        assert lines(draft)[0]["source_line"] == 5


IGNORING = SHOP.replace("[fields]", 'ignore = ["# END", "Total;{_:number}[;{rest}]"]\n[fields]', 1)


def test_ignored_rows_belong_to_no_invoice_and_need_not_have_all_cells() -> None:
    text = "# end\n" + HEADER + "1;;3;a;1\nTotal;3;;;\n1;;3;b;2\n#   END\nTotal;-3\n"
    (draft,) = read(text, IGNORING)
    assert [line["name"] for line in lines(draft)] == ["a", "b"]
    assert draft.findings == []


def test_row_that_only_resembles_an_ignored_one_is_read() -> None:
    drafts = read(HEADER + "1;;3;a;1\nTotal;x;;;\n# END;;;;\n", IGNORING)
    assert [draft.values["number"] for draft in drafts] == ["1", "Total", "# END"]


def test_line_inside_a_quoted_cell_is_no_row_to_ignore() -> None:
    (draft,) = read(HEADER + '1;;3;"a\n# END\nb";1\n', IGNORING)
    assert lines(draft)[0]["name"] == "a\n# END\nb"


def test_ignored_row_is_compared_without_the_text_at_the_line_end() -> None:
    ended = IGNORING.replace(*next(iter(ENDED.items())))
    (draft,) = read("No;Date;Total;Item;Net[]\n1;;3;a;1[]\n# END[]\n# END\n", ended)
    assert draft.findings == []


def test_document_of_ignored_rows_alone_has_no_rows() -> None:
    assert only(read(HEADER + "# END\n", IGNORING)).code == "BD1001"


def test_pattern_to_ignore_that_cannot_be_used_is_refused_with_its_key() -> None:
    with pytest.raises(GuidelineError, match="ignore") as caught:
        read("", IGNORING.replace("{rest}", "{rest:text}{more:text}"))
    assert caught.value.error_code == "BD4005"


def test_reading_again_gives_the_same() -> None:
    given = Guideline.model_validate(tomllib.loads(SHOP))
    reader = build(given, Limits())
    content = (HEADER + "1;;3;pen;3 EUR\n2;x;3;ink;1\n").encode()
    first, second = list(reader.read(content)), list(reader.read(content))
    assert [(draft.values, lines(draft), draft.findings) for draft in first] == [
        (draft.values, lines(draft), draft.findings) for draft in second
    ]


@pytest.mark.parametrize(
    ("rows", "net"),
    [
        ("1;2026-01-02;3.00;pen;1.20;0.20\n", Decimal("1.00")),
        ("1;2026-01-02;3.00;pen;1.20;\n", Decimal("1.20")),
        ("1;2026-01-02;3.00;pen;1.20 EUR;0.20\n", Decimal("1.00")),
        ("1;2026-01-02;3.00;pen;;0.20 EUR\n", None),
        ("1;2026-01-02;3.00;pen;;0.20\n", None),
    ],
)
def test_amount_of_a_line_is_less_the_others_that_are_in_it(rows: str, net: Decimal | None) -> None:
    stated = SHOP.replace(
        'net = { column = "Net" }',
        'net = { column = "Net", less = ["tax"] }\ntax = { column = "Tax" }',
    )
    (draft,) = read(HEADER.replace("Net", "Net;Tax") + rows, stated)
    assert draft.findings == []
    assert lines(draft)[0].get("net") == net
