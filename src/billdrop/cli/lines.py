"""The lines of a document as its reader counts them, for excerpts."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from billdrop.cli.render import Paint, cells, coloured, marked_line, visible
from billdrop.model import Span

WIDTH = 120
_LOOKS = ("first", "second", "third", "fourth")


class Marked(NamedTuple):
    """A line of a document with the values that were read from it."""

    number: int
    text: str
    values: Sequence[tuple[str, Span]]
    """Path and place, from left to right."""
    unclaimed: bool


def lines_of(content: bytes, encoding: str) -> list[str]:
    """What stands between line ends; what cannot be decoded is shown as `�`."""
    text = content.decode(
        "utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding, "replace"
    )
    return [line.removesuffix("\r") for line in text.split("\n")]


def span_lines(span: Span, lines: Sequence[str], paint: Paint = coloured) -> list[str]:
    """The line in which a value stands, cut to a readable width, with its carets."""
    start = span.column - 1
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    if line[start : start + len(span.text)] != span.text:
        return marked_line(span.text, 0, len(span.text), number=span.line, paint=paint)
    cut = max(0, start - WIDTH // 2)
    piece = line[cut : cut + WIDTH]
    if cut:
        piece = "…" + piece[1:]
    return marked_line(piece, start - cut, len(span.text), number=span.line, paint=paint)


def marked(
    lines: Sequence[str], spans: Sequence[tuple[str, Span]], unclaimed: set[int]
) -> Iterator[Marked]:
    """Every line with its values; the last one only if it holds something."""
    by_line: dict[int, list[tuple[str, Span]]] = {}
    for path, span in spans:
        by_line.setdefault(span.line, []).append((path, span))
    for number, text in enumerate(lines, 1):
        if text or number < len(lines):
            values = sorted(by_line.get(number, ()), key=lambda value: value[1].column)
            yield Marked(number, text, values, number in unclaimed)


def marked_text(line: Marked, paint: Paint = coloured) -> Iterator[str]:
    """
    The line under its number; below it carets and the names of what was read, in its colours.

    A value within the span of another one, as a currency is, shares its carets and its colour.
    """
    bar = paint("?", "error") if line.unclaimed else paint("|", "dim")
    number = paint(f"{line.number:>4}", "dim")
    if not line.values:
        role = "error" if line.unclaimed else "dim"
        text = f" {paint(visible(line.text), role)}" if line.text else ""
        yield f"{number} {bar}{text}"
        return
    text, carets, names, done, look = "", "", [], 0, _LOOKS[-1]
    for path, span in line.values:
        start, end = max(done, span.column - 1), span.column - 1 + len(span.text)
        if end > done:
            look = _LOOKS[(_LOOKS.index(look) + 1) % len(_LOOKS)]
            before, value = visible(line.text[done:start]), visible(line.text[start:end])
            text += before + paint(value, look)
            carets += " " * cells(before) + paint("^" * max(1, cells(value)), look)
            done = end
        names.append(paint(visible(path), look))
    yield f"{number} {bar} {text}{visible(line.text[done:])}"
    yield f"     {paint('|', 'dim')} {carets}  {', '.join(names)}"
