"""Objects of a bucket: read as pinned, written once, and every refusal told apart."""

import threading

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.store.bucket import address
from billdrop.aws.store.objects import Content, Objects, Unread, Why, is_plain
from billdrop.errors import ConfigurationError, UnavailableError
from tests.aws.buckets import bucket
from tests.aws.scripted import Scripted, answer, refusal, scripted
from tests.aws.standin import ACCOUNT, StandIn

MOST = 1 << 20
STRANGE = [
    "acme//b",
    "/acme",
    "acme/",
    "acme/../b",
    "acme/./b",
    "acme/a%2Fb",
    "acme/a\\b",
    "acme/ñ +=&?#:\U0001f600",
    "acme/" + "ä" * 509,
]


def objects(clients: Clients, *, versions: bool = True, owner: str = ACCOUNT) -> Objects:
    return Objects(clients, bucket(clients, versions=versions), owner=owner)


def body(found: Content | Unread) -> bytes | None:
    assert isinstance(found, Content), found
    return found.body


def why(found: Content | Unread) -> Why:
    assert isinstance(found, Unread), found
    assert "\n" not in found.evidence
    return found.why


def test_version_is_read_though_there_is_a_newer_one(clients: Clients) -> None:
    ours = objects(clients)
    ours.put("acme/a", b"one")
    ours.put("acme/a", b"two")
    newer, older = ours.versions()
    assert body(ours.read("acme/a", version_id=older.version_id, most=MOST)) == b"one"
    assert body(ours.read("acme/a", version_id=newer.version_id, most=MOST)) == b"two"
    assert body(ours.read("acme/a", etag=newer.etag, most=MOST)) == b"two"


def test_object_with_another_etag_is_replaced(clients: Clients) -> None:
    ours = objects(clients, versions=False)
    ours.put("acme/a", b"one")
    (first,) = ours.versions()
    ours.put("acme/a", b"two")
    assert why(ours.read("acme/a", etag=first.etag, most=MOST)) is Why.REPLACED


@pytest.mark.parametrize("version_id", [None, "0" * 32])
def test_object_or_version_that_is_not_there_is_gone(
    clients: Clients, version_id: str | None
) -> None:
    assert why(objects(clients).read("acme/a", version_id=version_id, most=MOST)) is Why.GONE


def test_bucket_that_is_not_there_is_an_error_of_configuration(clients: Clients) -> None:
    with pytest.raises(ConfigurationError, match="NoSuchBucket"):
        Objects(clients, "no-such-bucket-anywhere", owner=ACCOUNT).read("a", most=MOST)


@pytest.mark.parametrize("key", STRANGE)
def test_strange_key_reads_the_object_of_that_name_and_no_other(clients: Clients, key: str) -> None:
    ours = objects(clients)
    for other in {key.strip("/"), key.replace("//", "/"), "acme/b", "b", "acme/a/b"} - {key}:
        ours.put(other, b"another")
    assert ours.put_new(key, b"this") is True
    assert ours.put_new(key, b"that") is False
    assert body(ours.read(key, most=MOST)) == b"this"


@pytest.mark.parametrize(
    "key", ["a/", "/a", "a//b", "a/.", "a/../b", "..", ".", "", "a\x1f", "a\\b"]
)
def test_key_of_which_another_path_might_be_made_is_left_to_the_sdk(key: str) -> None:
    assert not is_plain(key)


def test_large_object_is_not_read_at_once_but_in_pieces(clients: Clients) -> None:
    ours = objects(clients)
    content = bytes(range(256)) * 12_000
    ours.put("acme/a", content)
    assert ours.read("acme/a", most=1000) == Content(size=len(content), body=None)
    pieces = list(ours.pieces("acme/a"))
    assert len(pieces) > 1
    assert b"".join(pieces) == content


def test_versions_are_listed_by_key_the_newest_first_with_marks_of_deletion(
    clients: Clients,
) -> None:
    ours = objects(clients)
    for number in range(3):
        ours.put("acme/a", bytes(number))
        ours.put("acme/b", bytes(number))
    ours.remove("acme/a")
    found = [(each.key, each.size, each.deleted) for each in ours.versions(at_once=2)]
    assert [one for one in found if one[0] == "acme/b"] == [
        ("acme/b", 2, False),
        ("acme/b", 1, False),
        ("acme/b", 0, False),
    ]
    assert [one[1] for one in found if one[0] == "acme/a" and not one[2]] == [2, 1, 0]
    assert [one[0] for one in found if one[2]] == ["acme/a"]


def test_removed_object_can_be_written_anew(clients: Clients) -> None:
    ours = objects(clients)
    assert ours.put_new("a", b"one")
    ours.remove("a")
    ours.remove("a")
    assert ours.put_new("a", b"two")


def test_tops_are_the_first_parts_of_all_keys(clients: Clients) -> None:
    ours = objects(clients)
    for key in ["a/x/y", "a/z", "a-b/x", "top"]:
        ours.put(key, b"")
    assert ours.tops() == ["a-b/", "a/", "top"]
    assert list(ours.keys("a/")) == ["a/x/y", "a/z"]


