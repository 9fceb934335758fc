"""The queue that S3's events come by: receive, extend, delete, put back and park, by tens."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from math import ceil
from typing import Any

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.calls.patience import tries
from billdrop.errors import BilldropError, ConfigurationError, UnavailableError, ours

AT_ONCE = 10
"""Messages in one call; SQS takes no more."""

PARALLEL = 4
"""Calls at once, where one call is not enough."""

LONGEST_WAIT = 20
LONGEST_HELD = 12 * 3600
LONGEST_BACK_OFF = 900
TRIES = 4
BACK_OFF = 0.4

_ABANDONED = frozenset(
    [
        "ReceiptHandleIsInvalid",
        "InvalidParameterValue",
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
    ]
)
"""What SQS says of a handle that is no longer ours: the message is another's now, or gone."""


class Letter:
    """A message that we hold, until all its records are settled or it is no longer ours."""

    def __init__(
        self, handle: str, body: str, *, tries: int, held_since: float, sent: int = 0
    ) -> None:
        self.handle = handle
        self.body = body
        self.sent = sent
        """When it came to the queue, in milliseconds since 1970."""
        self.tries = tries
        """How often it was received, about."""
        self.held_since = held_since
        self.extended_at = held_since
        self.open = 0
        """Its records that are not settled."""
        self.started = False
        """Whether a record of it was handed out."""
        self.refused = False
        """Whether it has to come back."""
        self.ours = True


class Queue:
    """One queue; safe to share among threads."""

    def __init__(
        self,
        clients: Clients,
        url: str,
        *,
        visibility: int = 300,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`visibility`: for how many seconds a message is ours, unless we say so again."""
        self._clients = clients
        self._url = url
        self.visibility = visibility
        self.monotonic = monotonic
        self._sleep = sleep
        self.pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="queue")
        """For calls that need not wait for each other; none of them may wait for the pool in turn."""

    def receive(self, most: int, *, wait: int) -> list[Letter]:
        """Up to ten messages; with none there, the first to come within `wait` seconds."""
        with named(f"queue {self._url}"):
            found = self._clients.calls("sqs")(
                "receive_message",
                {
                    "QueueUrl": self._url,
                    "MaxNumberOfMessages": min(most, AT_ONCE),
                    "WaitTimeSeconds": min(wait, LONGEST_WAIT),
                    "VisibilityTimeout": self.visibility,
                    "MessageSystemAttributeNames": ["ApproximateReceiveCount", "SentTimestamp"],
                },
            )
        now = self.monotonic()
        return [
            Letter(
                each["ReceiptHandle"],
                each["Body"],
                tries=int(each.get("Attributes", {}).get("ApproximateReceiveCount", 1)),
                held_since=now,
                sent=int(each.get("Attributes", {}).get("SentTimestamp", 0)),
            )
            for each in found.get("Messages", ())
        ]

    def delete(self, letters: Sequence[Letter]) -> None:
        """Delete; what is not ours any more is left to whose it is. Raises when some are still there."""
        self._batched("delete_message_batch", letters, {})

    def put_back(self, letters: Sequence[Letter]) -> None:
        """Let them come again, later the more often they came."""
        self._hide(letters, lambda letter: back_off(letter.tries))

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Let anybody have them at once."""
        self._hide(letters, lambda _: 0)

    def extend(self, letters: Sequence[Letter]) -> None:
        """They are ours for another while; those that cannot be are marked as not ours."""
        now = self.monotonic()
        for letter in letters:
            if now + self.visibility >= letter.held_since + LONGEST_HELD:
                letter.ours = False
        self._hide([letter for letter in letters if letter.ours], lambda _: self.visibility)
        for letter in letters:
            letter.extended_at = now

    def park(self, letter: Letter, reason: str) -> None:
        """Copy to the dead-letter queue what no retry can help, with the reason."""
        with named(f"dead-letter queue of {self._url}"):
            self._clients.sqs.send_message(
                QueueUrl=self._dead_letters,
                MessageBody=letter.body,
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )

    @cached_property
    def _dead_letters(self) -> str:
        return letters_url(self._clients, self._url)

    def _hide(self, letters: Sequence[Letter], seconds: Callable[[Letter], int]) -> None:
        more = {letter.handle: {"VisibilityTimeout": seconds(letter)} for letter in letters}
        self._batched("change_message_visibility_batch", letters, more)

    def _batched(
        self,
        method: str,
        letters: Iterable[Letter],
        more: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Each failed entry is tried again; raises `UnavailableError` when some failed every time."""
        left = list(letters)
        for _ in tries(TRIES, BACK_OFF, self._sleep):
            failed = self.pool.map(lambda ten: self._once(method, ten, more), list(_tens(left)))
            left = [letter for ten in failed for letter in ten]
            if not left:
                return
        raise UnavailableError(
            f"queue {self._url} refused {len(left)} entries {TRIES} times", hint="it is tried again"
        )

    def _once(
        self,
        method: str,
        letters: Sequence[Letter],
        more: Mapping[str, Mapping[str, Any]],
    ) -> list[Letter]:
        """Those that failed and may be tried again."""
        entries = [
            {"Id": str(place), "ReceiptHandle": letter.handle, **more.get(letter.handle, {})}
            for place, letter in enumerate(letters)
        ]
        with named(f"queue {self._url}"):
            answer = self._clients.calls("sqs")(method, {"QueueUrl": self._url, "Entries": entries})
        again = []
        for each in answer.get("Failed", ()):
            letter = letters[int(each["Id"])]
            if each["Code"] in _ABANDONED:
                letter.ours = False
            else:
                again.append(letter)
        return again


def letters_url(clients: Clients, url: str) -> str:
    """
    The dead-letter queue of a queue; raises `ConfigurationError` where it has none.

    Both are in one region, so that their URLs begin alike.
    """
    import msgspec

    attributes = clients.sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=["RedrivePolicy"]
    ).get("Attributes", {})
    if "RedrivePolicy" not in attributes:
        raise ConfigurationError(
            f"queue {url} has no dead-letter queue",
            hint="set its RedrivePolicy; what cannot be read comes back until then",
        )
    arn = msgspec.json.decode(attributes["RedrivePolicy"])["deadLetterTargetArn"]
    account, name = arn.split(":")[4:6]
    return f"{url.rsplit('/', 2)[0]}/{account}/{name}"


def back_off(tries: int) -> int:
    """Seconds until a refused message comes again: about twice as long each time, up to 15 minutes."""
    longest: int = min(2 ** min(tries - 1, 10), LONGEST_BACK_OFF)
    return ceil(random.uniform(0.5, 1.0) * longest)  # noqa: S311 - no secret


def guarded(work: Callable[[], None]) -> BilldropError | None:
    """What a step among others failed with; a thread that ended of it would be missed by nobody."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  the outermost loops of their threads
        return ours(error)
    return None


def _tens(letters: Sequence[Letter]) -> Iterator[Sequence[Letter]]:
    for start in range(0, len(letters), AT_ONCE):
        yield letters[start : start + AT_ONCE]
