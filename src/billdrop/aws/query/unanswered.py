"""Why Athena did not answer, by our names: one table of the words it says it in."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    PermissionDeniedError,
    QueryRefusedError,
    SegmentConflictError,
    StorageFullError,
    UnavailableError,
)


class Kind(NamedTuple):
    """One kind of failure: the words that tell it, the error it becomes, and what to do."""

    words: re.Pattern[str]
    error: type[BilldropError]
    code: str
    hint: str


def _kind(words: str, error: type[BilldropError], code: str, hint: str) -> Kind:
    return Kind(re.compile(words, re.IGNORECASE), error, code, hint)


KINDS = (
    _kind(
        r"bytes scanned limit",
        QueryRefusedError,
        "BD6003",
        "ask for less, or raise BytesScannedCutoffPerQuery of the workgroup",
    ),
    _kind(
        r"access denied|permission|not authorized|AccessDenied",
        PermissionDeniedError,
        "BD5005",
        "`billdrop doctor --stack NAME` names the right that is missing",
    ),
    _kind(
        r"TABLE_NOT_FOUND|SCHEMA_NOT_FOUND|(table|schema) .*does not exist|"
        r"output location|workgroup .*(not found|does not exist)",
        ConfigurationError,
        "BD5002",
        "`billdrop deploy --stack NAME` makes the tables; AWS_REGION names another region",
    ),
    _kind(r"division by zero", QueryRefusedError, "BD6002", "divide by NULLIF(…, 0)"),
    _kind(r"OUT_OF_RANGE|overflow", QueryRefusedError, "BD6002", "cast to more digits"),
    _kind(
        r"HIVE_BAD_DATA|HIVE_CURSOR_ERROR|INVALID_CAST_ARGUMENT|conversion error",
        SegmentConflictError,
        "BD5006",
        "run `billdrop verify`, then `billdrop rebuild`",
    ),
    _kind(
        r"exhausted resources|EXCEEDED_\w*MEMORY|out of memory",
        StorageFullError,
        "BD5007",
        "ask for fewer rows or groups",
    ),
    _kind(
        r"throttl|SlowDown|rate exceeded|INTERNAL_ERROR|cancelled",
        UnavailableError,
        "BD5008",
        "ask again",
    ),
)
"""The first whose words are found counts."""

OTHER = _kind("", QueryRefusedError, "BD6002", "docs/sql.md says what is taken")

SYSTEM = 1
"""The category of Athena's own failures; 2 is the query's, 3 another's."""

PLACE = re.compile(r"\bline (\d+):\d+")


def unanswered(status: Mapping[str, Any]) -> BilldropError:
    """The error for the status of a query that failed or was cancelled."""
    reason = " ".join(str(status.get("StateChangeReason") or "no reason was given").split())
    kind = next((kind for kind in KINDS if kind.words.search(reason)), OTHER)
    error = status.get("AthenaError", {})
    if kind is OTHER and (error.get("Retryable") or error.get("ErrorCategory") == SYSTEM):
        kind = _kind("", UnavailableError, "BD5008", "ask again")
    place = PLACE.search(reason)
    facts = {"line": int(place[1])} if place else {}
    said = PLACE.sub(r"line \1", reason)
    return kind.error(f"Athena: {said}", hint=kind.hint, code=kind.code, **facts)
