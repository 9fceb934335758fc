"""XML by declared paths: exact values with their places, and nothing read that is not plainly there."""

import codecs
from decimal import Decimal

import pytest

from billdrop.errors import GuidelineError
from billdrop.model import Span
from billdrop.readers import Limits
from billdrop.readers.tree import xml_text
from tests.unit.readers.tree.trees import PLAIN, invoice, one, records, refused, xml


def test_values_of_elements_and_attributes_are_read() -> None:
    read = invoice(
        xml(
            PLAIN
            + "<n:Seller name=' ACME '/><n:Given>Ada</n:Given><n:Family>Ponti</n:Family>"
            + "<n:Total cur='EUR'>12.50</n:Total>"
        )
    )
    assert (read.number, str(read.issue_date), read.currency) == ("7", "2026-01-02", "EUR")
    assert (read.seller, read.buyer, read.total) == ("ACME", "Ada Ponti", Decimal("12.50"))


def test_text_stands_in_where_the_attribute_is_blank() -> None:
    read = invoice(xml(PLAIN + "<n:Seller name=' '>Mill</n:Seller><n:Total>1</n:Total>"))
    assert read.seller == "Mill"


def test_unknown_elements_are_no_error() -> None:
    assert invoice(xml(PLAIN + "<n:Else/><Total>9</Total><n:Total>1</n:Total>")).total == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+12.5", "12.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0.00", "0"),
        (" -3 ", "-3"),
        ("00012", "12"),
    ],
)
def test_decimals_of_xml_schema_are_read(written: str, meant: str) -> None:
    assert invoice(xml(PLAIN + f"<n:Total>{written}</n:Total>")).total == Decimal(meant)


@pytest.mark.parametrize(
    "written", ["1e3", "1,00", "EUR 1", "1 000", ".", "+", "NaN", "١", "1.2.3", "0x1"]
)
def test_any_other_number_is_refused_where_it_stands(written: str) -> None:
    found = refused(xml(PLAIN + f"\n<n:Total> {written}</n:Total>"))
    assert (found.code, found.line, found.column, found.field) == ("BD2004", 2, 11, "total")


@pytest.mark.parametrize(
    "written", ["2026-01-02Z", "2026-01-02+02:00", "2026-01-02T23:59:59.5-05:00"]
)
def test_date_with_time_or_zone_is_the_day_that_is_printed(written: str) -> None:
    text = xml(PLAIN.replace("2026-01-02", written) + "<n:Total>1</n:Total>")
    assert str(invoice(text).issue_date) == "2026-01-02"


@pytest.mark.parametrize(
    "written", ["2026-02-30", "2026-01-02T99:00:00", "02.01.2026", "2026-01-02 10"]
)
def test_any_other_date_is_refused(written: str) -> None:
    text = xml(PLAIN.replace("2026-01-02", written) + "<n:Total>1</n:Total>")
    assert refused(text).code == "BD2005"


def test_value_that_is_given_twice_alike_is_one() -> None:
    assert invoice(xml(PLAIN + "<n:Total>1.0</n:Total><n:Total>1.00</n:Total>")).total == 1


def test_amount_that_is_given_twice_otherwise_is_refused() -> None:
    found = refused(xml(PLAIN + "<n:Total>1</n:Total><n:Total>2</n:Total>"))
    assert (found.code, found.message) == ("BD2007", "total: `2` here, and `1` before")


def test_first_of_several_texts_counts() -> None:
    assert (
        invoice(
            xml(PLAIN + "<n:Seller>A</n:Seller><n:Seller>B</n:Seller><n:Total>1</n:Total>")
        ).seller
        == "A"
    )


def test_value_that_holds_elements_is_refused() -> None:
    found = refused(xml(PLAIN + "<n:Total>12<n:b/>34</n:Total>"))
    assert (found.code, found.field) == ("BD2024", "total")


def test_comment_in_a_value_does_not_cut_it() -> None:
    assert invoice(xml(PLAIN + "<n:Total>12<!-- x -->34</n:Total>")).total == 1234


def test_amounts_of_all_paths_are_added_up() -> None:
    paid = "<n:Paid>1.10</n:Paid><n:Paid>2</n:Paid><n:Before>0.05</n:Before><n:Total>1</n:Total>"
    record = one(xml(PLAIN + paid))
    assert record.invoice is not None
    assert record.invoice.prepaid == Decimal("3.15")


ACCOUNTS = 'payment_account = { path = ["n:Acc", "n:Old"], several = "first" }'


