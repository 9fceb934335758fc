"""The `match` of a draft is the sender's own, and takes nobody else's documents."""

import tomllib

import pytest

from billdrop.guidelines.draft import Drafted
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.readers import Limits
from tests.unit.guidelines.draft_samples import GERMAN, PLAIN, SAMPLES
from tests.unit.guidelines.drafting import doubts, drafted

BARE = PLAIN.replace("Seller: Bolt & Nut Ltd\n", "")
PAGES = {name: text for name, (text, _) in SAMPLES.items() if name != "table"}


def contains(made: Drafted) -> list[str]:
    """The texts of its match."""
    found: list[str] = tomllib.loads(made.text)["match"]["contains"]
    return found


def guide(made: Drafted) -> Guide:
    return compile_guide(made.text, origin="draft", limits=Limits())


@pytest.mark.parametrize("name", PAGES)
def test_the_name_of_the_sender_comes_first_and_no_other_layout_has_it(name: str) -> None:
    made = drafted(PAGES[name])
    own, *labels = contains(made)
    assert own in PAGES[name]
    assert not any(own in text for other, text in PAGES.items() if other != name)
    assert 1 <= len(labels) <= 2
    assert "chosen from one sample" in doubts(made)["match"]


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        ("VAT reg no: GB123456789", "GB123456789"),
        ("IBAN: DE88 2008 0000 0970 3757 00", "DE88 2008 0000 0970 3757 00"),
        ("Look at www.bolts.example.com today", "www.bolts.example.com"),
        ("Questions to office@bolts.com or bills@bolts.com", "@bolts.com"),
    ],
)
def test_what_is_the_senders_own_is_found_without_a_name(own: str, kept: str) -> None:
    text = BARE.replace("\nItems", f"{own}\n\nItems")
    assert contains(drafted(text)) == [kept, "Invoice no"]


@pytest.mark.parametrize("mail", ["bolts@gmx.de", "a@bolts.com b@nuts.com"])
def test_mail_that_may_be_anybodys_is_not_the_senders_own(mail: str) -> None:
    made = drafted(BARE.replace("\nItems", f"Mail {mail}\n\nItems"))
    assert not any("@" in it for it in contains(made))


def test_labels_alone_are_all_taken_and_marked_as_not_the_senders_own() -> None:
    made = drafted(BARE)
    assert contains(made) == ["Invoice no", "Total", "Invoice date", "Currency"]
    assert "nothing that is the sender's own was found" in doubts(made)["match"]


def test_a_draft_that_took_an_example_of_another_guideline_is_told_apart_from_it() -> None:
    other = drafted(f"{BARE}\n", name="other")
    more = drafted(f"{BARE}\n".replace("Currency", "Order no: 7\nCurrency"), others=[guide(other)])
    assert contains(more)[-1] == "Order no"
    same = drafted(BARE, others=[guide(other)])
    assert "an example of `other` has all of these texts" in doubts(same)["match"]


def test_a_guideline_that_recognises_the_sample_too_is_named() -> None:
    broad = guide(drafted(BARE, name="broad"))
    made = drafted(BARE.replace("B-1", "B-2"), others=[broad])
    assert "`broad` recognises 0.txt too" in doubts(made)["match"]


def test_guidelines_of_other_customers_and_the_one_that_is_replaced_are_no_rivals() -> None:
    others = [
        guide(drafted(GERMAN, name="theirs", customer="somebody")),
        guide(drafted(GERMAN, name="mine")),
    ]
    made = drafted(GERMAN, name="mine", customer="me", others=others)
    assert "recognises" not in doubts(made)["match"]
