"""What must hold among the keys of a guideline of pages, and what of them no other reader takes."""

from collections.abc import Iterator, Sequence

from billdrop.guidelines.faults import Fault, dotted
from billdrop.guidelines.model import Field, Guideline, ValueType
from billdrop.guidelines.places import Path

Stated = Sequence[tuple[Path, Field, ValueType]]
_ONLY = ("side", "cell", "form")
_COUNTED = "texts count from 1; -1 is the last on its line, or of those below"


def faults(guideline: Guideline, stated: Stated) -> Iterator[Fault]:
    """Everything that does not hold."""
    for path, field, kind in stated:
        of_line = path[0] == "lines"
        if field.at and not of_line:
            message = f"`{dotted(path)}.at` is for the columns of `[lines.fields]`"
            yield Fault((*path, "at"), message, "name its `label`")
        if field.cell == 0 or (field.cell < -1 and field.side == "below"):
            message = f"`{dotted(path)}.cell` is {field.cell}"
            yield Fault((*path, "cell"), message, _COUNTED)
        if field.several == "sum" and kind not in ("money", "number", "percent"):
            message = f"`{dotted(path)}.several` is `sum`, and a {kind} is not added up"
            yield Fault((*path, "several"), message, "use `first` or `last`")
        for key in ("side", "cell", "several", "section") if of_line else ():
            if key in field.model_fields_set:
                message = f"`{dotted((*path, key))}` is not for a column"
                yield Fault((*path, key), message, "take it out")
    lines = guideline.lines
    if lines and not lines.start and not any(it.label for it in lines.fields.values()):
        hint = "name the heads of the columns as `label`, or the line before them as `lines.start`"
        yield Fault(("lines",), "nothing says where the lines begin", hint)


def elsewhere(guideline: Guideline, stated: Stated) -> Iterator[Fault]:
    """What is given to another reader."""
    reader = guideline.input.reader
    for path, field, _ in stated:
        for key in _ONLY:
            if key in field.model_fields_set:
                message = f"`{dotted((*path, key))}` is not for the {reader} reader"
                yield Fault((*path, key), message, "take it out; it is for the layout reader")
        if field.several == "last":
            message = f"`{dotted(path)}.several` is `last`, which is for the layout reader"
            yield Fault((*path, "several"), message, "use `same` or `first`")
