"""What becomes of a document that cannot be read: denied, gone and never there are told apart."""

from datetime import UTC, datetime

import pytest

from billdrop.aws.inbox.events import Created
from billdrop.aws.inbox.place import announced
from billdrop.aws.inbox.read import read
from billdrop.errors import PermissionDeniedError, UnavailableError
from billdrop.model import Delivery, Lost
from tests.aws.scripted import Scripted, refusal, scripted

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
DENIED = refusal(403, "AccessDenied")
GONE = refusal(404, "NoSuchVersion")


def delivery(*, version_id: str | None = "v2") -> Delivery:
    event = Created(
        bucket="b",
        key="acme/a",
        version_id=version_id,
        etag="e2",
        size=3,
        event_name="ObjectCreated:Put",
        event_time=AT,
    )
    return announced(event, None, at=AT)


def listing(*entries: str) -> tuple[int, bytes, dict[str, str]]:
    body = f"<ListVersionsResult><IsTruncated>false</IsTruncated>{''.join(entries)}</ListVersionsResult>"
    return 200, body.encode(), {"content-type": "application/xml"}


def entry(version_id: str, second: int, *, kind: str = "Version", key: str = "acme/a") -> str:
    return (
        f"<{kind}><Key>{key}</Key><VersionId>{version_id}</VersionId><IsLatest>true</IsLatest>"
        f"<LastModified>2026-11-22T10:00:{second:02}.000Z</LastModified>"
        f'<ETag>"e-{version_id}"</ETag><Size>3</Size></{kind}>'
    )


def test_denied_and_not_listed_was_never_there_or_is_gone() -> None:
    with scripted(DENIED, listing(entry("v1", 0, key="acme/ab"))) as objects:
        lost = read(delivery(), objects, limit=10, at=AT)
    assert isinstance(lost, Lost)
    assert lost.evidence.startswith("3 bytes, announced 2026-11-22T10:00:00.000+00:00")
    assert "AccessDenied" in lost.evidence
    assert lost.evidence.endswith("no version of it is left")


def test_denied_and_listed_is_denied() -> None:
    with (
        scripted(DENIED, listing(entry("v2", 0))) as objects,
        pytest.raises(PermissionDeniedError, match="s3://b/acme/a may not be read"),
    ):
        read(delivery(), objects, limit=10, at=AT)


def test_denied_without_the_right_to_list_is_denied() -> None:
    with scripted(DENIED) as objects, pytest.raises(PermissionDeniedError):
        read(delivery(), objects, limit=10, at=AT)


def test_gone_without_the_right_to_list_is_gone() -> None:
    with scripted(GONE, DENIED) as objects:
        assert isinstance(read(delivery(), objects, limit=10, at=AT), Lost)


def test_gone_behind_a_mark_of_deletion_is_lost_with_its_time() -> None:
    mark = listing(entry("m", 7, kind="DeleteMarker"))
    with scripted(GONE, mark) as objects:
        lost = read(delivery(), objects, limit=10, at=AT)
    assert isinstance(lost, Lost)
    assert lost.evidence.endswith("deleted 2026-11-22T10:00:07.000+00:00")


def test_gone_with_a_newer_version_is_overtaken() -> None:
    one = delivery()
    with scripted(GONE, listing(entry("v3", 7))) as objects:
        assert read(one, objects, limit=10, at=AT) is None
    assert one.receipt.overtaken


def test_said_to_be_gone_and_listed_is_tried_again() -> None:
    one = delivery()
    with (
        scripted(GONE, listing(entry("v2", 0))) as objects,
        pytest.raises(UnavailableError, match="is listed and cannot be read"),
    ):
        read(one, objects, limit=10, at=AT)
    assert not one.receipt.overtaken


def test_event_of_a_bucket_without_versions_is_read_by_its_etag_alone() -> None:
    one = delivery(version_id=None)
    with scripted(refusal(412, "PreconditionFailed")) as objects:
        assert read(one, objects, limit=10, at=AT) is None
        assert one.ref.version == "etag-e2"
        assert one.receipt.overtaken
        for _, path, headers in Scripted.asked:
            low = {name.lower(): value for name, value in headers.items()}
            assert low["if-match"] == '"e2"'
            assert "versionId" not in path
