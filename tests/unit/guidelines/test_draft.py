"""Drafts read what they were drafted from, and say where they may be wrong."""

import random
import re

import pytest

from billdrop.errors import UsageError
from billdrop.guidelines.draft import Drafted, draft
from billdrop.guidelines.load import lint
from tests.unit.guidelines import draft_samples
from tests.unit.guidelines.draft_samples import SAMPLES
from tests.unit.guidelines.drafting import (
    EVERY_DOCUMENT,
    NO_CURRENCY,
    doubts,
    drafted,
    in_dollars,
    invoices,
)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_layout_in_any_known_language_is_read_by_its_draft(name: str) -> None:
    text, known = SAMPLES[name]
    made = drafted(text)
    invoice = invoices(made, text)[0]
    read = {
        "number": invoice.number,
        "date": invoice.issue_date.isoformat(),
        "total": str(invoice.total),
        "currency": invoice.currency,
        "lines": len(invoice.lines),
    }
    assert {field: read[field] for field in known} == known
    assert {"number", "total"}.isdisjoint(doubts(made))
    assert "[[examples]]\n# confirm: " in made.text


def test_a_draft_is_named_after_its_customer_and_reads_no_one_elses() -> None:
    made = drafted(draft_samples.PLAIN, customer="Bolt & Nut")
    assert 'guideline = "bolt-nut-draft-' in made.text
    assert 'customers = ["Bolt & Nut"]' in made.text
    assert 'guideline = "bolts"' in drafted(draft_samples.PLAIN, name="bolts").text


def test_the_same_samples_give_the_same_text() -> None:
    assert drafted(draft_samples.GERMAN) == drafted(draft_samples.GERMAN)


def test_of_several_samples_every_one_is_read() -> None:
    other = draft_samples.GERMAN.replace("R-4711", "R-4712").replace("05.03.2026", "15.11.2026")
    made = drafted(draft_samples.GERMAN, other)
    assert [it.number for it in invoices(made, other)] == ["R-4712"]
    assert made.text.count("[[examples]]") == 2
    assert "chosen from 2 samples" in doubts(made)["match"]


def test_a_standard_is_extended() -> None:
    head = "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]"
    row = "20260225|8841|C-77|M-3|910|20260101|20260131|Advice|1|F|3.00|-50|910|20260115|L510||A102|TK1|Research|24-1|320|Doe, Jane|PARTNR|423[]"
    text = f"LEDES1998B[]\n{head}\n{row}\n"
    made = drafted(text)
    assert 'extends = "ledes-1998b"' in made.text
    assert [it.number for it in invoices(made, text)] == ["8841"]
    assert "`ledes-1998b` takes USD" in doubts(made)["currency"]


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b" \n", "has no text"),
        (b"a\0b", "is no text"),
        (b"x" * 3_000_000, "more than"),
        (b"<bill xmlns='urn:x'/>", "is `{urn:x}bill`, which no guideline"),
        (b'{"bill": 1}', "is JSON, which no guideline"),
    ],
)
def test_what_cannot_be_drafted_from_is_refused(content: bytes, fact: str) -> None:
    with pytest.raises(UsageError, match=r"0\.txt") as refusal:
        draft([("0.txt", content)])
    assert fact in refusal.value.message


def test_a_text_of_windows_is_read_in_its_encoding_and_marked() -> None:
    text = draft_samples.FRENCH.encode("cp1252")
    made = drafted(text)
    assert 'encoding = "cp1252"' in made.text
    assert "read as cp1252" in doubts(made)["input"]
    assert [it.number for it in invoices(made, text)] == ["F-2026-118"]


def test_a_day_that_may_be_a_month_is_marked() -> None:
    made = drafted(draft_samples.PLAIN.replace("2026-11-22", "03/04/2026"))
    assert "may have the day or the month first" in doubts(made)["issue_date"]
    assert "# unsure: issue_date:" in made.text


def test_dates_in_words_and_in_digits_are_both_read() -> None:
    text = draft_samples.ENGLISH.replace("22 December 2026", "22/12/2026")
    invoice = invoices(drafted(text), text)[0]
    assert (str(invoice.issue_date), str(invoice.due_date)) == ("2026-11-22", "2026-12-22")
    text = draft_samples.ITALIAN.replace("28/02/2026", "8/2/2026")
    assert 'dates = ["D/M/YYYY"]' in drafted(text).text


def test_a_tax_of_nothing_is_marked_where_another_one_is_stated() -> None:
    text = draft_samples.PLAIN.replace(
        "VAT: 19.00\nTotal: 119.00", "VAT: 0.00\nVAT: 19.00\nTotal: 100.00"
    )
    assert "`VAT` says `19.00`" in doubts(drafted(text))["total"]


