"""The model of a guideline, shared by all readers. Its JSON Schema is published for editors."""

from typing import Annotated, Any, Literal

from pydantic import Field as Key
from pydantic import StringConstraints

from billdrop.guidelines.checking import Checks, Level
from billdrop.guidelines.fields import (
    ADJUSTMENT_FIELDS,
    GROUPS,
    IDENTITY,
    INVOICE_FIELDS,
    LINE_FIELDS,
    TAX_FIELDS,
    ValueType,
)
from billdrop.guidelines.inputs import (
    DelimitedInput,
    EdifactInput,
    FixedInput,
    JsonInput,
    LabelledInput,
    LayoutInput,
    X12Input,
    XmlInput,
)
from billdrop.guidelines.part import Part, Texts
from billdrop.guidelines.policy import Policy
from billdrop.guidelines.records import ControlTotal, Records

__all__ = [
    "ADJUSTMENT_FIELDS",
    "GROUPS",
    "IDENTITY",
    "INVOICE_FIELDS",
    "LINE_FIELDS",
    "TAX_FIELDS",
    "Checks",
    "ControlTotal",
    "Example",
    "Field",
    "Group",
    "Guideline",
    "Input",
    "Level",
    "Lines",
    "Locale",
    "Match",
    "Name",
    "Part",
    "Policy",
    "Records",
    "Texts",
    "ValueType",
]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class Match(Part):
    """Which documents the guideline reads; all that is stated must hold."""

    contains: list[str] = Key(
        [], description="Texts that must all occur in the first 64 KiB of the document."
    )
    standard: list[str] = Key(
        [],
        description="What the document says of itself, any of these: the root of XML as `{namespace}name` (inside a `StandardBusinessDocument`, of what that encloses), the message of X12 or EDIFACT as `810` or `INVOIC`.",
    )
    filename: str = Key("", description="A glob for the last part of the key, such as `inv_*.txt`.")


Input = Annotated[
    LabelledInput
    | DelimitedInput
    | FixedInput
    | LayoutInput
    | X12Input
    | EdifactInput
    | XmlInput
    | JsonInput,
    Key(discriminator="reader"),
]


class Locale(Part):
    """How dates, amounts and currencies are written; nothing is guessed."""

    dates: list[str] = Key(
        ["YYYY-MM-DD"],
        description="Patterns of YYYY, YY, MMMM, MMM, MM, M, DD, D and literal text.",
    )
    language: str = Key(
        "en", description="Of month names and amounts in words, as num2words names it."
    )
    decimal: Literal[".", ","] = Key(".", description="The decimal mark.")
    group: str = Key(
        "", max_length=1, description="The grouping mark; empty: digits are not grouped."
    )
    grouping: Literal["thousands", "indian"] = Key(
        "thousands", description="Groups of 3, or 3 and then 2."
    )
    negative: list[
        Literal["minus", "trailing-minus", "parentheses", "overpunch", "leading-overpunch"]
    ] = Key(
        ["minus"],
        description="How negative amounts are written; overpunched: `{ABC…` is +0, +1, …, `}JKL…` is -0, -1, … in the last digit or the first (fixed).",
    )
    currency: str = Key(
        "", pattern="^([A-Z]{3})?$", description="ISO 4217 code where the text states none."
    )
    currencies: dict[str, str] = Key(
        {}, description="Names and signs the text uses, to ISO 4217 codes."
    )


class Field(Part):
    """Where one value stands. Each reader says which of the places it uses."""

    label: Texts = Key(
        [],
        description="The label before the value, and its synonyms; of a line's field, the head of its column (labelled, layout).",
    )
    side: Literal["right", "below", "either"] = Key(
        "right",
        description="Where the value stands from its label; `either`: below where nothing stands right of it (layout).",
    )
    cell: int = Key(
        1,
        description="Which of the texts right of the label is the value, or of the lines below it; -1: the last (layout).",
    )
    form: Texts = Key(
        [],
        description="How the text is written, `{}` where the value is: `{} of {_:date}`; the first that fits counts (layout).",
    )
    section: str = Key(
        "", description="The section of `[sections]` in which the label counts (labelled, layout)."
    )
    column: str | int | None = Key(
        None, description="Header name, or 1-based position (delimited)."
    )
    path: Texts = Key(
        [],
        description="Where it stands in the tree or the segments; of several, the first that is there (xml, json, x12, edifact).",
    )
    at: str = Key(
        "",
        pattern=r"^(\d+(-\d*)?)?$",
        description="Columns from 1, such as `12-20`, `12` or `12-` (fixed, layout).",
    )
    record: str = Key(
        "",
        description="The kind of record that has it; without it `records.start`, or `each` of its table (fixed).",
    )
    where: dict[str, Texts] = Key(
        {},
        description='Only in records that have one of these texts in these columns: `{ "4-6" = "009" }` (fixed).',
    )
    decimals: int | None = Key(
        None,
        ge=0,
        le=10,
        description="Digits after a decimal mark that is not written (fixed, x12).",
    )
    value: str | None = Key(None, description="A constant, for what the layout never prints.")
    sum: list[str] = Key(
        [],
        description="Worked out: `lines.net`, or other fields, added up; `-allowance` is taken off, `tax?` may be missing. Beside `path`: where nothing is there.",
    )
    less: list[str] = Key(
        [],
        description="Amounts of the same line that are in the printed one and do not belong to it, such as `tax`.",
    )
    type: ValueType | None = Key(
        None, description="Given by the field's name; may be repeated. Extra fields are text."
    )
    required: bool = Key(False, description="Whether its absence is an error.")
    required_where: dict[str, Texts] = Key(
        {},
        description='Required on the lines whose other field has one of these values: `{ name = ["Fee"] }` (delimited).',
    )
    map: dict[str, str] = Key(
        {},
        description="Texts as printed, to the values they stand for; `*` for all others (x12, edifact).",
    )
    several: Literal["same", "first", "last", "sum"] = Key(
        "same",
        description="What values are when a path or label is there several times: all the same, the first, the last (layout), or the sum of them and, for xml and json, of the other paths (xml, json, x12, edifact, layout).",
    )
    joined: str | None = Key(
        None,
        description="What stands between the texts of all paths that are there, which are one value then (xml, json).",
    )
    fraction: bool = Key(
        False, description="Whether a rate is written as a part of one: 0.16 is 16 % (xml, json)."
    )
    refuse: dict[str, str] = Key(
        {},
        description='Texts that make it no invoice, to what it is: `{ T = "a transfer of goods" }` (xml, json, fixed, x12, edifact); `*` for all that `map` does not name.',
    )


