"""The policy file: which guidelines of billdrop's own read, what holds for whatever is read, and what is wrong with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from billdrop.guidelines.house import examined
from billdrop.guidelines.library import Library, builtins, open_library, rebuilt
from billdrop.guidelines.load import lint
from billdrop.model import Document, DocumentRef, Finding, Parsed
from billdrop.parsing.reading import parse
from billdrop.readers import Limits

UBL = next(guide for guide in builtins(Limits()) if guide.ref.name == "ubl-invoice")
TEXT = UBL.guideline.examples[0].text
OWN = """
guideline = "house-ubl"
version = 1
extends = "ubl-invoice"
customers = ["acme"]
"""


def folder(tmp_path: Path, policy: str, *own: str) -> Library:
    (tmp_path / "policy.toml").write_text(policy)
    for index, text in enumerate(own):
        (tmp_path / f"own{index}.toml").write_text(text)
    return open_library(tmp_path, Limits())[0]


def read(library: Library, customer: str = "acme") -> Parsed:
    content = TEXT.encode()
    ref = DocumentRef(bucket="b", key=f"{customer}/it.xml", version="1", customer=customer)
    document = Document(
        ref=ref,
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=b"",
        size=len(content),
        content=content,
    )
    return parse(document, library)


def refusal(library: Library, customer: str = "acme") -> Finding:
    (found,) = read(library, customer).findings
    return found


def codes(library: Library, customer: str = "acme") -> list[tuple[str, bool]]:
    """What is found in the invoice, and whether a person may let it pass."""
    return [(it.code, it.held) for one in read(library, customer).records for it in one.findings]


@pytest.mark.parametrize(
    ("policy", "reads"),
    [
        ("", {"acme", "bolt"}),
        ('builtins = { off = ["cii"] }', {"acme", "bolt"}),
        ('builtins = { off = ["ubl-invoice"] }', set[str]()),
        ("builtins = { only = [] }", set[str]()),
        ('builtins = { only = ["ubl-invoice"] }', {"acme", "bolt"}),
        ('builtins = { only = ["cii"] }\n[customers.acme]\nbuiltins = {}', {"acme"}),
        ('[customers.acme.builtins]\noff = ["ubl-invoice"]', {"bolt"}),
        ("[customers.acme]", {"acme", "bolt"}),
    ],
)
def test_guideline_that_comes_with_billdrop_reads_whose_documents_the_policy_file_says(
    tmp_path: Path, policy: str, reads: set[str]
) -> None:
    library = folder(tmp_path, policy)
    read_by = {it for it in ("acme", "bolt") if read(library, it).guideline is not None}
    assert read_by == reads


def test_document_for_a_guideline_that_is_switched_off_says_so(tmp_path: Path) -> None:
    library = folder(tmp_path, '[customers.acme.builtins]\noff = ["ubl-invoice"]')
    found = refusal(library)
    assert found.code == "BD2001"
    assert "`ubl-invoice` would, and does not read for customer `acme`" in found.message
    assert "policy.toml" in found.hint
    guide = library.named("ubl-invoice")
    assert guide is not None
    assert library.readers_of(guide) == "any but acme"


def test_own_guideline_reads_whatever_is_switched_off(tmp_path: Path) -> None:
    library = folder(tmp_path, "builtins = { only = [] }", OWN)
    chosen = read(library).guideline
    assert chosen is not None
    assert chosen.name == "house-ubl"
    told = {guide.ref.name: library.readers_of(guide) for guide in library.guides}
    assert (told["house-ubl"], told["cii"]) == ("acme", "none")


def test_policy_holds_whichever_guideline_reads(tmp_path: Path) -> None:
    policy = "[policy]\nlargest = { total = { EUR = 1 } }"
    assert codes(folder(tmp_path, policy)) == [("BD2504", True)]
    assert codes(folder(tmp_path, policy, OWN)) == [("BD2504", True)]


def test_policy_of_a_customer_holds_beside_that_of_all_and_that_of_the_guideline(
    tmp_path: Path,
) -> None:
    policy = (
        '[policy]\nrequired = { fields = ["in_words"], otherwise = "warn" }\n'
        '[customers.acme.policy]\nlargest = { total = { EUR = 1 }, otherwise = "warn" }'
    )
    own = OWN + "[policy]\ndates = { future_days = 0, past_days = 0 }"
    library = folder(tmp_path, policy, own)
    assert codes(library) == [("BD2503", True), ("BD2505", False), ("BD2504", False)]
    assert read(library).records[0].accepted is False  # type: ignore[index]  # few records are a tuple
    assert codes(library, "bolt") == [("BD2505", False)]


@pytest.mark.parametrize(
    ("all_of", "mine", "waits", "accepted"),
    [
        ("warn", "hold", True, False),
        ("hold", "warn", True, False),
        ("reject", "hold", False, False),
        ("warn", "warn", True, True),
    ],
)
def test_of_policies_that_find_the_same_the_strictest_counts(
    tmp_path: Path, all_of: str, mine: str, waits: bool, accepted: bool
) -> None:
    policy = (
        f'[policy]\nrequired = {{ fields = ["in_words"], otherwise = "{all_of}" }}\n'
        f'[customers.acme.policy]\nrequired = {{ fields = ["in_words"], otherwise = "{mine}" }}'
    )
    (record,) = read(folder(tmp_path, policy)).records
    assert len(record.findings) == 1
    assert (record.waits, record.accepted) == (waits, accepted)


def test_nothing_is_read_while_the_policy_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("[policy]\nlargst = {}")
    library, problems = open_library(tmp_path, Limits())
    assert [(path.name, it[0].hint) for path, it in problems] == [
        ("policy.toml", "did you mean `largest`?")
    ]
    assert refusal(library).code == "BD2510"
    assert "policy.toml:2:1: unknown key `policy.largst`" in refusal(library).message
    (tmp_path / "policy.toml").write_bytes(b"\xff")
    assert refusal(open_library(tmp_path, Limits())[0]).code == "BD2510"


@pytest.mark.parametrize("policy", ["", "builtins = { only = [] }", "broken", OWN])
def test_library_is_the_same_in_another_process(tmp_path: Path, policy: str) -> None:
    library = folder(tmp_path, policy, OWN)
    again = rebuilt(library.packed, Limits())
    assert again.digests == library.digests
    assert [guide.builtin for guide in again.guides] == [it.builtin for it in library.guides]
    assert read(again, "bolt").findings == read(library, "bolt").findings


def test_another_policy_file_makes_another_library(tmp_path: Path) -> None:
    before = folder(tmp_path, "").digests
    assert folder(tmp_path, "builtins = { only = [] }").digests != before


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("x = ", "not TOML", "texts stand in quotes, a key stands once"),
        ("guideline = 'x'", "unknown key `guideline`", ""),
        ("builtins = { of = [] }", "unknown key `builtins.of`", "did you mean `off`?"),
        (
            "[customers.acme.builtins]\nonly = ['ubl-invoce']",
            "no guideline `ubl-invoce` comes with billdrop",
            "did you mean `ubl-invoice`?",
        ),
        (
            "builtins = { off = ['mine'] }",
            "no guideline `mine` comes with billdrop",
            "`billdrop guideline list` shows their names",
        ),
        (
            "[customers.acme.policy]\nrequired = { fields = ['sellr'] }",
            "`required` names `sellr`, which is no field of an invoice",
            "did you mean `seller`?",
        ),
        ("[policy]\nfile = {}", "`file` has neither `name` nor `bytes`", ""),
        ("[policy]\ndates = { past_dys = 1 }", "unknown key `policy.dates.past_dys`", "did you mean `past_days`?"),
        ("[policy]\ncurrencies = 1", "`policy.currencies` is not a table", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_policy_file_is_named(text: str, message: str, hint: str) -> None:
    house, problems = examined(text)
    assert house.problem == problems[0]
    assert message in problems[0].message
    assert problems[0].hint == hint
    assert lint(text, "somewhere/policy.toml") == problems


def test_right_policy_file_has_nothing_to_correct() -> None:
    text = "builtins = { off = ['cii'] }\n[policy]\nfile = { bytes = 1 }\nrequired = { fields = ['seller'] }"
    assert lint(text, "policy.toml") == []


def test_no_guideline_is_called_as_the_policy_file_is() -> None:
    text = OWN.replace("house-ubl", "policy")
    assert "`policy` is the name of the file policy.toml" in lint(text, "x.toml")[0].message


def test_unknown_key_of_a_policy_in_a_guideline_is_named() -> None:
    (problem,) = lint(OWN + "[policy.dates]\npast_dys = 1", "x.toml")
    assert problem.hint == "did you mean `past_days`?"
