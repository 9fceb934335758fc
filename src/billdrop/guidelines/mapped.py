"""What a guideline maps, as the table of its page under `docs/standards`."""

from collections.abc import Iterator

from billdrop.guidelines.model import GROUPS, Field, Group, Guideline, Lines
from billdrop.guidelines.rules import stated

TERMS = {
    "fields": {
        "number": "BT-1", "issue_date": "BT-2", "type_code": "BT-3", "currency": "BT-5",
        "tax_currency": "BT-6", "due_date": "BT-9", "buyer_ref": "BT-10", "order_ref": "BT-13",
        "seller": "BT-27", "seller_id": "BT-29", "seller_tax_id": "BT-31", "seller_country": "BT-40",
        "buyer": "BT-44", "buyer_id": "BT-46", "buyer_tax_id": "BT-48", "buyer_country": "BT-55",
        "payment_account": "BT-84", "line_net": "BT-106", "allowance": "BT-107", "charge": "BT-108",
        "net": "BT-109", "tax": "BT-110", "total": "BT-112", "prepaid": "BT-113",
        "rounding": "BT-114", "payable": "BT-115",
    },
    "taxes": {"base": "BT-116", "amount": "BT-117", "category": "BT-118", "rate": "BT-119"},
    "allowances": {
        "amount": "BT-92", "tax_category": "BT-95", "tax_rate": "BT-96", "reason": "BT-97",
    },
    "charges": {
        "amount": "BT-99", "tax_category": "BT-102", "tax_rate": "BT-103", "reason": "BT-104",
    },
    "lines": {
        "id": "BT-126", "quantity": "BT-129", "unit": "BT-130", "net": "BT-131",
        "allowance": "BT-136", "charge": "BT-141", "unit_price": "BT-146", "price_base": "BT-149",
        "tax_category": "BT-151", "tax_rate": "BT-152", "name": "BT-153", "description": "BT-154",
        "item_id": "BT-155",
    },
}  # fmt: skip
"""The business terms of EN 16931 by table and field."""


def described(guideline: Guideline) -> str:
    """One row for each field: its name, its term, where it stands, and what is made of it."""
    rows = ["| field | EN 16931 | where it stands | |", "|---|---|---|---|"]
    table = "fields"
    for (group, *_, name), field, _ in stated(guideline):
        if group != table and group in GROUPS:
            table = str(group)
            rows.append(f"| **{group}** | | each {_each(getattr(guideline, table))} | |")
        term = TERMS.get(str(group), {}).get(str(name), "")
        shown = f"extra.{name}" if group == "extra" else name
        rows.append(f"| `{shown}` | {term} | {_where(field)}{_record(field)} | {_more(field)} |")
    return "\n".join(rows)


def _each(table: Lines | Group) -> str:
    return _several([table.each] if isinstance(table.each, str) else table.each)


def _several(texts: list[str]) -> str:
    return " or ".join(_code(text) for text in texts) or "row"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _where(field: Field) -> str:
    if field.value is not None:
        return f"always `{field.value}`"
    if field.sum:
        printed = (
            f"{_several([field.path] if isinstance(field.path, str) else field.path)}, or else "
            if field.path
            else ""
        )
        return printed + "the sum of " + ", ".join(_code(term) for term in field.sum)
    place = field.path or field.column or field.label or field.at
    return _several([str(place)] if isinstance(place, str | int) else place)


def _record(field: Field) -> str:
    """Of which records of fixed width it is."""
    among = " and ".join(
        f"`{at}` is {_several([texts] if isinstance(texts, str) else texts)}"
        for at, texts in field.where.items()
    )
    named = f" of `{field.record}`" if field.record else ""
    return named + (f" where {among}" if among else "")


def _more(field: Field) -> str:
    return "; ".join(_remarks(field))


def _remarks(field: Field) -> Iterator[str]:
    yield from _meant(field.map)
    if field.less:
        yield "less " + ", ".join(f"`{name}`" for name in field.less)
    if field.decimals is not None:
        yield f"{field.decimals} decimals without a mark"
    if field.several == "sum":
        yield "added up"
    if field.several == "first":
        yield "the first counts"
    if field.joined is not None:
        yield "all that are there, joined"
    if field.fraction:
        yield "a part of one, read in percent"
    if field.refuse:
        refused = ", ".join(f"`{text}` is {it}" for text, it in field.refuse.items())
        yield "refused: " + refused.replace("`*` is", "all else is")
    if field.required:
        yield "required"


def _meant(known: dict[str, str]) -> Iterator[str]:
    """What texts stand for: themselves, or something else, under which those of one meaning are named once."""
    same = [f"`{text}`" for text, value in known.items() if text == value]
    if same:
        yield f"one of {', '.join(same)}"
    others: dict[str, list[str]] = {}
    for text, value in known.items():
        if text != value:
            others.setdefault(value, []).append("all else" if text == "*" else f"`{text}`")
    if others:
        yield ", ".join(f"{', '.join(texts)} is `{value}`" for value, texts in others.items())
