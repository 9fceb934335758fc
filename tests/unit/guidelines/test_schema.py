"""The published schema and the reference are made from the model, and are up to date."""

import json
import re
from pathlib import Path

import pytest

from billdrop.guidelines.draft import draft
from billdrop.guidelines.faults import dotted, parts
from billdrop.guidelines.load import compile_guide, lint
from billdrop.guidelines.model import INVOICE_FIELDS, LINE_FIELDS
from billdrop.guidelines.schema import SECTIONS, reference, schema, schema_text
from billdrop.parsing.reading import complete
from billdrop.readers import Limits

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_published_schema_is_that_of_the_model() -> None:
    assert (DOCS / "guideline.schema.json").read_text("utf-8") == schema_text()


def test_guide_holds_every_key_with_its_meaning() -> None:
    text = (DOCS / "guidelines.md").read_text("utf-8")
    assert reference() in text
    for _, _, table in SECTIONS:
        for name, info in table.model_fields.items():
            assert info.description
            assert f"| `{name}` |" in text


def test_schema_names_the_fields_so_that_editors_can_offer_them() -> None:
    made = json.loads(schema_text())
    assert made == schema()
    assert "issue_date" in made["properties"]["fields"]["properties"]
    assert "unit_price" in made["$defs"]["Lines"]["properties"]["fields"]["properties"]


@pytest.mark.parametrize(
    "text", ["fields.net.label", "examples[0].expect", 'locale.currencies."Space Rupees"', ""]
)
def test_path_reads_back_as_it_is_written(text: str) -> None:
    assert dotted(parts(text)) == text


def test_guidelines_in_the_guide_are_sound_and_read_the_texts_above_them() -> None:
    blocks = fenced()
    texts = [text for kind, text in blocks if not kind]
    guidelines = [text for kind, text in blocks if kind == "toml"]
    assert [lint(text, "guide.toml") for text in guidelines] == [[]] * 5
    for text, guideline in zip(texts[1:], guidelines, strict=True):
        guide = compile_guide(guideline, origin="guide.toml", limits=Limits())
        drafts = guide.reader.read(text.encode(guide.guideline.input.encoding))
        records = [complete(draft, index, guide) for index, draft in enumerate(drafts)]
        assert [record.findings for record in records if not record.accepted] == []
        assert records


def test_draft_in_the_guide_is_the_one_that_is_made_of_the_sample_above_it() -> None:
    (sample,), (shown,) = (
        [it for kind, it in fenced() if kind == one] for one in ("sample", "draft")
    )
    made = draft([("warp.txt", sample.encode())], name="space-mechanics", customer="starfleet")
    assert made.text.startswith(shown)
    assert [it.field for it in made.unsure] == ["seller", "buyer", "match"]


def fenced() -> list[tuple[str, str]]:
    """The blocks of the guide, with what each is said to be."""
    text = (DOCS / "guidelines.md").read_text("utf-8")
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_guide_names_every_field() -> None:
    text = (DOCS / "guidelines.md").read_text("utf-8")
    assert [name for name in [*INVOICE_FIELDS, *LINE_FIELDS] if f"`{name}`" not in text] == []
