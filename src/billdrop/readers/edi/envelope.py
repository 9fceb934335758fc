"""Interchanges, groups and messages: what is opened is closed, counted, and named alike at both ends."""

from collections.abc import Generator, Iterator, Sequence

from billdrop.model import Finding, Severity
from billdrop.readers import Draft, Limits
from billdrop.readers.edi.draft import Drafts
from billdrop.readers.edi.edges import Open, Segment, Spoiled, closes, element, tags
from billdrop.readers.edi.message import Message, Spot
from billdrop.readers.edi.pieces import Lines, Pieces, Source, cleaned, pieces

LOST = "something was lost on the way: have the interchange sent again whole"
ERROR, WARNING = Severity.ERROR, Severity.WARNING
SMALL = 64 * 1024
"""Interchanges of more characters are read block by block."""
MESSAGE = 2
"""The innermost level: interchange, group, message."""


class Envelope:
    """Reads one text; made anew for each."""

    def __init__(self, drafts: Drafts, text: str, limits: Limits) -> None:
        self.drafts, self.standard, self.limits = drafts, drafts.standard, limits
        self.lines = Lines(text)
        self.open: list[Open] = []
        self.messages = self.segments = 0
        self.last: Draft | None = None
        """That of the last message, as long as it can be added to."""
        self.counted, self.line = 0, 1
        """Line ends are counted up to this offset, and this is the line there."""

    def read(self, given: Source) -> Iterator[Draft]:
        """The drafts of all messages, and of what is wrong around them, each one later than it is made."""
        message = self.single(given)
        if message is not None:
            yield self.drafts(message, [])
            return
        held: Draft | None = None
        for draft in self.drafts_of(given):
            if held is not None:
                yield held
            held = draft
        if held is None:
            fact = f"there is no {self.standard.levels[MESSAGE].header} segment, and so no message"
            held = self.apart([self.lost(fact, given.marks.begins, 1)], 0, whole=True)
        yield held

    def single(self, given: Source) -> Message | None:
        """The one message of a small interchange in which nothing is amiss; None to look closer."""
        text, marks, end, tidy = given
        if not tidy or len(text) > min(SMALL, self.limits.line_chars) or not self.limits.records:
            return None
        raws = text[marks.begins :].split(end)
        if not raws[-1].strip():
            raws.pop()
        elif len(end) > 1:
            raws[-1] = raws[-1].removesuffix(marks.segment)
        edges, plus = tags(self.standard.levels, marks.element), marks.element
        found = [at for at, raw in enumerate(raws) if raw[:3] in edges]
        outer = len(found) // 2
        bare = 0 in self.standard.levels[MESSAGE].around
        if len(found) not in ((4, 6) if bare else (6,)) or len(raws) > self.limits.rows:
            return None
        levels = self.standard.levels if outer == 3 else self.standard.levels[::2]
        for place, level in enumerate(levels):
            head, tail = raws[place].split(plus), raws[-1 - place].split(plus)
            there = 1 if place < outer - 1 else len(raws) - 2 * place
            if not closes(level, head, tail, str(there)):
                return None
        kind = self.standard.kind(head, marks.component)
        if kind != self.standard.message or self.standard.test.of(raws[0].split(plus)):
            return None
        inner = raws[outer - 1 : len(raws) - outer + 1]
        if "" in inner:
            return None
        offset = marks.begins + sum(map(len, raws[: outer - 1])) + (outer - 1) * len(end)
        lined = "\n" in end
        line = self.line_of(offset) if lined else 1
        message = Message(self.lines, marks, len(end), offset, line, tidy=True)
        message.raws, message.last_line = inner, line + (len(inner) - 1 if lined else 0)
        return message

    def drafts_of(self, given: Source) -> Iterator[Draft]:
        """The drafts as they are made."""
        source: Source | None = given
        while source is not None:
            following = None
            for one in pieces(source):
                self.segments += len(one.raws)
                if fault := self.beyond(one):
                    yield self.apart([fault], one.offset, whole=not self.messages)
                    return
                following = yield from self.block(source, one)
                if following is not None:
                    break
            source = following
        while self.open:
            yield self.unclosed()

    def beyond(self, one: Pieces) -> Finding | None:
        """The limit that is passed."""
        limits, find = self.limits, self.lines.finding
        if self.segments > limits.rows or self.messages > limits.records:
            fact = f"there are more than {limits.rows:,} segments or {limits.records:,} messages"
            return find("BD2022", fact, one.offset, 1, hint="split the file")
        at = one.offset
        for raw in one.raws if one.size > limits.line_chars else ():
            if len(raw) > limits.line_chars:
                fact = f"a segment is longer than {limits.line_chars:,} characters"
                return find("BD1005", fact, at, 1, hint="check that the segments end")
            at += len(raw) + 1
        return None

    def block(self, source: Source, one: Pieces) -> Generator[Draft, None, Source | None]:
        """Take the segments of a block; answers with the source to go on with, if it is another."""
        marks, size, raws = source.marks, len(source.end), one.raws
        heads = raws if one.tidy else [cleaned(raw, marks) for raw in raws]
        edges = tags(self.standard.levels, marks.element)
        offset, done = one.offset, 0
        for at in [at for at, head in enumerate(heads) if head[:3] in edges]:
            if at > done:
                yield from self.between(raws[done:at], offset)
                offset += sum(map(len, raws[done:at])) + (at - done) * size
            done = at + 1
            tag, level, opens = edges[heads[at][:3]]
            begin = offset + len(raws[at]) - len(raws[at].lstrip())
            if tag in ("ISA", "UNA") and begin > marks.begins:
                following = self.another(source, begin)
                if following is not None:
                    return following
            segment = Segment(heads[at], raws[at], offset, begin)
            if opens:
                yield from self.opened(level, segment, source)
            elif tag != "UNA":
                yield from self.closed(level, segment)
            offset += len(raws[at]) + size
        if done < len(raws):
            yield from self.between(raws[done:], offset)
        return None

    def another(self, source: Source, offset: int) -> Source | None:
        """The rest of the text, where an interchange with other separators begins."""
        marks = self.standard.marks(source.text[offset : offset + 400])
        if marks is None or marks[:4] == source.marks[:4] or marks.odd:
            return None
        marks = marks._replace(begins=offset + marks.begins)
        return Source(source.text, marks, marks.segment, tidy=False)

    def between(self, raws: Sequence[str], offset: int) -> Iterator[Draft]:
        """Segments that are neither header nor trailer: they are of a message."""
        if self.open and self.open[-1].level == MESSAGE:
            self.open[-1].message.raws += raws
            return
        text = next((raw for raw in raws if raw.strip()), None)
        if text is not None:
            fact = f"`{text.strip()[:20]}` stands outside of a message"
            offset += len(text) - len(text.lstrip())
            yield self.apart([self.lost(fact, offset, len(text.strip()))], offset)

    def opened(self, level: int, segment: Segment, source: Source) -> Iterator[Draft]:
        """A header: what is open at its level or within should have been closed."""
        while self.open and self.open[-1].level >= level:
            yield self.unclosed()
        known = self.standard.levels[level]
        elements = segment.text.split(source.marks.element)
        message = Message(
            self.lines,
            source.marks,
            len(source.end),
            segment.offset,
            self.line_of(segment.begin),
            tidy=source.tidy,
        )
        message.raws.append(segment.raw)
        around = self.open[-1].level if self.open else -1
        self.open.append(Open(level, element(elements, known.reference), message))
        if not level and (fact := self.standard.test.of(elements)):
            self.open[-1].test.append(self.test(message, fact))
        self.messages += level == MESSAGE
        if around not in known.around:
            missing = self.standard.levels[max(known.around[0], 0)].header
            fact = f"{known.header} stands outside of an interchange: {missing} is missing"
            self.open[-1].faults.append(self.lost(fact, segment.begin, len(known.header)))

    def test(self, message: Message, fact: str) -> Finding:
        """A finding about an interchange that is not in production."""
        spot: Spot = (0, self.standard.test.at, 0)
        offset, length = message.find(spot)
        hint = "send it in production; `billdrop check` says what else would be found in it"
        name = f"{self.standard.levels[0].header}{spot[1]:02}"
        return self.lines.finding("BD2071", f"{name} {fact}", offset, length, hint=hint)

    def closed(self, level: int, segment: Segment) -> Iterator[Draft]:
        """A trailer: it closes the header of its level."""
        while self.open and self.open[-1].level > level:
            yield self.unclosed()
        known = self.standard.levels[level]
        if not self.open or self.open[-1].level != level:
            fact = f"{known.trailer} closes nothing: {known.header} is missing"
            fault = self.lost(fact, segment.begin, len(known.trailer))
            yield self.apart([fault], segment.begin)
            return
        ended = self.open.pop()
        if self.open:
            self.open[-1].count += 1
        message = ended.message
        message.raws.append(segment.raw)
        message.last_line = self.line_of(segment.begin)
        ended.faults += self.compared(ended, segment)
        if level == MESSAGE:
            ended.faults += self.open[0].test if self.open else []
            yield self.read_message(message, ended.faults)
        elif ended.faults and self.last and all(it.severity is WARNING for it in ended.faults):
            self.last.findings += ended.faults
        elif ended.faults:
            yield self.apart(ended.faults, segment.begin)

    def compared(self, ended: Open, segment: Segment) -> Iterator[Finding]:
        """Whether the trailer counts what is there, and names its header."""
        known, message = self.standard.levels[ended.level], ended.message
        elements = segment.text.split(message.marks.element)
        there = ended.count
        if ended.level == MESSAGE:
            there = sum(bool(raw.strip()) for raw in message.raws)
        count, reference = element(elements, 1), element(elements, 2)
        if not count.isdecimal() or len(count) > 12 or int(count) != there:
            fact = f"{known.trailer}01 says `{count[:20]}` {known.counted}, there are {there}"
            yield self.about("BD2040", fact, message, Spoiled(segment, 1, ERROR))
        if reference != ended.reference:
            fact = f"{known.trailer}02 is `{reference[:40]}`, {known.header} says `{ended.reference[:40]}`"
            severity = ERROR if ended.level == MESSAGE else WARNING
            yield self.about("BD2061", fact, message, Spoiled(segment, 2, severity))

    def about(self, code: str, fact: str, message: Message, spoiled: Spoiled) -> Finding:
        """A finding at an element of a trailer."""
        segment, element, severity = spoiled
        one = Message(self.lines, message.marks, message.end, segment.offset, 1, tidy=message.tidy)
        one.raws.append(segment.raw)
        offset, length = one.find((0, element, 0))
        return self.lines.finding(code, fact, offset, length, hint=LOST, severity=severity)

    def read_message(self, message: Message, faults: list[Finding]) -> Draft:
        """The draft of a message, if it is one that is read."""
        head = message.body()[0].split(message.marks.element)
        kind = self.standard.kind(head, message.marks.component)
        if kind == self.standard.message:
            self.last = self.drafts(message, faults)
            return self.last
        spot: Spot = (0, self.standard.kind_at, 0)
        offset, length = message.find(spot)
        fact = f"the message is `{kind[:20]}`, not {self.standard.message}"
        hint = f"send {self.standard.message} in a file of its own"
        found = self.lines.finding("BD2064", fact, offset, length, hint=hint)
        return _unread(message.first_line, message.last_line, [found, *faults])

    def unclosed(self) -> Draft:
        """What is still open and should have been closed."""
        ended = self.open.pop()
        known, message = self.standard.levels[ended.level], ended.message
        offset, length = message.find((0, 0, 0))
        fact = f"{known.header} is not closed: {known.trailer} is missing"
        found = self.lost(fact, offset, length)
        return _unread(message.first_line, message.first_line, [found, *ended.faults])

    def lost(self, fact: str, offset: int, length: int) -> Finding:
        """A finding about headers and trailers."""
        return self.lines.finding("BD2060", fact, offset, length, hint=LOST)

    def apart(self, findings: list[Finding], offset: int, *, whole: bool = False) -> Draft:
        """Findings about no message, or about the document as a whole."""
        line = self.lines.at(offset)[0]
        self.last, draft = None, _unread(line, line, findings)
        draft.unread, draft.whole = not whole, whole
        return draft

    def line_of(self, offset: int) -> int:
        """The line of an offset, for offsets that never fall."""
        self.line += self.lines.text.count("\n", self.counted, offset)
        self.counted = offset
        return self.line


def _unread(first: int, last: int, findings: list[Finding]) -> Draft:
    return Draft(
        first_line=first,
        last_line=last,
        values={},
        lines=[],
        findings=findings,
        spans=dict,
        unread=True,
    )
