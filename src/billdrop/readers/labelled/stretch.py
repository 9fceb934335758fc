"""One invoice's stretch of text while it is read: its values, its items, and what is wrong with it."""

from decimal import Decimal
from typing import Any

from billdrop.model import Finding, Severity, Span, Spans
from billdrop.readers import Draft
from billdrop.readers.rows import Match
from billdrop.readers.tables import Claim, ItemRow, Tables
from billdrop.values import Failure, Stated, Value
from billdrop.values.excerpts import Place, finding

SHOWN = 100
"""How many unclaimed lines of one invoice get a finding of their own; one more counts the rest."""

_ODD = frozenset((Failure, Stated))
_SEVERITY = {"error": Severity.ERROR, "warn": Severity.WARNING}


Item = tuple[int, ItemRow, Match]
"""Where one item stands: its line, the row that fits, and how."""


class Places:
    """Where the values of one invoice stand; spans are worked out when they are asked for."""

    __slots__ = ("fields", "first", "items", "lines")

    def __init__(self) -> None:
        self.fields: dict[str, tuple[int, str, str]] = {}
        """Line number, line, and the raw text at the end of it."""
        self.items: list[Item] = []
        self.first = 1
        self.lines: list[str] = []

    def __call__(self) -> Spans:
        """The span of every value, by path."""
        spans = {
            path: Span(number, len(line.rstrip()) - len(raw) + 1, raw)
            for path, (number, line, raw) in self.fields.items()
        }
        for index, (number, row, match) in enumerate(self.items):
            for group, text in enumerate(match.groups(), 1):
                if text is not None:
                    name = row.names[group - 1]
                    spans[f"lines[{index}].{name}"] = Span(number, match.span(group)[0] + 1, text)
        return spans

    def line(self, number: int) -> str:
        """The text of a line of the document, when it is of this invoice."""
        at = number - self.first
        return self.lines[at] if 0 <= at < len(self.lines) else ""


