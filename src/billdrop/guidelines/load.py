"""From the text of a guideline file to a guideline, or to an error that holds every problem."""

from functools import cache, partial
from pathlib import Path

from billdrop.errors import GuidelineError
from billdrop.guidelines import extending
from billdrop.guidelines.faults import Problem
from billdrop.guidelines.guide import Guide, bound
from billdrop.guidelines.lint import examine, lint
from billdrop.guidelines.model import Guideline
from billdrop.readers import Limits
from billdrop.readers.registry import build

__all__ = ["Problem", "compile_guide", "lint", "load", "sound"]


def load(text: str, *, origin: str) -> Guideline:
    """
    The guideline, its own examples tried.

    `origin`: the path of the file; examples' files lie beside it.
    Raises `GuidelineError` with the fact `problems`, a tuple of every `Problem`.
    """
    guide, problems = examine(text, limits=Limits(), beside=Path(origin).parent)
    return _sound(guide, problems, origin).guideline


def compile_guide(text: str, *, origin: str, limits: Limits) -> Guide:
    """
    The guide of a text that was loaded before, such as the one the ledger keeps.

    Needs no file: the examples are not tried again. Raises as `load` does.
    """
    return _sound(*examine(text, limits=limits, beside=None), origin)


def sound(text: str, limits: Limits) -> Guide:
    """The guide of a text that is known to be right; its reader is built when a document comes for it."""
    entire, data, _ = extending.whole(text)
    guideline = Guideline.model_validate(data)
    return bound(entire, guideline, cache(partial(build, guideline, limits)))


def _sound(guide: Guide | None, problems: list[Problem], origin: str) -> Guide:
    if guide and not problems:
        return guide
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    raise GuidelineError(
        f"{origin}:{first.line}:{first.column}: {first.message}{more}",
        hint=first.hint or "correct it, then check with `billdrop guideline lint`",
        code=first.code,
        origin=origin,
        problems=tuple(problems),
    )
