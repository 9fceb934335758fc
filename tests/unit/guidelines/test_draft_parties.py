"""A draft names who sells, or says that it does not know."""

from pathlib import Path

import pytest

from billdrop.cli.guideline import told
from billdrop.guidelines.marks import marks
from tests.unit.guidelines import draft_samples
from tests.unit.guidelines.draft_samples import PLAIN, SAMPLES
from tests.unit.guidelines.drafting import doubts, drafted, invoices

LETTERHEADS = {
    "english": "ACME INDUSTRIAL SUPPLIES LTD",
    "american": "Northwind Traders, Inc.",
    "german": "Schrauben Müller GmbH",
    "french": "Boulangerie du Port SARL",
    "spanish": "Ferretería La Llave, S.L.",
    "italian": "Officina Rossi S.r.l.",
    "dutch": "Fietsen De Vries B.V.",
    "portuguese": "Azulejos do Tejo, Lda.",
    "columns": "Nordlicht Energie",
}
BARE = PLAIN.replace("Seller: Bolt & Nut Ltd\n", "")


@pytest.mark.parametrize("name", LETTERHEADS)
def test_a_letterhead_is_the_seller_and_is_marked(name: str) -> None:
    text, _ = SAMPLES[name]
    made = drafted(text)
    assert {it.seller for it in invoices(made, text)} == {LETTERHEADS[name]}
    assert f"`{LETTERHEADS[name]}` is taken for the letterhead" in doubts(made)["seller"]


def test_a_seller_that_nothing_names_is_left_out_with_a_mark_where_it_would_stand() -> None:
    made = drafted(BARE)
    assert "seller = " not in made.text.replace('`seller = { value = "…" }`', "")
    assert "neither a label nor a letterhead" in doubts(made)["seller"]
    assert any(it.what.startswith("seller: neither") for it in marks(made.text))


@pytest.mark.parametrize(
    "title", ["Invoice", "RECHNUNG", "Facture n° 1 du client", "Page 1", "To whom it may concern"]
)
def test_the_title_of_a_document_is_no_letterhead(title: str) -> None:
    assert "neither a label" in doubts(drafted(f"{title}\n\n{BARE}"))["seller"]


def test_of_two_companies_the_first_is_taken_and_the_other_named() -> None:
    text = f"Bolt & Nut Ltd\nTo\nAcme Inc.\nHammer Corp.\n\n{BARE}"
    made = drafted(text)
    assert [it.seller for it in invoices(made, text)] == ["Bolt & Nut Ltd"]
    assert "`Hammer Corp.` may be it too" in doubts(made)["seller"]


def test_of_several_samples_the_letterhead_is_what_all_have() -> None:
    texts = [f"{buyer} Ltd\n\nBolt & Nut Ltd\n\n{BARE}" for buyer in ("Acme", "Hammer")]
    assert {it.seller for it in invoices(drafted(*texts), texts[1])} == {"Bolt & Nut Ltd"}


def test_a_letterhead_is_no_line_that_nobody_takes() -> None:
    text = f"Bolt & Nut Ltd\n\n{BARE}"
    made = drafted(text)
    assert 'input = { reader = "labelled" }\n' in made.text
    assert 'ignore = ["Bolt & Nut Ltd"]' in made.text


def test_a_buyer_below_its_label_is_read_from_pages() -> None:
    (invoice,) = invoices(drafted(draft_samples.ENGLISH), draft_samples.ENGLISH)
    assert invoice.buyer == "Initech plc"


def test_parties_below_their_labels_beside_an_items_list_are_said_or_marked() -> None:
    blocks = "Seller:\nBolt & Nut Ltd\nBill to:\nInitech plc\n\n"
    made = drafted(BARE.replace("Net:", f"{blocks}Net:"))
    (invoice,) = invoices(made, BARE)
    assert (invoice.seller, invoice.buyer, len(invoice.lines)) == ("Bolt & Nut Ltd", None, 2)
    assert "`Initech plc` stands below `Bill to`" in doubts(made)["buyer"]


def test_a_table_without_a_seller_says_so() -> None:
    assert "no column names it" in doubts(drafted(draft_samples.TABLE))["seller"]


def test_lint_names_the_marks_that_are_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bolts.toml"
    file.write_text(drafted(BARE).text, "utf-8")
    assert told([file], as_json=False, only="") == 0
    shown = capsys.readouterr().out
    assert "can be used, 1 example\n" in shown
    assert "unsure: seller: neither a label" in shown


def test_lint_says_of_a_guideline_that_it_has_no_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bolts.toml"
    file.write_text(drafted(BARE).text.partition("[[examples]]")[0], "utf-8")
    assert told([file], as_json=False, only="") == 0
    assert "can be used, and has no example to be tried with\n" in capsys.readouterr().out


def test_marks_are_lines_of_their_own_above_the_examples() -> None:
    text = '# unsure: match: why\nx = "# unsure: no"\n[[examples]]\ntext = """\n# unsure: no\n"""\n'
    assert [tuple(it) for it in marks(text)] == [(1, "match: why")]
