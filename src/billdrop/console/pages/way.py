"""The way: the seven steps as they stand now, alive."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import asdict

from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.fleet import Pulse, added
from billdrop.console.flow import Edge
from billdrop.console.page import Sheet

EDGES = ("delivered", "fetched", "parsed", "committed", "put", "settled", "recorded")
"""The measured edges, in the order of the way."""


def show(desk: Desk, ask: Ask) -> Sheet:
    """The drawing with its first values; the rest comes by the stream."""
    seen = state(desk)
    return Sheet(
        title="The way",
        template="way.html",
        values={"state": seen},
        rows=[
            *({"edge": name, **edge} for name, edge in _edges(desk).items()),
            *_waits(seen["backlog"]),
        ],
    )


def state(desk: Desk) -> dict[str, object]:
    """All that the page shows and that changes."""
    states = desk.books.states()
    trouble = desk.trouble()
    backlog = desk.backlog() if desk.backlog else None
    return {
        "edges": _edges(desk),
        "states": states,
        "under_way": desk.flow.under_way,
        "waiting": desk.waiting(),
        "oldest": desk.oldest(),
        "backlog": backlog and {**asdict(backlog), "texts": backlog.texts},
        "unpublished": states.get("unpublished_segments", 0),
        "latest": [asdict(one) for one in desk.flow.latest[:12]],
        "workers": [_worker(one) for one in desk.workers()],
        "trouble": None
        if trouble is None
        else {"fact": trouble.message, "code": trouble.error_code, "fix": trouble.hint},
        "at": desk.now(),
    }


def _waits(backlog: Any) -> Iterator[Mapping[str, object]]:
    """What waits, as further rows."""
    for name in (backlog or {}).get("texts", ()):
        yield {"waits": name, "value": backlog[name]}


def _worker(one: Pulse) -> dict[str, object]:
    """A worker as the page lists it."""
    taken, ended = (
        one.edges.get("delivered"),
        added([one.edges[name] for name in ("recorded",) if name in one.edges]),
    )
    return {
        "name": one.worker,
        "since": one.since,
        "at": one.at,
        "documents": taken.count if taken else 0,
        "rate": taken.rate if taken else 0.0,
        "under_way": one.under_way,
        "p50": ended.p50,
        "p99": ended.p99,
        "trouble": one.trouble,
    }


def _edges(desk: Desk) -> dict[str, Mapping[str, object]]:
    known = desk.flow.edges()
    nothing = Edge(count=0, rate=0.0, p50=None, p99=None)
    return {name: asdict(known.get(name, nothing)) for name in EDGES}


PAGE = Page(show=show, roles=("finance",), title="The way")
