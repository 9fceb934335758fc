"""Rows of a delimited document that carry nothing: totals, trailers, remarks."""

from collections.abc import Callable, Iterator

from billdrop.guidelines.model import Guideline
from billdrop.readers import Limits
from billdrop.readers.cells import Row
from billdrop.readers.rows import Rows
from billdrop.readers.tables import fold

Sift = Callable[[Iterator[Row]], Iterator[Row]]


def sift(guideline: Guideline, limits: Limits, line_end: str) -> Sift:
    """What leaves out the rows that `ignore` names; raises `GuidelineError` for a bad pattern."""
    if not guideline.ignore:
        return lambda taken: taken
    compiler = Rows(guideline.locale, limits.digits)
    texts = {fold(text) for text in guideline.ignore if "{" not in text}
    fits = [
        compiler.compile(text, None, f"ignore[{at}]").fit
        for at, text in enumerate(guideline.ignore)
        if "{" in text
    ]

    def kept(taken: Iterator[Row]) -> Iterator[Row]:
        for row in taken:
            text = row[1].removesuffix(line_end)
            if fold(text) not in texts and not any(fit(text) for fit in fits):
                yield row

    return kept
