"""What takes longer than a request tells how far it is, and outlives the page that began it."""

from collections.abc import Iterator
from threading import Event

from billdrop.console.jobs import KEPT, Job, Jobs, Step
from billdrop.errors import UnavailableError
from billdrop.operations import Summary
from tests.process import eventually


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def ended(job: Job) -> None:
    eventually(lambda: job.ended, lambda at: at is not None)


def test_job_says_how_far_it_is_and_how_long_it_will_take() -> None:
    clock, go, half = Clock(), Event(), Event()
    jobs = Jobs(monotonic=clock)

    def steps() -> Iterator[Step]:
        yield lambda _: 50
        half.set()
        assert go.wait(10)
        yield lambda _: 150

    job = jobs.begin("Read again", 200, steps())
    assert half.wait(10)
    clock.seconds = 5.0
    assert (job.done, job.left(5.0), job.ended) == (50, 15.0, None)
    clock.seconds = 8.0
    go.set()
    ended(job)
    assert (job.done, job.seconds(99.0), job.left(99.0)) == (200, 8.0, None)


def test_job_that_is_refused_keeps_what_was_done_and_says_why() -> None:
    def refuse(summary: Summary) -> int:
        raise UnavailableError("the books are busy", hint="try again")

    def fail(summary: Summary) -> int:
        raise ZeroDivisionError

    jobs = Jobs()
    for step, said in ((refuse, "the books are busy"), (fail, "ZeroDivisionError")):
        job = jobs.begin("Read again", 3, [lambda _: 1, step, lambda _: 1])
        ended(job)
        assert job.done == 1
        assert job.error is not None
        assert said in job.error.message


def test_jobs_run_one_after_the_other_and_the_oldest_are_forgotten() -> None:
    jobs, order = Jobs(), list[int]()

    def step(number: int) -> Step:
        def work(summary: Summary) -> int:
            order.append(number)
            return 1

        return work

    made = [jobs.begin("Read again", 1, [step(number)]) for number in range(KEPT + 1)]
    ended(made[-1])
    assert order == list(range(KEPT + 1))
    assert jobs.named(made[0].id) is None
    assert jobs.named(made[-1].id) is made[-1]
