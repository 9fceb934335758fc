"""The lines of an invoice, by the heads of their columns or by how their rows are made."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from billdrop.guidelines.draft.choosing import AMOUNTS, amount_of
from billdrop.guidelines.draft.evidence import MONEY, Marks
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.words import describes, head_of

_LEAD = re.compile(r"\s*([0-9]{1,6})([).:])\s+(?=\S)")
_COUNTED = re.compile(r"([0-9][0-9.,]*) ([^\W\d_][\w.]{0,11})")
"""How many, and of what."""
_UNITS = {"quantity": " {unit:word}", "_:number": " {_:word}"}
_SEPARATORS = (("; ", r";\s"), (", ", r",\s"), (" | ", r"\s\|\s"), ("\t", r"\t"), ("  ", r"\s{2,}"))
"""What stands between the parts of a row: in the sample, and as it is looked for."""


def headed(samples: Sequence[Sample]) -> dict[str, Any]:
    """The columns of a page, if all samples have the same heads; nothing where there are none."""
    found = [next(_heads(it), {}) for it in samples]
    if not found[0] or any(it != found[0] for it in found):
        return {}
    return {"fields": {name: {"label": label} for name, label in found[0].items()}}


def _heads(sample: Sample) -> Iterator[dict[str, str]]:
    """Lines that are heads: a name of what was sold, and amounts."""
    for row in sample.rows:
        fields: dict[str, str] = {}
        for cell in row:
            for name in (it for it in head_of(cell.text) if it != "allowance"):
                if name not in fields or (name == "name" and describes(cell.text)):
                    fields[name] = cell.text
                break
        if "name" in fields and "net" in fields and len(fields) == len({*fields.values()}):
            yield fields


class Row(NamedTuple):
    """A row of an items list, taken apart."""

    mark: str
    """What follows the number that it begins with; empty where it begins with none."""
    parts: tuple[str, ...]


def listed(sample: Sample, marks: Marks, stated: Mapping[str, Decimal]) -> dict[str, Any]:
    """The items below a line of their own: how their rows are written, and which amounts are which."""
    for at, line in enumerate(sample.lines[:-1]):
        if not line.strip() or ":" in line or any(letter.isdigit() for letter in line):
            continue
        for separator, regex in _SEPARATORS:
            rows = _rows(sample.lines[at + 1 :], regex)
            if rows and (row := _pattern(rows, separator, marks, stated)):
                return {"start": line.strip(), "row": row}
    return {}


def _rows(lines: Sequence[str], regex: str) -> list[Row]:
    """The rows that follow without a line between them."""
    rows = []
    for line in lines:
        lead = _LEAD.match(line)
        body = line[lead.end() :] if lead else line
        parts = tuple(re.split(regex, body.strip()))
        if len(parts) < 2 or MONEY.fullmatch(parts[0]) or ":" in parts[0]:
            break
        rows.append(Row(lead[2] if lead else "", parts))
    return rows if len({row.mark for row in rows}) == 1 else []


def _pattern(
    rows: Sequence[Row], separator: str, marks: Marks, stated: Mapping[str, Decimal]
) -> str:
    """The row as it looks, if every part after the name is an amount; else nothing."""
    most, least = (pick(len(row.parts) for row in rows) for pick in (max, min))
    columns = [
        [_amount(row.parts[at], marks) if at < len(row.parts) else None for row in rows]
        for at in range(1, most)
    ]
    counted = [
        all(_COUNTED.fullmatch(row.parts[at]) for row in rows if at < len(row.parts))
        for at in range(1, most)
    ]
    written = all(
        MONEY.fullmatch(part) or counted[at]
        for row in rows
        for at, part in enumerate(row.parts[1:])
    )
    names = _named(columns, stated) if written else []
    if "net" not in names or any(counted[at] for at, it in enumerate(names) if it in AMOUNTS):
        return ""
    lead = f"{{id:int}}{rows[0].mark} " if rows[0].mark else ""
    between = " " if separator == "  " else separator
    units = [_UNITS.get(name, "") if counted[at] else "" for at, name in enumerate(names)]
    tokens = [f"{between}{{{name}}}{unit}" for name, unit in zip(names, units, strict=True)]
    needed, rest = tokens[: least - 1], tokens[least - 1 :]
    optional = "".join(f"[{token}" for token in rest) + "]" * len(rest)
    return f"{lead}{{name:text}}{''.join(needed)}{optional}" if len(rest) <= 2 else ""


def _amount(part: str, marks: Marks) -> Decimal | None:
    """What a part states, with or without a unit behind it."""
    found = _COUNTED.fullmatch(part)
    return amount_of(found[1] if found else part, marks)


def _named(columns: Sequence[Sequence[Decimal | None]], stated: Mapping[str, Decimal]) -> list[str]:
    """The fields of the columns, by sums and products that agree."""
    sums = [sum((it for it in column if it is not None), Decimal(0)) for column in columns]
    names = ["_:number"] * len(columns)
    wanted = stated.get("net", stated.get("total"))
    for at in reversed(range(len(columns))):
        if "net" not in names and None not in columns[at] and sums[at] == wanted:
            names[at] = "net"
        elif "tax" not in names and "tax" in stated and sums[at] == stated["tax"]:
            names[at] = "tax"
    if "net" in names:
        _name_factors(columns, names)
    return names


def _name_factors(columns: Sequence[Sequence[Decimal | None]], names: list[str]) -> None:
    """Quantity and unit price, where their product is the net of every row."""
    net = columns[names.index("net")]
    free = [at for at, name in enumerate(names) if name == "_:number"]
    for one, other in pairwise(free):
        pairs = zip(columns[one], columns[other], net, strict=True)
        if all(a is not None and b is not None and a * b == c for a, b, c in pairs):
            names[one], names[other] = "quantity", "unit_price"
            return
