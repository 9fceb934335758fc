"""Drafts of labels with values, on lines or on pages."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from billdrop.guidelines.draft.between import between
from billdrop.guidelines.draft.choosing import AMOUNTS, Choice, amount_of, chosen
from billdrop.guidelines.draft.evidence import (
    SHARED,
    SIGNS,
    Marks,
    codes_in,
    language_of,
    marks_of,
    signed_amounts,
    signs_in,
    writings,
)
from billdrop.guidelines.draft.items import headed, listed
from billdrop.guidelines.draft.letterhead import titles
from billdrop.guidelines.draft.parties import set_parties, without_blocks
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sightings import Sighting, sightings
from billdrop.guidelines.draft.signs import set_match
from billdrop.guidelines.draft.sketch import Sketch
from billdrop.guidelines.draft.unnamed import marked, with_unnamed

_DATES = ("issue_date", "due_date")
USUAL = {"number": "Invoice number", "issue_date": "Invoice date", "total": "Total"}
"""What stands in a draft for a label that was not found."""
_ORDER = (
    "number",
    "issue_date",
    "due_date",
    "currency",
    "line_net",
    "charge",
    "allowance",
    "net",
    "tax",
    "total",
    "payable",
)


def drafted(samples: Sequence[Sample], sketch: Sketch) -> None:
    """Draft from texts: what is known of labels, dates, amounts and currencies."""
    text = "\n".join(it.head for it in samples)
    seen = [list(sightings(it)) for it in samples]
    marks, choices = _agreed(samples, seen, marks_of(_amounts(samples, seen), text))
    choices += between(seen, choices, marks)
    stated = _stated(choices, marks, len(samples))
    ordered = sorted(choices, key=lambda it: _place(it.field))
    kept = without_blocks(ordered)
    lines = listed(samples[0], marks, stated) if is_labelled(kept) else {}
    labelled = is_labelled(ordered) or bool(lines)
    kept = kept if labelled else ordered
    sketch.input = {"reader": "labelled" if labelled else "layout"}
    if samples[0].encoding != "utf-8":
        sketch.input["encoding"] = samples[0].encoding
        sketch.doubt("input", f"it is no UTF-8, and was read as {samples[0].encoding}")
    for choice in kept:
        sketch.fields[choice.field] = place_of(choice, labelled=labelled)
        sketch.doubt(choice.field, choice.doubt)
        first = choice.seen[0]
        sketch.recognised.append(f"{choice.field}: `{first.value}` at `{first.label}`")
    sketch.lines = lines if labelled else headed(samples)
    if labelled and (titled := titles(samples)):
        sketch.tables["ignore"] = titled
    set_parties(samples, sketch, kept, ordered)
    for name in ("number", "issue_date", "total"):
        if name not in sketch.fields:
            sketch.fields[name] = {"label": USUAL[name]}
            sketch.doubt(name, "no label for it was recognised; write the one that stands there")
    _set_marks(sketch, marks)
    dates = [(it.field, one.value) for it in choices if it.field in _DATES for one in it.seen]
    set_dates(sketch, dates, text, text)
    set_currency(sketch, text)
    set_match(samples, sketch, kept)
    sketch.fields = dict(sorted(sketch.fields.items(), key=lambda it: _place(it[0])))


def _stated(choices: Sequence[Choice], marks: Marks, samples: int) -> dict[str, Decimal]:
    """The amounts of the first sample, where each sample states them once."""
    pairs = [
        (it.field, amount_of(it.seen[0].value, marks))
        for it in choices
        if it.field in AMOUNTS and len(it.seen) == samples
    ]
    return {field: amount for field, amount in pairs if amount is not None}


def _amounts(samples: Sequence[Sample], seen: Sequence[Sequence[Sighting]]) -> list[str]:
    """Texts that are amounts: what labels state, and what stands beside the sign of a currency."""
    stated = [it.value for mine in seen for it in mine if it.field in (*AMOUNTS, "payable")]
    return stated + [it for sample in samples for it in signed_amounts(sample.head)]


def _agreed(
    samples: Sequence[Sample], seen: Sequence[Sequence[Sighting]], marks: Marks
) -> tuple[Marks, list[Choice]]:
    """The marks with which net and tax add up to the total, and the choice made with them."""
    other = "," if marks.decimal == "." else "."
    ways = [marks, Marks(other, marks.decimal, "")] if marks.doubt else [marks]
    wider = [with_unnamed(*it) for it in zip(samples, seen, strict=True)]
    for among in (seen, wider):
        for way in ways:
            choices = chosen(among, way)
            if any(it.field == "net" for it in choices):
                return way._replace(doubt=""), [marked(it) for it in choices]
    return marks, chosen(seen, marks)


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def is_labelled(choices: Sequence[Choice]) -> bool:
    """Whether every label begins its line, and its value is all that follows the colon."""
    return bool(choices) and all(
        it.alone and it.colon and not choice.several for choice in choices for it in choice.seen
    )


def place_of(choice: Choice, *, labelled: bool) -> dict[str, Any]:
    """What the guideline says of a choice."""
    labels = list(dict.fromkeys(it.label for it in choice.seen))
    place: dict[str, Any] = {"label": labels[0] if len(labels) == 1 else labels}
    if labelled:
        return place
    sides = {it.side for it in choice.seen}
    if sides != {"right"}:
        place["side"] = sides.pop() if len(sides) == 1 else "either"
    cell = choice.seen[0].cell
    if cell != 1:
        place["cell"] = cell
    forms = list(dict.fromkeys(it.form for it in choice.seen if it.form))
    if forms:
        place["form"] = (
            forms[0] if len(forms) == 1 and all(it.form for it in choice.seen) else [*forms, "{}"]
        )
    if choice.several:
        place["several"] = choice.several
    return place


def _set_marks(sketch: Sketch, marks: Marks) -> None:
    sketch.locale |= {"decimal": marks.decimal, "group": marks.group}
    sketch.doubt("locale", marks.doubt)
    if marks.doubt:
        sketch.doubt("total", marks.doubt)
    sketch.recognised.append(f"amounts such as 1{marks.group}234{marks.decimal}56")


def set_dates(sketch: Sketch, taken: Sequence[tuple[str, str]], dates: str, text: str) -> None:
    """The patterns that dates are written in, each with its field; `dates` is what else tells days from months."""
    ways = [writings(value) for _, value in taken]
    language = language_of(text, [way for found in ways for way in found])
    patterns: list[str] = []
    for (name, value), found in zip(taken, ways, strict=True):
        mine = [it for it in found if it.language in ("", language)] or found
        if len({it.pattern[0] for it in mine if not it.language}) > 1:
            first, why = _order(dates, value, american=language == "en" and "$" in text)
            mine = [it for it in mine if it.pattern[0] == first]
            sketch.doubt(name, why)
        patterns += [it.pattern for it in mine[:1]]
    patterns = _alike([*dict.fromkeys(patterns)])
    if patterns:
        sketch.locale = {"dates": patterns} | sketch.locale
        sketch.recognised.append(f"dates written {' or '.join(f'`{it}`' for it in patterns)}")
    if language != "en" and any("MMM" in it for it in patterns):
        sketch.locale["language"] = language


def _alike(patterns: Sequence[str]) -> list[str]:
    """Patterns that differ in leading zeros alone are one."""
    spoken = [it for it in patterns if "MMM" in it]
    digits = [it for it in patterns if "MMM" not in it]
    loose = {it.replace("DD", "D").replace("MM", "M") for it in digits}
    return [*spoken, *(sorted(loose) if len(loose) < len(digits) else digits)]


def _order(dates: str, value: str, *, american: bool) -> tuple[str, str]:
    """Whether the day comes first, and why that is not sure; dates that leave no choice say it."""
    mark = re.escape(next(it for it in value if not it.isdigit()))
    found = re.findall(
        rf"(?<![0-9{mark}])([0-9]{{1,2}}){mark}([0-9]{{1,2}}){mark}[0-9]{{2,4}}", dates
    )
    days = any(int(first) > 12 for first, _ in found)
    months = any(int(second) > 12 for _, second in found)
    if mark == r"\." or (days and not months):
        return "D", ""
    if months and not days:
        return "M", ""
    return "M" if american else "D", f"`{value}` may have the day or the month first"


def set_currency(sketch: Sketch, text: str) -> None:
    """The currency of the text: declared signs, or the code that stands there."""
    signs, codes = signs_in(text), codes_in(text)
    if signs:
        sketch.locale["currencies"] = {sign: SIGNS[sign] for sign in signs}
    code = (codes or [SIGNS[sign] for sign in signs] or [""])[0]
    if signs and signs[0] in SHARED and not codes:
        sketch.doubt("currency", f"`{signs[0]}` is the sign of several currencies")
    if not code:
        sketch.currency_open = "currency" not in sketch.fields
        sketch.doubt("currency", 'the text states none; add `currency = "…"` to `locale`')
        return
    if "currency" not in sketch.fields:
        sketch.locale["currency"] = code
    sketch.recognised.append(f"currency {code}")
