"""A key is believed only under a certificate of SNS, valid now, that chains to a trusted root."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificates

from billdrop.aws.topic.certificates import (
    FETCHES_A_MINUTE,
    ISSUERS,
    Refused,
    Trust,
    amazon_trust,
    published,
)
from billdrop.errors import UnavailableError
from tests.unit.aws.signer import (
    HOST,
    ISSUER,
    ISSUER_URL,
    LEAF,
    NOW,
    ROOT,
    TRUST,
    URL,
    House,
    Web,
    certificate,
    der,
    key_of,
    pem,
)


def house_with(leaf: bytes, issuer: bytes | None = der(ISSUER)) -> House:
    return House(web=Web({URL: leaf} | ({ISSUER_URL: issuer} if issuer else {})))


def refused(leaf: bytes, issuer: bytes | None = der(ISSUER)) -> str:
    found = house_with(leaf, issuer).certificates.key(URL)
    assert isinstance(found, Refused)
    return found.reason


def test_key_of_a_genuine_certificate_is_believed_with_its_issuer_fetched() -> None:
    house = House()
    assert house.certificates.key(URL) == key_of("sns").public_key()
    assert house.web.asked == [URL, ISSUER_URL]


def test_issuer_that_comes_along_or_is_known_is_not_fetched() -> None:
    along = house_with(pem(LEAF, ISSUER))
    assert along.certificates.key(URL) == key_of("sns").public_key()
    known = House(trust=Trust(roots=pem(ROOT), issuers=pem(ISSUER)))
    assert known.certificates.key(URL) == key_of("sns").public_key()
    assert along.web.asked == known.web.asked == [URL]


def test_certificate_for_a_region_that_one_opts_in_to_is_believed_only_there() -> None:
    leaf = certificate("sns", "issuer", names=["sns-signing.af-south-1.amazonaws.com"])
    assert "not one of SNS" in refused(pem(leaf))
    url = "https://sns.af-south-1.amazonaws.com/SimpleNotificationService-a.pem"
    web = Web({url: pem(leaf), ISSUER_URL: der(ISSUER)})
    there = House(web=web, arn="arn:aws:sns:af-south-1:111122223333:invoices")
    assert there.certificates.key(url) == key_of("sns").public_key()


UNTRUSTED = {
    "self-signed": pem(certificate("sns", "sns")),
    "an authority that is not trusted": pem(
        certificate("sns", "evil"), certificate("evil", "evil", authority=True)
    ),
    "the name of the issuer with another key": pem(
        certificate("sns", "evil"), certificate("issuer", "evil", authority=True)
    ),
    "an issuer that is no authority": pem(
        certificate("sns", "leaf"), certificate("leaf", "issuer"), ISSUER
    ),
    "an authority itself": pem(ISSUER),
    "another name": pem(certificate("sns", "issuer", names=["sns.evil.example"])),
    "a name that begins like it": pem(
        certificate("sns", "issuer", names=["sns.amazonaws.com.evil.example"])
    ),
    "its name in the subject alone": pem(certificate("sns.amazonaws.com", "issuer", names=["x.y"])),
    "a time that is over": pem(certificate("sns", "issuer", until=NOW - timedelta(seconds=1))),
    "a time to come": pem(certificate("sns", "issuer", since=NOW + timedelta(seconds=1))),
    "no RSA key": pem(certificate("sns", "issuer", key=ec.generate_private_key(ec.SECP256R1()))),
    "nothing": b"",
    "no certificate": b"<html>",
    "half a certificate": pem(LEAF)[:400],
    "rubbish": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
}


@pytest.mark.parametrize("what", UNTRUSTED)
def test_certificate_is_refused_that_has(what: str) -> None:
    assert refused(UNTRUSTED[what])


def test_certificate_under_an_expired_issuer_is_refused() -> None:
    old = certificate("issuer", "root", authority=True, until=NOW - timedelta(seconds=1))
    assert "not valid" in refused(pem(LEAF), der(old))


@pytest.mark.parametrize("issuer", [None, b"", b"rubbish", pem(ISSUER), der(ROOT), der(LEAF)])
def test_certificate_without_its_issuer_is_refused(issuer: bytes | None) -> None:
    assert refused(pem(LEAF), issuer)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/r2m01.cer",
        "http://crt.evil.example/r2m01.cer",
        "http://crt.r2m01.amazontrust.com.evil.example/r2m01.cer",
        "http://evil@crt.r2m01.amazontrust.com/r2m01.cer",
        "http://crt.r2m01.amazontrust.com:8080/r2m01.cer",
        "http://crt.r2m01.amazontrust.com/../r2m01.cer",
        "file:///etc/passwd",
    ],
)
def test_issuer_is_fetched_from_nowhere_else(url: str) -> None:
    house = house_with(pem(certificate("sns", "issuer", issuer_url=url)))
    assert isinstance(house.certificates.key(URL), Refused)
    assert house.web.asked == [URL]


def test_issuers_that_are_published_can_be_taken_along_and_no_others() -> None:
    forged = certificate("issuer", "evil", authority=True)
    pages = {"a": der(ISSUER), "b": der(forged), "c": b"rubbish", "d": pem(ISSUER)}
    taken = published(TRUST, Web(pages).fetch, urls=["a", "b", "c", "d", "e"])
    assert load_pem_x509_certificates(taken) == [ISSUER]
    house = House(web=Web({URL: pem(LEAF)}), trust=Trust(roots=TRUST.roots, issuers=taken))
    assert house.certificates.key(URL) == key_of("sns").public_key()
    assert house.web.asked == [URL]


def test_issuer_that_does_not_answer_is_left_out() -> None:
    web = Web()
    web.silent = True
    assert published(TRUST, web.fetch) == b""
    assert web.asked == list(ISSUERS)


def test_key_is_believed_only_until_its_certificate_expires() -> None:
    house = House()
    house.certificates.key(URL)
    house.now += timedelta(days=30, seconds=-1)
    assert house.certificates.key(URL) == key_of("sns").public_key()
    house.now += timedelta(seconds=2)
    assert isinstance(house.certificates.key(URL), Refused)


def test_refusal_is_remembered_for_a_minute() -> None:
    house = House(web=Web({}))
    house.web.pages = {}
    for _ in range(5):
        assert isinstance(house.certificates.key(URL), Refused)
    assert house.web.asked == [URL]
    house.web.pages = {URL: pem(LEAF), ISSUER_URL: der(ISSUER)}
    house.now += timedelta(minutes=1)
    assert house.certificates.key(URL) == key_of("sns").public_key()


def test_invented_names_are_asked_for_a_few_times_a_minute_and_push_no_key_out() -> None:
    house = House()
    house.certificates.key(URL)
    for _ in range(4):
        house.now += timedelta(minutes=1)
        for number in range(FETCHES_A_MINUTE):
            house.certificates.key(f"{HOST}/SimpleNotificationService-{number}.pem")
        with pytest.raises(UnavailableError, match="within a minute"):
            house.certificates.key(f"{HOST}/SimpleNotificationService-x.pem")
    assert len(house.web.asked) <= 2 + 4 * FETCHES_A_MINUTE
    assert house.certificates.key(URL) == key_of("sns").public_key()
    assert house.web.asked.count(URL) == 1


def test_silence_is_not_remembered() -> None:
    house = House(web=Web({URL: pem(LEAF), ISSUER_URL: der(ISSUER)}))
    house.web.silent = True
    with pytest.raises(UnavailableError):
        house.certificates.key(URL)
    house.web.silent = False
    assert house.certificates.key(URL) == key_of("sns").public_key()


def test_amazons_own_roots_are_trusted_and_no_others() -> None:
    roots = load_pem_x509_certificates(amazon_trust().roots)
    names = [one.subject.rfc4514_string() for one in roots]
    assert sorted(names) == [f"CN=Amazon Root CA {number},O=Amazon,C=US" for number in (1, 2, 3, 4)]
