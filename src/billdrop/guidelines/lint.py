"""Reading a guideline text: everything that is wrong with it, at once, with places."""

from collections.abc import Iterator
from pathlib import Path as FilePath

from billdrop.errors import GuidelineError
from billdrop.guidelines import extending, locales, rules, toml
from billdrop.guidelines.examples import disagreements
from billdrop.guidelines.faults import Fault, Problem, dotted, parts
from billdrop.guidelines.guide import Guide, bound
from billdrop.guidelines.house import FILE, examined
from billdrop.guidelines.model import Guideline
from billdrop.guidelines.places import places
from billdrop.guidelines.shape import shaped
from billdrop.readers import Limits, Reader
from billdrop.readers.registry import build

_KEYS = frozenset(Guideline.model_fields)


def lint(text: str, origin: str) -> list[Problem]:
    """
    Everything that keeps the text from being a guideline, its own examples included.

    Of a file with the name of the policy file, what keeps it from being that.
    """
    if FilePath(origin).name == FILE:
        return examined(text)[1]
    return examine(text, limits=Limits(), beside=FilePath(origin).parent)[1]


def examine(
    text: str, *, limits: Limits, beside: FilePath | None
) -> tuple[Guide | None, list[Problem]]:
    """
    The guide as far as it could be made, and the problems in the order of the text.

    `beside`: the folder of the examples' files; None: the examples are not tried.
    """
    try:
        entire, data, faults = extending.whole(text)
    except toml.NotTomlError as error:
        return None, [_not_toml(error)]
    guideline, misshapen = shaped(data) if not faults else (None, [])
    faults += misshapen
    guide = None
    if guideline:
        faults = [*rules.faults(guideline), *locales.faults(guideline)]
        reader = None if faults else _built(guideline, limits, faults)
        guide = bound(entire, guideline, lambda: reader) if reader else None
        if guide and beside is not None:
            faults += disagreements(guide, beside)
    return guide, _placed(text.partition(extending.BASE)[0], faults)


def _built(guideline: Guideline, limits: Limits, faults: list[Fault]) -> Reader | None:
    try:
        return build(guideline, limits)
    except GuidelineError as error:
        faults.extend(_refusals(error))
        return None


def _refusals(error: GuidelineError) -> Iterator[Fault]:
    """A builder names the key in the fact `path`, or before the colon of its message."""
    code = error.error_code if error.error_code != GuidelineError.code else "BD4005"
    prefix, _, rest = error.message.partition(": ")
    if "path" in error.facts:
        yield Fault(parts(str(error.facts["path"])), error.message, error.hint, code)
    else:
        path = parts(prefix) if rest else ()
        yield Fault(path if path[:1] and path[0] in _KEYS else (), error.message, error.hint, code)


def _placed(text: str, faults: list[Fault]) -> list[Problem]:
    if not faults:
        return []
    known = places(text)
    found = [fault.at(known) for fault in faults]
    return sorted(found, key=lambda problem: (problem.line, problem.column))


def _not_toml(error: toml.NotTomlError) -> Problem:
    line, column = error.place
    return Problem(
        code="BD4002",
        message=error.fact,
        path=dotted(()),
        line=line,
        column=column,
        hint="texts stand in quotes, a key stands once",
    )
