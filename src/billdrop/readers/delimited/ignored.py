"""Rows of a delimited document that carry nothing: totals, trailers, remarks."""

from collections.abc import Callable, Iterator

from billdrop.guidelines.model import Guideline
from billdrop.readers import Limits
from billdrop.readers.passed import passed
from billdrop.readers.stream import Row

Sift = Callable[[Iterator[Row]], Iterator[Row]]


def sift(guideline: Guideline, limits: Limits, line_end: str) -> Sift:
    """What leaves out the rows that `ignore` names; raises `GuidelineError` for a bad pattern."""
    ignored = passed(guideline, limits)
    if ignored is None:
        return lambda taken: taken

    def kept(taken: Iterator[Row]) -> Iterator[Row]:
        for row in taken:
            if not ignored(row[1].removesuffix(line_end)):
                yield row

    return kept
