"""All guidelines that can read documents now, and the choice among them."""

from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from billdrop.guidelines import toml
from billdrop.guidelines.faults import Fault, Problem
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.house import FILE, House, examined
from billdrop.guidelines.lint import examine
from billdrop.guidelines.load import compile_guide, sound
from billdrop.guidelines.matching import HEAD, Matcher
from billdrop.guidelines.places import places
from billdrop.guidelines.policy import Policy
from billdrop.guidelines.standards import shown
from billdrop.model import DocumentRef, Finding
from billdrop.readers import Limits

__all__ = ["Guide", "Library", "Packed", "fingerprint", "open_library", "rebuilt"]


CUSTOMERS = 1024
"""Of so many it is remembered which guidelines read their documents."""


NO_HOUSE = House()
"""Where there is no policy file."""

_Signed = Sequence[tuple[int | None, Matcher]]
"""Each with its sign."""


class Packed(NamedTuple):
    """A library as another process can make it again."""

    texts: Sequence[str]
    builtin: Sequence[bool]
    """Which of them come with billdrop."""
    policy: str
    """The text of the policy file."""


class _Mine(NamedTuple):
    """The guidelines that read one customer's documents."""

    all: Sequence[Matcher]
    by_standard: dict[str, _Signed]
    """Those that may recognise a document that claims the standard."""
    others: _Signed
    """Those that may recognise any other document."""
    off: Sequence[Matcher]
    """Those that come with billdrop and do not read this customer's documents."""
    policies: Sequence[Policy]
    """What each invoice has to keep, beside the policy of its guideline."""


class Library:
    """An immutable set of guides; a change of the files makes a new library."""

    def __init__(self, guides: tuple[Guide, ...], house: House = NO_HOUSE) -> None:
        self.guides, self.house = guides, house
        self._matchers = [Matcher(guide) for guide in guides]
        self._of: dict[str, _Mine] = {}

    @property
    def digests(self) -> frozenset[str]:
        """What it says; others where documents may be read otherwise."""
        return frozenset((*(guide.ref.digest for guide in self.guides), self.house.digest))

    @property
    def packed(self) -> Packed:
        """What `rebuilt` makes it of."""
        texts = [guide.ref.text for guide in self.guides]
        return Packed(texts, [guide.builtin for guide in self.guides], self.house.text)

    def readers_of(self, guide: Guide) -> str:
        """Whose documents a guide reads, in words."""
        if guide.builtin:
            return self.house.limits(guide.ref.name)
        return ", ".join(guide.guideline.customers) or "any"

    def named(self, name: str) -> Guide | None:
        """The guide of that name."""
        return next((guide for guide in self.guides if guide.ref.name == name), None)

    def select(self, ref: DocumentRef, content: bytes) -> Guide | tuple[Finding, ...]:
        """The one guide that recognises the document, or the finding that none or several do."""
        refusal = self.house.refusal()
        if refusal is not None:
            return (refusal,)
        mine = self._mine(ref.customer)
        head = content[:HEAD]
        standard = shown(head)
        found = []
        for sign, matcher in mine.by_standard.get(standard, mine.others):
            if (sign is None or sign in head) and matcher.recognises(ref, head, standard):
                found.append(matcher.guide)
        if len(found) > 1:
            extended = {guide.guideline.extends for guide in found}
            found = [guide for guide in found if guide.ref.name not in extended]
        if len(found) == 1:
            return found[0]
        return (_several(found) if found else _none(mine, ref, head, standard),)

    def policies(self, customer: str) -> Sequence[Policy]:
        """All that an invoice of the customer has to keep, beside the policy of its guideline."""
        return self._mine(customer).policies

    def _mine(self, customer: str) -> _Mine:
        """What holds for the customer; it is remembered."""
        return self._of.get(customer) or self._learn(customer)

    def _learn(self, customer: str) -> _Mine:
        if len(self._of) >= CUSTOMERS:
            self._of.clear()
        all_of = [matcher for matcher in self._matchers if matcher.for_customer(customer)]
        off = [it for it in all_of if it.guide.builtin and not self._reads(it, customer)]
        mine = [it for it in all_of if it not in off]
        standards = {standard for matcher in mine for standard in matcher.standard}
        by_standard = {standard: _signed(mine, standard) for standard in standards}
        known = self._of[customer] = _Mine(
            mine, by_standard, _signed(mine, ""), off, self.house.policies(customer)
        )
        return known

    def _reads(self, matcher: Matcher, customer: str) -> bool:
        return self.house.reads(matcher.guide.ref.name, customer)


def _signed(matchers: Sequence[Matcher], standard: str) -> _Signed:
    """Those that may recognise a document that claims the standard."""
    return [(it.sign, it) for it in matchers if not it.standard or standard in it.standard]


def _several(guides: list[Guide]) -> Finding:
    *most, last = [f"`{guide.ref.name}`" for guide in guides]
    return Finding(
        code="BD2002",
        message=f"the guidelines {', '.join(most)} and {last} recognise the document",
        hint="make `match` or `customers` of the guidelines exclude each other",
    )


