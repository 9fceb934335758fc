"""What commands say where a person has to choose, and what the log leaves to something else."""

from pathlib import Path

import pytest

from billdrop.cli.guideline import _sample_of, _text_of
from billdrop.cli.log import besides
from billdrop.cli.lookup import cell, invoices_named
from billdrop.errors import UsageError
from billdrop.guidelines.library import open_library
from billdrop.readers import Limits
from billdrop.way import pipeline
from tests.samples import docproc
from tests.unit.rig import Rig


@pytest.fixture
def rig() -> Rig:
    """Two customers with an invoice of one number, and an invoice of one of them."""
    made = Rig()
    for name, customer, number in (
        ("a", "acme", "inv-1"),
        ("b", "globex & sons", "inv-1"),
        ("c", "acme", "inv-2"),
    ):
        text = docproc(number, seller=customer)
        pipeline.process([made.upload(f"{name}.txt", text, customer)], made.way)
    return made


def test_invoice_of_two_customers_asks_whose_it_is_and_says_how(rig: Rig) -> None:
    with pytest.raises(UsageError) as asked:
        invoices_named(rig.ledger, "inv-1")
    assert asked.value.message == "2 customers have an invoice 'inv-1': acme, globex & sons"
    assert asked.value.hint == "say whose: --customer acme"
    (found,) = invoices_named(rig.ledger, "inv-1", "globex & sons")
    assert cell(found, "customer") == "globex & sons"


def test_invoice_of_one_customer_needs_no_name(rig: Rig) -> None:
    (found,) = invoices_named(rig.ledger, "inv-2")
    assert invoices_named(rig.ledger, cell(found, "invoice_id")) == [found]


def test_every_guideline_that_comes_with_billdrop_has_a_document_to_try(tmp_path: Path) -> None:
    texts = {
        guide.ref.name: [one.text for one in guide.guideline.examples if one.text]
        for guide in open_library(None, Limits())[0].guides
    }
    assert all(texts.values())
    assert _sample_of("x12-810", tmp_path) == texts["x12-810"][0]


def test_guideline_without_an_example_names_where_others_are(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    text = _text_of("docproc", tmp_path).partition("[[examples]]")[0]
    file.write_text(text)
    with pytest.raises(UsageError, match="no example"):
        _sample_of(str(file), tmp_path)


def test_log_is_quiet_about_what_is_usual_only_and_only_for_so_long() -> None:
    told: list[str] = []
    quiet = [True]
    log = besides(lambda event, /, **facts: told.append(event), lambda: quiet[0])
    log("taken", recorded=1)
    log("trouble", what="disk")
    quiet[0] = False
    log("taken", recorded=1)
    assert told == ["trouble", "taken"]
