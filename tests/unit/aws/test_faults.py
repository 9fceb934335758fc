"""What AWS refuses is told apart by its code, and so is the way a command ends."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from billdrop.aws.calls.faults import named
from billdrop.errors import BilldropError


def refusal(code: str) -> Exception:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Call")


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (NoCredentialsError(), 3),
        (refusal("QueueDoesNotExist"), 3),
        (refusal("InvalidClientTokenId"), 3),
        (refusal("AccessDenied"), 4),
        (refusal("KMS.AccessDeniedException"), 4),
        (refusal("ThrottlingException"), 5),
        (refusal("ExpiredToken"), 5),
        (refusal("InternalError"), 5),
        (refusal("LimitExceeded"), 5),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), 5),
    ],
    ids=str,
)
def test_refusal_names_the_thing_and_ends_with_its_exit_code(
    error: Exception, exit_code: int
) -> None:
    with pytest.raises(BilldropError, match="queue a: ") as caught, named("queue a"):
        raise error
    assert caught.value.exit_code == exit_code
    assert caught.value.hint
    assert caught.value.__cause__ is error