class Group(Part):
    """What an invoice may have several of: taxes, allowances or charges."""

    each: Texts = Key(
        [],
        description="What each of them begins with: a path (xml, json) or a segment (x12, edifact).",
    )
    fields: dict[str, Field] = Key({}, description="Its fields; paths begin where it begins.")


class Lines(Part):
    """The lines of an invoice."""

    each: Texts = Key(
        [],
        description="What each line begins with: a path (xml, json), a segment (x12, edifact) or a record (fixed).",
    )

    start: Texts = Key(
        [],
        description="The line after which they begin (labelled): its whole text, or a label with its separator.",
    )
    end: Texts = Key(
        [],
        description="The line that ends them, likewise; without it an unindented label or the end of the invoice does (labelled).",
    )
    row: Texts = Key(
        [],
        description="A row written as it looks: `{id:int}) {name:text}, {net:money}[, {tax:money}]`; the first that fits counts (labelled).",
    )
    wrapped: Literal["", "indent"] = Key(
        "", description="`indent`: an indented line continues the name above (labelled)."
    )
    fields: dict[str, Field] = Key(
        {}, description="Fields of the line (delimited, fixed, layout, x12, edifact, xml, json)."
    )
    required: bool = Key(False, description="Whether an invoice without lines is an error.")


class Example(Part):
    """A document and what the guideline must make of it."""

    file: str = Key("", description="A path beside the guideline file.")
    text: str = Key("", description="The document itself.")
    expect: list[dict[str, Any]] | dict[str, Any] = Key(
        description="Fields of the invoice (or of each invoice) as strings; `lines` as a list of tables."
    )


class Guideline(Part):
    """A customer's text layout."""

    guideline: Name = Key(description="Its name, kept on every invoice it reads.")
    version: int = Key(
        ge=1, description="Counted up with every change; kept on every invoice it reads."
    )
    title: str = Key("", description="One line for people.")
    extends: str = Key(
        "",
        description="A guideline that comes with billdrop; what stands here takes the place of what stands there.",
    )
    customers: list[str] = Key([], description="Whose documents it reads; empty: anyone's.")
    match: Match = Key(
        Match(), description="Which documents it reads; all that is stated must hold."
    )
    input: Input = Key(description="The reader, and how it takes the text apart.")
    locale: Locale = Key(Locale(), description="How dates, amounts and currencies are written.")
    records: Records = Key(
        Records(), description="How several invoices in one file are told apart (labelled)."
    )
    sections: dict[str, Texts] = Key(
        {}, description="Lines that begin a section, by the section's name (labelled)."
    )
    fields: dict[str, Field] = Key(
        description="The fields of the invoice, by the names of EN 16931 as billdrop writes them."
    )
    extra: dict[str, Field] = Key(
        {}, description="Further fields, kept by name in the column `extra`."
    )
    lines: Lines | None = Key(
        None, description="The lines of an invoice, and how they are written."
    )
    taxes: Group | None = Key(
        None, description="The tax of each category and rate (xml, json, x12, edifact)."
    )
    allowances: Group | None = Key(
        None, description="Allowances of the whole invoice (xml, json, x12, edifact)."
    )
    charges: Group | None = Key(
        None, description="Charges of the whole invoice (xml, json, x12, edifact)."
    )
    credit_notes: Literal["positive", "negative"] = Key(
        "positive", description="How amounts of a credit note are printed; they count as negative."
    )
    ignore: list[str] = Key(
        [],
        description="Lines that carry nothing: their whole text, or a pattern with placeholders.",
    )
    unclaimed: Literal["error", "warn", "ignore"] = Key(
        "warn", description="What a line that no rule takes is."
    )
    checks: Checks = Key(Checks(), description="What must hold for an invoice to be recorded.")
    policy: Policy | None = Key(
        None, description="What was agreed beyond the layout; looked at once an invoice is read."
    )
    atomic: bool = Key(
        False, description="Whether one refused invoice holds back the others of its file."
    )
    identity: list[str] = Key(
        ["number"],
        min_length=1,
        description="What tells one invoice from another of the same customer: `number`, `seller`, `seller_id`, `seller_tax_id`, `customer_id`, `type_code`, `year` (of the issue date), or `extra.NAME`.",
    )
    corrections: Literal["conflict", "latest"] = Key(
        "conflict",
        description="What an invoice with a known identity and other content from another file is.",
    )
    examples: list[Example] = Key(
        [],
        description="Documents and what the guideline must make of them; tried when it is loaded.",
    )
