"""Every code has its page, and no text names a code that has none."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from billdrop.codes import CODES, SECTIONS, page
from billdrop.guidelines.model import GROUPS, Guideline
from billdrop.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\bBD\d{4}\b")


def test_page_of_codes_is_the_one_made_from_the_table() -> None:
    assert (ROOT / "docs" / "codes.md").read_text("utf-8") == page(), (
        "renew it: python -m billdrop.codes > docs/codes.md"
    )


def test_every_code_stands_in_the_page_once() -> None:
    headings = re.findall(r"^### (BD\d{4})$", page(), re.MULTILINE)
    assert headings == sorted(CODES)
    assert {name[:3] for name in CODES} == set(SECTIONS)


@pytest.mark.parametrize("name", CODES)
def test_code_says_what_it_means_and_what_to_do_in_sentences(name: str) -> None:
    code = CODES[name]
    assert not code.title.endswith(".")
    assert code.meaning.endswith(".")
    assert code.remedy.endswith((".", "`"))


def test_no_code_is_used_that_has_no_page() -> None:
    texts = chain((ROOT / "src").rglob("*.py"), (ROOT / "docs").rglob("*.md"))
    used = {(code, path.name) for path in texts for code in CODE.findall(path.read_text("utf-8"))}
    assert {(code, name) for code, name in used if code not in CODES} == set()


def keys(model: object) -> dict[str, object]:
    """The keys of a table of a guideline, with what each holds; of a choice, those of all."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {name: field.annotation for name, field in model.model_fields.items()}
    parts = [keys(part) for part in get_args(model)]
    return {name: kind for part in parts for name, kind in part.items()}


FREE = ("fields", "extra", "sections")
TABLES = {name: set(keys(kind)) for name, kind in keys(Guideline).items() if name not in FREE}
for group, fields in GROUPS.items():
    TABLES[group] |= set(fields)
NAMED = re.compile(
    rf"\b({'|'.join(name for name in TABLES if TABLES[name])}|limits)\.(?!toml\b)([a-z_]+)\b"
)
SETTING = re.compile(r"`([a-z_]+)` in billdrop\.toml")


def texts(path: Path) -> Iterator[str]:
    """The texts of a module, its docstrings among them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("path", sorted((ROOT / "src").rglob("*.py")), ids=lambda path: path.name)
def test_no_text_names_a_setting_or_a_key_of_a_guideline_that_there_is_not(path: Path) -> None:
    found = [name for text in texts(path) for name in NAMED.findall(text)]
    assert [name for name in found if name[1] not in TABLES.get(name[0], ())] == []
    settings = [name for text in texts(path) for name in SETTING.findall(text)]
    assert set(settings) <= set(Settings.__struct_fields__)
