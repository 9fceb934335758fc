"""The words of the project are defined, once each, and the drawn life of a document is whole."""

import re
from pathlib import Path

import pytest

from billdrop.model import Intent, State

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text("utf-8")
DEFINED = re.findall(r"^\*\*([a-z ]+)\*\* — (.+)$", PAGE, re.MULTILINE)
EDGES = re.findall(r"^    (\S+) --> (\S+): (.+)$", PAGE, re.MULTILINE)

WORDS = (
    *("document", "event", "envelope", "delivery", "settle", "guideline", "invoice", "line"),
    *("party", "seller", "buyer", "issue date", "tax", "finding", "ledger", "segment", "commit"),
    *("publish", "quarantine", "redrive", "replay", "sweep", "verify", "revision"),
    *("credit note", "allowance", "charge", "policy", "hold", "release"),
    *("booking", "plan", "stretch", "recover", "receipt", "door", "park"),
    *("data directory", "stack", "worker", "right", "arrangement", "outcome"),
)


@pytest.mark.parametrize("word", WORDS)
def test_word_is_defined(word: str) -> None:
    assert word in dict(DEFINED)


def test_no_word_is_defined_twice() -> None:
    names = [name for name, _ in DEFINED]
    assert len(names) == len(set(names))


def test_every_definition_is_a_sentence() -> None:
    assert all(text.endswith(".") for _, text in DEFINED)


@pytest.mark.parametrize("state", State)
def test_every_state_is_defined_and_is_reached_in_the_drawing(state: State) -> None:
    assert state.value in dict(DEFINED)
    assert any(end == state.value for _, end, _ in EDGES)


def test_no_state_is_drawn_that_the_model_does_not_have() -> None:
    drawn = {end for _, end, _ in EDGES} | {begin for begin, _, _ in EDGES}
    assert drawn == {*(state.value for state in State), "waiting", "[*]"}


@pytest.mark.parametrize("intent", [Intent.REDRIVE, Intent.RELEASE])
def test_what_a_person_does_to_quarantine_is_an_edge(intent: Intent) -> None:
    assert any(begin == "quarantined" and intent.value in name for begin, _, name in EDGES)
