"""What AWS says, by our names: which refusal is a missing right, a throttle, an outage or a surprise."""

from collections.abc import Iterator
from contextlib import contextmanager

from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    PermissionDeniedError,
    UnavailableError,
)

DENIED = frozenset(
    [
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "UnauthorizedOperation",
        "403",
        "AllAccessDisabled",
        "KMS.AccessDeniedException",
    ]
)
GONE = frozenset(["NoSuchKey", "NoSuchVersion", "NotFound", "404"])
MISSING = frozenset(
    [
        "NoSuchBucket",
        "ResourceNotFoundException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "EntityNotFoundException",
        "NotFoundException",
    ]
)
CREDENTIALS = frozenset(
    [
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidAccessKeyId",
        "RequestTimeTooSkewed",
        "InvalidToken",
    ]
)

SURPRISES = frozenset(["TransactionCanceledException", "ValidationException"])
"""What trying again cannot help, for the fault is in what was said."""

_NOT_RENEWED = "refreshed credentials are still expired"
"""In what the SDK raises, as no kind of its own, when whoever hands credentials out is late."""

_WHO = "set AWS_PROFILE to a profile of `aws configure`, or both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


def code_of(error: Exception) -> str:
    """The code in an answer of AWS; nothing for any other exception."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


@contextmanager
def named(thing: str) -> Iterator[None]:
    """
    Give what AWS says about a thing our names.

    `PermissionDeniedError` for a right that is missing, `ConfigurationError` for what is not
    there and for wrong credentials, `UnavailableError` for everything that may pass by itself:
    throttles, time-outs, 5xx, expired credentials (the SDK renews them). A surprise goes through.
    """
    from botocore import exceptions as sdk

    try:
        yield
    except (sdk.UnauthorizedSSOTokenError, sdk.SSOTokenLoadError) as error:
        raise ConfigurationError(f"{thing}: {error}", hint="sign in: `aws sso login`") from error
    except (sdk.NoCredentialsError, sdk.PartialCredentialsError, sdk.ProfileNotFound) as error:
        raise ConfigurationError(f"{thing}: {error}", hint=_WHO) from error
    except sdk.ClientError as error:
        if code_of(error) in SURPRISES:
            raise
        raise ours(error, thing) from error
    except RuntimeError as error:
        if _NOT_RENEWED not in str(error):
            raise
        raise UnavailableError(f"{thing}: {error}", hint="it is tried again") from error
    except sdk.BotoCoreError as error:
        raise UnavailableError(f"{thing}: {error}", hint="it is tried again") from error


def ours(error: Exception, thing: str) -> BilldropError:
    """The error of ours for an answer of AWS."""
    code = code_of(error)
    fact = f"{thing}: {error}"
    if code in DENIED:
        return PermissionDeniedError(fact, hint="`billdrop doctor` names the right that is missing")
    if code in MISSING:
        return ConfigurationError(fact, hint="check the name of the stack and the region")
    if code in CREDENTIALS and not code.startswith("Expired"):
        return ConfigurationError(fact, hint="check the credentials and the clock")
    return UnavailableError(fact, hint="it is tried again")