def _none(mine: _Mine, ref: DocumentRef, head: bytes, standard: str) -> Finding:
    """Guidelines of other customers are not named: customers do not learn of each other."""
    whose = f"customer `{ref.customer}`" if ref.customer else "any customer"
    message = _unrecognised(len(mine.all), whose)
    for matcher in mine.off:
        if matcher.recognises(ref, head, standard):
            name = matcher.guide.ref.name
            return Finding(
                code="BD2001",
                message=f"{message}; `{name}` would, and does not read for {whose}",
                hint=f"let it read in {FILE} (`builtins`), or write a guideline that extends it",
            )
    missed = [(it, list(it.missed(ref, head, standard))) for it in mine.all]
    only = len(missed) == 1
    partly = [(it.guide, why) for it, why in missed if only or len(why) < it.conditions]
    closest = sorted(partly, key=_likeness)
    reasons = "; ".join(f"{it.ref.name}: {', '.join(why)}" for it, why in closest[:3])
    customer = f" --customer {ref.customer}" if ref.customer else ""
    remedy = f"`billdrop guideline draft FILE{customer}` writes one"
    return Finding(
        code="BD2001",
        message=message,
        hint=f"{remedy}; closest: {reasons}" if reasons else remedy,
    )


def _unrecognised(count: int, whose: str) -> str:
    if count == 1:
        return f"the one guideline for {whose} does not recognise the document"
    those = f"none of {count} guidelines" if count else "no guideline"
    return f"{those} for {whose} recognises the document"


def _likeness(missed: tuple[Guide, list[str]]) -> tuple[bool, int, str]:
    """A standard says of itself what it is, and is meant least where it does not."""
    guide, why = missed
    return bool(guide.guideline.match.standard), len(why), guide.ref.name


class _File(Struct, kw_only=True):
    """A guideline file as it was found."""

    path: Path
    name: str
    """The name it claims; empty when it cannot be told."""
    text: str
    guide: Guide | None
    problems: list[Problem]


def open_library(
    folder: Path | None, limits: Limits, *, tried: bool = True
) -> tuple[Library, list[tuple[Path, list[Problem]]]]:
    """
    The guidelines that come with billdrop and those of the folder; files that cannot be used beside.

    A file with the name of one that comes with billdrop replaces it, also while the file is broken.
    Of files with the same name, none is used. `tried`: whether their examples are read.
    With a policy file that cannot be used, nothing is read.
    """
    paths = _toml_files(folder)
    house, wrong = _house([path for path in paths if path.name == FILE])
    files = [_open(path, limits, tried=tried) for path in paths if path.name != FILE]
    _refuse_shared_names(files)
    claimed = {file.name for file in files}
    own = [file.guide for file in files if file.guide and not file.problems]
    guides = [guide for guide in builtins(limits) if guide.ref.name not in claimed]
    broken = [(file.path, file.problems) for file in files if file.problems]
    return Library((*guides, *own), house), [*wrong, *broken]


def rebuilt(packed: Packed, limits: Limits) -> Library:
    """The library that was packed, its examples not tried again."""
    guides = [
        replace(compile_guide(text, origin="the first process", limits=limits), builtin=builtin)
        for text, builtin in zip(packed.texts, packed.builtin, strict=True)
    ]
    return Library(tuple(guides), examined(packed.policy)[0] if packed.policy else NO_HOUSE)


def _house(paths: list[Path]) -> tuple[House, list[tuple[Path, list[Problem]]]]:
    """The policy file of a folder, if it has one."""
    if not paths:
        return NO_HOUSE, []
    (path,) = paths
    try:
        house, problems = examined(toml.read_text(path))
    except (OSError, UnicodeDecodeError) as error:
        problems = [_unreadable(error)]
        house = House(text=str(error), problem=problems[0])
    return house, [(path, problems)] if problems else []


def claimants(folder: Path, name: str) -> list[Path]:
    """The files that are the guideline of that name: as they say, or else by their own names."""

    def named(path: Path) -> str:
        own = "" if path.name == FILE else _claimed(path.read_text("utf-8-sig", "replace"))
        return own or path.stem

    return [path for path in _toml_files(folder) if named(path) == name]


def fingerprint(folder: Path | None) -> object:
    """Equal as long as no guideline file of the folder comes, goes or changes."""
    return tuple(stamp(path) for path in _toml_files(folder))


def stamp(path: Path) -> tuple[str, int, int]:
    """What changes when the file does; a file that is just gone has none of it."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return path.name, 0, 0
    return path.name, stat.st_mtime_ns, stat.st_size


def builtins(limits: Limits) -> Iterator[Guide]:
    """The guidelines that come with billdrop, by name."""
    folder = resources.files("billdrop.guidelines") / "builtin"
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    for file in sorted(files, key=lambda file: file.name):
        yield replace(sound(file.read_text("utf-8"), limits), builtin=True)


def _toml_files(folder: Path | None) -> list[Path]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.glob("*.toml") if path.is_file())


def _open(path: Path, limits: Limits, *, tried: bool) -> _File:
    try:
        text = toml.read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        return _File(path=path, name="", text="", guide=None, problems=[_unreadable(error)])
    guide, problems = examine(text, limits=limits, beside=path.parent if tried else None)
    return _File(path=path, name=_claimed(text), text=text, guide=guide, problems=problems)


def _unreadable(error: Exception) -> Problem:
    return Fault((), f"cannot be read: {error}", "save it as UTF-8", "BD4002").at({})


def _claimed(text: str) -> str:
    try:
        return str(toml.parsed(text).get("guideline", ""))
    except toml.NotTomlError:
        return ""


def _refuse_shared_names(files: list[_File]) -> None:
    for file in files:
        others = [other.path.name for other in files if other.name == file.name != ""]
        others = [name for name in others if name != file.path.name]
        if others:
            message = f"the name `{file.name}` is taken by {others[0]} too"
            fault = Fault(("guideline",), message, "rename one of them", "BD4007")
            file.problems.append(fault.at(places(file.text)))
