"""By hand on a stack: what lies in the bucket is taken in, and who sent what is read again is told."""

import json
from pathlib import Path

import pytest

from tests.aws.worked import Site, heard
from tests.process import billdrop, eventually
from tests.samples import docproc


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(auth=False)


def test_what_begins_so_is_taken_in_and_answered_and_again_counted_as_it_stands(site: Site) -> None:
    for name in ("a", "b"):
        site.upload(f"first/{name}.txt", docproc(f"first-{name}"))
    site.upload("first/copy.txt", docproc("first-a"))
    site.upload("firstling/c.txt", docproc("never"))
    where = f"s3://{site.stack.inbox_bucket}/first/"

    taken = site.answer("ingest", where)
    assert (taken["documents"], taken["recorded"], taken["duplicate"]) == (3, 2, 1)
    assert taken["known"] == 0
    assert site.receipt("first/a.txt")["outcome"] == "recorded"
    again = site.run("ingest", "--json", where)
    assert again.returncode == 0
    assert json.loads(again.stdout) | {"known": 3, "invoices": 0} == json.loads(again.stdout)
    assert not list(site.books.documents(match="firstling"))


def test_what_waits_is_an_exit_code_of_1_each_time(site: Site) -> None:
    site.upload("wrong/a.txt", docproc("wrong-1", total="9999"))
    site.upload("wrong/b.txt", docproc("wrong-1", total="9999"))
    where = f"s3://{site.stack.inbox_bucket}/wrong/"
    for _ in range(2):
        run = site.run("ingest", where)
        assert run.returncode == 1
        assert "BD2014" in run.stderr
        assert "1 of them in quarantine before under another name" in run.stdout


def test_any_other_bucket_and_what_does_not_go_with_objects_is_refused(
    site: Site, tmp_path: Path
) -> None:
    other = site.run("ingest", f"s3://{site.stack.destination_bucket}/invoices/")
    assert other.returncode == 2
    assert f"s3://{site.stack.inbox_bucket}/" in other.stderr
    where = f"s3://{site.stack.inbox_bucket}/a/"
    assert site.run("ingest", where, "--customer", "a").returncode == 2
    assert site.run("ingest", where, str(tmp_path)).returncode == 2
    alone = billdrop("ingest", where, BILLDROP_STACK="")
    assert (alone.returncode, "--stack" in alone.stderr) == (2, True)


def test_who_sent_what_is_read_again_is_told_what_became_of_it(site: Site, tmp_path: Path) -> None:
    said = heard(site, "mended")
    site.upload("mended/a.txt", docproc("mended-1"))
    site.upload("mended/b.txt", docproc("mended-1", amounts=(("10", ""),)))
    assert site.run("ingest", f"s3://{site.stack.inbox_bucket}/mended/").returncode == 1
    assert site.receipt("mended/b.txt")["outcome"] == "quarantined"

    (entry,) = [one for one in site.answer("quarantine list") if one["customer"] == "mended"]
    released = site.run("quarantine release", str(entry["id"]), "--by", "eve", "--why", "agreed")
    assert released.returncode == 0, released.stderr
    assert site.receipt("mended/b.txt")["outcome"] == "recorded"
    assert site.receipt("mended/b.txt")["findings"] == []
    outcomes = list[tuple[str, str]]()

    def ask() -> list[tuple[str, str]]:
        outcomes.extend((one["key"], one["outcome"]) for one in said())
        return outcomes

    eventually(ask, lambda found: ("mended/b.txt", "recorded") in found)
    assert ("mended/b.txt", "quarantined") in outcomes
