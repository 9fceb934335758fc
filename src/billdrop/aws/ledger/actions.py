"""From a slice before and after a plan to one transaction, in which all that was relied on is conditioned."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from billdrop.aws.ledger import places
from billdrop.aws.ledger.decisions import last_out, of_rejected, rejected
from billdrop.aws.ledger.parcels import Attribute
from billdrop.aws.ledger.places import of_alike, of_bytes, of_document, of_earlier, of_invoice
from billdrop.aws.ledger.slice import Slice, place_of
from billdrop.aws.ledger.stored import (
    Brought,
    Names,
    StoredDocument,
    encode,
    known_of,
    stored_document,
    stored_revision,
)
from billdrop.aws.ledger.wire import Place, TableItem
from billdrop.books.columns import invoice_id
from billdrop.model import Document
from billdrop.plan import Known, Revision

PART = 100_000
"""Compressed bytes of the findings and of the entries of a document that its item takes in."""

LIST = 30_000
"""Compressed bytes of a list of documents that an item takes in beside the bytes."""

ABSENT = "attribute_not_exists(pk)"
SAME = "v = :v"

Action = dict[str, dict[str, Any]]
Original = Callable[[Document], Attribute]


class Name(Struct, frozen=True):
    """Of a transaction: for a stretch of a large document, with its number among them."""

    base: str
    stretch: int = 0

    def __str__(self) -> str:
        return f"{self.base}-{self.stretch:06d}" if self.stretch else self.base


def actions_of(now: Slice, name: Name, original: Original) -> list[Action]:
    """The transaction; nothing where the plan changes nothing."""
    if not (now.changed_documents or now.changed_invoices or now.changed_alike):
        return []
    writes = {
        **{of_document(each): _document(now, each, name) for each in now.changed_documents},
        **{of_invoice(key): _invoice(now, now.invoices[key]) for key in now.changed_invoices},
        **{of_alike(*key): _alike(now, key) for key in now.changed_alike},
        **{of_bytes(*key): _bytes(now, key, original) for key in now.changed_bytes},
    }
    relied = dict.fromkeys(place_of(thing) for thing in now.relied)
    checks = (_checked(now, place) for place in relied if place not in writes)
    rest = (*_earlier(now), *_marks(now, name), *_counts(now, str(name)))
    return [*writes.values(), *checks, *rest, *_commit(now, str(name))]


def size_of(actions: Iterable[Action]) -> int:
    """About how many bytes the items of a transaction have."""
    size = 0
    for action in actions:
        for about in action.values():
            attributes = about.get("Item") or about.get("ExpressionAttributeValues") or {}
            size += sum(len(value) for each in attributes.values() for value in each.values())
    return size


def _put(now: Slice, place: Place, attributes: TableItem) -> Action:
    """Write an item, unless it is not as it was read."""
    item = {**place.key, **attributes, "v": {"N": str(_version(now, place) + 1)}}
    return {"Put": {"Item": item, **_condition(now, place)}}


def _checked(now: Slice, place: Place) -> Action:
    return {"ConditionCheck": {"Key": place.key, **_condition(now, place)}}


def _condition(now: Slice, place: Place) -> dict[str, Any]:
    asked = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    version = _version(now, place)
    if not version:
        return {"ConditionExpression": ABSENT, **asked}
    values = {":v": {"N": str(version)}}
    return {"ConditionExpression": SAME, "ExpressionAttributeValues": values, **asked}


def _version(now: Slice, place: Place) -> int:
    item = now.items[place]
    return 0 if item is None else int(item["v"]["N"])


def _document(now: Slice, name: str, transaction: Name) -> Action:
    known, place = now.documents[name], of_document(name)
    assert known is not None, "it is changed"
    item, stored = now.items[place] or {}, now.stored(name)
    entered = str(transaction) if name in now.entered else stored.entered if stored else ""
    brings = name in now.bringing
    brought = _joined(stored.brought if stored else (), transaction, brings=brings)
    wrap = now.parcels.wrap
    attributes = {kept: item[kept] for kept in ("r", "q", "f") if kept in item}
    attributes["b"] = wrap(encode(stored_document(known, entered, brought)))
    if brings:
        attributes["r"] = wrap(encode(known.recorded))
    if name in now.filed:
        entries, findings = now.filed[name]
        for kept, whole in (("q", entries), ("f", findings)):
            attributes.pop(kept, None)
            if whole:
                attributes[kept] = wrap(encode(whole), most=PART)
    return _put(now, place, now.parcels.fitted(attributes))


def _joined(before: Names, name: Name, *, brings: bool) -> Names:
    if not brings:
        return before
    if name.stretch and before and before[-1][0] == name.base:
        before = before[:-1]
    return (*before, (name.base, name.stretch))


def _invoice(now: Slice, revision: Revision | None) -> Action:
    assert revision is not None, "it is changed"
    return _put(now, of_invoice(revision.key), _revision(now, revision))


def _revision(now: Slice, revision: Revision) -> dict[str, Any]:
    number = {"N": str(revision.invoice.revision)}
    return {"n": number, "b": now.parcels.wrap(stored_revision(revision))}


def _alike(now: Slice, key: tuple[str, int]) -> Action:
    return _put(now, of_alike(*key), {"b": now.parcels.wrap(encode(now.alike_of[key]))})


def _bytes(now: Slice, key: tuple[str, bytes], original: Original) -> Action:
    """The documents with these bytes; the bytes themselves with the first of them."""
    place, listed = of_bytes(*key), now.bytes_of[key]
    names = now.parcels.wrap(encode(listed), most=LIST)
    if now.items[place] is None:
        return _put(now, place, {"b": names, "o": original(now.entered[listed[-1]])})
    about = _condition(now, place)
    values = {":b": names, ":n": {"N": str(_version(now, place) + 1)}}
    about["ExpressionAttributeValues"] = about["ExpressionAttributeValues"] | values
    return {"Update": {"Key": place.key, "UpdateExpression": "SET b = :b, v = :n", **about}}


def _earlier(now: Slice) -> Iterator[Action]:
    """Revisions that were replaced, and how the new ones are found."""
    for revision in now.replaced:
        place = of_earlier(of_invoice(revision.key), revision.invoice.revision)
        item = {**place.key, "v": {"N": "1"}, **_revision(now, revision)}
        yield {"Put": {"Item": item, "ConditionExpression": ABSENT}}
    numbers: dict[Place, None] = {}
    for revision in now.recorded:
        first = invoice_id(*revision.key, 1)
        if revision.invoice.revision > 1:
            yield _marked(places.of_later(revision.name), b={"S": first})
        if revision.number != revision.key[1]:
            numbers[Place(places.of_number(revision.number), first)] = None
    yield from (_marked(place) for place in numbers)


def _marks(now: Slice, transaction: Name) -> Iterator[Action]:
    """Who waits in quarantine, who ever did, who is not in the books as a whole, who is still to be told."""
    for name in now.changed_documents:
        known, stored, place = now.documents[name], now.stored(name), of_document(name)
        assert known is not None, "it is changed"
        waited = bool(stored and stored.waiting)
        digest = place.pk[2:]
        if name in now.filed and now.filed[name][0] and "q" not in (now.items[place] or {}):
            yield _marked(Place(places.WAITED, digest), b={"S": name})
        yield from _decided(now, name, digest)
        if known.waiting and not waited:
            yield _marked(Place(places.WAIT, digest), b={"S": name})
        elif waited and not known.waiting:
            yield {"Delete": {"Key": Place(places.WAIT, digest).key}}
        yield from _part(known, stored, Place(places.PARTLY, digest), transaction)
        if name in now.owed:
            change, since = {"N": str(now.change(name))}, {"S": transaction.base}
            yield _marked(Place(places.UNTOLD, digest), b={"S": name}, n=change, t=since)


def _decided(now: Slice, name: str, digest: str) -> Iterator[Action]:
    """That a person decided about what waits of a document, where the transaction says so first."""
    filed = now.filed.get(name)
    if filed is None:
        return
    before = now.filed_before(name)
    times = {one.decided_at for one in filed[0]} - {one.decided_at for one in before}
    for at in times - {None}:
        assert at is not None, "it is left out"
        yield _marked(Place(places.DECIDED, f"{places.stamp(at)}/{digest}"), b={"S": name})
    out, out_before = last_out(filed[0]), last_out(before)
    if out is None and out_before is not None:
        yield {"Delete": {"Key": of_rejected(name).key}}
    elif out is not None and out != out_before:
        yield {"Put": {"Item": rejected(name, filed[0][0].customer, out)}}


def _part(
    known: Known, stored: StoredDocument | None, place: Place, transaction: Name
) -> Iterator[Action]:
    """That a document is in the books only in part; the first stretch of each commit says so anew."""
    before = bool(stored and stored.unfinished)
    if known.unfinished and (not before or transaction.stretch == 1):
        yield _marked(place, b={"S": known.name}, n={"S": transaction.base})
    elif before and not known.unfinished:
        yield {"Delete": {"Key": place.key}}


def _counts(now: Slice, name: str) -> Iterator[Action]:
    """How many documents more, or fewer, are in each state."""
    more = Counter[str]()
    for each in now.changed_documents:
        known, stored = now.documents[each], now.stored(each)
        assert known is not None, "it is changed"
        more[known.state] += 1
        if stored is not None:
            more[known_of(stored).state] -= 1
    for state, count in more.items():
        if count:
            about = {
                "Key": places.of_count(name, state).key,
                "UpdateExpression": "ADD n :n",
                "ExpressionAttributeValues": {":n": {"N": str(count)}},
            }
            yield {"Update": about}


def _commit(now: Slice, name: str) -> Iterator[Action]:
    """What the transaction brings, and that it is not published yet."""
    if not now.entered and not now.recorded:
        return
    documents = list(dict.fromkeys([*now.entered, *(one.document for one in now.recorded)]))
    at = {each: number for number, each in enumerate(documents)}
    rows = [
        (
            bytes.fromhex(invoice_id(*one.key, 1)),
            one.invoice.revision,
            at[one.document],
        )
        for one in now.recorded
    ]
    brought = encode(Brought(documents, len(now.entered), rows))
    item = {**places.of_commit(name).key, "v": {"N": "1"}, "b": now.parcels.wrap(brought)}
    yield {"Put": {"Item": item, "ConditionExpression": ABSENT}}
    if rows:
        yield _marked(Place(places.UNPUBLISHED, name))


def _marked(place: Place, **attributes: Attribute) -> Action:
    return {"Put": {"Item": {**place.key, **attributes}}}
