"""What is made up before a layout writes it, and what must become of it."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from billdrop.model import State


class Fact(Struct, frozen=True, kw_only=True):
    """What the books must say of one invoice."""

    number: str
    issue_date: date
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal


class Sample(Struct, frozen=True, kw_only=True):
    """One document with what must become of it."""

    customer: str
    name: str
    """File name, unique within the customer."""
    content: bytes
    state: State
    invoices: tuple[Fact, ...]
    """What it adds to the books: nothing for a duplicate, the good part of a file that is partly wrong."""


class Item(Struct, frozen=True, kw_only=True):
    """One line of a made-up invoice."""

    name: str
    quantity: int
    price: Decimal
    net: Decimal
    tax: Decimal


class Bill(Struct, frozen=True, kw_only=True):
    """A made-up invoice, before a layout writes it."""

    fact: Fact
    seller: str
    buyer: str
    items: tuple[Item, ...]
    wrong: str
    """`total`: it disagrees; `date`: no calendar has it; empty: nothing is wrong."""

    @property
    def printed_total(self) -> Decimal:
        """The total as the text states it."""
        return self.fact.total + 100 if self.wrong == "total" else self.fact.total
