"""Uploads from the console of a stack: the browser posts to the inbox bucket itself, and the receipt says the rest."""

from urllib.parse import urlsplit

import msgspec

from billdrop.aws.deploy.customers import Form, upload_form
from billdrop.aws.receipts import receipt_of
from billdrop.aws.store.objects import Objects, Unread
from billdrop.console.posting import Offer, Told
from billdrop.runtime.aws import Site

OFFERED_SECONDS = 300
"""So long a form may be used."""
RECEIPT_BYTES = 1024 * 1024


class S3Posting:
    """Implements `console.posting.Posting` with the credentials of this process."""

    def __init__(self, here: Site) -> None:
        self._here = here
        self._inbox = Objects(here.clients, here.stack.inbox_bucket, owner=here.stack.account)
        self._destination = here.destination

    @property
    def largest(self) -> int:
        """See `Posting`."""
        return self._here.settings.document_bytes

    @property
    def origin(self) -> str:
        """See `Posting`."""
        parts = urlsplit(self._form("origin").url)
        return f"{parts.scheme}://{parts.netloc}"

    def offer(self, customer: str, name: str) -> Offer:
        """See `Posting`."""
        form, key = self._form(customer), f"{customer}/{name}"
        told = self.told(customer, name)
        return Offer(
            url=form.url,
            fields=form.fields | {"key": key},
            before=told.document_id if told else "",
            newest=self.newest(customer, name),
        )

    def told(self, customer: str, name: str) -> Told | None:
        """See `Posting`."""
        key = receipt_of(customer, f"{customer}/{name}")
        found = self._destination.read(key, most=RECEIPT_BYTES)
        if isinstance(found, Unread) or found.body is None:
            return None
        try:
            return msgspec.json.decode(found.body, type=Told)
        except msgspec.MsgspecError:
            return None

    def newest(self, customer: str, name: str) -> str:
        """See `Posting`."""
        key = f"{customer}/{name}"
        versions = self._inbox.versions(key, at_once=1)
        return next((one.version_id for one in versions if one.key == key), "")

    def _form(self, customer: str) -> Form:
        return upload_form(
            self._here.clients,
            self._here.stack,
            customer,
            seconds=OFFERED_SECONDS,
            largest=self.largest,
        )
