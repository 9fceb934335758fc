"""Being told by the operating system what changed in a folder."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change
from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from billdrop.errors import ConfigurationError

_STEP_MS = 1
_GROUP_MS = 5
_TURN_MS = 1000
_AFTER_FAILURE = 1.0


class Watch:
    """One thread that passes on the paths that were made, renamed or written to."""

    def __init__(self, root: Path, changed: Callable[[Iterable[str]], None]) -> None:
        self._root = str(root)
        self._changed = changed
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """When it returns, every later change will be seen."""
        try:
            notify = self._notify()
        except OSError as error:
            raise ConfigurationError(
                f"{self._root} cannot be watched: {error}",
                hint="raise fs.inotify.max_user_watches, or the limit of open files",
            ) from error
        self._thread = Thread(target=self._run, args=(notify,), name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """When it returns, the thread has ended."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _notify(self) -> RustNotify:
        return RustNotify(
            [self._root],
            debug=False,
            force_polling=False,
            poll_delay_ms=300,
            recursive=True,
            ignore_permission_denied=True,
        )

    def _run(self, notify: RustNotify) -> None:
        while not self._stop.is_set():
            try:
                found = notify.watch(_GROUP_MS, _STEP_MS, _TURN_MS, self._stop)
            except WatchfilesRustInternalError:
                notify = self._renewed(notify)
                found = {(Change.added, self._root)}
            if isinstance(found, set):
                self._changed(path for kind, path in found if kind != Change.deleted)
        notify.close()

    def _renewed(self, notify: RustNotify) -> RustNotify:
        """Another watch in the place of one that failed, as soon as there can be one."""
        notify.close()
        while not self._stop.wait(_AFTER_FAILURE):
            with suppress(OSError):
                return self._notify()
        return notify
