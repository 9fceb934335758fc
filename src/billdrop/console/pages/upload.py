"""Upload: drop files, and see at once what became of each."""

import msgspec
from starlette.responses import Response

from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet
from billdrop.console.posting import Posting
from billdrop.errors import BilldropError
from billdrop.names import customer_refused, key_refused


def show(desk: Desk, ask: Ask) -> Sheet:
    """The files go to the door that every customer uses, or to the bucket."""
    customers = sorted(
        {name for guide in desk.library().guides for name in guide.guideline.customers}
    )
    posting = _posting(desk)
    return Sheet(
        title="Upload",
        template="upload.html",
        values={
            "whose": ask.visitor.whose,
            "customers": customers,
            "customer": ask.visitor.whose or ask.query.get("customer", ""),
            "posts": posting is not None,
            "most": desk.settings.upload_bytes if posting is None else posting.largest,
        },
        connect="" if posting is None else posting.origin,
    )


def offer(desk: Desk, ask: Ask) -> Response:
    """How the browser may send one file to the bucket, for some minutes."""
    posting, customer, name = _posting(desk), *_named(ask)
    refused = _refused(desk, ask)
    if posting is None or refused:
        return _said(403, {"detail": refused or "files are not sent to a bucket from here"})
    try:
        return _said(200, posting.offer(customer, name))
    except BilldropError as error:
        return _said(503, {"detail": error.message, "hint": error.hint})


def verdict(desk: Desk, ask: Ask) -> Response:
    """What became of it: 204 as long as there is no receipt but the one that was there before."""
    posting, customer, name = _posting(desk), *_named(ask)
    if posting is None or _refused(desk, ask):
        return _said(403, {"detail": "this customer is not yours"})
    told = posting.told(customer, name)
    if told is not None and told.document_id != ask.query.get("before", ""):
        return _said(200, told)
    newest = ask.query.get("newest")
    if newest is not None and posting.newest(customer, name) == newest:
        return _said(404, {"detail": "it has not come to the bucket"})
    return Response(status_code=204)


def _posting(desk: Desk) -> Posting | None:
    return None if desk.read_only else desk.posting


def _named(ask: Ask) -> tuple[str, str]:
    return ask.query.get("customer", ""), ask.query.get("name", "")


def _refused(desk: Desk, ask: Ask) -> str | None:
    """Why a file is not taken from a visitor under a name; None when it is."""
    customer, name = _named(ask)
    if ask.visitor.role != "operator" and ask.visitor.whose != customer:
        return "this customer is not yours"
    return customer_refused(customer) or key_refused(name)


def _said(status: int, body: object) -> Response:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


PAGE = Page(
    show=show,
    roles=("finance", "customer"),
    raw={"offer": offer, "verdict": verdict},
    title="Upload",
)
