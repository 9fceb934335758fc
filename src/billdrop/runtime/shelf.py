"""The guidelines of a stack as people put them to use: objects that are replaced by whoever saw them last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from billdrop.aws.store.guidelines import MOST_BYTES, guideline_key
from billdrop.aws.store.objects import Objects, Unread, Why
from billdrop.console.shelf import mark_of
from billdrop.errors import PermissionDeniedError
from billdrop.runtime.aws import site


def shelf_of_stack(name: str) -> "BucketShelf":
    """The guidelines of the stack of that name; raises `ConfigurationError` when there is no such stack."""
    return BucketShelf(site(name).destination, lambda: None)


class BucketShelf:
    """Implements `console.shelf.Shelf` with the credentials of this process."""

    def __init__(self, objects: Objects, renew: Callable[[], None]) -> None:
        """`renew`: looks at what lies there, at once."""
        self._objects, self._renew = objects, renew

    def text(self, name: str) -> str | None:
        """See `Shelf`; raises `PermissionDeniedError` for who may not."""
        return self._there(name)[1]

    def place(self, name: str) -> str:
        """See `Shelf`."""
        return self._objects.thing(guideline_key(name))

    def put(self, name: str, text: str, *, over: str) -> bool:
        """See `Shelf`; raises `PermissionDeniedError` for who may not."""
        key, body, kind = guideline_key(name), text.encode(), "application/toml"
        etag, known = self._there(name)
        done = mark_of(known) == over and (
            self._objects.swap(key, body, etag=etag, content_type=kind)
            if etag
            else self._objects.put_new(key, body, content_type=kind)
        )
        self._renew()
        return done or mark_of(known) == mark_of(text)

    @contextmanager
    def examples(self) -> Iterator[Path]:
        """See `Shelf`."""
        with TemporaryDirectory(prefix="billdrop-") as folder:
            yield Path(folder)

    def _there(self, name: str) -> tuple[str, str | None]:
        """Its ETag and its text; empty and None where nothing lies there."""
        key = guideline_key(name)
        found = self._objects.read(key, most=MOST_BYTES)
        if isinstance(found, Unread):
            if found.why is Why.DENIED:
                raise PermissionDeniedError(
                    f"{self._objects.thing(key)} cannot be read: {found.evidence}",
                    hint="`billdrop doctor` names the right that is missing",
                )
            return "", None
        return found.etag, (found.body or b"").decode("utf-8-sig", "replace")