def test_every_account_is_kept_the_first_as_the_one_to_be_paid() -> None:
    stated = "<n:Old>9</n:Old><n:Acc>DE 1</n:Acc><n:Acc/><n:Acc>de1</n:Acc><n:Acc>DE2</n:Acc>"
    content = xml(PLAIN + stated + "<n:Total>1</n:Total>")
    read = invoice(content, fields=ACCOUNTS)
    assert (read.payment_account, read.other_accounts) == ("DE 1", ("DE2", "9"))
    spans = one(content, fields=ACCOUNTS).spans
    assert spans is not None
    assert spans()["other_accounts[0]"].text == "DE2"
    alone = invoice(xml(PLAIN + "<n:Acc>1</n:Acc><n:Total>1</n:Total>"), fields=ACCOUNTS)
    assert (alone.payment_account, alone.other_accounts) == ("1", ())


def test_every_account_is_kept_where_something_else_is_unusual() -> None:
    stated = "<n:Acc>1</n:Acc><n:Acc>2</n:Acc><n:Total cur='EUR'>1.005000000000000000</n:Total>"
    record = one(xml(PLAIN + stated + "<n:Tax cur='USD'>1</n:Tax>"), fields=ACCOUNTS)
    assert record.invoice is not None
    assert record.invoice.other_accounts == ("2",)


def test_sum_that_no_column_holds_is_refused() -> None:
    paid = f"<n:Paid>{'9' * 14}</n:Paid><n:Paid>1</n:Paid><n:Total>1</n:Total>"
    assert refused(xml(PLAIN + paid)).code == "BD2028"


def test_amount_in_another_currency_is_refused() -> None:
    found = refused(xml(PLAIN + "<n:Total cur='USD'>1</n:Total>"))
    assert (found.code, found.message) == ("BD2011", "total: is in USD, the invoice in EUR")


def test_amount_in_the_currency_of_the_tax_accounts_is_not_the_invoices() -> None:
    read = invoice(
        xml(
            PLAIN
            + "<n:TaxCur>SEK</n:TaxCur><n:Tax cur='EUR'>1</n:Tax><n:Tax cur='SEK'>11</n:Tax>"
            + "<n:Share><n:Amount cur='EUR'>1</n:Amount></n:Share>"
            + "<n:Share><n:Amount cur='SEK'>11</n:Amount></n:Share><n:Total>1</n:Total>"
        )
    )
    assert (read.tax, read.tax_currency) == (Decimal(1), "SEK")
    assert [(share.amount, share.category) for share in read.taxes] == [(Decimal(1), "VAT")]


TWICE = PLAIN + "<n:TaxCur>SEK</n:TaxCur><n:Total>1</n:Total>"


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ("<n:Tax cur='SEK'>11</n:Tax>", "tax"),
        ("<n:Paid cur='SEK'>11</n:Paid>", "prepaid"),
        ("<n:Share><n:Amount cur='SEK'>11</n:Amount></n:Share>", "taxes[0].amount"),
        (
            "<n:Share><n:Base cur='SEK'>55</n:Base><n:Amount cur='EUR'>1</n:Amount></n:Share>",
            "taxes[0].base",
        ),
        (
            "<n:Share><n:Base cur='EUR'>5</n:Base><n:Amount cur='SEK'>11</n:Amount></n:Share>",
            "taxes[0].amount",
        ),
    ],
)
def test_amount_in_the_currency_of_the_tax_accounts_is_refused_where_it_repeats_nothing(
    stated: str, field: str
) -> None:
    findings = one(xml(TWICE + stated)).findings
    (found,) = (each for each in findings if each.code == "BD2011")
    assert found.field == field
    assert found.message == f"{field}: is in SEK, the invoice in EUR"


def test_currency_of_the_amounts_is_the_invoices_where_no_field_states_it() -> None:
    read = invoice(xml(PLAIN.replace("<n:Cur>EUR</n:Cur>", "") + "<n:Total cur='CHF'>1</n:Total>"))
    assert read.currency == "CHF"


def test_rate_that_is_a_fraction_is_read_in_percent() -> None:
    share = (
        "<n:Share><n:Kind>part</n:Kind><n:Rate>0.160000</n:Rate><n:Amount>1</n:Amount></n:Share>"
    )
    other = "<n:Share><n:Kind>each</n:Kind><n:Rate>5.9</n:Rate><n:Amount>1</n:Amount></n:Share>"
    read = invoice(xml(PLAIN + share + other + "<n:Total>1</n:Total>"))
    assert [it.rate for it in read.taxes] == [Decimal("16.0000"), None]


def test_fraction_that_is_no_number_is_refused() -> None:
    share = "<n:Share><n:Kind>part</n:Kind><n:Rate>x</n:Rate><n:Amount>1</n:Amount></n:Share>"
    assert refused(xml(PLAIN + share + "<n:Total>1</n:Total>")).code == "BD2012"


def test_tax_without_an_amount_is_refused() -> None:
    found = refused(xml(PLAIN + "<n:Share/><n:Total>1</n:Total>"))
    assert (found.code, found.field) == ("BD2003", "taxes[0].amount")


