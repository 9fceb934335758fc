"""Why Athena did not answer: its words, and what they become."""

import pytest

from billdrop.aws.query.unanswered import unanswered
from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    PermissionDeniedError,
    QueryRefusedError,
    SegmentConflictError,
    StorageFullError,
    UnavailableError,
)


@pytest.mark.parametrize(
    ("said", "error", "code"),
    [
        ("Query cancelled! : Bytes scanned limit was exceeded", QueryRefusedError, "BD6003"),
        ("PERMISSION_DENIED: Access Denied (Service: Amazon S3; Status Code: 403)", PermissionDeniedError, "BD5005"),
        ("Access denied when writing output to url: s3://results/1.csv", PermissionDeniedError, "BD5005"),
        ("User: arn:aws:iam::1:user/x is not authorized to perform: glue:GetTable", PermissionDeniedError, "BD5005"),
        ("Insufficient permissions to execute the query.", PermissionDeniedError, "BD5005"),
        ("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.b.raw_lines' does not exist", ConfigurationError, "BD5002"),
        ("WorkGroup none is not found.", ConfigurationError, "BD5002"),
        ("SYNTAX_ERROR: line 3:8: Column 'totl' cannot be resolved", QueryRefusedError, "BD6002"),
        ("DIVISION_BY_ZERO: Division by zero", QueryRefusedError, "BD6002"),
        ("NUMERIC_VALUE_OUT_OF_RANGE: DECIMAL result exceeds 38 digits", QueryRefusedError, "BD6002"),
        ("INVALID_CAST_ARGUMENT: Cannot cast 'x' to DECIMAL(18, 4)", SegmentConflictError, "BD5006"),
        ("HIVE_BAD_DATA: Error reading s3://d/invoices/x.csv", SegmentConflictError, "BD5006"),
        ("Query exhausted resources at this scale factor", StorageFullError, "BD5007"),
        ("Amazon S3: Please reduce your request rate. SlowDown", UnavailableError, "BD5008"),
        ("Query was cancelled by user", UnavailableError, "BD5008"),
    ],
)  # fmt: skip
def test_reason_becomes_an_error_of_ours(said: str, error: type[BilldropError], code: str) -> None:
    found = unanswered({"State": "FAILED", "StateChangeReason": said})
    assert (type(found), found.error_code) == (error, code)
    assert found.hint


def test_syntax_is_named_with_its_line_which_is_that_of_the_query() -> None:
    found = unanswered({"StateChangeReason": "SYNTAX_ERROR: line 3:1408: mismatched input 'x'"})
    assert found.message == "Athena: SYNTAX_ERROR: line 3: mismatched input 'x'"
    assert found.facts == {"line": 3}


@pytest.mark.parametrize("trait", [{"Retryable": True}, {"ErrorCategory": 1}])
def test_failure_of_athena_itself_may_be_tried_again(trait: dict[str, object]) -> None:
    status = {"StateChangeReason": "something new", "AthenaError": trait}
    assert isinstance(unanswered(status), UnavailableError)


def test_failure_without_a_reason_is_an_error_all_the_same() -> None:
    assert "no reason" in unanswered({"State": "CANCELLED"}).message
