"""Which cell of a row holds which field."""

import difflib
from collections.abc import Iterator

from billdrop.guidelines.model import Field
from billdrop.model import Finding
from billdrop.readers.delimited.cells import Dialect, stretches
from billdrop.readers.stream import Row, Unreadable
from billdrop.values.excerpts import Place, finding

Columns = dict[str, int]
"""The 0-based position of each field's cell, by the field's path."""


def by_name(row: Row, fields: dict[str, Field], dialect: Dialect) -> Columns:
    """Positions by the names in the header; raises `Unreadable` with every column that is amiss."""
    line, raw, cells = row
    names = [_plain(cell) for cell in cells]
    found: Columns = {}
    wrong: list[Finding] = []
    for path, field in fields.items():
        if isinstance(field.column, int):
            found[path] = field.column - 1
            wrong += _beyond(row, path, field.column)
        elif isinstance(field.column, str):
            wanted = _plain(field.column)
            places = [at for at, name in enumerate(names) if name == wanted]
            found[path] = places[0] if places else -1
            if len(places) != 1:
                at = _place(row, dialect, places[1]) if places else Place(line, 1, len(raw), raw)
                wrong.append(_amiss(path, field.column, cells, at, twice=bool(places)))
    if wrong:
        raise Unreadable(*wrong)
    return found


def by_position(row: Row, fields: dict[str, Field]) -> Columns:
    """Positions as declared, where there is no header; the first row must have them all."""
    found = {path: at.column for path, at in fields.items() if isinstance(at.column, int)}
    wrong = [one for path, column in found.items() for one in _beyond(row, path, column)]
    if wrong:
        raise Unreadable(*wrong)
    return {path: column - 1 for path, column in found.items()}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _beyond(row: Row, path: str, column: int) -> Iterator[Finding]:
    line, raw, cells = row
    if column > len(cells):
        message = f"`{path}` is in column {column}, and the row has {len(cells)} cells"
        hint = "correct the file, or `input.delimiter` or the column in the guideline"
        yield finding("BD2024", message, Place(line, 1, len(raw), raw), hint=hint, field=path)


def _amiss(path: str, column: str, cells: list[str], place: Place, *, twice: bool) -> Finding:
    if twice:
        message, hint = f"the column `{column}` is there twice", "name it by its position"
        return finding("BD2024", message, place, hint=hint, field=path)
    plain = {_plain(cell): cell for cell in cells}
    close = difflib.get_close_matches(_plain(column), list(plain), n=1)
    hint = f"did you mean `{plain[close[0]].strip()}`?" if close else "correct the header"
    message = f"the column `{column}` is not in the header"
    return finding("BD2024", message, place, hint=hint, field=path)


def _place(row: Row, dialect: Dialect, at: int) -> Place:
    line, raw, _ = row
    found = stretches(raw, dialect)
    assert isinstance(found, list)
    return Place(line, found[at].start + 1, found[at].stop - found[at].start, raw)