def test_a_table_of_unknown_law_firms_is_read_below_its_title() -> None:
    text = 'BILLS 2.0[]\nINVOICE_DATE|INVOICE_NUMBER|INVOICE_TOTAL|NOTE[]\n20260225|8841|970.50|a "note[]\n'
    made = drafted(text)
    (invoice,) = invoices(
        Drafted(text=in_dollars(made.text), recognised=(), unsure=(), unread=()), text
    )
    assert (str(invoice.total), invoice.currency) == ("970.50", "USD")
    assert 'quote = "", line_end = "[]", skip_rows = 1' in made.text


def test_a_total_that_nothing_adds_up_to_is_marked() -> None:
    made = drafted(draft_samples.PLAIN.replace("VAT: 19.00", "VAT: 18.00"))
    assert "no net and tax" in doubts(made)["total"]


def test_a_currency_that_is_not_stated_is_left_out_and_asked_for() -> None:
    made = drafted(draft_samples.PLAIN.replace("Currency: EUR\n", ""))
    assert doubts(made)["currency"].startswith("the text states none; add `currency = ")
    assert "# unsure: currency: the text states none" in made.text
    assert not re.search('"(USD|EUR)"', made.text)
    (problem,) = lint(made.text, "draft.toml")
    assert NO_CURRENCY in problem.message
    assert problem.hint.startswith("set `locale.currency` in the guideline")
    assert lint(in_dollars(made.text), "draft.toml") == []


@pytest.mark.parametrize(
    ("total", "net"),
    [("Brutto", "Netto"), ("Gross", "Net"), ("TTC", "HT"), ("Total TTC", "Total HT"), ("Totale", "Imponibile")],
)  # fmt: skip
def test_amounts_are_known_by_a_bare_word(total: str, net: str) -> None:
    text = draft_samples.PLAIN.replace("Total:", f"{total}:").replace("Net:", f"{net}:")
    made = drafted(text)
    (invoice,) = invoices(made, text)
    assert (str(invoice.net), str(invoice.total)) == ("100.00", "119.00")
    assert "total" not in doubts(made)


def test_drafts_of_two_layouts_of_one_customer_have_two_names() -> None:
    one, other = (
        drafted(text, customer="bolt") for text in (draft_samples.PLAIN, draft_samples.GERMAN)
    )
    names = [
        re.findall('^guideline = "(bolt-draft-[0-9a-f]{4})"$', it.text, re.MULTILINE)
        for it in (one, other)
    ]
    assert len({name for found in names for name in found}) == 2


def test_what_was_not_recognised_is_marked_and_has_a_place() -> None:
    made = drafted("Dear customer,\n\nwe thank you.\nSum of it all: 12.00 EUR\n")
    assert {"number", "issue_date", "total"} <= doubts(made).keys()
    assert 'number = { label = "Invoice number" }' in made.text
    assert "[[examples]]" not in made.text


def test_a_table_without_a_known_head_is_marked() -> None:
    text = draft_samples.TABLE.replace("invoice_total", "grand_sum").replace("line_amount", "cost_")
    made = drafted(text)
    assert "no column for it" in doubts(made)["total"]


def test_lines_that_do_not_add_up_are_left_out_and_marked() -> None:
    made = drafted(draft_samples.ENGLISH.replace("234.50       234.50", "234.50       233.50"))
    assert "[lines]" not in made.text
    assert "the lines of the invoice are left out" in doubts(made)["lines"]
    assert invoices(made, draft_samples.ENGLISH)[0].number == "INV-2026-0042"


@pytest.mark.parametrize("seed", range(12))
def test_any_mangled_sample_is_drafted_from_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    text, _ = chance.choice(list(SAMPLES.values()))
    letters = list(text)
    for _ in range(chance.randrange(1, 60)):
        at = chance.randrange(len(letters))
        letters[at : at + chance.randrange(3)] = chance.choice(
            ["", '"', "\\", "\t", "9", "€", "{", "|", "'''", "\n", "\f", ":", "#"]
        )
    try:
        drafted("".join(letters))
    except UsageError:
        assert seed >= 0


def test_a_draft_that_found_nothing_to_tell_the_layout_by_cannot_be_used_as_it_is() -> None:
    made = drafted("Dear friend,\n\nApples 3\nPears 4\n", customer="acme")
    assert EVERY_DOCUMENT in [it.message for it in lint(made.text, "draft.toml")]
    assert made.unread == ("0.txt",)


def test_a_draft_that_reads_its_samples_names_none_as_unread() -> None:
    assert drafted(draft_samples.PLAIN).unread == ()
