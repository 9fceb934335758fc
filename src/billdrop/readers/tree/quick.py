"""
The short way from what was met in a tree to the values of an invoice, for invoices with nothing unusual.

It may only say yes: whatever is not plainly right raises `UnusualError`, and is read with its places.
"""

from decimal import Decimal
from typing import Any

from billdrop.books.columns import Room, excess
from billdrop.checks.exact import total_of
from billdrop.guidelines.fields import OTHER_ACCOUNTS
from billdrop.model import Adjustment, Line, TaxShare
from billdrop.readers.tree.branches import Found
from billdrop.readers.tree.drafting import MADE, SHARE, TAX, OddError, Taken, Tree, all_of, met
from billdrop.readers.tree.layout import Grouped, Layout, Scope, Sought
from billdrop.readers.usual import UnusualError
from billdrop.values import Failure, Stated
from billdrop.values.accounts import apart

_UNUSUAL = (Failure, Stated)


class Quick:
    """Takes the values of one invoice."""

    __slots__ = ("currency", "layout", "left_out", "tax_currency", "tree")

    def __init__(self, layout: Layout, tree: Tree) -> None:
        self.layout, self.tree = layout, tree
        self.currency, self.tax_currency = layout.currency, ""
        self.left_out = False

    def take(self, node: Any, shared: Found) -> Taken:
        """What the invoice at a node says; `shared`: what was met above it."""
        found = met(self.tree, node, self.layout.invoice.branch, dict(shared))
        try:
            values = self.read(self.layout.invoice, found)
            if self.left_out and TAX not in values:
                raise UnusualError
            lines: tuple[Line, ...] = ()
            for group in self.layout.groups:
                nodes = all_of(found, group.slots)
                if group.name == "lines":
                    lines = tuple([self.line(group.scope, node) for node in nodes])
                elif nodes:
                    values[group.name] = self.items(group, nodes)
        except OddError as error:
            raise UnusualError from error
        if self.currency:
            values.setdefault("currency", self.currency)
        return Taken(values, lines)

    def line(self, scope: Scope, node: Any) -> Line:
        """One line."""
        values = self.read(scope, met(self.tree, node, scope.branch, {}))
        for name in scope.required:
            if name not in values:
                raise UnusualError
        return Line(source_line=self.tree.line(node), **values)

    def items(self, group: Grouped, nodes: list[Any]) -> tuple[TaxShare | Adjustment, ...]:
        """Taxes, allowances or charges; those in the currency of the tax accounts repeat others."""
        made = []
        make, scope = MADE[group.name], group.scope
        for node in nodes:
            self.left_out = False
            values = self.read(scope, met(self.tree, node, scope.branch, {}))
            if self.left_out:
                if not values.keys().isdisjoint(SHARE):
                    raise UnusualError
                continue
            for name in scope.required:
                if name not in values:
                    raise UnusualError
            made.append(make(**values))
        if not made:
            raise UnusualError
        return tuple(made)

    def read(self, scope: Scope, found: Found) -> dict[str, Any]:
        """The value of every field that is there."""
        values: dict[str, Any] = {}
        known, text_of, code_of = found.get, self.tree.text, self.tree.code
        for field in scope.others:
            self.settle(field, found, values)
        for name, slot, attribute, convert, field in scope.plain:
            nodes = known(slot)
            if nodes is not None and len(nodes) == 1:
                text = text_of(nodes[0], attribute)
                if text and (text := text.strip()):
                    code = code_of(nodes[0]) if field.money else None
                    if code is None or code == self.currency:
                        values[name] = value = convert(text)
                        if type(value) in _UNUSUAL:
                            raise UnusualError
                        continue
            if nodes is not None or field.more:
                self.settle(field, found, values)
        return values

    def settle(self, field: Sought, found: Found, values: dict[str, Any]) -> None:
        """Put the value of a field, wherever and however often it may stand."""
        if field.apart:
            self.accounts(field, found, values)
            return
        for place in field.slots:
            nodes = found.get(place[0])
            if nodes is not None:
                if len(nodes) == 1 and not field.gathers:
                    value = self.one(field, nodes[0], place[1])
                else:
                    slots = field.slots if field.gathers else (place,)
                    value = self.several(field, found, slots)
                if value is not None:
                    values[field.name] = value
                    return
        if field.constant is not None:
            values[field.name] = field.constant

    def accounts(self, field: Sought, found: Found, values: dict[str, Any]) -> None:
        """Put every account that is stated."""
        texts = [
            text
            for slot, attribute in field.slots
            for node in found.get(slot, ())
            if (text := self.one(field, node, attribute)) is not None
        ]
        if texts:
            values[field.name], *others = apart(texts)
            if others:
                values[OTHER_ACCOUNTS] = tuple(others)

    def several(self, field: Sought, found: Found, slots: tuple[tuple[int, str], ...]) -> Any:
        """The one value of several nodes."""
        values = [
            value
            for slot, attribute in slots
            for node in found.get(slot, ())
            if (value := self.one(field, node, attribute)) is not None
        ]
        if len(values) < 2 or field.several == "first":
            return values[0] if values else None
        if field.joined is not None:
            return field.joined.join(values)
        if field.several == "sum":
            return summed(values, field.held)
        if field.strict and values.count(values[0]) != len(values):
            raise UnusualError
        return values[0]

    def one(self, field: Sought, node: Any, attribute: str) -> Any:
        """The value of one node."""
        text = self.tree.text(node, attribute)
        text = text.strip() if text else None
        if not text:
            return None
        if field.money:
            code = self.tree.code(node)
            if code and code != self.currency:
                if field.accounted and code == self.tax_currency:
                    self.left_out = True
                    return None
                raise UnusualError
        elif field.refuse and text in field.refuse:
            raise UnusualError
        value = field.convert(text)
        if type(value) in _UNUSUAL:
            raise UnusualError
        if field.sets:
            setattr(self, field.name, value)
        return value


def summed(values: list[Decimal], held: Room) -> Decimal:
    """The sum of amounts."""
    total = total_of(values)
    if excess(total, held):
        raise UnusualError
    return total
