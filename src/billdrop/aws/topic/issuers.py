"""Who signs the certificates of SNS, for workers without a way to where Amazon publishes it."""

from collections.abc import Callable

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.stack import Stack
from billdrop.aws.store.objects import Objects, Unread
from billdrop.aws.topic.certificates import ISSUERS, amazon_trust, published
from billdrop.aws.topic.download import download

KEY = "artifacts/issuers.pem"
"""In the destination bucket."""

MOST_BYTES = 64 * 1024
_BEGIN = b"-----BEGIN CERTIFICATE-----"

Issuers = Callable[[], bytes]
"""The certificates as PEM, those that can be had now."""


def of_amazon() -> bytes:
    """Those of Amazon, from where it publishes them."""
    return published(amazon_trust(), download)


def provide(clients: Clients, stack: Stack, issuers: Issuers) -> str:
    """
    Put the certificates where workers find them; what is amiss, or nothing.

    Where not all of them can be had, those that lie there already are kept.
    """
    objects = Objects(clients, stack.destination_bucket, owner=stack.account)
    found, kept = issuers(), held(objects)
    missing = len(ISSUERS) - found.count(_BEGIN)
    if found and not (missing and kept):
        with named(objects.thing(KEY)):
            objects.put(KEY, found, content_type="application/x-pem-file")
    if not missing:
        return ""
    have = "keep those that they have" if kept else f"have {found.count(_BEGIN)}"
    return (
        f"{missing} of {len(ISSUERS)} certificates under which the topic signs could not be fetched "
        f"from crt.*.amazontrust.com; workers {have}, and take nothing that is signed under another: "
        f"run `billdrop deploy --stack {stack.name}` where that host can be reached"
    )


def held(objects: Objects) -> bytes:
    """What `provide` put into the destination; nothing where it did not."""
    found = objects.read(KEY, most=MOST_BYTES)
    return b"" if isinstance(found, Unread) else found.body or b""