class Stretch:
    """What has been read of one invoice so far."""

    __slots__ = ("findings", "first", "items", "number", "places", "tables", "unclaimed", "values")

    def __init__(self, tables: Tables, first: int) -> None:
        self.tables, self.first = tables, first
        self.values: dict[str, Any] = {}
        self.items: list[dict[str, Any]] = []
        self.findings: list[Finding] = []
        self.places = Places()
        self.unclaimed = self.number = 0

    def draft(self, last: int, lines: list[str]) -> Draft:
        """The draft of the whole stretch, which ends with the line `last`."""
        places = self.places
        places.first, places.lines = self.first, lines
        if self.unclaimed > SHOWN:
            self.findings.append(self._rest(last))
        return Draft(
            first_line=self.first,
            last_line=last,
            values=self.values,
            lines=self.items,
            findings=self.findings,
            spans=places,
            text=places.line,
        )

    def state(self, claim: Claim, tail: str, number: int, line: str) -> None:
        """Take the value after a label; nothing after it is no value."""
        path, convert, _ = claim
        raw = tail.strip()
        if not raw or not path:
            return
        value = convert(raw)
        kind = type(value)
        if kind is Failure or kind is Stated or path in self.values:
            place = Place(number, len(line.rstrip()) - len(raw) + 1, len(raw), line)
            value = self.judge(path, value, place, raw)
            if value is None or self.known(path, value, place):
                return
        self.values[path] = value
        self.places.fields[path] = (number, line, raw)

    def judge(self, path: str, value: Value | Stated | Failure, place: Place, raw: str) -> Any:
        """The bare value, with its currency taken note of; or None, with a finding."""
        if type(value) is Failure:
            self.find(value.code, f"{path}: {value.message}", place, value.hint, path)
            return None
        if type(value) is Stated:
            self.currency(value.currency, place, path, raw)
            return None if path == "currency" else value.amount
        return value

    def known(self, path: str, value: Value, place: Place) -> bool:
        """Whether the value is there already; another one is a finding."""
        if path not in self.values:
            return False
        if self.values[path] != value:
            first = self.places.fields[path]
            fact = f"{path} is `{first[2][:60]}` in line {first[0]}, and is given again with another value"
            hint = "for several invoices in a file, declare `records.start`"
            self.find("BD2007", fact, place, hint, path)
        return True

    def currency(self, code: str, place: Place, path: str, raw: str) -> None:
        """Take note of a currency that the text states; all of an invoice are one."""
        known = self.values.setdefault("currency", code)
        if known != code:
            fact = f"{path} is in {code}, the invoice is in {known}"
            self.find("BD2011", fact, place, "an invoice has one currency", path)
        elif "currency" not in self.places.fields:
            text = place.text[: place.column - 1 + place.length]
            self.places.fields["currency"] = (place.line, text, raw)

    def item(self, row: ItemRow, match: Match, number: int, line: str) -> None:
        """Take one line of the invoice."""
        _, names, typed, _, sparse, most, _ = row
        self.number = number
        item: dict[str, Any] = dict(zip(names, match.groups()))  # noqa: B905  as many by construction
        for name, convert in typed:
            text = item[name]
            if text is None:
                del item[name]
                continue
            value = convert(text)
            if type(value) is not Decimal and type(value) in _ODD:
                value = self.judged(row, match, name, value)
                if value is None:
                    del item[name]
                    continue
            item[name] = value
        if sparse or len(line) > most:
            self.texts(row, match, item)
        item["source_line"] = number
        self.items.append(item)
        self.places.items.append((number, row, match))

    def texts(self, row: ItemRow, match: Match, item: dict[str, Any]) -> None:
        """Drop texts that are not there, and report those that are too long."""
        limit = self.tables.limits.value_chars
        for name in row.texts:
            text = item[name]
            if text is None or len(text) > limit:
                del item[name]
            if text is not None and len(text) > limit:
                self.judged(row, match, name, _too_long(text, limit))

    def judged(self, row: ItemRow, match: Match, name: str, value: Any) -> Any:
        """The bare value of a field of an item, as `judge` gives it."""
        start, stop = match.span(row.names.index(name) + 1)
        line = match.string
        place = Place(self.number, start + 1, stop - start, line)
        return self.judge(f"lines[{len(self.items)}].{name}", value, place, line[start:stop])

    def continued(self, line: str, number: int) -> None:
        """Take an indented line as more of the last item's name."""
        item, more = self.items[-1], " ".join(line.split())
        name = f"{item['name']} {more}" if item.get("name") else more
        if len(name) > self.tables.limits.value_chars:
            failure = _too_long(name, self.tables.limits.value_chars)
            path, place = f"lines[{len(self.items) - 1}].name", whole(number, line)
            self.judge(path, failure, place, more)
        item["name"] = name

    def misfit(self, line: str, number: int, rows: tuple[ItemRow, ...]) -> None:
        """Report a line among the items that is none: which value is wrong, if it nearly is one."""
        self.number = number
        for row in rows:
            match = row.row.near(line)
            if match is not None and self.wrong_values(row, match):
                return
        place = whole(number, line)
        hint = "correct the line, or `lines.row` or `lines.end` in the guideline"
        path = f"lines[{len(self.items)}]"
        self.find("BD2008", "the line does not fit the row of the items", place, hint, path)

    def wrong_values(self, row: ItemRow, match: Match) -> bool:
        """Report the values of a near fit that cannot be read; false when all can."""
        texts = dict(zip(row.names, match.groups(), strict=True))
        wrong = False
        for name, convert in row.typed:
            value = convert(text) if (text := texts[name]) else None
            if type(value) is Failure:
                wrong = True
                self.judged(row, match, name, value)
        return wrong

    def stray(self, line: str, number: int) -> None:
        """Report a line that nothing claims, at the level that the guideline sets."""
        severity = _SEVERITY.get(self.tables.unclaimed)
        if severity is None:
            return
        self.unclaimed += 1
        if self.unclaimed <= SHOWN:
            hint = "add a field for it, or list it under `ignore` in the guideline"
            fact = f"no rule of the guideline takes the line `{line.strip()[:60]}`"
            found = finding("BD2009", fact, whole(number, line), hint=hint, severity=severity)
            self.findings.append(found)

    def _rest(self, last: int) -> Finding:
        more = self.unclaimed - SHOWN
        line = max(found.line or 0 for found in self.findings if found.code == "BD2009")
        fact = f"{more} more lines between line {line + 1} and line {last} are taken by no rule"
        hint = "check that it is the right guideline"
        severity = _SEVERITY[self.tables.unclaimed]
        place = Place(last, 1, 1, "")
        return finding("BD2009", fact, place, hint=hint, severity=severity)

    def find(self, code: str, fact: str, place: Place, hint: str, path: str) -> None:
        """Keep an error."""
        self.findings.append(finding(code, fact, place, hint=hint, field=path))


def whole(number: int, line: str) -> Place:
    """The place of a whole line, without the blanks around it."""
    text = line.strip()
    return Place(number, len(line) - len(line.lstrip()) + 1, len(text), line)


def _too_long(text: str, limit: int) -> Failure:
    return Failure("BD2027", f"has {len(text)} characters, more than {limit}")
