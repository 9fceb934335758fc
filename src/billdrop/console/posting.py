"""Uploads that pass by the console: the browser sends them to where customers put them, and hears what became of them."""

from typing import Protocol

from msgspec import Struct

from billdrop.model import Finding


class Offer(Struct, frozen=True, kw_only=True):
    """How a browser may send one file, soon."""

    url: str
    fields: dict[str, str]
    """Of the form, before the file."""
    before: str
    """The document id of the last receipt under this name; empty where there is none."""
    newest: str
    """The version that lies there now; empty where none does."""


class Said(Struct, frozen=True, kw_only=True):
    """An invoice of a receipt."""

    number: str
    currency: str
    total: str


class Told(Struct, frozen=True, kw_only=True):
    """What a customer hears of a document."""

    document_id: str
    outcome: str
    invoices: tuple[Said, ...] = ()
    findings: tuple[Finding, ...] = ()


class Posting(Protocol):
    """Where the browser sends a file; from any thread."""

    @property
    def origin(self) -> str:
        """The one origin that it may send to."""
        ...

    @property
    def largest(self) -> int:
        """Bytes of a file; it is not taken where it has more."""
        ...

    def offer(self, customer: str, name: str) -> Offer:
        """What a browser needs to send one file."""
        ...

    def told(self, customer: str, name: str) -> Told | None:
        """The last receipt under a name."""
        ...

    def newest(self, customer: str, name: str) -> str:
        """The version that lies under a name now; empty where none does."""
        ...
