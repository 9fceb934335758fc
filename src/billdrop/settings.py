"""Every setting, once, with its sentence. Read once into a frozen value; `docs/settings.md` is made from it."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from billdrop.errors import ConfigurationError, PermissionDeniedError

Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]

NOTHING: Mapping[str, object] = {}


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Order of precedence: command line, environment (`BILLDROP_<NAME>`), `billdrop.toml`, default."""

    batch_documents: Annotated[
        Positive, Meta(description="Most documents taken the whole way together.")
    ] = 1000
    batch_bytes: Annotated[
        Positive,
        Meta(description="Most bytes taken the whole way together; one document may be larger."),
    ] = 32 * 1024 * 1024
    document_bytes: Annotated[
        Positive,
        Meta(description="Largest document that is read, in bytes; a larger one is quarantined."),
    ] = 256 * 1024 * 1024
    line_chars: Annotated[
        Positive, Meta(description="Longest line of text that is read, in characters.")
    ] = 1_000_000
    upload_bytes: Annotated[
        Positive, Meta(description="Largest body that the HTTP door takes, in bytes.")
    ] = 32 * 1024 * 1024
    upload_waiting_bytes: Annotated[
        Positive, Meta(description="Most bytes of uploads that may wait for their commit.")
    ] = 256 * 1024 * 1024
    expire_hours: Annotated[
        Positive, Meta(description="Hours after its capture when a document leaves the inbox.")
    ] = 24
    sweep_seconds: Annotated[
        Seconds, Meta(description="Time between two comparisons of the inbox with the ledger.")
    ] = 60.0
    sweep_age_seconds: Annotated[
        Seconds,
        Meta(
            description="On AWS, how old a document is when a worker's sweep takes it: until then its event may come."
        ),
    ] = 600.0
    confirm_seconds: Annotated[
        Seconds,
        Meta(description="Longest time a CSV object stays unflushed while documents keep coming."),
    ] = 1.0
    drain_seconds: Annotated[
        Seconds, Meta(description="Longest time a stop waits for what is under way.")
    ] = 8.0
    hosts: Annotated[
        tuple[str, ...], Meta(description="Host names the HTTP door answers to, besides loopback.")
    ] = ()


def load(
    file: Path,
    environ: Mapping[str, str],
    usual: Mapping[str, object] = NOTHING,
    /,
    **flags: object,
) -> Settings:
    """
    Read the settings; raises `ConfigurationError` naming the source, the setting and the value.

    `usual`: what holds in place of the defaults.
    """
    stated = {**usual, **_from_file(file)}
    values = {name: _value(str(file), name, value) for name, value in stated.items()}
    for name, value in _from_environment(environ).items():
        values[name] = _value("the environment", name, value, called=f"BILLDROP_{name.upper()}")
    for name, value in flags.items():
        if value is not None:
            values[name] = _value("the command line", name, value)
    return Settings(**values)


def _from_file(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not TOML: {error}", hint="correct the file") from error
    except PermissionError as error:
        raise PermissionDeniedError(
            f"{file} may not be read", hint="correct its owner or mode"
        ) from error


def _value(source: str, name: str, value: object, *, called: str = "") -> Any:
    """The value of one setting; raises `ConfigurationError` when it has none such."""
    kind = get_type_hints(Settings, include_extras=True).get(name)
    if kind is None:
        raise ConfigurationError(
            f"{source}: there is no setting `{name}`",
            hint=_meant(name),
            source=source,
            setting=name,
        )
    try:
        return msgspec.convert("" if isinstance(value, bool) else value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"{source}: `{called or name}` is {_shown(value)}; it takes {_TAKES[name]}",
            hint="correct it, or leave it out for the default",
            source=source,
            setting=name,
        ) from error


def _meant(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name.rpartition(".")[2], Settings.__struct_fields__, n=1)
    names = ", ".join(f"`{known}`" for known in Settings.__struct_fields__)
    return f"did you mean `{close[0]}`?" if close else f"the settings are {names}"


def _shown(value: object) -> str:
    """As TOML writes it, nearly; cut where it is long."""
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= 60 else text[:60] + "…"


_TAKES = {
    **dict.fromkeys(Settings.__struct_fields__, "a whole number from 1"),
    **dict.fromkeys(
        ("sweep_seconds", "sweep_age_seconds", "confirm_seconds", "drain_seconds"),
        "a number of seconds from 0",
    ),
    "hosts": "a list of host names",
}


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in Settings.__struct_fields__:
        text = environ.get(f"BILLDROP_{name.upper()}")
        if text is not None:
            found[name] = [part for part in text.split(",") if part] if name == "hosts" else text
    return found


def table() -> list[tuple[str, str, str]]:
    """Name, default and sentence of every setting, for the docs."""
    hints = get_type_hints(Settings, include_extras=True)
    rows = []
    for name, default in zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True):
        sentence = next(
            meta.description for meta in _metas(hints[name]) if meta.description is not None
        )
        rows.append((name, str(default) if default != () else "none", sentence))
    return rows


def _metas(hint: object) -> list[Meta]:
    if get_origin(hint) is Annotated:
        base, *metas = get_args(hint)
        return [meta for meta in metas if isinstance(meta, Meta)] + _metas(base)
    return []


def environment() -> Mapping[str, str]:
    """The environment of the process, for `load`."""
    return os.environ
