"""The way of a batch: every step can be repeated, nothing is decided twice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from billdrop.books import csvfile
from billdrop.errors import SegmentConflictError, UnavailableError
from billdrop.memory import MemoryInbox
from billdrop.model import Delivery, Document, Parsed, State
from billdrop.way import pipeline
from billdrop.way.answering import AnsweringInbox
from tests.samples import docproc
from tests.unit.rig import Failing, Rig


def states(rig: Rig) -> dict[str, int]:
    return {state: count for state, count in rig.ledger.states().items() if count}


def test_a_batch_ends_with_an_outcome_for_each_delivery_in_order() -> None:
    rig = Rig()
    good = rig.upload("a.txt", docproc("inv-1"))
    bad = rig.upload("b.txt", docproc("inv-2", total="9"))
    gone = rig.upload("c.txt", docproc("inv-3"))
    rig.inbox.remove(gone.ref)
    old = rig.upload("d.txt", docproc("inv-4"))
    rig.upload("d.txt", docproc("inv-5"))
    outcomes = pipeline.process([gone, old, good, bad], rig.way)
    assert [outcome and outcome.state for outcome in outcomes] == [
        State.LOST,
        None,
        State.RECORDED,
        State.QUARANTINED,
    ]


def test_the_boundaries_of_a_batch_are_reached_in_this_order() -> None:
    rig = Rig()
    pipeline.process([rig.upload("a.txt", docproc("inv-1"))], rig.way)
    pipeline.confirm(rig.way)
    assert rig.boundaries == [
        "fetched", "parsed", "committed", "put", "put", "settled", "flushed", "confirmed",
    ]  # fmt: skip


def test_processing_the_same_deliveries_again_changes_nothing() -> None:
    rig = Rig()
    deliveries = [rig.upload("a.txt", docproc("inv-1"))]
    pipeline.process(deliveries, rig.way)
    objects = {key: b"".join(rig.destination.get(key)) for key in rig.destination.list()}
    (again,) = pipeline.process(deliveries, rig.way)
    assert again is not None
    assert again.known
    assert objects == {key: b"".join(rig.destination.get(key)) for key in rig.destination.list()}
    assert states(rig) == {"recorded": 1, "unpublished_segments": 1}


def test_confirming_marks_what_was_published_once() -> None:
    rig = Rig()
    pipeline.process([rig.upload("a.txt", docproc("inv-1"))], rig.way)
    pipeline.confirm(rig.way)
    pipeline.confirm(rig.way)
    assert states(rig) == {"recorded": 1}
    assert rig.boundaries.count("flushed") == 1


def test_what_was_committed_and_not_published_is_published_by_whoever_comes_next() -> None:
    rig = Rig()
    pipeline.process([rig.upload("a.txt", docproc("inv-1"))], rig.way)
    for key in list(rig.destination.list()):
        rig.destination.remove(key)
    rig.way.unconfirmed.clear()
    assert pipeline.recover(rig.way) == 1
    assert len(list(rig.destination.list())) == 2
    assert states(rig) == {"recorded": 1}


def test_recovering_leaves_what_is_only_waiting_for_its_flush() -> None:
    rig = Rig()
    pipeline.process([rig.upload("a.txt", docproc("inv-1"))], rig.way)
    assert pipeline.recover(rig.way) == 0
    assert states(rig) == {"recorded": 1}


def test_overlapping_batches_are_committed_in_their_order() -> None:
    rig = Rig()
    rig.read.elsewhere = True
    batches = [[rig.upload(f"{index}.txt", docproc(f"inv-{index}"))] for index in range(3)]
    outcomes = [outcome for each in pipeline.overlapping(batches, rig.way) for outcome in each]
    assert [outcome and outcome.invoices[0].number for outcome in outcomes] == [
        "inv-0", "inv-1", "inv-2",
    ]  # fmt: skip
    assert rig.boundaries[:4] == ["fetched", "fetched", "fetched", "parsed"]
    assert list(pipeline.overlapping([], rig.way)) == []


def test_no_more_batches_are_fetched_ahead_than_it_says() -> None:
    rig = Rig()
    rig.read.elsewhere = True
    many = pipeline.AHEAD + 3
    batches = [[rig.upload(f"{index}.txt", docproc(f"inv-{index}"))] for index in range(many)]
    assert len(list(pipeline.overlapping(batches, rig.way))) == many
    assert rig.boundaries.index("parsed") == pipeline.AHEAD + 1


def test_what_is_read_here_is_committed_before_more_is_fetched_than_the_next() -> None:
    rig = Rig()
    batches = [[rig.upload(f"{index}.txt", docproc(f"inv-{index}"))] for index in range(3)]
    list(pipeline.overlapping(batches, rig.way))
    assert rig.boundaries[:3] == ["fetched", "fetched", "parsed"]


def test_the_sweep_yields_what_the_ledger_does_not_have() -> None:
    rig = Rig()
    known = rig.upload("a.txt", docproc("inv-1"))
    pipeline.process([known], rig.way)
    missing = rig.upload("b.txt", docproc("inv-2"))
    found = [delivery for batch in pipeline.sweep(rig.way, limit=1) for delivery in batch]
    assert found == [missing]


def test_what_came_first_is_first_also_when_a_sweep_finds_it() -> None:
    rig = Rig()
    first = rig.upload("z.txt", docproc("inv-1"))
    rig.later(minutes=1)
    second = rig.upload("a.txt", docproc("inv-1", total="9"))
    (batch,) = pipeline.unseen([second, first], rig.way, limit=10)
    assert batch == [first, second]


def test_only_what_was_captured_long_enough_ago_is_expired() -> None:
    rig = Rig()
    pipeline.process([rig.upload("old.txt", docproc("inv-1"))], rig.way)
    rig.later(hours=25)
    pipeline.process([rig.upload("new.txt", docproc("inv-2"))], rig.way)
    rig.upload("never-captured.txt", docproc("inv-3"))
    rig.later(minutes=1)
    assert pipeline.expire(rig.way, age=timedelta(hours=24)) == 1
    left = sorted(delivery.ref.key for delivery in rig.inbox.list())
    assert left == ["acme/never-captured.txt", "acme/new.txt"]


def test_inbox_that_forgets_by_itself_is_not_listed() -> None:
    class Forgetful(MemoryInbox):
        expires = False

        def list(self) -> Iterator[Delivery]:
            raise AssertionError

    rig = Rig()
    rig.way.inbox = AnsweringInbox(Forgetful(), lambda settled: [None] * len(settled))
    assert pipeline.expire(rig.way, age=timedelta(hours=24)) == 0


def test_batches_are_cut_by_number_and_by_size_and_a_large_document_stands_alone() -> None:
    rig = Rig()
    sizes = [3, 3, 3, 20, 1, 1]
    deliveries = [rig.upload(f"{at}", "x" * size) for at, size in enumerate(sizes)]

    def cut(documents: int, size: int | None) -> list[list[int]]:
        batches = pipeline.batches(deliveries, documents=documents, size=size)
        return [[delivery.size for delivery in batch] for batch in batches]

    assert cut(2, None) == [[3, 3], [3, 20], [1, 1]]
    assert cut(10, 6) == [[3, 3], [3], [20], [1, 1]]
    assert list(pipeline.batches(list[Delivery](), documents=1)) == []


def test_what_was_listed_before_an_error_is_swept_before_it_is_raised() -> None:
    rig = Rig()

    def listed() -> Iterator[Delivery]:
        yield rig.upload("a.txt", docproc("inv-1"))
        raise UnavailableError("not now")

    found = pipeline.unseen(listed(), rig.way, limit=10)
    assert [delivery.ref.key for delivery in next(found)] == ["acme/a.txt"]
    with pytest.raises(UnavailableError):
        next(found)


def test_a_commit_that_fails_leaves_nothing_and_settles_nothing() -> None:
    rig = Rig()
    delivery = rig.upload("a.txt", docproc("inv-1"))
    rig.ledger.fails = Failing(UnavailableError("not now"))
    with pytest.raises(UnavailableError):
        pipeline.process([delivery], rig.way)
    assert states(rig) == {}
    assert not list(rig.destination.list())


def test_a_batch_without_documents_commits_nothing() -> None:
    rig = Rig()
    assert pipeline.process([], rig.way) == []
    assert pipeline.commit([], rig.way) == ()
    assert "committed" not in rig.boundaries


def test_a_segment_that_was_put_before_there_were_more_columns_is_left_as_it_is() -> None:
    rig = Rig()
    pipeline.process([rig.upload("a.txt", docproc("inv-1"))], rig.way)
    segment = next(iter(rig.ledger.unpublished()))
    for key in list(rig.destination.list()):
        rig.destination.remove(key)
    before = {
        csvfile.key(folder, segment): b"".join(next(csvfile.earlier(columns, rows)))
        for folder, columns, rows in csvfile.parts(segment)
    }
    for key, body in before.items():
        rig.destination.put(key, [body])
    rig.way.unconfirmed.clear()
    assert pipeline.recover(rig.way) == 1
    assert {key: b"".join(rig.destination.get(key)) for key in before} == before
    assert states(rig) == {"recorded": 1}


def test_a_segment_that_somebody_else_wrote_does_not_keep_the_others_from_being_published() -> None:
    rig = Rig()
    for index in range(2):
        pipeline.process([rig.upload(f"{index}.txt", docproc(f"inv-{index}"))], rig.way)
    first = next(iter(rig.ledger.unpublished()))
    for key in list(rig.destination.list()):
        rig.destination.remove(key)
    rig.destination.put(
        f"invoices/received={first.received}/{first.name}.csv", [b"somebody else's"]
    )
    rig.way.unconfirmed.clear()
    with pytest.raises(SegmentConflictError):
        pipeline.recover(rig.way)
    assert states(rig) == {"recorded": 2, "unpublished_segments": 1}


def test_a_reading_that_says_nothing_is_never_taken_for_done() -> None:
    rig = Rig()
    delivery = rig.upload("a.txt", docproc("inv-1"))
    (document,) = rig.inbox.fetch([delivery])
    assert isinstance(document, Document)
    with pytest.raises(ValueError, match="nothing was read"):
        pipeline.commit([Parsed(document=document, guideline=None)], rig.way)
    assert states(rig) == {}
