"""Elements, of lxml and of the standard library alike: they are asked in the same words."""

from collections.abc import Sequence
from typing import Any

from billdrop.readers.tree.branches import Branch, Found, Holds
from billdrop.readers.tree.drafting import OddError
from billdrop.readers.tree.paths import Path


def _tried(child: Any, ways: tuple[tuple[Holds | None, Branch], ...], found: Found) -> None:
    for holds, way in ways:
        if holds is None or holds(child):
            for slot in way.slots:
                found.setdefault(slot, []).append(child)
            if way.ways:
                walk(child, way, found)


def walk(node: Any, branch: Branch, found: Found) -> None:
    """See `Tree`."""
    known, sure = branch.ways, branch.sure
    for child in node:
        tag = child.tag
        if tag in sure:
            way = sure[tag]
            for slot in way.slots:
                if slot in found:
                    found[slot].append(child)
                else:
                    found[slot] = [child]
            if way.ways:
                walk(child, way, found)
        elif tag in known:
            _tried(child, known[tag], found)


def texts(node: Any, path: Path) -> Sequence[str] | None:
    """What a path says of an element; None where it is not there."""
    nodes = [node]
    for step in path.steps:
        nodes = [child for one in nodes for child in one if child.tag == step.name]
    if path.attribute:
        said = [one.get(path.attribute) for one in nodes]
        return [text.strip() for text in said if text is not None] or None
    return [(one.text or "").strip() for one in nodes] or None


class Elements:
    """What all trees of elements answer alike."""

    walk = staticmethod(walk)

    def __init__(self, currency: str) -> None:
        self._currency = currency
        """The attribute that names it."""

    def text(self, node: Any, attribute: str) -> str | None:
        """See `Tree`."""
        if attribute:
            said: str | None = node.get(attribute)
            return said
        if len(node):
            raise OddError
        text: str | None = node.text
        return text

    def column(self, node: Any) -> int:
        """See `Tree`."""
        return 0

    def code(self, node: Any) -> str | None:
        """See `Tree`."""
        return node.get(self._currency) if self._currency else None
