"""The shape of a guideline: which keys there are and what kind of value each takes."""

from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from billdrop.guidelines import inputs
from billdrop.guidelines.faults import Fault, dotted, listed, meant
from billdrop.guidelines.model import Guideline
from billdrop.guidelines.places import Path

INPUTS: dict[str, type[BaseModel]] = {
    one.model_fields["reader"].annotation.__args__[0]: one  # type: ignore[union-attr]
    for one in inputs.ReaderInput.__subclasses__()
}
"""The model of `[input]`, by reader."""

Whole = TypeVar("Whole", bound=BaseModel)
"""What a file is."""

_KINDS = {
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "int_type": "a whole number",
    "bool_type": "`true` or `false`",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "finite_number": "a number",
    "is_instance_of": "a number",
}

_PATTERNS: dict[str | int, str] = {
    "guideline": "a name is up to 64 small letters, digits and hyphens, such as `acme-text`",
    "currency": "a currency is an ISO 4217 code, such as `EUR`",
    "kind": "columns count from 1, such as `1-3`, `1` or `1-`",
    "at": "columns count from 1, such as `12-20`, `12` or `12-`",
}


def shaped(data: dict[str, Any]) -> tuple[Guideline | None, list[Fault]]:
    """The guideline, or everything that is wrong with its keys and kinds of values."""
    return misshapen(Guideline, data)


def misshapen(model: type[Whole], data: dict[str, Any]) -> tuple[Whole | None, list[Fault]]:
    """The same of any file."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(_faults(data, error.errors(include_url=False), model))


def _faults(
    data: dict[str, Any], errors: list[ErrorDetails], model: type[BaseModel]
) -> Iterator[Fault]:
    """One fault per key; what several branches of a choice say about it is joined."""
    grouped: dict[Path, list[ErrorDetails]] = {}
    for error in errors:
        grouped.setdefault(_path(data, error), []).append(error)
    for path, about in grouped.items():
        deeper = any(other[: len(path)] == path for other in grouped if other != path)
        if not (deeper and about[0]["type"] in _KINDS):
            yield _fault(path, about, model)


def _path(data: Any, error: ErrorDetails) -> Path:
    """The path of an error without the names of the choices that pydantic adds."""
    path: list[str | int] = []
    loc = error["loc"]
    for part in loc:
        if _has(data, part):
            data = data[part]
        elif error["type"] != "missing" or part is not loc[-1]:
            continue
        path.append(part)
    return (*path, "reader") if error["type"].startswith("union_tag_") else tuple(path)


def _has(data: object, part: str | int) -> bool:
    return isinstance(data, list) == isinstance(part, int) and (
        isinstance(data, list) or (isinstance(data, dict) and part in data)
    )


def _fault(path: Path, about: list[ErrorDetails], model: type[BaseModel]) -> Fault:
    name, first = dotted(path), about[0]
    if first["type"] == "extra_forbidden":
        hint = meant(str(path[-1]), keys(path[:-1], first["loc"], model))
        return Fault(path, f"unknown key `{name}`", hint, "BD4003")
    kinds = dict.fromkeys(_KINDS[error["type"]] for error in about if error["type"] in _KINDS)
    if kinds:
        return Fault(path, f"`{name}` is not {' or '.join(kinds)}")
    special = _SPECIAL.get(first["type"])
    if special:
        return special(path, first)
    return Fault(path, f"`{name}`: {first['msg'][0].lower()}{first['msg'][1:]}")


def _missing(path: Path, error: ErrorDetails) -> Fault:
    return Fault(path, f"the key `{dotted(path)}` is missing", "add it")


def _no_reader(path: Path, error: ErrorDetails) -> Fault:
    return Fault(path, f"the key `{dotted(path)}` is missing", f"`reader` is {listed(INPUTS)}")


def _other_reader(path: Path, error: ErrorDetails) -> Fault:
    given = error["input"]["reader"]
    message = f"`{dotted(path)}` is `{given}`, not {listed(INPUTS)}"
    return Fault(path, message, meant(str(given), INPUTS))


def _misspelt(path: Path, error: ErrorDetails) -> Fault:
    return Fault(path, f"`{dotted(path)}` is `{error['input']}`", _PATTERNS[path[-1]])


def _not_one_of(path: Path, error: ErrorDetails) -> Fault:
    expected = str(error["ctx"]["expected"]).replace("'", "`")
    hint = meant(str(error["input"]), expected.replace(" or ", ", ").replace("`", "").split(", "))
    return Fault(path, f"`{dotted(path)}` is `{error['input']}`, not {expected}", hint)


_SPECIAL: dict[str, Callable[[Path, ErrorDetails], Fault]] = {
    "missing": _missing,
    "union_tag_not_found": _no_reader,
    "union_tag_invalid": _other_reader,
    "literal_error": _not_one_of,
    "string_pattern_mismatch": _misspelt,
}


def keys(
    table: Path, loc: tuple[str | int, ...] = (), model: type[BaseModel] = Guideline
) -> list[str]:
    """The keys that a table takes."""
    if model is Guideline and table == ("input",):
        return list(INPUTS[str(loc[1])].model_fields)
    kind: Any = model
    for part in table:
        kind = _within(kind, str(part))
    return list(kind.model_fields)


def _within(kind: Any, part: str) -> Any:
    """The table below a key of a table, or below a name or position."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        stated: Any = kind.model_fields[part].annotation
        return get_args(stated)[0] if get_origin(stated) is UnionType else stated
    return get_args(kind)[-1]
