"""The door's workers believe the topic by certificates that `deploy` put beside the program."""

from billdrop.aws.calls.clients import Clients
from billdrop.aws.stack import Stack
from billdrop.aws.store.objects import Objects
from billdrop.aws.topic import issuers
from billdrop.aws.topic.certificates import ISSUERS, Trust
from tests.aws.deployed import Witness, deploy
from tests.aws.test_deploy import DOOR
from tests.unit.aws.signer import ISSUER, LEAF, TRUST, URL, House, Web, certificate, key_of, pem

ALL = pem(ISSUER) * len(ISSUERS)


def held(clients: Clients, stack: Stack) -> bytes:
    return issuers.held(Objects(clients, stack.destination_bucket, owner=stack.account))


def test_worker_believes_by_what_deploy_fetched_and_fetches_no_issuer(
    clients: Clients, unique: str
) -> None:
    person = Witness()
    stack = deploy(clients, unique, person, signers=lambda: ALL, Door="ready", **DOOR)
    assert stack is not None
    assert not any("could not be fetched" in text for text in person.texts)
    trust = Trust(roots=TRUST.roots, issuers=held(clients, stack))
    house = House(web=Web({URL: pem(LEAF)}), trust=trust)
    assert house.certificates.key(URL) == key_of("sns").public_key()
    assert house.web.asked == [URL]


def test_deploy_says_what_could_not_be_fetched_and_keeps_what_was(
    clients: Clients, unique: str
) -> None:
    first, second, third, fourth = (Witness() for _ in range(4))
    stack = deploy(clients, unique, first, Door="ready", **DOOR)
    assert stack is not None
    assert "4 of 4 certificates" in "".join(first.texts)
    assert f"run `billdrop deploy --stack {unique}` where that host" in "".join(first.texts)
    assert held(clients, stack) == b""
    deploy(clients, unique, second, signers=lambda: pem(ISSUER))
    assert "3 of 4 certificates" in "".join(second.texts)
    assert held(clients, stack) == pem(ISSUER)
    deploy(clients, unique, third, signers=lambda: ALL)
    assert not any("of 4 certificates" in text for text in third.texts)
    other = pem(certificate("other", "root", authority=True))
    deploy(clients, unique, fourth, signers=lambda: other)
    assert "workers keep those that they have" in "".join(fourth.texts)
    assert held(clients, stack) == ALL


def test_nothing_is_fetched_for_a_stack_without_a_door(clients: Clients, unique: str) -> None:
    def never() -> bytes:
        raise AssertionError

    assert deploy(clients, unique, signers=never) is not None
