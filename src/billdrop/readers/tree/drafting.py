"""
Drafts of the invoices in a tree.

Read twice at most: the first time without places, which is fast and stops at whatever is not plainly right;
then with places, which finds everything that is wrong and says where.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn, Protocol

from billdrop.books.columns import excess
from billdrop.checks.exact import EXACT
from billdrop.guidelines.fields import OTHER_ACCOUNTS
from billdrop.model import Adjustment, Finding, Line, Span, TaxShare
from billdrop.readers.tree.branches import Branch, Found, stay
from billdrop.readers.tree.layout import ONE, Layout, Scope, Sought
from billdrop.values import Failure, Stated, Value
from billdrop.values.accounts import bare
from billdrop.values.excerpts import Place, finding

_PLAIN = (str, Decimal)
MADE: Mapping[str, type[TaxShare | Adjustment]] = {
    "taxes": TaxShare,
    "allowances": Adjustment,
    "charges": Adjustment,
}


TAX = "tax"
SHARE = ("amount", "base")
"""The amounts of a tax: stated in one currency, all of them."""


class NotAnInvoiceError(Exception):
    """A value says that it is none; never leaves the readers."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found)
        self.finding = found


class Tree(Protocol):
    """One document as a tree of nodes."""

    def walk(self, node: Any, branch: Branch, found: Found) -> None:
        """Put what is looked for below a node."""

    def text(self, node: Any, attribute: str) -> str | None:
        """The text of a node or of its attribute; None where there is none. Raises `OddError`."""

    def code(self, node: Any) -> str | None:
        """The currency that an amount names beside itself."""

    def line(self, node: Any) -> int:
        """The line of the document where a node begins."""

    def column(self, node: Any) -> int:
        """The column where it begins; 0 where the tree does not know it."""


class Located(Tree, Protocol):
    """A tree that knows where everything stands."""

    def span(self, node: Any, attribute: str) -> Span:
        """Where a text of a node stands."""

    def at(self, line: int) -> str:
        """The text of a line."""


class OddError(Exception):
    """A node holds other nodes where a text is looked for; never leaves the readers."""


class Notes(NamedTuple):
    """What is written down where the tree knows its places."""

    tree: Located
    spans: dict[str, Span]
    findings: list[Finding]


class Taken(NamedTuple):
    """What one invoice says."""

    values: dict[str, Any]
    lines: tuple[Line, ...]


def met(tree: Tree, node: Any, branch: Branch, found: Found) -> Found:
    """All that is looked for from a node on, itself included."""
    for slot in branch.slots:
        found[slot] = [node]
    if branch.ways:
        tree.walk(node, branch, found)
    if branch.selves:
        stay(node, branch, found, tree.walk)
    return found


