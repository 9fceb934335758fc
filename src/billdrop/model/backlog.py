"""What waits for the workers of a stack, and since when."""

from collections.abc import Mapping

from msgspec import Struct


class Backlog(Struct, frozen=True, kw_only=True):
    """What nobody may say, or nobody has looked for, is None; so is the age of nothing."""

    waiting: int | None
    """Messages of the queue that nobody holds, about."""
    in_flight: int | None
    """Messages that workers hold, about."""
    dead: int | None
    """Messages in the queue's dead-letter queue, about."""
    oldest_message_seconds: float | None
    """Seconds that the oldest message of the queue has waited."""
    uncaptured: int | None
    """Documents that the last sweeps missed in the ledger, and that are missing still."""
    oldest_uncaptured_seconds: float | None
    """Seconds since the oldest of them was uploaded."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The same in words, by what it is."""
        counted = {
            "waiting": self.waiting,
            "in_flight": self.in_flight,
            "dead": self.dead,
            "uncaptured": self.uncaptured,
        }
        said = {
            name: "not known" if count is None else f"{count:,}" for name, count in counted.items()
        }
        empty = self.waiting == self.in_flight == 0
        said["oldest_message_seconds"] = _since(self.oldest_message_seconds, nothing=empty)
        said["oldest_uncaptured_seconds"] = _since(
            self.oldest_uncaptured_seconds, nothing=self.uncaptured == 0
        )
        return said


def _since(seconds: float | None, *, nothing: bool) -> str:
    if seconds is None:
        return "none" if nothing else "not known"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
