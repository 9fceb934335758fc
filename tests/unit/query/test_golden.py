"""
What Athena must answer, reasoned from Trino's documentation: there is no Athena here.

Each `golden/*.sql` has its rows beside it as JSON, every value as text. Whoever has an account can
run the same statements there over the same objects, and compare.
"""

import json
from pathlib import Path

import pytest

from billdrop.local.duckdb_engine import DuckdbEngine
from tests.unit.query.books import published

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.sql"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckdbEngine:
    root = tmp_path_factory.mktemp("golden")
    published(root)
    return DuckdbEngine(root)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_answer_is_what_athena_must_answer(engine: DuckdbEngine, path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    answer = engine.run(path.read_text(encoding="utf-8"))
    rows = [[None if cell is None else str(cell) for cell in row] for row in answer]
    assert {"columns": list(answer.columns), "rows": rows} == expected
