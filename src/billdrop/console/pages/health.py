"""Health: what the doctor says, and what is counted."""

from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet


def show(desk: Desk, ask: Ask) -> Sheet:
    """One line for each dependency, the fix beside it."""
    said = desk.doctor()
    lines = said.lines
    return Sheet(
        title="Health",
        template="health.html",
        values={
            "lines": lines,
            "at": said.at,
            "well": all(one.ok for one in lines),
            "states": desk.books.states(),
            "guides": sorted(desk.library().guides, key=lambda guide: guide.ref.name),
            "readers": desk.library().readers_of,
        },
        rows=[
            {"check": one.check, "ok": one.ok, "fact": one.fact, "fix": one.fix} for one in lines
        ],
    )


PAGE = Page(show=show, roles=("finance",), title="Health")
