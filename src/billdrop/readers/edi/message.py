"""One message of an interchange: its segments, and where each element of them stands in the text."""

from billdrop.readers.edi.marks import Marks
from billdrop.readers.edi.pieces import Lines, cleaned

Spot = tuple[int, int, int]
"""The segment from 0, the element, the component; 0 for all of it."""


class Message:
    """The segments from the header to the trailer, both included."""

    __slots__ = ("end", "first_line", "last_line", "lines", "marks", "offset", "raws", "tidy")

    def __init__(
        self, lines: Lines, marks: Marks, end: int, offset: int, first_line: int, *, tidy: bool
    ) -> None:
        self.lines, self.marks, self.end = lines, marks, end
        self.offset, self.first_line, self.tidy = offset, first_line, tidy
        self.last_line = first_line
        self.raws: list[str] = []

    @property
    def escaped(self) -> bool:
        """Whether any character may be released."""
        return not self.tidy and bool(self.marks.release)

    def body(self) -> list[str]:
        """The segments, ready to be split."""
        return self.raws if self.tidy else [cleaned(raw, self.marks) for raw in self.raws]

    def starts(self, segments: list[int]) -> list[int]:
        """The lines of the text where these segments begin; they rise."""
        if self.first_line == self.last_line:
            return [self.first_line] * len(segments)
        if self.tidy:
            return [self.first_line + segment for segment in segments]
        found, begin, done = [], self.offset, 0
        line, last = self.first_line, self.offset + _blank(self.raws[0])
        for segment in segments:
            begin += sum(map(len, self.raws[done:segment])) + (segment - done) * self.end
            done, tag = segment, begin + _blank(self.raws[segment])
            line += self.lines.text.count("\n", last, tag)
            last = tag
            found.append(line)
        return found

    def find(self, spot: Spot) -> tuple[int, int]:
        """Offset in the text and length of an element or component, or of the segment's name."""
        segment, element, component = spot
        raw = self.raws[segment]
        start = self.offset + sum(map(len, self.raws[:segment])) + segment * self.end
        begin, stop = _stretch(raw, self.marks, element, component)
        text = raw[begin:stop]
        begin += len(text) - len(text.lstrip())
        return start + begin, len(raw[begin:stop].rstrip())

    def where(self, spot: Spot) -> str:
        """A place as people of the field say it: `segment 12, TDS01`."""
        segment, element, component = spot
        tag = cleaned(self.raws[segment], self.marks).partition(self.marks.element)[0]
        name = f"{tag[:3]}{element:02}" if element else tag[:3]
        return f"segment {segment + 1}, {name}" + (f"-{component}" if component else "")


def _blank(raw: str) -> int:
    return len(raw) - len(raw.lstrip())


def _stretch(raw: str, marks: Marks, element: int, component: int) -> tuple[int, int]:
    """Where an element or component stands in a segment as it is written."""
    begin, elements, components = _blank(raw), 0, 1
    released = False
    for at in range(begin, len(raw)):
        letter = raw[at]
        if released or letter == marks.release:
            released = not released and bool(marks.release)
        elif letter == marks.element:
            if elements == element:
                return begin, at
            elements, components, begin = elements + 1, 1, at + 1
        elif letter == marks.component and elements == element and component:
            if components == component:
                return begin, at
            components, begin = components + 1, at + 1
    return begin, len(raw)
