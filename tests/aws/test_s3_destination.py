"""The destination on S3, beyond what every destination promises."""

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.store.destination import S3Destination
from billdrop.aws.store.objects import Objects
from billdrop.errors import PermissionDeniedError
from tests.aws.buckets import bucket
from tests.aws.standin import ACCOUNT, StandIn


def test_originals_and_receipts_are_no_objects_of_the_destination(clients: Clients) -> None:
    objects = Objects(clients, bucket(clients, versions=True), owner=ACCOUNT)
    objects.put("originals/acme/a", b"text")
    objects.put("receipts/acme/a.json", b"{}")
    destination = S3Destination(objects)
    destination.put("invoices/received=2026-11-22/s.csv", [b"x"])
    destination.put("lines/received=2026-11-22/s.csv", [b"x"])
    assert list(destination.list()) == [
        "invoices/received=2026-11-22/s.csv",
        "lines/received=2026-11-22/s.csv",
    ]


def test_object_over_a_piece_comes_in_pieces(clients: Clients) -> None:
    destination = S3Destination(Objects(clients, bucket(clients, versions=True), owner=ACCOUNT))
    destination.put("lines/a.csv", [b"x" * 1_000_000, b"y" * 1_000_000])
    pieces = list(destination.get("lines/a.csv"))
    assert len(pieces) > 1
    assert b"".join(pieces) == b"x" * 1_000_000 + b"y" * 1_000_000


def test_missing_right_is_named_and_not_taken_for_a_missing_object(
    guarded: StandIn, unique: str
) -> None:
    root = guarded.clients()
    name = bucket(root, versions=True)
    root.iam.create_user(UserName=unique)
    key = root.iam.create_access_key(UserName=unique)["AccessKey"]
    nobody = guarded.clients(key["AccessKeyId"], key["SecretAccessKey"])
    destination = S3Destination(Objects(nobody, name, owner=ACCOUNT))
    with pytest.raises(PermissionDeniedError, match=name):
        list(destination.get("invoices/a.csv"))
    with pytest.raises(PermissionDeniedError, match=name):
        destination.put("invoices/a.csv", [b"x"])
    with pytest.raises(PermissionDeniedError, match=name):
        list(destination.list())
