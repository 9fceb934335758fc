"""Many requests to one host at once, by one thread: that many threads take turns costs more than the rest."""

from collections import deque
from collections.abc import Sequence
from selectors import EVENT_READ, DefaultSelector
from socket import socket

from billdrop.aws.calls.line import PIECE, READING, Answer, Line, Request

AT_ONCE = 32
"""Requests that are under way."""

Talk = tuple[int, socket, Answer]
"""A request by its place, and what was heard of its answer."""


def ask_all(
    line: Line, requests: Sequence[Request], *, patience: float = READING
) -> list[Answer | OSError]:
    """
    What `Line.ask` would answer or raise for each, in their order.

    Each has a connection of its own. After one that was not answered nothing more is sent.
    `patience`: seconds in which no byte comes of any of them.
    """
    talks = _Talks(line, requests)
    try:
        while talks.under_way():
            talks.hear(patience)
    finally:
        talks.close()
    return talks.found


class _Talks:
    """What is under way, and what came of the rest."""

    def __init__(self, line: Line, requests: Sequence[Request]) -> None:
        self.found: list[Answer | OSError] = [ConnectionError("it was not sent")] * len(requests)
        self._line = line
        self._waiting = deque(enumerate(requests))
        self._talks: dict[int, Talk] = {}
        self._selector = DefaultSelector()

    def under_way(self) -> bool:
        """Whether there is something to hear, once as much is sent as may be."""
        while self._waiting and len(self._talks) < AT_ONCE:
            place, request = self._waiting.popleft()
            try:
                connection = self._line.begin(request)
            except OSError as error:
                self._failed(place, error)
            else:
                self._talks[place] = place, connection, Answer(request.most)
                self._selector.register(connection, EVENT_READ, self._talks[place])
        return bool(self._talks)

    def hear(self, patience: float) -> None:
        """Wait until something comes, and hear it."""
        ready = self._selector.select(patience)
        for key, _ in ready:
            self._heard(key.data)
        if not ready:
            for place in self._talks:
                self._failed(place, TimeoutError("no answer came"))
            self.close()

    def close(self) -> None:
        """Leave off."""
        for _, connection, _ in self._talks.values():
            connection.close()
        self._talks.clear()
        self._selector.close()

    def _heard(self, talk: Talk) -> None:
        place, connection, answer = talk
        try:
            if not answer.heard(connection.recv(PIECE)):
                return
        except OSError as error:
            self._failed(place, error)
            self._let_go(place, connection)
            connection.close()
        else:
            self.found[place] = answer
            self._let_go(place, connection)
            self._line.end(connection, answer)

    def _let_go(self, place: int, connection: socket) -> None:
        del self._talks[place]
        self._selector.unregister(connection)

    def _failed(self, place: int, error: OSError) -> None:
        self.found[place] = error
        self._waiting.clear()
