"""AWS as its stand-in, for the tests of the AWS family."""

import pytest

from billdrop.aws.clients import Clients
from tests.aws.standin import StandIn, fresh, root, standin


@pytest.fixture
def clients() -> Clients:
    """Clients of the root of an account, of a server that enforces no rights."""
    return root()


@pytest.fixture
def endpoint() -> str:
    """The URL of that server."""
    return standin().endpoint


@pytest.fixture
def guarded() -> StandIn:
    """A server that enforces rights: `guarded.clients(key, secret)` are those of a user or role."""
    return standin(auth=True)


@pytest.fixture
def unique() -> str:
    """A name that nothing else has."""
    return fresh()
