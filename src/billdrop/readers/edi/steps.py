"""Where a segment leads from where the walk stands; worked out when it is first met, and kept."""

from billdrop.readers.edi.groups import Area, Group
from billdrop.readers.edi.paths import Part
from billdrop.readers.edi.plan import Claim, Opener, Plan, Take

Place = tuple[tuple[str, str | None], ...]
"""The groups that are open, each with what its first element is, where a path asks for it."""


class Case:
    """What is done with a segment."""

    __slots__ = ("node", "openers", "takes")

    def __init__(self, node: "Node", takes: tuple[Take, ...], openers: tuple[Opener, ...]) -> None:
        self.node, self.takes, self.openers = node, takes, openers


class Step:
    """A segment that may stand here, by what its first element is."""

    __slots__ = ("cases", "other")

    def __init__(self, other: Case, cases: dict[str, Case]) -> None:
        self.other, self.cases = other, cases


class Steps:
    """What is known of all messages of a guideline."""

    def __init__(self, plan: Plan, areas: tuple[Area, ...]) -> None:
        self.plan, self.areas = plan, areas
        self.asked: dict[str, frozenset[str]] = {}
        for parts in (*(claim.parts for claim in plan.claims), *(it for it, _ in plan.openers)):
            for part in parts:
                named = part.unless if part.qualifiers is None else part.qualifiers
                self.asked[part.tag] = self.asked.get(part.tag, frozenset()) | named
        self.nodes: dict[tuple[int, Place], Node] = {}
        self.begun = frozenset(parts[-1].tag for parts, _ in plan.openers)
        """Segments that must not be passed over, wherever they stand."""
        self.root = self.node(0, (), (areas[0].group,))

    def node(self, area: int, place: Place, groups: tuple[Group, ...]) -> "Node":
        """The node of a place."""
        known = self.nodes.get((area, place))
        if known is None:
            known = self.nodes[area, place] = Node(self, area, place, groups)
        return known


class Node:
    """Where the walk stands: after a segment, in the groups that it left open."""

    __slots__ = ("area", "groups", "known", "place", "steps")

    def __init__(self, steps: Steps, area: int, place: Place, groups: tuple[Group, ...]) -> None:
        self.steps, self.area, self.place, self.groups = steps, area, place, groups
        self.known: dict[str, Step] = {}

    def find(self, tag: str) -> Step | None:
        """The step of a segment: into the innermost group that has it, or into a later area."""
        for depth in range(len(self.groups) - 1, -1, -1):
            found = self.groups[depth].members.get(tag)
            if found is not None:
                return self._learned(tag, self.area, self.place[:depth], self.groups[: depth + 1])
        for area in range(self.area + 1, len(self.steps.areas)):
            later = self.steps.areas[area]
            if later.opener == tag:
                return self._learned(tag, area, (), (later.group,))
        return None

    def _learned(self, tag: str, area: int, place: Place, groups: tuple[Group, ...]) -> Step:
        group = groups[-1].members[tag]

        def case(qualifier: str | None) -> Case:
            inner = (*place, (tag, qualifier))
            node = (
                self.steps.node(area, inner, (*groups, group))
                if group.members
                else self.steps.node(area, place, groups)
            )
            return Case(
                node, _takes(self.steps.plan.claims, inner), _openers(self.steps.plan, inner)
            )

        asked = self.steps.asked.get(tag, frozenset())
        step = Step(case(None), {qualifier: case(qualifier) for qualifier in asked})
        self.known[tag] = step
        return step


def _takes(claims: tuple[Claim, ...], place: Place) -> tuple[Take, ...]:
    return tuple(claim.take for claim in claims if _fits(claim.parts, place))


def _openers(plan: Plan, place: Place) -> tuple[Opener, ...]:
    found = [opener for parts, opener in plan.openers if _fits(parts, place)]
    return tuple(sorted(found, key=lambda opener: not opener.conditions))


def _fits(parts: tuple[Part, ...], place: Place) -> bool:
    return len(parts) == len(place) and all(
        part.fits(tag, qualifier) for part, (tag, qualifier) in zip(parts, place, strict=True)
    )
