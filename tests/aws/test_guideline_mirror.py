"""The guidelines of a stack are those under a prefix, as they are now."""

from pathlib import Path

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.store.guidelines import GuidelineMirror
from billdrop.aws.store.objects import Objects


@pytest.fixture
def bucket(clients: Clients, unique: str) -> str:
    clients.s3.create_bucket(
        Bucket=unique, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return unique


@pytest.mark.parametrize("versions", [False, True])
def test_folder_follows_the_prefix(
    clients: Clients, bucket: str, tmp_path: Path, *, versions: bool
) -> None:
    if versions:
        clients.s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    mirror = GuidelineMirror(Objects(clients, bucket, owner=clients.account), tmp_path)

    def there() -> dict[str, str]:
        return {path.name: path.read_text() for path in tmp_path.iterdir()}

    assert not mirror.renew()
    for name in ("a.toml", "deeper/b.toml", "c.txt", "../d.toml"):
        clients.s3.put_object(Bucket=bucket, Key=f"guidelines/{name}", Body=b"one")
    assert mirror.renew()
    assert there() == {"a.toml": "one"}
    clients.s3.put_object(Bucket=bucket, Key="guidelines/a.toml", Body=b"two")
    clients.s3.put_object(Bucket=bucket, Key="guidelines/e.toml", Body=b"three")
    assert mirror.renew()
    assert there() == {"a.toml": "two", "e.toml": "three"}
    assert not mirror.renew()
    clients.s3.delete_object(Bucket=bucket, Key="guidelines/a.toml")
    assert mirror.renew()
    assert there() == {"e.toml": "three"}
