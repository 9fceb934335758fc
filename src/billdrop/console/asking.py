"""What a page is asked, and what a page is: one module each in `pages`."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.responses import Response

from billdrop.console.access import Role
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet
from billdrop.console.sessions import Visitor


class Ask(NamedTuple):
    """Who asks, with which query or form."""

    visitor: Visitor
    query: Mapping[str, str]
    form: Mapping[str, str]


class Page(NamedTuple):
    """One page; all of its functions may block, and are called in other threads."""

    show: Callable[[Desk, Ask], Sheet]
    roles: tuple[Role, ...] = ("finance",)
    """Who may look, beside the operator."""
    actions: Mapping[str, Callable[[Desk, Ask], str | Sheet]] = {}
    """What the operator alone may do, by the last part of its path; answers a page, or where to go on."""
    trials: Mapping[str, Callable[[Desk, Ask], str | Sheet]] = {}
    """What is posted and changes nothing: for all who may look."""
    raw: Mapping[str, Callable[[Desk, Ask], Response]] = {}
    """Answers that are no pages: originals, fragments."""
    title: str = ""
    """In the navigation; empty: it is not there."""
