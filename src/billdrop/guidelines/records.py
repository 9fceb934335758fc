"""`[records]`: several invoices in one file, and what a file states of itself."""

from typing import Literal

from pydantic import Field as Key

from billdrop.guidelines.part import Part, Texts


class ControlTotal(Part):
    """A count or a sum that the text states of itself, and that must be right."""

    of: str = Key(
        description="`invoices`, `lines`, `records`, or amounts added up: `total`, `lines.net`."
    )
    within: Literal["file", "invoice"] = Key("file", description="What it is the total of.")
    record: str = Key(
        "", description="The kind of the records that state it; each file or invoice has one."
    )
    at: str = Key(pattern=r"^[1-9]\d*(-\d*)?$", description="Columns from 1, such as `12-20`.")
    where: dict[str, Texts] = Key({}, description="As in a field.")
    decimals: int | None = Key(
        None, ge=0, le=10, description="Digits after a decimal mark that is not written."
    )


class Records(Part):
    """How several invoices in one file are told apart."""

    start: Texts = Key(
        [],
        description="A line that begins a new invoice (labelled): its whole text, or a label with its separator. The kinds of record that do (fixed); without it rows of one number are one invoice.",
    )
    ignore: Texts = Key([], description="The kinds of record that carry nothing (fixed).")
    totals: list[ControlTotal] = Key(
        [], description="Counts and sums that the text states of itself (fixed)."
    )
    each: Texts = Key(
        [],
        description="The path that each invoice begins at; of several, the first that is there (xml, json).",
    )
