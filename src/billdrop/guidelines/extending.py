"""`extends`: a guideline that takes what it does not say itself from one that comes with billdrop."""

from functools import lru_cache
from importlib import resources
from typing import Any

from billdrop.guidelines import toml
from billdrop.guidelines.faults import Fault, meant

BASE = "\n#: base\n"
"""Between a guideline and what it extends, in the text that is kept: later versions of billdrop may
come with another one, and what was recorded is read again as it was."""

MOST = 4
"""How long a chain of guidelines may be."""

_WHOLE = ("fields", "extra")
"""Tables whose entries are taken whole: a field says in one place where it stands."""
_OWN = ("guideline", "version", "title", "examples", "extends", "customers")
"""What is nobody else's."""


def whole(text: str) -> tuple[str, dict[str, Any], list[Fault]]:
    """The text with all that it extends, what it says in sum, and what keeps it from being extended."""
    own, *kept = text.split(BASE)
    data, texts = toml.parsed(own), [own]
    chain = [data]
    while isinstance(name := chain[-1].get("extends"), str) and name:
        base = kept[len(texts) - 1] if len(texts) <= len(kept) else builtin(name)
        if base is None:
            hint = meant(name, names())
            return (
                own,
                data,
                [Fault(("extends",), f"no guideline `{name}` comes with billdrop", hint)],
            )
        if len(chain) >= MOST:
            return (
                own,
                data,
                [Fault(("extends",), f"more than {MOST} guidelines extend each other")],
            )
        texts.append(base)
        chain.append(_said(base))
    for one in reversed(chain[:-1]):
        chain[-1] = merged(chain[-1], one)
    said = chain[-1] if len(chain) > 1 else data
    return BASE.join(texts), said, []


@lru_cache(maxsize=32)
def _said(base: str) -> dict[str, Any]:
    """What a text says that several extend; nobody changes it."""
    return toml.parsed(base)


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """What `over` says, and beside it what `base` says and `over` does not."""
    left = {key: value for key, value in base.items() if key not in _OWN}
    return _merged(left, over)


def _merged(base: dict[str, Any], over: dict[str, Any], *, entire: bool = False) -> dict[str, Any]:
    both = dict(base)
    for key, value in over.items():
        known = base.get(key)
        if isinstance(value, dict) and isinstance(known, dict) and not entire:
            both[key] = _merged(known, value, entire=key in _WHOLE)
        else:
            both[key] = value
    return both


def names() -> list[str]:
    """The guidelines that come with billdrop."""
    folder = resources.files("billdrop.guidelines") / "builtin"
    return sorted(
        it.name.removesuffix(".toml") for it in folder.iterdir() if it.name.endswith(".toml")
    )


def builtin(name: str) -> str | None:
    """The text of a guideline that comes with billdrop."""
    return (
        (resources.files("billdrop.guidelines") / "builtin" / f"{name}.toml").read_text("utf-8")
        if name in names()
        else None
    )
