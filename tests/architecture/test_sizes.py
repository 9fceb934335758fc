"""No function and no module is longer than a person can hold in mind."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "billdrop"
MODULE = 350
BODY = 40


def functions() -> Iterator[tuple[str, int]]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if body:
                    lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                    yield f"{path.relative_to(SOURCE)}:{node.name}", lines


def test_no_module_is_longer_than_350_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}
    assert {str(path): length for path, length in lengths.items() if length > MODULE} == {}


def test_no_function_body_is_longer_than_40_lines() -> None:
    assert {name: lines for name, lines in functions() if lines > BODY} == {}


def test_half_of_all_function_bodies_have_at_most_8_lines() -> None:
    lengths = sorted(lines for _, lines in functions())
    assert lengths[len(lengths) // 2] <= 8