def test_lines_of_every_path_are_read_with_their_line_of_text() -> None:
    lines = "\n<n:Line><n:Name>A</n:Name></n:Line>\n<n:Line kind='note'/>\n<n:Line kind='item'><n:Name>B</n:Name></n:Line>"
    read = invoice(
        xml(PLAIN + "<n:Fee><n:Name>C</n:Name></n:Fee>" + lines + "<n:Total>1</n:Total>")
    )
    assert [(line.name, line.source_line) for line in read.lines] == [("A", 2), ("B", 4), ("C", 1)]


def test_required_value_of_a_line_is_missed() -> None:
    found = refused(xml(PLAIN + "<n:Line><n:Net>1</n:Net></n:Line><n:Total>1</n:Total>"))
    assert (found.code, found.field) == ("BD2003", "lines[0].name")


def test_document_that_says_it_is_no_invoice_is_refused_as_that() -> None:
    found, whole = records(xml(PLAIN + "<n:Type>P</n:Type><n:Tax>x</n:Tax>"))
    assert not whole
    assert [each.code for each in found[0].findings] == ["BD2070"]
    assert found[0].findings[0].message == "type_code: `P` is a payment"


def test_every_value_keeps_its_place_and_raw_text() -> None:
    text = xml(
        "\r\n"
        + PLAIN
        + "\r<n:Total cur = \"EUR\" >\n é&#49;2</n:Total><n:Seller a='1' x:name='&lt;Ö' xmlns:x='u' name=' Ö '/>"
    ).replace("é".encode(), b"")
    record = one(text)
    assert record.spans is not None
    spans = record.spans()
    assert spans["total"] == Span(4, 2, "&#49;2")
    assert spans["number"] == Span(2, 7, "7")
    assert spans["seller"].text in ("&lt;Ö", "Ö")


def test_minified_document_has_columns() -> None:
    record = one(xml(PLAIN + "<n:Seller>Öl</n:Seller><n:Total>1</n:Total>"))
    assert record.spans is not None
    assert (
        record.spans()["total"].column
        == xml(PLAIN).decode().index("</n:Doc") + len("<n:Seller>Öl</n:Seller><n:Total>") + 1
    )


def test_several_invoices_of_a_file_share_what_stands_above_them() -> None:
    each = "<n:Inv><n:No>{no}</n:No><n:Day>2026-01-02</n:Day><n:Cur>EUR</n:Cur><n:Total>{total}</n:Total></n:Inv>"
    text = xml(
        "<n:Who>ACME</n:Who>\n" + each.format(no=1, total="1") + "\n" + each.format(no=2, total="x")
    )
    found, _ = records(
        text, head='records = { each = "n:Inv" }', fields='seller_id = { path = "/n:Who" }'
    )
    assert [record.accepted for record in found] == [True, False]
    assert [(record.first_line, record.last_line) for record in found] == [(2, 2), (3, 3)]
    assert found[0].invoice is not None
    assert found[0].invoice.seller_id == "ACME"
    assert (found[1].findings[0].line, found[1].findings[0].field) == (3, "total")


def test_document_without_an_invoice_says_where_it_looked() -> None:
    found = refused(xml("<n:Who/>"), head='records = { each = "n:Inv" }')
    assert (found.code, found.message) == ("BD2070", "no invoice is here: there is no `n:Inv`")


def test_more_invoices_than_are_read_are_refused() -> None:
    _, whole = records(
        xml("<n:Inv/><n:Inv/>"), head='records = { each = "n:Inv" }', limits=Limits(records=1)
    )
    assert [found.code for found in whole] == ["BD2022"]


def test_long_document_knows_its_lines_too() -> None:
    line = "<n:Line><n:Name>A</n:Name></n:Line>"
    read = invoice(xml("\n" * 70_000 + PLAIN + line + "<n:Total>1</n:Total>"))
    assert read.lines[0].source_line == 70_001


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1", "windows-1252"]
)
def test_encoding_is_the_documents_own(encoding: str) -> None:
    name = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    text = xml(
        PLAIN + "<n:Seller>Größe</n:Seller><n:Total>1</n:Total>",
        before=f'<?xml version="1.0" encoding="{name}"?>',
    )
    record = one(text.decode().encode(encoding))
    assert record.invoice is not None
    assert record.invoice.seller == "Größe"
    assert record.spans is not None
    assert record.spans()["seller"].text == "Größe"


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"<a", "BD1010", (1, 3)),
        (b"<a>\n<b></a>", "BD1010", (2, 8)),
        (b"<a>" * 300 + b"</a>" * 300, "BD1010", None),
        (b"<a>&x;</a>", "BD1010", None),
        (b"", "BD1001", None),
        (b"<a>\xff</a>", "BD1002", (1, 4)),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "BD1002", (1, 31)),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>', "BD1002", (1, 31)),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "BD1002", (1, 31)),
        (b'<?xml version="1.0" encoding="utf\x00-8"?><a/>', "BD1002", (1, 31)),
        (codecs.BOM_UTF16_LE + b"<\0a", "BD1002", None),
        (b"<!-- x -->\n<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "BD1011", (2, 1)),
        (b"<a><!-- <!DOCTYPE --></a>", "BD2010", None),
        (b"<a>\0</a>", "BD1010", None),
    ],
)
def test_what_is_no_sound_xml_is_refused_where_it_stops_being(
    content: bytes, code: str, place: tuple[int, int] | None
) -> None:
    found = refused(content)
    assert found.code == code
    assert place is None or (found.line, found.column) == place