class Taker:
    """Takes the values of one invoice, and writes down where they stand and what is wrong."""

    def __init__(self, layout: Layout, notes: Notes) -> None:
        self.layout, self.tree, self.notes = layout, notes.tree, notes
        self.currency, self.tax_currency = layout.currency, ""
        self.left_out: list[tuple[Sought, Any]] = []
        """What the item at hand states in the currency of the tax accounts, and where."""

    def take(self, node: Any, shared: Found) -> Taken:
        """What the invoice at a node says; `shared`: what was met above it."""
        found = met(self.tree, node, self.layout.invoice.branch, dict(shared))
        values: dict[str, Any] = {}
        self.read(self.layout.invoice, found, "", values)
        if TAX not in values:
            self.in_tax_currency("")
        lines: tuple[Line, ...] = ()
        for name, slots, scope in self.layout.groups:
            items = self.items(name, scope, all_of(found, slots))
            if name == "lines":
                lines = tuple(items)
            elif items:
                values[name] = tuple(items)
        if self.currency:
            values.setdefault("currency", self.currency)
        return Taken(values, lines)

    def items(self, name: str, scope: Scope, nodes: list[Any]) -> list[Any]:
        """What each item of a group says."""
        made: list[Any] = []
        repeated: list[tuple[Sought, Any]] = []
        make = MADE.get(name)
        for node in nodes:
            prefix = f"{name}[{len(made)}]."
            values: dict[str, Any] = {}
            whole = self.read(scope, met(self.tree, node, scope.branch, {}), prefix, values)
            if self.left_out:
                if values.keys().isdisjoint(SHARE):
                    repeated += self.left_out
                    continue
                self.in_tax_currency(prefix)
            elif whole:
                self.need(scope, values, node, prefix)
            if make is None:
                made.append(Line(source_line=self.tree.line(node), **values))
            else:
                made.append(make(**{ONE: Decimal(0), **values}))
        if not made:
            self.left_out = repeated
            self.in_tax_currency(f"{name}[0].")
        return made

    def read(self, scope: Scope, found: Found, prefix: str, values: dict[str, Any]) -> bool:
        """Put the value of every field that is there; whether nothing was wrong with any."""
        before = len(self.notes.findings)
        self.left_out.clear()
        for field in scope.fields:
            if field.apart:
                self.accounts(field, found, values)
                continue
            kept: Value | None = None
            for slot, attribute in field.slots:
                nodes = found.get(slot)
                if nodes is not None:
                    kept = self.value(field, nodes, attribute, prefix, kept)
                    if kept is not None and not field.gathers:
                        break
            if kept is not None:
                values[field.name] = kept
                if field.sets:
                    setattr(self, field.name, kept)
            elif field.constant is not None:
                values[field.name] = field.constant
        return len(self.notes.findings) == before

    def accounts(self, field: Sought, found: Found, values: dict[str, Any]) -> None:
        """Put every account that is stated."""
        known: dict[str, str] = {}
        for slot, attribute in field.slots:
            for node in found.get(slot, ()):
                text = self.one(field, node, attribute, "")
                if isinstance(text, str) and bare(text) not in known:
                    path = f"{OTHER_ACCOUNTS}[{len(known) - 1}]" if known else field.name
                    self.note(path, node, attribute)
                    known[bare(text)] = text
        if known:
            values[field.name], *others = known.values()
            if others:
                values[OTHER_ACCOUNTS] = tuple(others)

    def need(self, scope: Scope, values: dict[str, Any], node: Any, prefix: str) -> None:
        """Every required value of an item is there."""
        for name in scope.required:
            if name not in values:
                missing = Failure("BD2003", "is missing", "correct the file")
                self.fault(missing, prefix + name, node, "")

    def value(
        self,
        field: Sought,
        nodes: list[Any],
        attribute: str,
        prefix: str,
        kept: Value | None,
    ) -> Value | None:
        """The one value of the nodes that were met; `kept`: what there was before them."""
        for node in nodes:
            value = self.one(field, node, attribute, prefix)
            if value is None:
                continue
            if kept is None:
                kept = value
                self.note(prefix + field.name, node, attribute)
                if field.several == "first":
                    break
            elif field.joined is not None:
                kept = f"{kept}{field.joined}{value}"
            elif field.several == "sum":
                assert isinstance(kept, Decimal), "the layout adds up nothing else"
                assert isinstance(value, Decimal), "likewise"
                kept = EXACT.add(kept, value)
                if fact := excess(kept, field.held):
                    failure = Failure("BD2028", f"the sum {kept:f} has {fact}", "correct the file")
                    self.fault(failure, prefix + field.name, node, attribute)
            elif value != kept and field.strict:
                fact = f"`{value}` here, and `{kept}` before"
                hint = "an invoice states it once"
                self.fault(Failure("BD2007", fact, hint), prefix + field.name, node, attribute)
        return kept

    def one(self, field: Sought, node: Any, attribute: str, prefix: str) -> Value | None:
        """The value of one node."""
        try:
            text = self.tree.text(node, attribute)
        except OddError:
            fact, hint = "holds elements where a value is due", "correct the file"
            self.fault(Failure("BD2024", fact, hint), prefix + field.name, node, attribute)
            return None
        text = text.strip() if text else None
        if not text:
            return None
        if field.refuse and text in field.refuse:
            self.refuse(field, text, node, attribute)
        if field.money and not self.counts(field, node, prefix):
            return None
        value = field.convert(text)
        if isinstance(value, Failure):
            self.fault(value, prefix + field.name, node, attribute)
            return None
        if isinstance(value, Stated):
            self.same_currency(value.currency, prefix + field.name, node)
            return value.amount
        return value

    def counts(self, field: Sought, node: Any, prefix: str) -> bool:
        """Whether an amount is the invoice's: a tax is not in the currency of the tax accounts."""
        code = self.tree.code(node)
        if not code or code == self.currency:
            return True
        if field.accounted and code == self.tax_currency:
            self.left_out.append((field, node))
            return False
        self.same_currency(code, prefix + field.name, node)
        return True

    def in_tax_currency(self, prefix: str) -> None:
        """What is stated in the currency of the tax accounts alone takes the place of nothing."""
        for field, node in self.left_out:
            self.same_currency(self.tax_currency, prefix + field.name, node)

    def same_currency(self, code: str, path: str, node: Any) -> None:
        """An invoice has one currency; the first that is named, where it has no field of its own."""
        if not self.currency:
            self.currency = code
        elif code != self.currency:
            fact = f"is in {code[:20]}, the invoice in {self.currency}"
            self.fault(Failure("BD2011", fact, "an invoice has one currency"), path, node, "")

    def note(self, path: str, node: Any, attribute: str) -> None:
        """Keep where a value stands."""
        self.notes.spans[path] = self.tree.span(node, attribute)

    def fault(self, failure: Failure, path: str, node: Any, attribute: str) -> None:
        """A finding at a node."""
        self.notes.findings.append(self.finding(failure, path, node, attribute))

    def finding(self, failure: Failure, path: str, node: Any, attribute: str) -> Finding:
        """A finding with its place."""
        span = self.tree.span(node, attribute)
        place = Place(span.line, span.column, len(span.text), self.tree.at(span.line))
        fact = f"{path}: {failure.message}"
        return finding(failure.code, fact, place, hint=failure.hint, field=path)

    def refuse(self, field: Sought, text: str, node: Any, attribute: str) -> NoReturn:
        """Stop at what is no invoice."""
        fact = f"`{text[:80]}` is {field.refuse[text]}"
        is_other = field.name.startswith("extra.") and not field.refuse.names(text)
        failure = Failure("BD2073" if is_other else "BD2070", fact, field.refuse.hint(text))
        raise NotAnInvoiceError(self.finding(failure, field.name, node, attribute))


def all_of(found: Found, slots: tuple[int, ...]) -> list[Any]:
    """The nodes of every slot, in the order of the slots."""
    if len(slots) == 1:
        return found.get(slots[0], [])
    return [node for slot in slots for node in found.get(slot, ())]
