"""
Where everything is in the table.

    pk            sk             what
    d/<digest>    document       a document, its findings and quarantine entries
    b/<digest>    bytes          the bytes of an original, and the documents of its customer that have them
    i/<id>        latest         the latest revision of an invoice; <id> is that of its first revision
    i/<id>        0000000001     an earlier revision
    i/<id>        first          of a later revision: the id of the first one
    n/<digest>    <id>           invoices with this number whose identity is more than the number
    l/<digest>    alike          the invoices of a customer that look alike
    c/<day>/<n>   <name>         what one transaction brought: documents and revisions
    u             <name>         transactions whose segment is not published yet
    q/open        <digest>       documents that wait in quarantine
    q/ever        <digest>       documents that ever did
    q/decided     <when>/<…>     documents of which a person decided something then
    q/rejected    <digest>       documents of which a person keeps something out of the books, and since when
    p             <digest>       documents of which only a part is in the books yet, and since when
    t             <digest>       documents that were read again, until their customers are told, and since when
    s/<n>         <m>/<state>    how many documents are in a state, in parts that are added up
    days          <day>          the days that have transactions
    customers     /<customer>    the customers that have documents
    g/<sha256>    guideline      the text of a guideline
    w             <worker>       what a worker said of itself last
    access        people         who may log in at the consoles, as hashes
    migrated      2              that all of a table of an earlier version was gone through
"""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

from billdrop.aws.ledger.wire import Place
from billdrop.books.columns import invoice_id
from billdrop.plan import Key

REMEMBERED = 8_192
"""How many places are not worked out again; each is asked for several times in a commit."""

SHARDS = 4
"""Partitions that the transactions of one day are spread over."""

COUNTS = 1_024
"""Parts that the count of a state is kept in: transactions that meet in one are written one by one."""

LATEST = "latest"
UNPUBLISHED = "u"
DAYS = "days"
CUSTOMERS = "customers"
WAIT, WAITED, DECIDED, REJECTED = "q/open", "q/ever", "q/decided", "q/rejected"
PARTLY = "p"
UNTOLD = "t"


def digest(*parts: str | bytes) -> str:
    """40 hexadecimal digits."""
    whole = b""
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        whole += len(data).to_bytes(4, "big") + data
    return hashlib.blake2b(whole, digest_size=20).hexdigest()


@lru_cache(REMEMBERED)
def of_document(name: str) -> Place:
    """A document, by its id."""
    return Place(f"d/{digest(name)}", "document")


@lru_cache(REMEMBERED)
def of_bytes(customer: str, sha256: bytes) -> Place:
    """The bytes of documents of a customer."""
    return Place(f"b/{digest(customer, sha256)}", "bytes")


@lru_cache(REMEMBERED)
def of_invoice(key: Key) -> Place:
    """The latest revision of an invoice."""
    return Place(f"i/{invoice_id(*key, 1)}", LATEST)


@lru_cache(REMEMBERED)
def of_alike(customer: str, likeness: int) -> Place:
    """The invoices of a customer that look alike."""
    return Place(f"l/{digest(customer, str(likeness))}", "alike")


def of_earlier(latest: Place, revision: int) -> Place:
    """An earlier revision of the same invoice."""
    return Place(latest.pk, f"{revision:010d}")


def of_later(invoice: str) -> Place:
    """Where the id of a later revision leads to that of the first."""
    return Place(f"i/{invoice}", "first")


def of_number(number: str) -> str:
    """The partition of the invoices with a number, folded, whose identity is more than that."""
    return f"n/{digest(number)}"


def of_commit(name: str) -> Place:
    """What a transaction brought, by its name."""
    day = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
    return Place(f"c/{day}/{int(digest(name)[:2], 16) % SHARDS}", name)


def of_count(name: str, state: str) -> Place:
    """Where a transaction counts the documents of a state: seldom where another does at the moment."""
    part = int(digest(name)[2:6], 16) % COUNTS
    return Place(f"s/{part % SHARDS}", f"{part:04d}/{state}")


def of_counts() -> list[str]:
    """The partitions that the counts are in."""
    return [f"s/{shard}" for shard in range(SHARDS)]


def of_day(day: str) -> list[str]:
    """The partitions of a day."""
    return [f"c/{day}/{shard}" for shard in range(SHARDS)]


def of_guideline(sha256: str) -> Place:
    """The text of a guideline."""
    return Place(f"g/{sha256}", "guideline")


def moment(name: str) -> datetime:
    """When the commit was of which a transaction has the name."""
    return datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)


def stamp(at: datetime) -> str:
    """How the names of what was committed at a moment begin; they sort by time."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z"
