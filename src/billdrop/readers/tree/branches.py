"""Many paths as one tree of names, so that a document is walked once for all of them."""

from collections.abc import Callable, Sequence
from typing import Any

from billdrop.readers.tree.paths import SELF, Path, Test

Holds = Callable[[Any], bool]
"""Whether what a step demands holds of a node."""

Compile = Callable[[tuple[Test, ...]], Holds]
"""How a kind of tree looks at a node."""

Found = dict[int, list[Any]]
"""The nodes that were met, by slot; no slot is there without a node."""


class Branch:
    """What is looked for below a node, and what the node itself is wanted for."""

    __slots__ = ("_known", "selves", "slots", "sure", "ways")

    def __init__(self) -> None:
        self.slots: tuple[int, ...] = ()
        """The slots that take the node."""
        self.ways: dict[str, tuple[tuple[Holds | None, Branch], ...]] = {}
        """By the name of a child: what must hold of it, and what is looked for below it."""
        self.sure: dict[str, Branch] = {}
        """Of them, those of which nothing must hold."""
        self.selves: tuple[tuple[Holds, Branch], ...] = ()
        """What must hold of the node itself, and what it is wanted for then."""
        self._known: dict[tuple[str, tuple[Test, ...]], Branch] = {}

    def put(self, path: Path, slot: int, compiled: Compile) -> None:
        """Look for one more path."""
        branch = self
        for step in path.steps:
            branch = branch._way(step.name, step.tests, compiled)
        branch.slots = (*branch.slots, slot)

    def _way(self, name: str, tests: tuple[Test, ...], compiled: Compile) -> "Branch":
        known = self._known.get((name, tests))
        if known is None:
            known = self._known[name, tests] = Branch()
            holds = compiled(tests) if tests else None
            if name == SELF and holds is not None:
                self.selves = (*self.selves, (holds, known))
            else:
                self.ways[name] = (*self.ways.get(name, ()), (holds, known))
                self.sure.pop(name, None)
                if holds is None and len(self.ways[name]) == 1:
                    self.sure[name] = known
        return known


Walk = Callable[[Any, Branch, Found], None]


def stay(node: Any, branch: Branch, found: Found, walk: Walk) -> None:
    """Put a node where it is wanted because of what holds of it, and what is looked for below it then."""
    for holds, way in branch.selves:
        if holds(node):
            for slot in way.slots:
                found.setdefault(slot, []).append(node)
            if way.ways:
                walk(node, way, found)


def compiling(texts: Callable[[Any, Path], Sequence[str] | None]) -> Compile:
    """How tests are tried, by what a path says of a node: nothing where it is not there."""

    def compiled(tests: tuple[Test, ...]) -> Holds:
        def holds(node: Any) -> bool:
            return all(any(_one(node, *comparison) for comparison in test) for test in tests)

        return holds

    def _one(node: Any, path: Path, value: str | None, negated: bool) -> bool:
        said = texts(node, path)
        if value is None:
            return (said is None) is negated
        return said is not None and any((text == value) is not negated for text in said)

    return compiled
