"""Upload: drop files, and see at once what became of each."""

from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet


def show(desk: Desk, ask: Ask) -> Sheet:
    """The files go to the door that every customer uses."""
    customers = sorted(
        {name for guide in desk.library().guides for name in guide.guideline.customers}
    )
    return Sheet(
        title="Upload",
        template="upload.html",
        values={
            "whose": ask.visitor.whose,
            "customers": customers,
            "customer": ask.visitor.whose or ask.query.get("customer", ""),
            "most": desk.settings.upload_bytes,
        },
    )


PAGE = Page(show=show, roles=("finance", "customer"), title="Upload")
