"""The guidelines of a stack as the page puts them to use: objects that are replaced by whoever saw them last."""

from collections.abc import Callable

from billdrop.aws.store.guidelines import MOST_BYTES, guideline_key
from billdrop.aws.store.objects import Objects, Unread, Why
from billdrop.console.shelf import mark_of
from billdrop.errors import PermissionDeniedError


class BucketShelf:
    """Implements `console.shelf.Shelf` with the credentials of this process."""

    def __init__(self, objects: Objects, renew: Callable[[], None]) -> None:
        """`renew`: looks at what lies there, at once."""
        self._objects, self._renew = objects, renew

    def has(self, name: str) -> bool:
        """See `Shelf`."""
        return self._there(name) != ("", "")

    def put(self, name: str, text: str, *, over: str) -> bool:
        """See `Shelf`; raises `PermissionDeniedError` for who may not."""
        key, body, kind = guideline_key(name), text.encode(), "application/toml"
        etag, mark = self._there(name)
        done = mark == over and (
            self._objects.swap(key, body, etag=etag, content_type=kind)
            if etag
            else self._objects.put_new(key, body, content_type=kind)
        )
        self._renew()
        return done

    def _there(self, name: str) -> tuple[str, str]:
        """Its ETag and its mark; both empty where nothing lies there."""
        key = guideline_key(name)
        found = self._objects.read(key, most=MOST_BYTES)
        if isinstance(found, Unread):
            if found.why is Why.DENIED:
                raise PermissionDeniedError(
                    f"{self._objects.thing(key)} cannot be read: {found.evidence}",
                    hint="`billdrop doctor` names the right that is missing",
                )
            return "", ""
        return found.etag, mark_of((found.body or b"").decode("utf-8-sig", "replace"))
