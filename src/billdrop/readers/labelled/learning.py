"""From a document that was read without a finding to its shape, if it has one that can be known again."""

import re
from collections.abc import Iterator, Sequence

from billdrop.readers import Draft
from billdrop.readers.labelled.block import Takers, blanks
from billdrop.readers.labelled.shape import Block, Finish, Fixed, Shape, Step, Valued
from billdrop.readers.labelled.stretch import Places
from billdrop.readers.labelled.walk import by_pattern, by_text, surely
from billdrop.readers.tables import Claim, Mark, Tables, fold
from billdrop.readers.written import Written, written

_OTHER_BLANK = re.compile(r"[^\S \n]").search


def learned(
    text: str, draft: Draft, tables: Tables, takers: Takers, finish: Finish
) -> Shape | None:
    """The shape of a text that has this one draft; none if the order of its lines does not say all."""
    assert isinstance(draft.spans, Places), "it is a draft of the labelled reader"
    spaced = _OTHER_BLANK(text) is None
    learning = _Learning(draft.spans, tables, spaced=spaced)
    steps = learning.steps(text[:-1].split("\n"))
    valued = [step for step in steps or () if isinstance(step, Valued)]
    blank = blanks(Written.PLAIN if spaced else Written.ANYHOW)
    return Shape(steps, blank, tables, takers, finish) if steps and len(valued) > 1 else None


def _numbers(places: Places) -> Iterator[str]:
    """The numbers of the invoice's lines, as they are written."""
    for _, row, match in places.items:
        typed = dict(row.typed)
        for name, text in zip(row.names, match.groups(), strict=True):
            if text is not None and name in typed:
                yield text


class _Learning:
    """Goes through the lines of one document."""

    def __init__(self, places: Places, tables: Tables, *, spaced: bool) -> None:
        """`spaced`: whether all blanks are spaces."""
        self.tables, self.fields = tables, places.fields
        self.items = {number: row for number, row, _ in places.items}
        self.inside = False
        """Whether rows may come before labels; where it is not known for sure, true."""
        ways = [self.way(raw) for _, _, raw in places.fields.values()]
        rows = written(_numbers(places), tables.mark)
        self.plain = max(way for way in (Written.WHOLE, rows, *ways) if way < Written.ANYHOW)
        """How all amounts are written that are not written anyhow: one way, so that shapes are few."""
        self.rows = self.plain if spaced and rows < Written.ANYHOW else Written.ANYHOW

    def way(self, text: str) -> Written:
        """How one amount is written."""
        return written([text], self.tables.mark)

    def steps(self, lines: Sequence[str]) -> list[Step] | None:
        """What each line is; none if one of them may be something else in another document."""
        steps: list[Step] = []
        for number, line in enumerate(lines, 1):
            last = steps[-1] if steps else None
            row = self.items.get(number)
            if row is None:
                step = self.step(number, line)
            else:
                at = next(at for at, other in enumerate(self.tables.rows) if other is row)
                step = None if isinstance(last, Block) else Block({at}, self.rows)
                if isinstance(last, Block):
                    last.rows.add(at)
                    continue
            if step is None:
                return None
            steps.append(step)
        return steps

    def step(self, number: int, line: str) -> Step | None:
        """What a line is that is none of the invoice's lines."""
        mark = by_text(line, self.tables) or by_pattern(line, self.tables)
        if mark is not None:
            self.turn(mark)
            return Fixed(line)
        states = False
        for separator in self.tables.separators:
            label, found, tail = line.lstrip().partition(separator)
            claims = self.claims(label) if found else []
            states = states or bool(claims and tail.strip())
            for claim in claims:
                self.turn(claim.mark or Mark())
        return self.valued(number, line) if states else Fixed(line)

    def valued(self, number: int, line: str) -> Step | None:
        """A line that states the value of a field, and would state any other."""
        separator = self.tables.separators[0]
        label, _, tail = line.lstrip().partition(separator)
        raw = tail.strip()
        here = {
            claim.path: claim
            for claim in self.claims(label)
            if self.fields.get(claim.path, (0,))[0] == number
        }
        before = line[: len(line) - len(tail)]
        if len(here) != 1 or not raw or not surely(label, self.tables):
            return None
        ((path, claim),) = here.items()
        if self.inside and not self.tables.closed and not line[0].isspace():
            self.inside = bool(claim.mark and claim.mark.items)
        elif self.inside:
            return None
        money = claim.convert is self.tables.money and self.way(raw) < Written.ANYHOW
        way = self.plain if money else Written.ANYHOW
        return Valued(before, path, claim.convert, tail != tail.rstrip(), way)

    def claims(self, label: str) -> list[Claim]:
        """What the label may state, in any section."""
        folded = fold(label)
        return [known[folded] for known in self.tables.labels.values() if folded in known]

    def turn(self, mark: Mark) -> None:
        """Follow a mark into or out of the items."""
        if mark.items:
            self.inside = True
        elif mark.end or mark.section is not None:
            self.inside = False
