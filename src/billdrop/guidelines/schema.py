"""The JSON Schema of a guideline for editors, and the table of its keys for people."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from billdrop.guidelines import model, policy
from billdrop.guidelines.model import (
    GROUPS,
    INVOICE_FIELDS,
    LINE_FIELDS,
    Guideline,
    ValueType,
)
from billdrop.guidelines.shape import INPUTS

ID = "urn:billdrop:guideline"

SECTIONS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("", "The file itself", Guideline),
    ("match", "Which documents", model.Match),
    *(("input", f"The {name} reader", table) for name, table in INPUTS.items()),
    ("locale", "Dates, amounts, currencies", model.Locale),
    ("records", "Several invoices in one file", model.Records),
    ("[records.totals]", "What a text states of itself", model.ControlTotal),
    (
        "fields.NAME",
        "A field; also `[extra.NAME]`, `[lines.fields.NAME]` and those of groups",
        model.Field,
    ),
    ("lines", "The lines of an invoice", model.Lines),
    ("taxes", "Groups of an invoice; also `[allowances]` and `[charges]`", model.Group),
    ("checks", "What must hold", model.Checks),
    ("policy", "What was agreed beyond the layout", policy.Policy),
    ("policy.currencies", "Which currencies", policy.Currencies),
    ("policy.tax_rates", "Which rates of tax", policy.TaxRates),
    ("policy.dates", "Which issue dates", policy.Dates),
    ("policy.largest", "Up to which total", policy.Largest),
    ("policy.required", "What must be stated", policy.Required),
    ("policy.identifiers", "Whose form must be right", policy.Identifiers),
    ("policy.sellers", "Who is known to sell", policy.Sellers),
    ("[policy.sellers.known]", "One of them", policy.Seller),
    ("policy.file", "Names and sizes of files", policy.File),
    ("[examples]", "Examples the guideline must read", model.Example),
)
"""The tables of a guideline in the order of the reference: key, heading, model."""


def schema() -> dict[str, Any]:
    """JSON Schema of a guideline file."""
    made = Guideline.model_json_schema(mode="validation")
    made.pop("title")
    made["properties"]["fields"] |= _named(INVOICE_FIELDS)
    made["$defs"]["Lines"]["properties"]["fields"] |= _named(LINE_FIELDS)
    for group, fields in GROUPS.items():
        if group != "lines":
            made["properties"][group]["anyOf"][0] = _group(made, fields)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "billdrop guideline",
        **made,
    }


def _group(made: Mapping[str, Any], fields: Mapping[str, ValueType]) -> dict[str, Any]:
    table: dict[str, Any] = made["$defs"]["Group"]
    of_fields = table["properties"]["fields"] | _named(fields)
    return table | {"properties": table["properties"] | {"fields": of_fields}}


def _named(fields: Mapping[str, ValueType]) -> dict[str, Any]:
    """The names that a table of fields may have, so that an editor can offer them."""
    return {
        "properties": {
            name: {"$ref": "#/$defs/Field", "description": f"Of type {kind}."}
            for name, kind in fields.items()
        },
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The published file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def reference() -> str:
    """Markdown tables of every key, its values, its default and its meaning."""
    return "\n".join(line for section in SECTIONS for line in _section(*section))


def _section(key: str, heading: str, table: type[BaseModel]) -> Iterator[str]:
    yield f"### {f'`[{key}]`: ' if key else ''}{heading[0].lower() if key else heading[0]}{heading[1:]}"
    yield ""
    yield "| key | takes | without it | meaning |"
    yield "|---|---|---|---|"
    properties = table.model_json_schema()["properties"]
    for name, info in table.model_fields.items():
        takes, default = _takes(properties[name]), _default(info)
        yield f"| `{name}` | {takes} | {default} | {info.description} |"
    yield ""


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.default
    if isinstance(value, BaseModel) or value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{json.dumps(value, ensure_ascii=False, default=str)}`".replace('`"0"`', "`0`")


def _takes(about: dict[str, Any]) -> str:
    """The values a key takes, in words."""
    if "const" in about:
        return f"`{about['const']}`"
    if "enum" in about:
        return ", ".join(f"`{value}`" for value in about["enum"])
    if "oneOf" in about or "$ref" in about:
        return "a table"
    if "anyOf" in about:
        kinds = [_takes(one) for one in about["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    kind = str(about.get("type"))
    if kind == "array":
        return f"list of {_takes(about['items'])}".replace("list of a ", "list of ")
    return _WORDS[kind]


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true`, `false`",
    "object": "a table",
}
