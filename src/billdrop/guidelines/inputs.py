"""`[input]`: one model for each reader, which also says what else of a guideline the reader uses."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field as Key
from pydantic import StringConstraints

from billdrop.guidelines.part import Part, Texts

_ENCODING = "As Python names it; a UTF-8 byte order mark is skipped."


class ReaderInput(Part):
    """What the readers have in common. `ALWAYS` keys of a guideline are every reader's."""

    places: ClassVar[tuple[str, ...]] = ()
    """The keys of a field that say where its value comes from, beside `value` and `sum`."""
    uses: ClassVar[frozenset[tuple[str, ...]]] = frozenset()
    """The paths of keys that not every reader has a use for and this one has."""

    encoding: str = Key("utf-8", description=_ENCODING)


class LabelledInput(ReaderInput):
    """Labels with values, in any order, and an items list."""

    places = ("label",)
    uses = frozenset(
        {
            ("records",),
            ("sections",),
            ("unclaimed",),
            ("ignore",),
            ("lines", "start"),
            ("lines", "end"),
            ("lines", "row"),
            ("lines", "wrapped"),
        }
    )

    reader: Literal["labelled"] = Key(description="Labels with values, and an items list.")
    separator: Texts = Key(":", description="What stands between a label and its value.")


class DelimitedInput(ReaderInput):
    """Cells between delimiters, one or more rows per invoice."""

    places = ("column",)
    uses = frozenset({("ignore",), ("lines", "fields")})

    reader: Literal["delimited"] = Key(description="Cells between delimiters, a row per line.")
    delimiter: str = Key(",", min_length=1, max_length=1, description="One character.")
    quote: str = Key('"', max_length=1, description="One character; empty: cells are never quoted.")
    header: bool = Key(True, description="Whether the first row names the columns.")
    skip_rows: int = Key(
        0, ge=0, description="Lines before the header (or the first row) to pass over."
    )
    line_end: str = Key(
        "", description="Text at the end of every line to take off, such as `[]` in LEDES."
    )


class FixedInput(ReaderInput):
    """Records of fixed width, told by what they begin with."""

    places = ("at",)
    uses = frozenset(
        {
            ("records",),
            ("records", "ignore"),
            ("records", "totals"),
            ("unclaimed",),
            ("ignore",),
            ("lines", "each"),
            ("lines", "fields"),
            ("taxes",),
            ("allowances",),
            ("charges",),
        }
    )

    reader: Literal["fixed"] = Key(description="Records of fixed width, told by their prefix.")
    kind: str = Key(
        "1-",
        pattern=r"^[1-9]\d*(-\d*)?$",
        description="Columns in which a record says what it is: `1-3` holds exactly its kind, `1-` begins with it.",
    )
    length: int = Key(
        0, ge=0, le=100_000, description="Characters of each record; 0: they may be of any length."
    )
    line_ends: bool = Key(
        True, description="Whether each record is a line; else they stand one after another."
    )


class LayoutInput(ReaderInput):
    """Pages as `pdftotext -layout` prints them."""

    places = ("label", "at")
    uses = frozenset(
        {
            ("records",),
            ("sections",),
            ("unclaimed",),
            ("ignore",),
            ("lines", "start"),
            ("lines", "end"),
            ("lines", "fields"),
        }
    )

    reader: Literal["layout"] = Key(description="Pages as `pdftotext -layout` prints them.")


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")]
"""A code of a standard."""

_SEGMENTS = frozenset(
    {
        ("lines", "each"),
        ("lines", "fields"),
        ("taxes",),
        ("allowances",),
        ("charges",),
    }
)


class X12Input(ReaderInput):
    """Interchanges of ANSI X12; separators are those of the ISA segment."""

    places = ("path",)
    uses = _SEGMENTS | {("unclaimed",)}

    reader: Literal["x12"] = Key(description="Interchanges of ANSI X12.")
    purposes: list[Code] = Key(
        ["00", "05", "15", "18", "20", "49", "CO"],
        description="What `BIG08` may say of an invoice; any other purpose is refused.",
    )


class EdifactInput(ReaderInput):
    """Interchanges of UN/EDIFACT; separators are those of UNA, the character set that of UNB."""

    places = ("path",)
    uses = _SEGMENTS | {("unclaimed",)}

    reader: Literal["edifact"] = Key(description="Interchanges of UN/EDIFACT.")
    encoding: str = Key("utf-8", description="As Python names it; without it, that of UNB.")
    purposes: list[Code] = Key(
        ["5", "9", "18", "22", "35", "47"],
        description="What 1225 of `BGM` may say of an invoice; any other purpose is refused.",
    )


_TREE = _SEGMENTS | {("records",), ("records", "each")}


class XmlInput(ReaderInput):
    """XML; the encoding is the document's own."""

    places = ("path",)
    uses = _TREE

    reader: Literal["xml"] = Key(description="XML, by paths.")
    namespaces: dict[str, str] = Key({}, description="Prefixes of the paths, to namespaces.")
    currency: str = Key(
        "", description="The attribute of amounts that names their currency, such as `currencyID`."
    )


class JsonInput(ReaderInput):
    """JSON; UTF-8 only. A list, or one text after another, is several invoices."""

    places = ("path",)
    uses = _TREE

    reader: Literal["json"] = Key(description="JSON, by paths.")