def test_one_of_many_who_write_at_once_wins(clients: Clients) -> None:
    ours = objects(clients)
    won: list[int] = []

    def write(number: int) -> None:
        if ours.put_new("a", b"%d" % number):
            won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert body(ours.read("a", most=MOST)) == b"%d" % won[0]


def test_denied_is_told_apart_from_gone(guarded: StandIn, unique: str) -> None:
    root = guarded.clients()
    name = bucket(root, versions=True)
    Objects(root, name, owner=ACCOUNT).put("a", b"one")
    root.iam.create_user(UserName=unique)
    key = root.iam.create_access_key(UserName=unique)["AccessKey"]
    ours = Objects(guarded.clients(key["AccessKeyId"], key["SecretAccessKey"]), name, owner=ACCOUNT)
    assert why(ours.read("a", most=MOST)) is Why.DENIED


@pytest.mark.parametrize(
    ("endpoint", "name", "host", "path"),
    [
        ("https://s3.eu-central-1.amazonaws.com", "b", "https://b.s3.eu-central-1.amazonaws.com", ""),
        ("https://s3.cn-north-1.amazonaws.com.cn", "b", "https://b.s3.cn-north-1.amazonaws.com.cn", ""),
        ("https://s3.eu-central-1.amazonaws.com", "b.c", "https://s3.eu-central-1.amazonaws.com", "/b.c"),
        ("http://127.0.0.1:4566", "b", "http://127.0.0.1:4566", "/b"),
        ("https://amazonaws.com.example/s3/", "b", "https://amazonaws.com.example", "/s3/b"),
    ],
)  # fmt: skip
def test_bucket_has_a_host_of_its_own_on_aws_alone(
    endpoint: str, name: str, host: str, path: str
) -> None:
    assert address(endpoint, name) == (host, path)


def test_every_call_signs_whose_bucket_it_has_to_be() -> None:
    with scripted(answer(b"")) as ours:
        ours.read("plain", version_id="v", etag="d41d8cd98f00b204e9800998ecf8427e", most=MOST)
        ours.put_new("plain", b"")
        ours.read("not//plain", most=MOST)
        list(ours.pieces("plain"))
        ours.put("plain", b"")
        assert len(Scripted.asked) == 5
        for _, _, headers in Scripted.asked:
            low = {name.lower(): value for name, value in headers.items()}
            assert low["x-amz-expected-bucket-owner"] == ACCOUNT
            assert "x-amz-expected-bucket-owner" in low["authorization"]
        assert Scripted.asked[0][1].endswith("?versionId=v")


def test_body_that_ends_too_early_is_read_again() -> None:
    torn = answer(b"hel", content_length="5")
    with scripted(torn, torn, torn, torn, answer(b"hello")) as ours:
        assert body(ours.read("a", most=MOST)) == b"hello"


def test_body_that_ends_too_early_every_time_is_an_error_and_never_a_part() -> None:
    with scripted(answer(b"hel", content_length="5")) as ours:
        with pytest.raises(UnavailableError, match="s3://b/a"):
            ours.read("a", most=MOST)
        with pytest.raises(UnavailableError, match="s3://b/a"):
            list(ours.pieces("a"))


def test_body_with_another_checksum_is_read_again() -> None:
    wrong = answer(b"hellO", etag='"5d41402abc4b2a76b9719d911017c592"')
    with scripted(wrong, answer(b"hello")) as ours:
        assert body(ours.read("a", most=MOST)) == b"hello"


def test_answer_about_another_version_or_content_is_none() -> None:
    other, right = answer(b"other", x_amz_version_id="w"), answer(b"hello", x_amz_version_id="v")
    with scripted(other, right) as ours:
        assert body(ours.read("a", version_id="v", most=MOST)) == b"hello"
    with scripted(other, right) as ours:
        etag = right[2]["etag"].strip('"')
        assert body(ours.read("a", etag=etag, most=MOST)) == b"hello"


def test_etag_that_is_no_digest_is_asked_about_once() -> None:
    with scripted(answer(b"hello", etag=f'"{"0" * 32}"')) as ours:
        for _ in range(3):
            assert body(ours.read("a", most=MOST)) == b"hello"
        assert len(Scripted.asked) == 4


@pytest.mark.parametrize(
    ("status", "code"), [(503, "SlowDown"), (500, "InternalError"), (400, "ExpiredToken")]
)
def test_throttle_or_outage_or_expired_credentials_are_worth_another_try(
    status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with scripted(refusal(status, code)) as ours, pytest.raises(UnavailableError, match=code):
        ours.read("a", most=MOST)


def test_throttle_that_passes_is_not_seen() -> None:
    with scripted(refusal(503, "SlowDown"), answer(b"hello")) as ours:
        assert body(ours.read("a", most=MOST)) == b"hello"


def test_write_that_raced_with_another_is_tried_again() -> None:
    raced = refusal(409, "ConditionalRequestConflict")
    with scripted(raced, raced, raced, refusal(412, "PreconditionFailed")) as ours:
        assert ours.put_new("a", b"") is False
