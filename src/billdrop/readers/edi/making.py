"""
Writes the function that makes an invoice of the groups of an outline, as a loop over them takes three times as long.

It works out what `settle` works out, where the plainest way comes to the total, and holds all amounts
against each other on the way; whatever does not agree to the last digit raises `UnusualError`.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from decimal import ROUND_HALF_UP
from typing import Any, NamedTuple

from billdrop.books.columns import plain
from billdrop.checks.exact import EXACT, ZERO
from billdrop.model import Adjustment, Invoice, Line, TaxShare
from billdrop.readers.edi.learning import UnlikeError
from billdrop.readers.edi.outline import LINES, Group, Outline, Piece
from billdrop.readers.edi.plan import SLOTS
from billdrop.readers.edi.settle import ROUNDED, UNITS
from billdrop.readers.edi.standard import COUNT
from billdrop.readers.usual import Known, UnusualError
from billdrop.readers.written import DECIMAL
from billdrop.values import Failure

Make = Callable[..., Invoice]

_WORKED = ("net", "tax", "line_net", "allowance", "charge")
"""What an 810 does not state."""
_LOCAL = frozenset(("allowance", "charge"))
_REMEMBERED = frozenset(("quantity", "unit_price", "tax_rate", "rate", "price_base"))
"""Numbers that repeat from line to line and from invoice to invoice."""
KEPT = 4096


class Facts(NamedTuple):
    """What is to be known beside the outline."""

    worked: bool
    """Whether net, tax and the net of lines are worked out, as in X12."""
    currency: str
    units: int
    first: int
    """The line of the text where the first line begins."""
    lined: bool
    """Whether each segment is a line of the text."""
    headers: Sequence[str]
    """Names of the groups before those of the outline."""
    trailers: Sequence[str]
    """And after them."""
    checked: Sequence[str]
    """What has to hold of them, as expressions."""


class Numbers(dict[str, Any]):
    """Numbers by their text, which an expression holds to digits."""

    def __missing__(self, text: str) -> Any:
        """Read one that was not met before."""
        if len(self) >= KEPT:
            self.clear()
        value = self[text] = DECIMAL(text)
        return value


def unusual() -> Any:
    """Raised within an expression."""
    raise UnusualError


class Making:
    """Writes one function."""

    def __init__(self, outline: Outline, facts: Facts) -> None:
        self.outline, self.facts = outline, facts
        self.given: dict[str, Any] = {
            "Invoice": Invoice, "Line": Line, "taxes": TaxShare, "allowances": Adjustment,
            "charges": Adjustment, "DECIMAL": DECIMAL, "NUMBERS": Numbers(), "PLAIN": plain,
            "UNIT": UNITS[facts.units], "HALF": ROUND_HALF_UP, "ROUNDED": ROUNDED, "ZERO": ZERO,
            "DIVIDE": ROUNDED.divide, "EXACT": EXACT.multiply, "UnusualError": UnusualError,
            "unusual": unusual,
        }  # fmt: skip
        self.items: list[list[dict[str, str]]] = [[{}], *([] for _ in SLOTS[1:])]
        for piece in (*outline.before, *outline.after):
            self.state(piece)
        self.count = self.items[0][0].pop(COUNT, "")
        self.stated = self.items[0][0]
        self.of_lines: set[str] = set()
        """What lines state."""

    def state(self, piece: Piece) -> None:
        """Note what a segment states of the invoice."""
        for taken in piece.taken:
            for value in taken.values:
                self.put(value, self.read(value, f"v{taken.place}"))
        for value, text in piece.fixed:
            self.put(value, self.constant(value, text))

    def put(self, value: Group, expression: str) -> None:
        """Note the expression of a value."""
        items = self.items[value.slot]
        items += [{} for _ in range(value.item + 1 - len(items))]
        items[value.item][value.name] = expression

    def read(self, value: Group, name: str) -> str:
        """The expression that reads a group of this name."""
        if value.convert is None:
            return f"({name}.strip() or unusual())"
        if value.decimals is None:
            of = f"of_{len(self.given)}"
            self.given[of] = Known(value.convert, most=KEPT, required=True)
            return f"{of}[{name}]"
        if value.decimals:
            return f"DECIMAL({name}[:-{value.decimals}] + '.' + {name}[-{value.decimals}:])"
        if self.outline.comma:
            name = f"{name}.replace(',', '.')"
        return f"NUMBERS[{name}]" if value.name in _REMEMBERED else f"DECIMAL({name})"

    def constant(self, value: Group, text: str) -> str:
        """The expression of a value that is always the same."""
        name = f"is_{len(self.given)}"
        made = value.convert(text.strip()) if value.convert else text.strip()
        assert not isinstance(made, Failure), "nothing was found in it"
        self.given[name] = made
        return name

    def function(self) -> Make:
        """The function; it takes the groups of the lines, how many segments they have, and the other groups."""
        outline, facts = self.outline, self.facts
        middle = [
            f"v{it.place}" for piece in (*outline.before, *outline.after) for it in piece.taken
        ]
        code = [
            "def make(found, ends, " + ", ".join([*facts.headers, *middle, *facts.trailers]) + "):"
        ]
        held = [
            *facts.checked,
            *(f"v{one}.strip() == v{other}.strip()" for one, other in outline.equal),
        ]
        if self.count:
            held.append(f"{self.count} == len(found)")
        code += [f"    if not ({' and '.join(held)}): raise UnusualError"]
        code += [f"    {line}" for line in [*self.lines(), *self.invoice()]]
        exec("\n".join(code), self.given)  # noqa: S102  of names of ours and numbers; texts are given, not written
        made: Make = self.given["make"]
        return made

    def names(self) -> frozenset[str]:
        """What an invoice of the shape states, after the function is written: `total`, `lines.net`."""
        grouped = {
            f"{SLOTS[slot]}.{name}"
            for slot in range(LINES + 1, len(SLOTS))
            for item in self.items[slot]
            for name in item
        }
        return frozenset((*self.stated, *self.of_lines, *grouped))

    def lines(self) -> Iterator[str]:
        """The code that makes the lines, and adds up their net."""
        kinds = self.outline.kinds
        names = [[f"a{at}_{n}" for n in range(_size(kind))] for at, kind in enumerate(kinds)]
        yield "rows, base, ended = [], ZERO, 0"
        yield f"line = {self.facts.first}"
        if len(kinds) == 1:
            yield f"for {', '.join(names[0])} in found:"
            yield from (f"    {one}" for one in self.line(kinds[0], names[0]))
        else:
            yield "for row in found:"
            start = 0
            for kind, taken in zip(kinds, names, strict=True):
                stop = start + len(taken)
                yield f"    {'el' if start else ''}if row[{start}]:"
                yield f"        {', '.join(taken)}, = row[{start}:{stop}]"
                yield from (f"        {one}" for one in self.line(kind, taken))
                start = stop
        yield "if ended != ends: raise UnusualError"

    def line(self, kind: Sequence[Piece], names: Sequence[str]) -> Iterator[str]:
        """The code that makes one line."""
        stated: dict[str, str] = {}
        left = iter(names)
        for piece in kind:
            for taken in piece.taken:
                name = next(left)
                stated |= {value.name: self.read(value, name) for value in taken.values}
            stated |= {value.name: self.constant(value, text) for value, text in piece.fixed}
        if stated.keys() & _LOCAL:
            raise UnlikeError
        for name, short in (
            ("quantity", "q"),
            ("unit_price", "p"),
            ("price_base", "b"),
            ("net", "n"),
        ):
            if name in stated:
                yield f"{short} = {stated[name]}"
                stated[name] = short
        yield from self.net(stated)
        yield "base += n"
        values = ", ".join(f"{name}={value}" for name, value in stated.items())
        yield f"rows.append(Line({values}, source_line=line))"
        yield f"ended += {len(kind)}"
        if self.facts.lined:
            yield f"line += {len(kind)}"

    def net(self, stated: dict[str, str]) -> Iterator[str]:
        """The code for the net of a line: worked out, or held against quantity times price."""
        priced = {"quantity", "unit_price"} <= stated.keys()
        self.of_lines |= {f"lines.{name}" for name in stated}
        if self.facts.worked:
            if not priced or stated.keys() & {"net", "tax"}:
                raise UnlikeError
            if "price_base" in stated:
                yield "if b != 1: raise UnusualError"
            yield "n = (q * p).quantize(UNIT, HALF)"
            stated["net"] = "n"
        elif "net" not in stated:
            raise UnlikeError
        elif priced:
            yield "m = q * p"
            if "price_base" in stated:
                yield "if not b: raise UnusualError"
                yield "if b != 1: m = DIVIDE(m, b)"
            yield "if m != n and m.quantize(n, None, ROUNDED) != n: raise UnusualError"

    def invoice(self) -> Iterator[str]:
        """The code that makes the invoice of what is stated and of what is worked out."""
        stated, sums = self.stated, self.sums()
        refused = {"in_words", *(_WORKED if self.facts.worked else ())}
        untaxed = "tax" not in stated and "taxes" not in sums
        if (
            stated.keys() & refused
            or "total" not in stated
            or (untaxed and "lines.tax" in self.of_lines)
        ):
            raise UnlikeError
        for name in ("total", "net", "tax", "line_net"):
            if name in stated:
                yield f"{name} = {stated[name]}"
                stated[name] = name
        yield from self.amounts(sums)
        if "due_date" in stated:
            yield f"issued, due = {stated['issue_date']}, {stated['due_date']}"
            yield "if due < issued: raise UnusualError"
            stated["issue_date"], stated["due_date"] = "issued", "due"
        values = {name: it for name, it in stated.items() if not name.startswith("extra.")}
        extra = {name[6:]: it for name, it in stated.items() if name.startswith("extra.")}
        values |= {"currency": repr(self.facts.currency), "lines": "tuple(rows)"}
        for slot in range(LINES + 1, len(SLOTS)):
            if self.items[slot]:
                values[SLOTS[slot]] = self.group(slot)
        if extra:
            of = ", ".join(f"{name!r}: PLAIN({it}) or ''" for name, it in extra.items())
            values["extra"] = f"{{{of}}}"
        yield f"return Invoice({', '.join(f'{name}={it}' for name, it in values.items())})"

    def sums(self) -> dict[str, str]:
        """The sums of taxes, allowances and charges; the amounts get names."""
        made = {}
        for slot in range(LINES + 1, len(SLOTS)):
            if self.items[slot]:
                amounts = [f"{SLOTS[slot]}_{at}" for at in range(len(self.items[slot]))]
                made[SLOTS[slot]] = " + ".join(amounts)
        return made

    def group(self, slot: int) -> str:
        """The expression of all taxes, allowances or charges."""
        made = []
        for at, item in enumerate(self.items[slot]):
            values = {**item, "amount": f"{SLOTS[slot]}_{at}"}
            of = ", ".join(f"{name}={it}" for name, it in values.items())
            made.append(f"{SLOTS[slot]}({of}), ")
        return f"({''.join(made)})"

    def amounts(self, sums: dict[str, str]) -> Iterator[str]:
        """The code that works out what is not stated, and holds it against what is."""
        stated, worked = self.stated, self.facts.worked
        for slot in range(LINES + 1, len(SLOTS)):
            for at, item in enumerate(self.items[slot]):
                yield f"{SLOTS[slot]}_{at} = {item['amount']}"
        if "taxes" in sums and "tax" in stated:
            yield f"if {sums['taxes']} != tax: raise UnusualError"
        elif "taxes" in sums:
            yield f"tax = {sums['taxes']}"
            stated["tax"] = "tax"
        beside = yield from self.beside(sums)
        if worked and "line_net" not in stated:
            yield "line_net = base"
            stated["line_net"] = "line_net"
        if "line_net" in stated and not worked:
            yield "if base != line_net: raise UnusualError"
        of = "line_net" if "line_net" in stated else "base"
        if "net" in stated:
            yield f"if {of}{beside} != net: raise UnusualError"
        else:
            yield f"net = {of}{beside}"
            stated["net"] = "net"
        taxed = " + tax" if "tax" in stated else ""
        yield f"if net{taxed} != total: raise UnusualError"

    def beside(self, sums: dict[str, str]) -> Generator[str, None, str]:
        """The code for allowances and charges; answers with what they add to the lines."""
        added = []
        for group, name, sign in (("charges", "charge", "+"), ("allowances", "allowance", "-")):
            if name in self.stated:
                yield f"{name} = {self.stated[name]}"
                self.stated[name] = name
                if group in sums:
                    yield f"if {sums[group]} != {name}: raise UnusualError"
                added.append(f" {sign} {name}")
            elif group in sums:
                added.append(f" {sign} ({sums[group]})")
        return "".join(added)


def _size(kind: Sequence[Piece]) -> int:
    return sum(len(piece.taken) for piece in kind)
