"""What the short way asks of each kind of document that it reads."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from billdrop.bulk.templates import Named
from billdrop.model import Sliced
from billdrop.readers import Draft

if TYPE_CHECKING:
    from billdrop.bulk.agreeing import Checked


class Batch(NamedTuple):
    """Some invoices that come one after the other."""

    checked: "Checked"
    draft: Callable[[int], Draft]
    """Reads one of them the exact way."""


class Opened(Protocol):
    """A document that can be read by columns."""

    @property
    def named(self) -> Named:
        """What stands in it."""
        ...

    def batches(self, content: Sliced) -> Iterator[Batch]:
        """All of its invoices, in order."""
        ...


class Form(Protocol):
    """The documents of one guideline."""

    def opened(self, content: Sliced) -> Opened | None:
        """A document in which all stands in its place; None: to be read the exact way."""
        ...
