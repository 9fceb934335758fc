"""Trying again what may pass by itself."""

import random
from collections.abc import Callable, Iterator


def tries(most: int, first: float, sleep: Callable[[float], None]) -> Iterator[int]:
    """So many tries; before the second a wait of up to `first` seconds, then twice as long each time."""
    for attempt in range(most):
        if attempt:
            longest = first * 2 ** (attempt - 1)
            sleep(random.uniform(0.5, 1.0) * longest)  # noqa: S311 - no secret
        yield attempt
