"""Lines that a guideline's `ignore` names."""

from collections.abc import Callable

from billdrop.guidelines.model import Guideline
from billdrop.readers import Limits
from billdrop.readers.rows import Rows
from billdrop.readers.tables import fold


def passed(guideline: Guideline, limits: Limits) -> Callable[[str], bool] | None:
    """Whether a line is one of them; None where there are none. Raises `GuidelineError` for a bad pattern."""
    if not guideline.ignore:
        return None
    compiler = Rows(guideline.locale, limits.digits)
    texts = {fold(text) for text in guideline.ignore if "{" not in text}
    fits = [
        compiler.compile(text, None, f"ignore[{at}]").fit
        for at, text in enumerate(guideline.ignore)
        if "{" in text
    ]
    return lambda text: fold(text) in texts or any(fit(text) for fit in fits)
