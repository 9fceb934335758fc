"""A job: how far it is, how long it will still take, and what became of it."""

from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet


def show(desk: Desk, ask: Ask) -> Sheet:
    """The one that is asked for, as it stands."""
    number = ask.query.get("id", "")
    job = desk.jobs.named(int(number)) if number.isdecimal() and len(number) < 19 else None
    if job is None:
        values = {"fact": "there is no such job", "hint": "only the last ones are remembered"}
        return Sheet(title="Not found", template="said.html", values=values, status=404)
    now = desk.jobs.monotonic()
    seconds, left = job.seconds(now), job.left(now)
    return Sheet(
        title=job.what,
        template="job.html",
        values={
            "job": job,
            "seconds": seconds,
            "left": left,
            "rate": job.done / seconds if seconds else 0.0,
            "states": {state.value: count for state, count in dict(job.summary.states).items()},
            "problems": list(job.summary.problems),
        },
        rows=[
            {
                "id": job.id,
                "what": job.what,
                "documents": job.total,
                "done": job.done,
                "seconds": round(seconds, 1),
                "left_seconds": None if left is None else round(left, 1),
                "ended": job.ended is not None,
                "error": job.error.message if job.error else None,
            }
        ],
    )


PAGE = Page(show=show, roles=())
