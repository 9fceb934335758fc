"""What waits, in words: what nobody knows is not said to be nothing."""

from typing import Any

import pytest
from msgspec.structs import replace

from billdrop.model.backlog import Backlog

UNKNOWN = Backlog(
    waiting=None,
    in_flight=None,
    dead=None,
    oldest_message_seconds=None,
    uncaptured=None,
    oldest_uncaptured_seconds=None,
)


@pytest.mark.parametrize(
    ("known", "name", "said"),
    [
        ({}, "waiting", "not known"),
        ({"waiting": 12345}, "waiting", "12,345"),
        ({}, "oldest_message_seconds", "not known"),
        ({"waiting": 0, "in_flight": 0}, "oldest_message_seconds", "none"),
        ({"waiting": 1, "in_flight": 0}, "oldest_message_seconds", "not known"),
        ({"oldest_message_seconds": 59.6}, "oldest_message_seconds", "60 s"),
        ({"oldest_message_seconds": 600.0}, "oldest_message_seconds", "10 min"),
        ({"oldest_message_seconds": 7200.0}, "oldest_message_seconds", "2.0 h"),
        ({}, "oldest_uncaptured_seconds", "not known"),
        ({"uncaptured": 0}, "oldest_uncaptured_seconds", "none"),
        (
            {"uncaptured": 1, "oldest_uncaptured_seconds": 82800.0},
            "oldest_uncaptured_seconds",
            "23.0 h",
        ),
    ],
)
def test_backlog_says(known: dict[str, Any], name: str, said: str) -> None:
    assert replace(UNKNOWN, **known).texts[name] == said
