import pytest

from billdrop.web.rules import RefusedError, cross_site, host_allowed, parts, single, target


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"/inbox/acme/a.txt", ["inbox", "acme", "a.txt"]),
        (b"/inbox/acme/2026/11/a.txt", ["inbox", "acme", "2026", "11", "a.txt"]),
        (b"/inbox/acme/a%20b+c.txt", ["inbox", "acme", "a b+c.txt"]),
        (b"/inbox/acme/%252e%252e", ["inbox", "acme", "%2e%2e"]),
        (b"/inbox/acme/%C3%84.txt", ["inbox", "acme", "Ä.txt"]),
    ],
)
def test_each_part_of_a_path_is_decoded_once(raw: bytes, found: list[str]) -> None:
    assert parts(raw) == found


@pytest.mark.parametrize(
    "raw",
    [
        b"/inbox/acme%2Fother/a",
        b"/inbox/acme/a%2fb",
        b"/inbox/acme/%",
        b"/inbox/acme/%4",
        b"/inbox/acme/%zz",
        b"/inbox/acme/%c0%ae%c0%ae",
        b"/inbox/acme/%ff",
        b"/inbox/acme/%ed%a0%80",
    ],
)
def test_path_that_others_could_decode_otherwise_is_refused(raw: bytes) -> None:
    with pytest.raises(RefusedError):
        parts(raw)


@pytest.mark.parametrize(
    "path",
    [
        ["inbox", "", "a"],
        ["inbox", "acme", ""],
        ["inbox", "acme", ".."],
        ["inbox", "..", "a"],
        ["inbox", "acme", "a\0"],
        ["inbox", "acme", "a\n"],
        ["inbox", "acme", "a\u202e"],
        ["inbox", "a b", "a"],
        ["inbox", "acme", "a\\b"],
        ["inbox", "acme", "a" * 1025],
    ],
)
def test_names_that_are_not_allowed_are_no_target(path: list[str]) -> None:
    with pytest.raises(RefusedError):
        target(path)


def test_target_is_the_customer_and_the_key_below_the_inbox() -> None:
    assert target(["inbox", "acme", "2026", "a.txt"]) == ("acme", "acme/2026/a.txt")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST", "[::1]:8080", "bills.lan"]
)
def test_own_names_are_answered(host: str) -> None:
    assert host_allowed(host, frozenset({"bills.lan"}))


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "127.0.0.1@evil", "localhost:", "::1", "a/b"],
)
def test_other_names_are_not(host: str) -> None:
    assert not host_allowed(host, frozenset({"bills.lan"}))


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({b"sec-fetch-site": b"same-origin"}, False),
        ({b"sec-fetch-site": b"none"}, False),
        ({b"sec-fetch-site": b"cross-site"}, True),
        ({b"sec-fetch-site": b"same-site"}, True),
        ({b"origin": b"http://localhost:8080"}, False),
        ({b"origin": b"http://localhost:9090"}, True),
        ({b"origin": b"http://evil.example"}, True),
        ({b"origin": b"null"}, True),
        ({b"origin": b"http://[broken"}, True),
    ],
)
def test_browser_may_write_only_from_a_page_of_this_door(
    headers: dict[bytes, bytes], refused: bool
) -> None:
    assert cross_site({b"host": b"localhost:8080", **headers}) == refused


def test_deciding_header_given_twice_is_refused() -> None:
    with pytest.raises(RefusedError):
        single([(b"host", b"localhost"), (b"host", b"evil.example")])
    assert single([(b"accept", b"a"), (b"accept", b"b")])
