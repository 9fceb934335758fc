"""
The terms of `sum`: `net`; `lines.net`, of every line; `taxes.base`, of every tax.

`-allowance` is taken off; `tax?` counts as nothing where it is not there.
"""

from typing import NamedTuple


class Term(NamedTuple):
    """One amount, or that of every item of a group."""

    name: str
    group: str
    """Empty: the invoice itself."""
    less: bool
    """Whether it is taken off."""
    optional: bool


def term(text: str) -> Term:
    """What a term says."""
    bare = text.removeprefix("-").removesuffix("?")
    group, _, name = bare.rpartition(".")
    return Term(name, group, less=text.startswith("-"), optional=text.endswith("?"))