def test_document_that_only_the_fast_way_can_read_has_no_places() -> None:
    odd = "<n:a𐌀/>"
    record = one(xml(odd + PLAIN + "<n:Total>1</n:Total>"))
    assert record.accepted
    assert record.spans is not None
    assert record.spans() == {}
    assert refused(xml(odd + PLAIN + "<n:Total>x</n:Total>")).code == "BD1010"
    assert refused(xml(odd + PLAIN)).code in ("BD2003", "BD1010")


def test_more_markup_than_is_taken_apart_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text, "ELEMENTS", 5)
    assert refused(xml(PLAIN)).code == "BD2022"
    monkeypatch.setattr(xml_text, "ELEMENTS", 12)
    assert refused(xml("<n:x/>")).code == "BD2010"


@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("a//b", "a name is missing"),
        ("a[b=1]", "is no part of a path"),
        ("a[b=c]", "what is compared with stands in quotes"),
        ("a[not b]", "`(` is missing"),
        ("a[b='x'", "`]` is missing"),
        ("a b", "`b` is out of place"),
        ("q:a", "the prefix `q` is not in `input.namespaces`"),
        ("or", "a name is missing"),
        ("/".join("a" * 33), "it has more than 32 steps"),
    ],
)
def test_path_that_cannot_be_read_is_refused_with_its_key(path: str, fact: str) -> None:
    with pytest.raises(GuidelineError) as raised:
        records(b"<a/>", fields=f'buyer_ref = {{ path = "{path}" }}')
    assert fact in str(raised.value)
    assert "fields.buyer_ref.path" in str(raised.value)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('[allowances]\nfields = { amount = { path = "a" } }', "allowances.each"),
        ('[allowances]\neach = "a/@b"', "allowances.each"),
        ('[allowances]\neach = "/a"', "allowances.each"),
        (
            '[allowances]\neach = "a"\nfields = { amount = { path = "a", fraction = true } }',
            "fraction",
        ),
        ('[allowances]\neach = "a"\nfields = { amount = { path = "a", joined = "" } }', "joined"),
        (
            '[allowances]\neach = "a"\nfields = { reason = { path = "a", several = "sum" } }',
            "several",
        ),
        (
            '[allowances]\neach = "a"\nfields = { amount = { value = "x" } }',
            "allowances.fields.amount.value",
        ),
    ],
)
def test_group_that_cannot_be_read_is_refused_with_its_key(more: str, key: str) -> None:
    with pytest.raises(GuidelineError) as raised:
        records(b"<a/>", more=more)
    assert key in str(raised.value)


def test_records_begin_at_a_path_here() -> None:
    with pytest.raises(GuidelineError, match=r"records\.start"):
        records(b"<a/>", head='records = { start = "x" }')


def test_tests_of_steps_hold_as_written() -> None:
    fields = """
buyer_id = { path = "n:P[@s='a' or @s='b'][n:K]/n:I" }
order_ref = { path = "n:P[n:K/n:L!='x']/n:I" }
payment_account = { path = ".[n:P/n:K]/n:P/@s", several = "first" }
"""
    text = xml(
        PLAIN
        + "<n:P s='c'><n:K/><n:I>no</n:I></n:P><n:P s='b'><n:I>no</n:I></n:P>"
        + "<n:P s='b'><n:K><n:L>y</n:L></n:K><n:I>yes</n:I></n:P><n:Total>1</n:Total>"
    )
    read = invoice(text, fields=fields)
    assert (read.buyer_id, read.order_ref, read.payment_account) == ("yes", "yes", "c")


def test_self_test_can_want_the_node_itself() -> None:
    read = invoice(
        xml(PLAIN + "<n:C k='1'>2.50</n:C><n:Total>1</n:Total>"),
        more='[charges]\neach = "n:C"\nfields = { amount = { path = ".[@k]" } }',
    )
    assert [it.amount for it in read.charges] == [Decimal("2.50")]
